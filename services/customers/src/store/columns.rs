//! Which columns of a customer a query reads.

use graph_serve::paging::json_bytes;

use super::schema::customers;

store::columns! {
    /// A customer as it was read; what was not asked for is missing.
    CustomerRow of customers {
        id: i64 = "id",
        user_id: String = "userId",
        name: String = "name",
        phone: String = "phone",
        address: String = "address",
        address2: String = "address2",
        city: String = "city",
        state: String = "state",
        zipcode: String = "zipcode",
        version: i64 = "version",
    }
}

impl CustomerRow {
    /// About how many bytes its texts take up in JSON.
    pub fn bytes(&self) -> usize {
        let address = [&self.address, &self.address2, &self.city, &self.state, &self.zipcode];
        json_bytes(address) + json_bytes([&self.user_id, &self.name, &self.phone])
    }
}

//! Which columns of an order a query reads.

use graph_serve::paging::json_bytes;

use super::schema::orders;

store::columns! {
    /// An order as it was read; what was not asked for is missing.
    OrderRow of orders {
        n: i64,
        order_id: i64 = "orderId",
        version: i64 = "version",
        customer_name: String = "customerName",
        customer_email: String = "customerEmail",
        customer_phone: String = "customerPhone",
        customer_street: String = "customerStreet",
        customer_city: String = "customerCity",
        customer_type: String = "customerType",
        customer_market: String = "customerMarket",
        products: String = "products",
        total_price: i64 = "totalPrice",
        local_price: i64 = "localPrice",
        currency: String = "currency",
        org_number: String = "orgNumber",
        test_id: i64 = "testId",
        status: String = "status",
        payment_status: String = "paymentStatus",
        delivery_time: String = "deliveryTime",
        reason: String = "reason",
        created_at: i64 = "createdAt",
    }
}

impl OrderRow {
    /// About how many bytes its texts take up in JSON.
    pub fn bytes(&self) -> usize {
        let contact = [&self.customer_name, &self.customer_email, &self.customer_phone, &self.customer_street];
        json_bytes(contact) + json_bytes([&self.customer_city, &self.products])
    }
}

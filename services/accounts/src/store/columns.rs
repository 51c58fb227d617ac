//! Which columns of an account a query reads. The hash of the password is none of them.

use graph_serve::paging::json_bytes;

use super::schema::accounts;

store::columns! {
    /// An account as it was read, or as it is stored; other columns are missing.
    #[derive(diesel::Insertable)]
    #[diesel(table_name = accounts)]
    AccountRow of accounts {
        id: String = "id",
        email: String = "email",
        name: String = "name",
        role: String = "role",
        email_verified: bool = "emailVerified",
        created_at: i64 = "createdAt",
        version: i64 = "version",
    }
}

impl AccountRow {
    /// About how many bytes its texts take up in JSON.
    pub fn bytes(&self) -> usize {
        json_bytes([&self.email, &self.name])
    }
}

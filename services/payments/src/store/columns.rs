//! Which columns of the ledger a query reads.

use super::schema::ledger;

store::columns! {
    /// An entry of the ledger as it was read; what was not asked for is missing.
    LedgerRow of ledger {
        n: i64 = "id",
        at: i64 = "at",
        order_id: i64 = "orderId",
        kind: String = "kind",
        account: String = "account",
        cents: i64 = "amount",
        currency: String = "currency",
    }
}

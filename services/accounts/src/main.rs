//! `account-service`: the account service as a process of its own.

store::main!(accounts::SERVICE);

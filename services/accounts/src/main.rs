//! `account-service`: the account service as a process of its own.

service_host::main!(accounts::SERVICE);

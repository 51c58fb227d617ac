//! The REST API for the mobile apps, as a table: no addresses, and genres by their code where the apps have one.

use graph_rest::Ask::{Accept, Create, Delete, Do, Export, Follow, List, Read, Replace, Show};
use graph_rest::{Change, Client, Instead};

/// What somebody is, in words.
const ROLES: Instead = Instead::Codes(&[("BUYER", "buyer"), ("SELLER", "seller"), ("ADMIN", "admin")]);

/// The mobile apps.
pub const CLIENT: Client = Client {
    name: "mobile-bff",
    about: "The REST API of the bookstore for the mobile apps",
    port: 8082,
    types: &["iOS", "Android"],
    services: &[
        ("books", 3001),
        ("customers", 3002),
        ("accounts", 3003),
        ("orders", 3004),
        ("payments", 3005),
        ("delivery", 3006),
        ("reviews", 3008),
    ],
    manifest: include_str!(concat!(env!("OUT_DIR"), "/documents.json")),
    sources: include!(concat!(env!("OUT_DIR"), "/documents.rs")),
    routes: &[
        ("/books", &[List("Books"), Create("CreateBook", "/books/{ISBN}")]),
        ("/books/{ISBN}", &[Read("BooksByIsbn"), Replace("UpdateBook"), Delete("DeleteBook")]),
        ("/books/isbn/{ISBN}", &[Read("BooksByIsbn")]),
        (
            "/books/{ISBN}/reviews",
            &[
                List("Reviews"),
                Create("CreateReview", "/books/{ISBN}/reviews"),
                Replace("UpdateReview"),
                Delete("DeleteReview"),
            ],
        ),
        ("/customers", &[Read("CustomersByUserId"), Create("CreateCustomer", "/customers/{id}")]),
        ("/customers/{id}", &[Read("CustomersById"), Replace("UpdateCustomer"), Delete("DeleteCustomer")]),
        ("/signup", &[Do("post", "SignUp", 201)]),
        ("/signin", &[Do("post", "SignIn", 200)]),
        ("/token", &[Do("post", "Refresh", 200)]),
        ("/guest", &[Do("post", "Guest", 200)]),
        ("/password-resets", &[Do("post", "RequestPasswordReset", 202)]),
        ("/password-resets/{token}", &[Do("put", "ResetPassword", 204)]),
        ("/signout", &[Do("post", "SignOut", 204), Do("get", "SignOut", 204)]),
        ("/accounts", &[Read("AccountsByEmail"), Create("CreateAccount", "/accounts/{id}")]),
        ("/accounts/{id}", &[Read("AccountsById"), Replace("UpdateAccount"), Delete("DeleteAccount")]),
        ("/accounts/{id}/export", &[Export("AccountExports")]),
        ("/orders", &[List("Orders"), Accept("CreateOrder", "/orders/{orderId}")]),
        ("/orders/{orderId}", &[Read("OrdersById")]),
        ("/orders/{orderId}/updates", &[Follow("OrderUpdates")]),
        ("/orders/{orderId}/cancel", &[Do("post", "CancelOrder", 202)]),
        ("/orders/{orderId}/delivery", &[Do("post", "BookDelivery", 200)]),
        ("/delivery-times", &[Show("DeliveryTimes")]),
        ("/finance/ledger", &[List("Ledger")]),
    ],
    changes: &[
        Change { of: "Book.genre", to: Instead::Codes(&[("non-fiction", "3")]) },
        Change { of: "Account.role", to: ROLES },
        Change { of: "SignUpInput.role", to: ROLES },
        Change { of: "OrderProductInput.isbn", to: Instead::Name("ISBN") },
    ],
};

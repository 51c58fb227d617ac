//! Who uses the bookstore in tests: one of each role, by tokens as people get them.

use graph_host::identity::Role;
use serde_json::{Value, json};

use crate::kit::{App, Bookstore};

pub const PASSWORD: &str = "raccoons are fine";

/// Somebody, and the app that they use.
pub struct Person {
    pub seller: bool,
    /// The id of their account, when they have one.
    pub id: String,
    pub email: String,
    pub app: App,
    /// What signing up gave.
    pub tokens: Value,
}

impl Bookstore {
    /// An app of this type at the front door without a token.
    pub fn nobody(&self, client_type: &str) -> App {
        App::new(format!("http://{}", self.at("gateway"))).of_type(client_type)
    }

    /// Somebody new with this role, who uses an app of this type.
    pub async fn person(&self, client_type: &str, role: Role, email: &str) -> Person {
        let app = self.nobody(client_type);
        let (app, tokens) = match role {
            Role::Nobody => (app, Value::Null),
            Role::Guest => {
                let tokens = app.post("/guest", &json!({})).await.json();
                (app.with_token(tokens["accessToken"].as_str().unwrap()), tokens)
            }
            Role::Admin => (app.with_token(&self.token()), Value::Null),
            Role::Buyer | Role::Seller => {
                let body = json!({"email": email, "password": PASSWORD, "name": "Rocket", "role": role.name()});
                let answer = app.post("/signup", &body).await;
                assert_eq!(answer.status, 201, "{}", answer.text);
                let tokens = answer.json();
                (app.with_token(tokens["accessToken"].as_str().unwrap()), tokens)
            }
        };
        let id = tokens["account"]["id"].as_str().unwrap_or_default().to_owned();
        Person { seller: role == Role::Seller, id, email: email.to_owned(), app, tokens }
    }
}

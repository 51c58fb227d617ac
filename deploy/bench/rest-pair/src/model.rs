//! Books and customers, as the tables and the JSON have them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// A book.
#[derive(Serialize, Deserialize, FromRow)]
pub struct Book {
    #[serde(rename = "ISBN")]
    pub isbn: String,
    pub title: String,
    #[serde(rename = "Author")]
    pub author: String,
    pub description: String,
    pub genre: String,
    #[serde(with = "rust_decimal::serde::float")]
    pub price: Decimal,
    pub quantity: i32,
}

impl Book {
    /// The fields that cannot be stored, by name.
    pub fn faults(&self) -> Vec<&'static str> {
        let texts = [
            ("ISBN", &self.isbn),
            ("title", &self.title),
            ("Author", &self.author),
            ("description", &self.description),
            ("genre", &self.genre),
        ];
        let mut faults: Vec<_> =
            texts.iter().filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| *name).collect();
        let price = self.price.normalize();
        if price.is_sign_negative() || price.is_zero() || price.scale() > 2 {
            faults.push("price");
        }
        if self.quantity < 0 {
            faults.push("quantity");
        }
        faults
    }
}

/// A customer.
#[derive(Serialize, Deserialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub id: i64,
    pub user_id: String,
    pub name: String,
    pub phone: String,
    pub address: String,
    pub address2: Option<String>,
    pub city: String,
    pub state: String,
    pub zipcode: String,
}

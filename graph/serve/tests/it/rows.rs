//! Rows, which are written as JSON at once, look as they would if they were not.

use async_graphql::{Object, Result};
use axum::http::StatusCode;
use graph_serve::errors::Code;
use graph_serve::row::{Json, Plain};
use serde_json::{Value, json};

use crate::serving::answer;

/// A row, by its number.
pub struct Thing(pub u8);

/// A part of a row.
struct Part;

impl Plain for Thing {
    fn write(&self, name: &str, json: &mut Json) -> Option<()> {
        match name {
            "size" if self.0 > 0 => json.value(1.5),
            "size" => json.json("null"),
            _ => return None,
        }
        Some(())
    }
}

#[Object]
impl Thing {
    async fn name(&self) -> String {
        format!("\"{}\"\n\u{1}é🌱", self.0)
    }

    async fn size(&self) -> Option<f64> {
        (self.0 > 0).then_some(1.5)
    }

    async fn slow(&self) -> u8 {
        tokio::task::yield_now().await;
        self.0
    }

    async fn broken(&self) -> Result<Option<u8>> {
        Err(Code::BadUserInput.error("it is broken"))
    }

    async fn parts(&self) -> Vec<Part> {
        vec![Part]
    }

    async fn long(&self) -> String {
        "x".repeat(100_000)
    }
}

#[Object]
impl Part {
    async fn number(&self) -> u8 {
        7
    }
}

async fn rows(query: &str) -> String {
    let (status, text) = answer(json!({ "query": query })).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    text
}

#[tokio::test]
async fn fields_aliases_and_duplicates_are_written_once_and_in_order() {
    let name = r#""\"0\"\n\u0001é🌱""#;
    let text = rows("{ rows { size b: name name size b: name } }").await;
    assert_eq!(text, format!(r#"{{"data":{{"rows":[{{"size":null,"b":{name},"name":{name}}},null]}}}}"#));
    assert_eq!(rows("{ rows(first: 0) { name } }").await, r#"{"data":{"rows":[]}}"#);
}

#[tokio::test]
async fn whatever_is_selected_the_answer_is_the_same() {
    let plain = r#"{"data":{"rows":[{"size":null,"parts":[{"number":7}]}]}}"#;
    assert_eq!(rows("{ rows(first: 1) { size parts { number } } }").await, plain);
    for (selected, fragment) in [
        ("... { size } parts { number }", ""),
        ("... on Thing { size parts { number } }", ""),
        ("...F parts { number }", "fragment F on Thing { size }"),
        ("size name @skip(if: true) parts { ...F }", "fragment F on Part { number }"),
    ] {
        assert_eq!(rows(&format!("{{ rows(first: 1) {{ {selected} }} }} {fragment}")).await, plain, "{selected}");
    }
    let text = rows("{ rows(first: 1) { __typename size slow } }").await;
    assert_eq!(text, r#"{"data":{"rows":[{"__typename":"Thing","size":null,"slow":0}]}}"#);
}

#[tokio::test]
async fn an_error_names_its_place() {
    let answer: Value = serde_json::from_str(&rows("{ rows(first: 1) { size broken } }").await).unwrap();
    assert_eq!(answer["data"]["rows"][0]["size"], Value::Null);
    assert_eq!(answer["errors"][0]["path"], json!(["rows", 0, "broken"]));
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_has_no_more_bytes_of_rows_than_allowed() {
    for selected in ["long", "... { long }"] {
        let text = rows(&format!("{{ rows(first: 200) {{ {selected} }} }}")).await;
        let answer: Value = serde_json::from_str(&text).unwrap();
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&extensions["code"], &extensions["limit"]),
            (&json!("DOCUMENT_TOO_COSTLY"), &json!("bytes of rows"))
        );
        assert_eq!(extensions["allowed"], 16 * 1024 * 1024);
    }
}

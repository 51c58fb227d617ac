//! A span for each statement, when there are spans.

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use graph_host::trace::{SPANS, is_on};
use tracing::Span;
use tracing::field::Empty;

/// The longest statement that a span shows, in bytes; look-ups by many keys are longer.
const TEXT_MAX_BYTES: usize = 1024;

/// Lets each connection that is opened from now on make spans, unless there are none.
pub(crate) fn trace() {
    if is_on() {
        // It fails when a thread panicked while it did the same; then there are no spans of statements.
        let _ = set_default_instrumentation(|| Some(Box::new(Statements(Span::none()))));
    }
}

/// What one connection does: the statement that runs. One that is cut off ends with the connection.
struct Statements(Span);

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            // What no request asked for, such as a migration, is in no trace.
            InstrumentationEvent::StartQuery { .. } if !Span::current().is_none() => {
                self.0 = tracing::info_span!(
                    target: SPANS,
                    "statement",
                    otel.kind = "client",
                    otel.name = Empty,
                    otel.status_code = Empty,
                    db.system.name = "mysql",
                    db.operation.name = Empty,
                    db.collection.name = Empty,
                    db.query.text = Empty,
                );
            }
            InstrumentationEvent::FinishQuery { query, error, .. } => {
                let span = std::mem::replace(&mut self.0, Span::none());
                if !span.is_disabled() {
                    describe(&span, &query.to_string());
                    if error.is_some() {
                        span.record("otel.status_code", "ERROR");
                    }
                }
            }
            _ => {}
        }
    }
}

/// Notes what a statement is, without the values that are bound to it.
fn describe(span: &Span, sql: &str) {
    let text = without_values(sql);
    let operation = text.split_whitespace().next().unwrap_or_default();
    span.record("db.operation.name", operation);
    match collection(text) {
        Some(table) => {
            span.record("db.collection.name", table);
            span.record("otel.name", format!("{operation} {table}"));
        }
        None => {
            span.record("otel.name", operation);
        }
    }
    span.record("db.query.text", &text[..text.floor_char_boundary(TEXT_MAX_BYTES)]);
}

/// The text of a statement; Diesel shows values only behind it.
fn without_values(sql: &str) -> &str {
    sql.split(" -- binds:").next().unwrap_or_default()
}

/// The table that a statement is about: the first one that it names.
fn collection(sql: &str) -> Option<&str> {
    let mut words = sql.split_whitespace();
    words.find(|word| ["FROM", "INTO", "UPDATE"].contains(word))?;
    words.next().map(|name| name.trim_matches(['`', '"', '(', ')', ';'])).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_found_and_no_value_is_shown() {
        for (sql, table) in [
            ("SELECT `books`.`isbn` FROM `books` WHERE (`books`.`isbn` = ?) -- binds: [\"978\"]", Some("books")),
            ("INSERT INTO `customers` (`name`) VALUES (?) -- binds: [\"Rocket\"]", Some("customers")),
            ("UPDATE `books` SET `title` = ?", Some("books")),
            ("DELETE  FROM `books` WHERE (`books`.`isbn_key` = ?)", Some("books")),
            ("COMMIT", None),
        ] {
            let text = without_values(sql);
            assert_eq!(collection(text), table, "{sql}");
            assert!(!text.contains("978") && !text.contains("Rocket"));
        }
    }
}

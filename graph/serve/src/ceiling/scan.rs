//! Counting the tokens of a document (GraphQL specification, section 2.1) and how deep its brackets are
//! nested, without parsing it: the parser's own work and stack grow with both.

use super::{Exceeded, Limits};

/// Holds the text of a document to the limits that need no parser; gives the number of its tokens.
///
/// # Errors
/// The first limit that it does not keep.
pub(crate) fn scan(text: &str, limits: &Limits) -> Result<u64, Exceeded> {
    Exceeded::check("bytes", text.len() as u64, limits.bytes)?;
    let (mut tokens, mut depth) = (0, 0_u64);
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => after,
            // The byte order mark, which may stand anywhere.
            0xEF if after.starts_with(&[0xBB, 0xBF]) => &after[2..],
            b'#' => skip_while(after, |byte| byte != b'\n' && byte != b'\r'),
            token => {
                tokens += 1;
                Exceeded::check("tokens", tokens, limits.tokens)?;
                match token {
                    b'{' | b'[' | b'(' => {
                        depth += 1;
                        // A field and its arguments, or its list, nest once more than the field itself.
                        Exceeded::check("depth", depth, limits.depth.saturating_mul(2))?;
                    }
                    b'}' | b']' | b')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let end = after_token(token, after);
                if is_named(token) {
                    Exceeded::check("name bytes", (rest.len() - end.len()) as u64, limits.name_bytes)?;
                }
                end
            }
        };
    }
    Ok(tokens)
}

/// What follows a token that begins with `first`.
fn after_token(first: u8, after: &[u8]) -> &[u8] {
    match first {
        b'"' => match after.strip_prefix(b"\"\"") {
            Some(block) => after_block(block),
            None => after_string(after),
        },
        b'0'..=b'9' | b'-' => after_number(after),
        _ if is_named(first) => skip_while(after, is_name),
        b'.' => after.strip_prefix(b"..").unwrap_or(after),
        _ => after,
    }
}

/// Whether a token that begins so is a name or a number.
fn is_named(first: u8) -> bool {
    matches!(first, b'_' | b'-' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// What follows a number whose first digit or sign has been read.
fn after_number(text: &[u8]) -> &[u8] {
    let mut before = 0;
    skip_while(text, |byte| {
        let is_exponent = matches!((before, byte), (b'e' | b'E', b'+' | b'-'));
        before = byte;
        is_exponent || byte == b'.' || is_name(byte)
    })
}

fn skip_while(text: &[u8], mut wanted: impl FnMut(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| !wanted(*byte)).unwrap_or(text.len());
    &text[end..]
}

/// What follows a string whose first quote has been read; a string ends with its line at the latest.
fn after_string(text: &[u8]) -> &[u8] {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' | b'\n' | b'\r' => return &text[at + 1..],
            _ => at += 1,
        }
    }
    &[]
}

/// What follows a block string whose first three quotes have been read.
fn after_block(text: &[u8]) -> &[u8] {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if text[at..].starts_with(b"\"\"\"") {
            return &text[at + 3..];
        } else {
            at += 1;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> u64 {
        scan(text, &Limits::default()).unwrap()
    }

    #[test]
    fn tokens_are_those_of_the_specification() {
        for (text, count) in [
            ("", 0),
            (" ,\t\n# all of { this is a comment\n", 0),
            ("{ a }", 3),
            ("query Q($x: Int! = -1.5e3) @d { a(b: [1, \"t } \\\" {\", $x]) ...F }", 28),
            (r#"{ a(b: """ { " \""" } """) }"#, 8),
            ("\"never ends", 1),
            ("\"\"\"never ends", 1),
            ("\"ends\n{", 2),
            ("{ é }", 4),
            ("{a...F...F@b\u{feff}}", 9),
            ("[-1.5e-3,1E+2]", 4),
        ] {
            assert_eq!(tokens(text), count, "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded_whatever_brackets_it_is_made_of() {
        for bracket in ["{", "[", "(", "{a(", "[{"] {
            let refused = scan(&bracket.repeat(60), &Limits::default()).unwrap_err();
            assert_eq!((refused.limit, refused.asked), ("depth", 41), "{bracket}");
        }
    }

    #[test]
    fn long_documents_are_refused_before_they_are_read() {
        let refused = scan(&" ".repeat(65_537), &Limits::default()).unwrap_err();
        assert_eq!(refused, Exceeded { limit: "bytes", allowed: 65_536, asked: 65_537 });
        let refused = scan(&"a".repeat(201), &Limits::default()).unwrap_err();
        assert_eq!(refused, Exceeded { limit: "name bytes", allowed: 200, asked: 201 });
        let refused = scan(&"a ".repeat(6_000), &Limits::default()).unwrap_err();
        assert_eq!((refused.limit, refused.asked), ("tokens", 5_001));
    }
}

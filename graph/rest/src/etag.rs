//! Entity tags (RFC 9110, section 8.8.3): what this client's answers are marked with, and how it sends the
//! marks back.

use axum::http::header::HeaderValue;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::client::Client;

/// How many bytes of a hash tell two pages apart.
const HASH_BYTES: usize = 16;
/// How many bytes of a hash tell two shapes apart.
const SHAPE_BYTES: usize = 4;
/// What a layer that compresses an answer puts behind its tag, because other bytes need another tag.
const CODINGS: [&str; 2] = ["-gzip", "-br"];
/// The most tags that one request may name.
const TAGS_MAX: usize = 100;

/// The shape of a client's answers: the same row has another tag in the API of another client, and when a
/// client's documents change.
#[derive(Clone, Debug)]
pub(crate) struct Shape(String);

/// A strong entity tag of an answer, without its quotes: only hexadecimal digits and hyphens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Etag(String);

/// The tags that a client names in `If-Match` or `If-None-Match`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tags {
    /// `*`: whatever there is.
    Any,
    /// These, in quotes, as far as they can be ours.
    These(Vec<Named>),
}

/// A tag that a client names, without its quotes and without the mark of a content coding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    weak: bool,
    opaque: String,
}

impl Shape {
    /// The shape of the answers of `client`: it changes when a document does, or what a field is to the client.
    pub(crate) fn of(client: &Client) -> Self {
        let mut hash = Sha256::new_with_prefix(client.name);
        for document in client.sources.iter().flat_map(|source| source.documents) {
            hash.update(document.id);
        }
        hash.update(format!("{:?}", client.changes));
        Self(HEXLOWER.encode(&hash.finalize()[..SHAPE_BYTES]))
    }

    /// A shape for tests.
    #[cfg(test)]
    pub(crate) fn fixed(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The tag of a row in this version.
    pub(crate) fn tag(&self, version: &str) -> Etag {
        Etag(format!("{}-{version}", self.0))
    }

    /// The tag of what consists of `parts`.
    pub(crate) fn tag_of(&self, parts: &[&[u8]]) -> Etag {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        self.tag(&HEXLOWER.encode(&hash.finalize()[..HASH_BYTES]))
    }

    /// The version in a tag of this shape, when the tag is strong.
    pub(crate) fn version<'a>(&self, named: &'a Named) -> Option<&'a str> {
        let version = named.opaque.strip_prefix(&self.0)?.strip_prefix('-')?;
        (!named.weak).then_some(version)
    }
}

impl Etag {
    /// The tag as a header.
    pub(crate) fn header(&self) -> HeaderValue {
        // Hexadecimal digits and hyphens always make a header.
        HeaderValue::try_from(format!("\"{}\"", self.0)).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }

    /// Whether it is among `tags` by the strong comparison, for which no weak tag is equal to any.
    pub(crate) fn strongly_in(&self, tags: &Tags) -> bool {
        self.is_in(tags, |named| !named.weak)
    }

    /// Whether it is among `tags` by the weak comparison, for which it does not matter how strong they are.
    pub(crate) fn weakly_in(&self, tags: &Tags) -> bool {
        self.is_in(tags, |_| true)
    }

    fn is_in(&self, tags: &Tags, counts: impl Fn(&Named) -> bool) -> bool {
        match tags {
            Tags::Any => true,
            Tags::These(named) => named.iter().any(|named| counts(named) && named.opaque == self.0),
        }
    }
}

impl Tags {
    /// Reads the values of a header: `*`, or tags with commas between them.
    ///
    /// # Errors
    /// What it must be, to be read after the header's name.
    pub(crate) fn parse<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Self, &'static str> {
        const WRONG: &str = "must be * or entity tags such as \"6f3\", with commas between them";
        let values: Vec<&[u8]> = values.map(<[u8]>::trim_ascii).collect();
        if values == [b"*"] {
            return Ok(Self::Any);
        }
        let mut named = Vec::new();
        for value in values {
            read_list(value, &mut named).ok_or(WRONG)?;
        }
        match named.len() {
            0 => Err(WRONG),
            1..=TAGS_MAX => Ok(Self::These(named)),
            _ => Err("must not have more than 100 entity tags"),
        }
    }
}

/// Adds the tags of a list to `named`; nothing when it is malformed.
fn read_list(mut list: &[u8], named: &mut Vec<Named>) -> Option<()> {
    // Empty elements are to be ignored (RFC 9110, section 5.6.1.2).
    while let Some(start) = list.iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t')) {
        let tag = &list[start..];
        let (weak, quoted) = tag.strip_prefix(b"W/").map_or((false, tag), |quoted| (true, quoted));
        let quoted = quoted.strip_prefix(b"\"")?;
        let end = quoted.iter().position(|byte| *byte == b'"')?;
        let opaque = &quoted[..end];
        list = quoted[end + 1..].trim_ascii_start();
        let allowed = opaque.iter().all(|byte| *byte > b' ' && *byte != 0x7F);
        if !allowed || !(list.is_empty() || list.starts_with(b",")) {
            return None;
        }
        // A tag that is not even UTF-8 is not ours; its replacement characters say so.
        let opaque = String::from_utf8_lossy(opaque);
        named.push(Named { weak, opaque: uncoded(&opaque).to_owned() });
    }
    Some(())
}

/// A tag without the mark of a content coding.
fn uncoded(opaque: &str) -> &str {
    CODINGS.iter().find_map(|coding| opaque.strip_suffix(coding)).unwrap_or(opaque)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(values: &[&str]) -> Result<Tags, &'static str> {
        Tags::parse(values.iter().map(|value| value.as_bytes()))
    }

    fn these(tags: &[(bool, &str)]) -> Result<Tags, &'static str> {
        Ok(Tags::These(tags.iter().map(|(weak, opaque)| Named { weak: *weak, opaque: (*opaque).to_owned() }).collect()))
    }

    #[test]
    fn lists_are_read_as_the_rfc_writes_them() {
        // The examples of RFC 9110, sections 8.8.3, 13.1.1 and 13.1.2, and lists as section 5.6.1.2 allows them.
        for (values, expected) in [
            (&["*"][..], Ok(Tags::Any)),
            (&[" * "], Ok(Tags::Any)),
            (&[r#""xyzzy""#], these(&[(false, "xyzzy")])),
            (&[r#"W/"xyzzy""#], these(&[(true, "xyzzy")])),
            (&[r#""""#], these(&[(false, "")])),
            (
                &[r#""xyzzy", "r2d2xxxx", "c3piozzzz""#],
                these(&[(false, "xyzzy"), (false, "r2d2xxxx"), (false, "c3piozzzz")]),
            ),
            (&[r#"W/"xyzzy", W/"r2d2xxxx""#], these(&[(true, "xyzzy"), (true, "r2d2xxxx")])),
            (&[r#""a""#, r#"W/"b""#], these(&[(false, "a"), (true, "b")])),
            (&[",\t\"a,b\" ,, \"c\","], these(&[(false, "a,b"), (false, "c")])),
            (&[r#""a\b""#], these(&[(false, r"a\b")])),
            (&[r#""6f3-gzip", "6f3-br", "6f3-zstd""#], these(&[(false, "6f3"), (false, "6f3"), (false, "6f3-zstd")])),
        ] {
            assert_eq!(parse(values), expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        let many = vec![r#""a""#; TAGS_MAX + 1].join(",");
        for values in [
            &[""][..],
            &[","],
            &["xyzzy"],
            &[r#""xyzzy"#],
            &[r#"xyzzy""#],
            &[r#"w/"xyzzy""#],
            &[r#"W/ "xyzzy""#],
            &[r#""a" "b""#],
            &[r#""a b""#],
            &["\"a\u{7f}\""],
            &["*", "*"],
            &[r#"*, "a""#],
            &[r#""a""#, "*"],
            &[&many],
        ] {
            assert!(parse(values).is_err(), "{values:?} was accepted");
        }
    }

    #[test]
    fn tags_compare_as_the_table_of_the_rfc_says() {
        // RFC 9110, section 8.8.3.2; ours are strong, so the first column is one of the two rows that have one.
        let one = Etag("1".to_owned());
        for (header, strong, weak) in
            [(r#"W/"1""#, false, true), (r#"W/"2""#, false, false), (r#""1""#, true, true), (r#""2""#, false, false)]
        {
            let tags = parse(&[header]).unwrap();
            assert_eq!((one.strongly_in(&tags), one.weakly_in(&tags)), (strong, weak), "{header}");
        }
        assert!(one.strongly_in(&Tags::Any) && one.weakly_in(&Tags::Any));
    }

    #[test]
    fn only_a_strong_tag_of_the_same_shape_has_a_version() {
        let (web, mobile) = (Shape::fixed("aa"), Shape::fixed("bb"));
        let tag = web.tag("6f3");
        assert_eq!(tag.header(), r#""aa-6f3""#);
        for (header, expected) in [
            (r#""aa-6f3""#, vec!["6f3"]),
            (r#""aa-6f3-gzip", "aa-1""#, vec!["6f3", "1"]),
            (r#"W/"aa-6f3""#, vec![]),
            (r#""bb-6f3", "aa", "6f3", """#, vec![]),
        ] {
            let Ok(Tags::These(named)) = parse(&[header]) else { panic!("{header}") };
            assert_eq!(named.iter().filter_map(|tag| web.version(tag)).collect::<Vec<_>>(), expected, "{header}");
        }
        assert_ne!(mobile.tag("6f3"), tag);
        assert_ne!(web.tag_of(&[b"ab", b"c"]), web.tag_of(&[b"a", b"bc"]));
    }
}

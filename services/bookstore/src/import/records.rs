//! Books in a file: JSON Lines or CSV, under the names of the REST API or those of library catalogues.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufRead, Read};

use books::book::{Draft, NewBook};
use serde_json::value::RawValue;

/// The longest line of JSON that is read, in bytes.
const LINE_MAX: u64 = 1024 * 1024;

/// The names under which each field is known, the REST API's first.
const ISBN: [&str; 3] = ["ISBN", "isbn13", "isbn"];
const TITLE: [&str; 1] = ["title"];
const AUTHOR: [&str; 2] = ["Author", "author"];
const DESCRIPTION: [&str; 1] = ["description"];
const GENRE: [&str; 1] = ["genre"];
const PRICE: [&str; 1] = ["price"];
const PRICE_CENTS: [&str; 1] = ["price_cents"];
const QUANTITY: [&str; 1] = ["quantity"];

/// The books of a file, each with its line; or why that line is none. The first character tells JSON from CSV.
pub fn read<'a>(mut input: impl BufRead + 'a) -> Box<dyn Iterator<Item = (u64, Result<NewBook, String>)> + 'a> {
    match input.fill_buf() {
        Ok(start) if start.trim_ascii_start().first().is_none_or(|first| *first == b'{') => Box::new(json_lines(input)),
        Ok(_) => Box::new(csv_lines(input)),
        Err(error) => Box::new(std::iter::once((1, Err(format!("cannot be read: {error}"))))),
    }
}

/// A value as it stands in the file.
enum Value<'a> {
    Text(Cow<'a, str>),
    Number(&'a str),
    Other,
}

/// The values of one line, by name.
type Line<'a> = HashMap<Cow<'a, str>, Value<'a>>;

fn json_lines(mut input: impl BufRead) -> impl Iterator<Item = (u64, Result<NewBook, String>)> {
    let (mut number, mut line, mut broken) = (0, Vec::new(), false);
    std::iter::from_fn(move || {
        while !broken {
            line.clear();
            number += 1;
            match next_line(&mut input, &mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => return Some((number, json_line(&line).and_then(|line| book(&line)))),
                Err(error) => {
                    broken = true;
                    return Some((number, Err(format!("cannot be read: {error}"))));
                }
            }
        }
        None
    })
}

/// Reads one line into `line`, of an overlong one only the beginning, which is no book.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<usize> {
    let read = input.take(LINE_MAX).read_until(b'\n', line)?;
    if read as u64 == LINE_MAX && line.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
    }
    Ok(read)
}

fn json_line(line: &[u8]) -> Result<Line<'_>, String> {
    let line = std::str::from_utf8(line).map_err(|_| "is not UTF-8".to_owned())?;
    let values: HashMap<Cow<'_, str>, &RawValue> =
        serde_json::from_str(line).map_err(|error| format!("is not a JSON object: {error}"))?;
    Ok(values.into_iter().map(|(name, value)| (name, json_value(value.get()))).collect())
}

fn json_value(json: &str) -> Value<'_> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map_or(Value::Other, Value::Text),
        Some(b'-' | b'0'..=b'9') => Value::Number(json),
        _ => Value::Other,
    }
}

fn csv_lines(input: impl Read) -> impl Iterator<Item = (u64, Result<NewBook, String>)> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let names: Result<Vec<String>, String> = match reader.headers() {
        Ok(names) => Ok(names.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect()),
        Err(error) => Err(error.to_string()),
    };
    let (mut record, mut broken) = (csv::StringRecord::new(), false);
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        let read = reader.read_record(&mut record);
        let line = record.position().map_or(1, csv::Position::line);
        let result = match (read, &names) {
            (Ok(false), _) => return None,
            (Ok(true), Ok(names)) => csv_line(names, &record).and_then(|line| book(&line)),
            (Ok(true), Err(error)) => Err(error.clone()),
            (Err(error), _) => {
                broken = error.is_io_error();
                Err(error.to_string())
            }
        };
        Some((line, result))
    })
}

fn csv_line<'a>(names: &'a [String], record: &'a csv::StringRecord) -> Result<Line<'a>, String> {
    if names.len() != record.len() {
        return Err(format!("has {} values, the first line has {}", record.len(), names.len()));
    }
    let named = names.iter().zip(record).map(|(name, value)| (Cow::Borrowed(name.as_str()), Value::Text(value.into())));
    Ok(named.collect())
}

/// The book that a line describes; or all that is wrong with it.
fn book(line: &Line<'_>) -> Result<NewBook, String> {
    let mut faults = Vec::new();
    let isbn = text(line, &ISBN, &mut faults);
    let title = text(line, &TITLE, &mut faults);
    let author = text(line, &AUTHOR, &mut faults);
    let description = text(line, &DESCRIPTION, &mut faults);
    let genre = text(line, &GENRE, &mut faults);
    let price = match value(line, &PRICE_CENTS) {
        Some(_) => number(line, &PRICE_CENTS, &mut faults).map(|cents| format!("{cents}e-2")),
        None => number(line, &PRICE, &mut faults),
    };
    let quantity = number(line, &QUANTITY, &mut faults);
    let quantity =
        quantity.and_then(|text| text.parse().map_err(|_| faults.push("quantity must be an integer".into())).ok());
    let draft = (|| {
        let (isbn, title, author, description) = (isbn?, title?, author?, description?);
        Some(Draft { isbn, title, author, description, genre: genre?, price: price?, quantity: quantity? })
    })();
    match draft {
        Some(draft) => NewBook::try_new(draft).map_err(|invalid| invalid.message),
        None => Err(faults.join("; ")),
    }
}

fn value<'a>(line: &'a Line<'_>, names: &[&str]) -> Option<&'a Value<'a>> {
    names.iter().find_map(|name| line.get(*name))
}

fn text(line: &Line<'_>, names: &[&str], faults: &mut Vec<String>) -> Option<String> {
    match value(line, names) {
        Some(Value::Text(text)) => return Some(text.clone().into_owned()),
        Some(_) => faults.push(format!("{} must be a text", names[0])),
        None => faults.push(format!("{} is missing", names[0])),
    }
    None
}

/// A number, in the digits in which it is written.
fn number(line: &Line<'_>, names: &[&str], faults: &mut Vec<String>) -> Option<String> {
    match value(line, names) {
        Some(Value::Number(digits)) => return Some((*digits).to_owned()),
        Some(Value::Text(text)) if !text.is_empty() => return Some(text.trim().to_owned()),
        Some(_) => faults.push(format!("{} must be a number", names[0])),
        None => faults.push(format!("{} is missing", names[0])),
    }
    None
}

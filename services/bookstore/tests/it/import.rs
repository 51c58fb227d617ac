//! `bookstore import`, as a person runs it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use crate::kit::book;

/// A folder with the data of a bookstore, and files to import.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bookstore"));
        command.env_clear().env("BOOKSTORE_DATA_DIR", self.0.path().join("data")).arg("import").arg(file);
        command
    }

    fn import(&self, file: &Path) -> (i32, String, String) {
        told(&self.command(file).output().unwrap())
    }
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn lines(count: usize) -> Vec<String> {
    (0..count).map(|n| book(&format!("{}", 100_000 + n)).to_string()).collect()
}

#[test]
fn a_second_run_changes_nothing_and_says_so() {
    let folder = Folder::new();
    let file = folder.file("books.jsonl", lines(1200).join("\n"));
    let (code, out, err) = folder.import(&file);
    assert_eq!((code, out.trim()), (0, "1200 books added, 0 updated, 0 unchanged."), "{err}");
    let (code, out, err) = folder.import(&file);
    assert_eq!((code, out.trim()), (0, "Nothing changed: 1200 books were there already."), "{err}");
    assert_eq!(err, "", "no bar where there is no terminal");
}

#[test]
fn a_bad_line_is_named_and_the_rest_is_imported() {
    let folder = Folder::new();
    let mut all = lines(9);
    all[3] = "{\"ISBN\": \"7\", \"title\": 5}".to_owned();
    all[4] = "not json".to_owned();
    all[5] = all[5].replace("59.95", "-1");
    all[6] = "x".repeat(2_000_000);
    let file = folder.file("books.jsonl", all.join("\n"));
    let (code, out, err) = folder.import(&file);
    assert_eq!(code, 65);
    assert!(out.starts_with("5 books added"), "{out}");
    let complaints: Vec<&str> = err.lines().collect();
    assert_eq!(complaints.len(), 4, "{err}");
    for (line, words) in [
        (0, ["line 4:", "title must be a text", "Author is missing"]),
        (1, ["line 5:", "not a JSON object", ""]),
        (2, ["line 6:", "price", "above 0"]),
        (3, ["line 7:", "not a JSON object", ""]),
    ] {
        assert!(words.iter().all(|word| complaints[line].contains(word)), "{words:?}: {}", complaints[line]);
    }
}

#[test]
fn csv_gzip_standard_input_and_other_names() {
    let folder = Folder::new();
    let csv = "ISBN,title,Author,description,genre,price,quantity\n1,\"A, B\",C,\"two\nlines\",fiction,1.50,2\n2,short\n3,D,E,F,poetry,2,0\n";
    let (code, out, err) = folder.import(&folder.file("books.csv", csv));
    assert_eq!((code, out.lines().next()), (65, Some("2 books added, 0 updated, 0 unchanged.")), "{err}");
    assert!(err.starts_with("line 4:") && err.contains("2 values"), "{err}");

    let other = r#"{"isbn13":"1","title":"A, B","author":"C","authors":["C"],"description":"two\nlines","genre":"fiction","price_cents":150,"quantity":2}"#;
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(other.as_bytes()).unwrap();
    let (_, out, err) = folder.import(&folder.file("books.jsonl.gz", packed.finish().unwrap()));
    assert_eq!(out.trim(), "Nothing changed: 1 books were there already.", "{err}");

    let mut command = folder.command(Path::new("-"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(other.replace("150", "151").as_bytes()).unwrap();
    let (_, out, err) = told(&child.wait_with_output().unwrap());
    assert_eq!(out.trim(), "0 books added, 1 updated, 0 unchanged.", "{err}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = Folder::new();
    let (code, _, err) = folder.import(Path::new("/nowhere/books.jsonl"));
    assert_eq!(code, 1);
    assert!(err.contains("/nowhere/books.jsonl"), "{err}");
}

//! Makes the manifest of the documents.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    graph_documents::build("web-bff", env!("CARGO_MANIFEST_DIR"))
}

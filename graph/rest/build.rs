//! Fetches Swagger UI for the documentation page.

use std::error::Error;

use graph_bundle::{Package, embed};

const PACKAGES: &[Package] = &[Package {
    name: "swagger-ui-dist",
    version: "5.35.0",
    integrity: "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==",
    files: &[
        ("swagger-ui-bundle.js", "js"),
        ("swagger-ui.css", "css"),
        ("LICENSE", "license.txt"),
        ("NOTICE", "notice.txt"),
        ("swagger-ui-bundle.js.LICENSE.txt", "parts.license.txt"),
    ],
}];

fn main() -> Result<(), Box<dyn Error>> {
    embed("the documentation page", PACKAGES)
}

//! Fetches GraphiQL and React for the playground.

use std::error::Error;

use graph_bundle::{Package, embed};

/// 4.1 is the last line of GraphiQL that comes as one script; 18 is the last React that does.
const PACKAGES: &[Package] = &[
    Package {
        name: "react",
        version: "18.3.1",
        integrity: "sha512-wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==",
        files: &[("umd/react.production.min.js", "js"), ("LICENSE", "license.txt")],
    },
    Package {
        name: "react-dom",
        version: "18.3.1",
        integrity: "sha512-5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==",
        files: &[("umd/react-dom.production.min.js", "js"), ("LICENSE", "license.txt")],
    },
    Package {
        name: "graphiql",
        version: "4.1.2",
        integrity: "sha512-rNlzQIAzm6i2KBXmVQWBgLvt0TloxFVB2d18bukvdsvjEuFDHsKx5IVOomL1W1o5WW+tE54+ioHb2AEKzO2cUg==",
        files: &[("graphiql.min.js", "js"), ("graphiql.min.css", "css"), ("LICENSE", "license.txt")],
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    embed("the GraphiQL playground", PACKAGES)
}

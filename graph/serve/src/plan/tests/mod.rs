//! Documents over a small graph.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod completing;
mod merging;
mod refusing;

use std::sync::Arc;

use async_graphql::Variables;
use serde_json::Value as Json;

use super::{Document, Member, Parsed, Plan, Selected, Types};
use graph_host::rights::Rights;

use crate::ceiling::Limits;
use crate::request::Refused;
use crate::variables::coerced;

const SDL: &str = "
    type Query { thing(n: Int, all: [Int!], in: In): Thing must: Thing! any: Any all: [Thing] each: [Thing!] sure: [Thing!]! }
    type Thing { id: ID! may: String must: String! size(of: Int = 3): Int thing: Thing other: Thing! any: Any }
    type Other { id: ID! must: String! other: Other }
    union Any = Thing | Other
    input In { n: Int! list: [Int!] = [1] in: In }";

fn types(explore: bool) -> Types {
    Types::try_new(SDL, explore).unwrap()
}

fn read(text: &str, types: &Types) -> Result<Document, Refused> {
    Parsed::read(text, &Limits::default())?.check(types, &Rights::default())
}

/// What the only operation of a document selects.
#[track_caller]
fn plan(text: &str, variables: Json) -> Arc<Plan> {
    let types = types(true);
    let document = read(text, &types).map_err(|refused| refused.message()).unwrap();
    let operation = document.operation(None).unwrap();
    let variables = coerced(&types, operation.variables(), Variables::from_json(variables)).unwrap();
    operation.plan(&types, &variables).unwrap()
}

/// A plan in short: the keys, with what is below each; and that for each object, where there can be several.
fn shown(selected: &Selected) -> String {
    let keys = |member: &Member| {
        let keys: Vec<_> = member.keys.iter().map(|key| format!("{}{}", key.name, shown(&key.below))).collect();
        keys.join(" ")
    };
    match &selected.0[..] {
        [] => String::new(),
        [only] => format!("{{{}}}", keys(only)),
        several => several.iter().map(|member| format!("{{{}: {}}}", member.object, keys(member))).collect(),
    }
}

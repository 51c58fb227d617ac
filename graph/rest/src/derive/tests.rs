//! What is derived of a small client, and what is refused: each misfit by what it is about.

use graph_call::Document;

use super::endpoints;
use crate::client::{Ask, Change, Client, Instead, Route, Source};
use crate::field::Kind;
use crate::operation::{Endpoint, Refusal};

const SDL: &str = r#"
    directive @constraint(minLength: Int, maxLength: Int, pattern: String, format: String, min: Float, max: Float)
        on FIELD_DEFINITION | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION
    "What grows." type Query {
        plants(first: Int, after: String, filter: PlantFilter, orderBy: PlantOrder): PlantConnection!
        plantsById(ids: [ID!]! @constraint(format: "int64")): [Plant]!
    }
    type Mutation {
        createPlant(input: PlantInput!, idempotencyKey: String): CreateResult!
        updatePlant(id: ID! @constraint(format: "int64"), input: PlantInput!, ifVersion: [ID!]): UpdateResult!
        deletePlant(id: ID!, ifVersion: [ID!]): DeleteResult!
        "Waters a plant. It grows then." waterPlant(name: String!, input: WaterInput!): WaterResult!
    }
    enum Kind { RAIN TAP }
    input WaterInput { kind: Kind litres: Int! }
    type Watered { plant: Plant! }
    type TooManyTimes implements Refused { message: String! refusal: Refusal! retryAfter: Int! }
    union WaterResult = Watered | TooManyTimes
    enum PlantOrder { NAME_ASC HEIGHT_DESC }
    input PlantFilter { colour: String @constraint(maxLength: 9) }
    input PlantInput { name: String! @constraint(maxLength: 20) colour: String height: Decimal! }
    "A plant." type Plant {
        id: ID! @constraint(min: 1, format: "int64") version: ID! name: String! colour: String height: Decimal! leaf: Leaf
    }
    type Leaf { size: Int kind: Kind veins: [Vein!] }
    type Vein { id: ID! @constraint(min: 1, format: "int64") length: Int }
    scalar Decimal
    type PlantConnection { nodes: [Plant!]! pageInfo: PageInfo! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    enum Refusal { TAKEN NOT_FOUND CHANGED KEY_REUSED INVALID TOO_MANY }
    interface Refused { message: String! refusal: Refusal! }
    type PlantSaved { plant: Plant! }
    type NameTaken implements Refused { message: String! refusal: Refusal! }
    type PlantNotFound implements Refused { message: String! refusal: Refusal! }
    type InvalidInput implements Refused { message: String! refusal: Refusal! }
    type Odd implements Refused { message: String! refusal: Refusal! }
    type Gone { id: ID! }
    union CreateResult = PlantSaved | NameTaken | InvalidInput
    union UpdateResult = PlantSaved | PlantNotFound | InvalidInput
    union DeleteResult = Gone | Odd
"#;

const LIST: &str = "query Plants($limit: Int!, $after: String, $colour: String, $sort: PlantOrder) { \
    page: plants(first: $limit, after: $after, filter: { colour: $colour }, orderBy: $sort) { \
    nodes { Name: name colour } pageInfo { hasNextPage endCursor } } }";
const READ: &str =
    "query PlantsById($id: [ID!]!) { found: plantsById(ids: $id) { version id Name: name colour height } }";
const CREATE: &str = "mutation CreatePlant($plant: PlantInput!, $idempotencyKey: String) { \
    result: createPlant(input: $plant, idempotencyKey: $idempotencyKey) { \
    ... on PlantSaved { saved: plant { version ...P } } ... on Refused { refusal message } } } \
    fragment P on Plant { id Name: name colour }";
const UPDATE: &str = "mutation UpdatePlant($id: ID!, $plant: PlantInput!, $ifVersion: [ID!]) { \
    result: updatePlant(id: $id, input: $plant, ifVersion: $ifVersion) { \
    ... on PlantSaved { saved: plant { version id } } ... on Refused { refusal } } }";
const DELETE: &str = "mutation DeletePlant($id: ID!, $ifVersion: [ID!]) { \
    result: deletePlant(id: $id, ifVersion: $ifVersion) { ... on Refused { refusal } } }";

const WATER: &str = "mutation WaterPlant($name: String!, $water: WaterInput!) { \
    result: waterPlant(name: $name, input: $water) { ... on Watered { saved: plant { Name: name leaf { kind veins { id } } } } \
    ... on Refused { refusal message } ... on TooManyTimes { retryAfter } } }";

/// What is derived of one document that is asked for so at a path.
fn derived(path: &'static str, ask: Ask, text: &str, changes: &'static [Change]) -> Result<Endpoint, String> {
    let text: &'static str = String::leak(text.to_owned());
    let documents = Box::leak(Box::new([Document { operation: ask.operation(), text, id: text }]));
    let source = Source { service: "plants", sdl: SDL, examples: r#"{"Plant": {"id": 7, "name": "Oak"}}"#, documents };
    let asks: &'static [Ask] = Box::leak(Box::new([ask]));
    let routes: &'static [Route] = Box::leak(Box::new([(path, asks)]));
    let sources = Box::leak(Box::new([source]));
    let client = Client {
        name: "shop-bff",
        about: "A shop.",
        port: 1,
        types: &["Shop"],
        services: &[("plants", 2)],
        manifest: "",
        sources,
        routes,
        changes,
    };
    endpoints(&client).map(|mut all| all.remove(0)).map_err(|unfit| unfit.to_string())
}

#[test]
fn names_types_and_bounds_come_from_the_document_and_the_graph() {
    const CODES: &[Change] = &[Change { of: "Plant.colour", to: Instead::Codes(&[("red", "1")]) }];
    let list = derived("/plants", Ask::List("Plants"), LIST, CODES).unwrap().operation;
    let row = list.row.unwrap();
    let seen: Vec<(&str, &str)> = row.fields.iter().map(|field| (&*field.rest, &*field.graph)).collect();
    assert_eq!((&*row.name, seen, row.versioned), ("Plant", vec![("Name", "name"), ("colour", "colour")], false));
    assert_eq!((&*row.about, &*list.about_service), ("A plant.", "What grows."));
    let [colour, sort] = &list.parameters[..] else { panic!("{:?}", list.parameters) };
    assert_eq!((&*colour.field.graph, colour.field.bounds.max_length), ("filter.colour", Some(9)));
    assert!(colour.field.change.is_some() && colour.field.optional && !colour.in_path);
    assert_eq!(sort.field.kind, Kind::Choice(vec!["NAME_ASC".to_owned(), "HEIGHT_DESC".to_owned()]));

    let read = derived("/plants/{id}", Ask::Read("PlantsById"), READ, &[]).unwrap().operation;
    assert_eq!(read.row.unwrap().fields.last().unwrap().kind, Kind::Decimal);
    assert!(read.parameters[0].in_path && read.parameters[0].field.kind == Kind::Number);
    assert_eq!(read.parameters[0].field.example, Some(7.into()));

    let create = derived("/plants", Ask::Create("CreatePlant", "/plants/{id}"), CREATE, &[]).unwrap();
    assert_eq!(
        (create.place(), &create.operation.refusals[..]),
        ("/plants/{id}", &[Refusal::Taken, Refusal::Invalid][..])
    );
    let body = create.operation.body.unwrap();
    let names = |fields: &[crate::field::Field]| fields.iter().map(|field| field.rest.clone()).collect::<Vec<_>>();
    assert_eq!(
        (names(&body.given), names(&body.fields)),
        (vec!["id".to_owned()], vec!["Name".into(), "colour".into(), "height".into()])
    );
    assert_eq!((body.thing.as_str(), body.rest_name("name"), body.fields[1].optional), ("plant", "Name", true));

    let update = derived("/plants/{id}", Ask::Replace("UpdatePlant"), UPDATE, &[]).unwrap();
    assert_eq!(update.operation.refusals, [Refusal::NotFound, Refusal::Invalid]);
}

const KINDS: Instead = Instead::Codes(&[("RAIN", "rain"), ("TAP", "tap")]);

#[test]
fn things_within_things_and_what_is_done_come_from_them_as_well() {
    const CHANGES: &[Change] = &[Change { of: "Leaf.kind", to: KINDS }, Change { of: "WaterInput.kind", to: KINDS }];
    let done = derived("/plants/{name}/water", Ask::Do("post", "WaterPlant", 200), WATER, CHANGES).unwrap().operation;
    assert_eq!((&*done.about, &done.refusals[..]), ("Waters a plant. It grows then.", &[Refusal::TooMany][..]));
    let row = done.row.unwrap();
    assert!(!row.versioned && row.fields[0].rest == "Name");
    let Kind::Object(leaf) = &row.fields[1].kind else { panic!("{row:?}") };
    assert_eq!(leaf.fields[0].kind, Kind::Choice(vec!["rain".into(), "tap".into()]));
    let Kind::List(vein) = &leaf.fields[1].kind else { panic!("{leaf:?}") };
    assert!(matches!(&**vein, Kind::Object(vein) if vein.fields[0].kind == Kind::Number));
    let body = done.body.unwrap();
    assert_eq!((&*body.name, &*body.thing, body.given.len()), ("WaterInput", "water", 0));
    assert_eq!(body.fields[0].kind, Kind::Choice(vec!["rain".into(), "tap".into()]));
    let input = |text: &str| body.read(text.as_bytes(), &[]).map(|input| serde_json::to_string(&input).unwrap());
    assert_eq!(input(r#"{"kind": "rain", "litres": 2}"#).unwrap(), r#"{"kind":"RAIN","litres":2}"#);
    assert!(input(r#"{"kind": "RAIN", "litres": 2}"#).unwrap_err().message().contains("must be one of rain, tap"));

    let view = crate::view::View::of(&row);
    let shown = |row: &str| {
        let mut out = Vec::new();
        view.write(row, &mut out).map(|()| String::from_utf8(out).unwrap()).map_err(|error| error.to_string())
    };
    let row = r#"{"Name":"Oak","leaf":{"kind":"TAP","veins":[{"id":"7"},{"id":"8"}]}}"#;
    assert_eq!(shown(row).unwrap(), r#"{"Name":"Oak","leaf":{"kind":"tap","veins":[{"id":7},{"id":8}]}}"#);
    let none = r#"{"Name":"Oak","leaf":null}"#;
    assert_eq!(shown(none).as_deref(), Ok(none));
    let empty = r#"{"Name":"Oak","leaf":{"kind":null,"veins":[]}}"#;
    assert_eq!(shown(empty).as_deref(), Ok(empty));
    assert!(shown(r#"{"Name":"Oak","leaf":{"veins":[]}}"#).is_err());
}

#[test]
fn what_does_not_fit_together_is_told_by_what_it_is_about() {
    const HEIGHT: &[Change] = &[Change { of: "Plant.height", to: Instead::Codes(&[]) }];
    const NOWHERE: &[Change] = &[Change { of: "Plant.roots", to: Instead::Codes(&[]) }];
    let list = |from: &str, to: &str| {
        assert!(LIST.contains(from), "{from}");
        derived("/plants", Ask::List("Plants"), &LIST.replace(from, to), &[])
    };
    let read = |from: &str, to: &str| {
        assert!(READ.contains(from), "{from}");
        derived("/plants/{id}", Ask::Read("PlantsById"), &READ.replace(from, to), &[])
    };
    for (fit, about) in [
        (list("name", "latin"), "does not fit the graph"),
        (list("page: ", ""), "must select page"),
        (list(" endCursor", ""), "must select endCursor"),
        (read("version ", ""), "must select the version first"),
        (
            read("$id: [ID!]!) { found: plantsById(ids: $id)", "$key: [ID!]!) { found: plantsById(ids: $key)"),
            "must have the variable $id",
        ),
        (derived("/plants", Ask::Read("Plants"), LIST, &[]), "must select found"),
        (derived("/plants", Ask::Create("DeletePlant", "/"), DELETE, &[]), "must select saved"),
        (derived("/plants/{id}", Ask::Delete("DeletePlant"), DELETE, &[]), "as Odd, a name that tells no reason"),
        (derived("/plants/{id}", Ask::Replace("CreatePlant"), CREATE, &[]), "must have the variable $ifVersion"),
        (derived("/plants/{id}", Ask::Read("PlantsById"), READ, HEIGHT), "Plant.height, which is no text"),
        (derived("/plants/{id}", Ask::Read("PlantsById"), READ, NOWHERE), "no document selects Plant.roots"),
    ] {
        let told = fit.map(|endpoint| format!("{endpoint:?}")).unwrap_err();
        assert!(told.contains(about), "{about}: {told}");
    }
}

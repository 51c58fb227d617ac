//! Each type of events has a schema, which those that tell it and those that hear it are held to; asyncapi.json has them all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bookstore::parts::SERVICES;
use events::parked;
use events::{Envelope, Outbox, Receiver, Routes, Transport};
use serde_json::{Map, Value, json};
use store::{Db, migrate};
use testkit::{Database, Kind};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../graph/events");
/// What is said when something that was released is gone.
const WAY: &str = "Those that hear it rely on that. Add a type of events, or wait until nobody reads it, and then copy the \
    schema to graph/events/released.";

/// The JSON files of a folder that describe types, by their names.
pub fn schemas(folder: &str) -> Vec<(String, Value)> {
    let entries = fs::read_dir(Path::new(FOLDER).join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|end| end == "json"));
    let named = files.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), path));
    let mut all: Vec<_> = named
        .filter(|(name, _)| name != "asyncapi")
        .map(|(name, path)| (name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()))
        .collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

#[test]
fn the_table_has_each_type_once_and_services_that_there_are() {
    let names: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
    let mut seen = BTreeSet::new();
    for route in Routes::all() {
        assert!(seen.insert(route.event), "{} stands twice in the table", route.event);
        for service in route.heard_by.iter().chain([&route.from]) {
            assert!(names.contains(service), "{} names {service}, which is no service", route.event);
        }
    }
    let described: BTreeSet<String> = schemas("").into_iter().map(|(name, _)| name).collect();
    assert_eq!(described, seen.into_iter().map(str::to_owned).collect());
    for service in SERVICES {
        let (hears, handlers) =
            (Routes::heard_by(service.name).collect::<BTreeSet<_>>(), (service.hears)(&service.own_defaults()));
        assert_eq!(handlers.events().collect::<BTreeSet<_>>(), hears, "of {}", service.name);
    }
}

#[test]
fn each_schema_says_all_and_its_examples_fit() {
    for (name, schema) in schemas("") {
        assert_eq!(schema["title"], name);
        assert_eq!(schema["additionalProperties"], false, "{name} leaves open what else there is");
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        assert!(properties.values().all(|property| property["description"].is_string()), "{name}: {properties:?}");
        let examples = schema["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{name} has no example");
        for example in examples {
            assert!(validator.is_valid(example), "{name}: {:?}", validator.iter_errors(example).collect::<Vec<_>>());
        }
    }
}

/// What of a schema that was released is gone, or is more than it was.
fn broken(released: &Value, now: &Value) -> Vec<String> {
    let (before, after) = (released["properties"].as_object().unwrap(), now["properties"].as_object().unwrap());
    let required = |schema: &Value, name: &str| schema["required"].as_array().unwrap().iter().any(|one| one == name);
    let bare = |property: &Value| {
        let mut bare = property.as_object().unwrap().clone();
        bare.remove("description");
        bare
    };
    let mut all = Vec::new();
    for (name, property) in before {
        match after.get(name) {
            None => all.push(format!("{name} was removed")),
            Some(other) if bare(other) != bare(property) => all.push(format!("{name} was {property}, is {other}")),
            Some(_) if required(released, name) && !required(now, name) => all.push(format!("{name} may be missing")),
            Some(_) => {}
        }
    }
    all
}

#[test]
fn nothing_that_was_released_is_taken_away() {
    let now = schemas("");
    for (name, released) in schemas("released") {
        let (_, schema) = now.iter().find(|(other, _)| *other == name).unwrap_or_else(|| panic!("{name}: {WAY}"));
        assert_eq!(broken(&released, schema), [""; 0], "{name}: {WAY}");
    }
}

#[test]
fn what_is_taken_away_is_found() {
    let schema = json!({"properties": {"a": {"type": "string", "description": "A."}, "b": {"type": "integer"}}, "required": ["a"]});
    let mut other = schema.clone();
    other["properties"]["a"]["description"] = json!("Another one.");
    other["properties"]["c"] = json!({"type": "string"});
    assert_eq!(broken(&schema, &other), [""; 0]);
    other["required"] = json!([]);
    other["properties"]["b"] = json!({"type": "number"});
    let found = broken(&schema, &other);
    assert!(found.len() == 2 && found[0] == "a may be missing" && found[1].starts_with("b was"), "{found:?}");
    other["properties"].as_object_mut().unwrap().remove("a");
    assert_eq!(broken(&schema, &other)[0], "a was removed");
}

/// An event of a type, with this data, as the one who tells it would send it.
fn envelope(kind: &str, from: &str, nth: usize, data: &Value) -> Envelope {
    let text = json!({
        "specversion": "1.0", "id": format!("{kind}-{nth}"), "source": format!("/{from}"), "type": kind,
        "subject": format!("subject-{nth}"), "time": "2026-11-27T12:00:00.000Z", "datacontenttype": "application/json",
        "data": data,
    });
    Envelope::read(&text.to_string()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_that_hear_an_event_can_read_all_its_examples_those_that_were_released_too() {
    for kind in Kind::ALL {
        for service in SERVICES.iter().filter(|service| Routes::hearers().contains(&service.name)) {
            let database = Database::new(kind);
            let url = database.url().parse().unwrap();
            migrate(&url, service.migrations).await.unwrap();
            let db = Db::open(&url).unwrap();
            let outbox = Outbox::new(service.name, &Transport::None);
            let receiver = Receiver::new(service.name, db.clone(), (service.hears)(&service.own_defaults()), outbox);
            for (name, schema) in schemas("").into_iter().chain(schemas("released")) {
                let route = Routes::of(&name).unwrap();
                if !route.heard_by.contains(&service.name) {
                    continue;
                }
                for (nth, example) in schema["examples"].as_array().unwrap().iter().enumerate() {
                    receiver.receive(&[envelope(&name, route.from, nth, example)]).await.unwrap();
                }
            }
            let parked = parked::list(&db).await.unwrap();
            assert!(parked.is_empty(), "{} cannot hear {parked:?}", service.name);
            // One without its data is not taken for one that has it.
            let event = Routes::heard_by(service.name).next().unwrap();
            receiver.receive(&[envelope(event, "nobody", 99, &json!({}))]).await.unwrap();
            assert_eq!(parked::list(&db).await.unwrap().len(), 1, "{} takes anything for {event}", service.name);
        }
    }
}

#[test]
fn asyncapi_json_is_as_the_table_and_the_schemas_say() {
    let file = Path::new(FOLDER).join("asyncapi.json");
    let made = serde_json::to_string_pretty(&asyncapi()).unwrap() + "\n";
    if std::env::var_os("UPDATE_EVENTS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == made, "write it anew: UPDATE_EVENTS=1 cargo test -p bookstore --test it asyncapi");
}

/// The AsyncAPI 3.0 document of all events.
fn asyncapi() -> Value {
    let (mut channels, mut operations, mut messages, mut data) = (Map::new(), Map::new(), Map::new(), Map::new());
    for (name, mut schema) in schemas("") {
        let route = Routes::of(&name).unwrap();
        let about = schema["description"].clone();
        channels.insert(
            name.clone(),
            json!({
                "address": name,
                "description": about,
                "messages": {&name: {"$ref": format!("#/components/messages/{name}")}},
                "bindings": {"amqp": {
                    "is": "routingKey",
                    "exchange": {"name": "bookstore.events", "type": "topic", "durable": true, "vhost": "/"},
                }},
            }),
        );
        let channel = json!({"$ref": format!("#/channels/{name}")});
        let tells = format!("{} tells {name}", route.from);
        let how = "To the exchange, in the transaction of the change.";
        let operation = json!({"action": "send", "summary": tells, "description": how, "channel": channel});
        operations.insert(tells, operation);
        for service in &route.heard_by {
            let hears = format!("{service} hears {name}");
            let about = format!("From the queue bookstore.{service}.");
            let operation = json!({"action": "receive", "summary": hears, "description": about, "channel": channel});
            operations.insert(hears, operation);
        }
        let of = schema.as_object_mut().unwrap();
        of.remove("$schema");
        let examples = of.remove("examples").unwrap();
        let example = json!({"payload": {
            "specversion": "1.0", "id": "019ac9b0-6f2e-7c4b-9d0f-000000000001", "source": format!("/{}", route.from),
            "type": name, "subject": "what it is about", "time": "2026-11-27T12:00:00.000Z",
            "datacontenttype": "application/json", "data": examples[0],
        }});
        messages.insert(
            name.clone(),
            json!({
                "name": name,
                "title": name,
                "summary": about,
                "contentType": "application/cloudevents+json",
                "payload": {"allOf": [
                    {"$ref": "#/components/schemas/CloudEvent"},
                    {"type": "object", "properties": {
                        "type": {"const": name},
                        "data": {"$ref": format!("#/components/schemas/{name}")},
                    }},
                ]},
                "examples": [example],
            }),
        );
        data.insert(name, schema);
    }
    data.insert("CloudEvent".to_owned(), cloud_event());
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of the bookstore",
            "version": "1.0.0",
            "description": "What its services tell each other: CloudEvents 1.0, at least once, in order for each subject. Each has a durable queue of its own.",
            "license": {"name": "MIT"},
            "tags": [{"name": "bookstore"}],
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": data},
    })
}

/// What is said of every event.
fn cloud_event() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about, "minLength": 1});
    json!({
        "type": "object",
        "description": "An event, as CloudEvents 1.0 has it in JSON.",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "description": "By which it is told from all others: one that comes again has no effect.", "minLength": 1, "maxLength": 64},
            "source": text("Who tells it."),
            "type": text("Its type."),
            "subject": {"type": "string", "description": "What it is about: events of one subject are heard in order.", "minLength": 1, "maxLength": 254},
            "time": {"type": "string", "description": "When it was told.", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "traceparent": text("The trace in which it was told (W3C Trace Context)."),
        },
        "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"],
    })
}

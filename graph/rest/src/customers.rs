//! `/customers`.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use graph_call::{Read, Repeat};
use graph_host::auth::Caller;
use graph_host::body::JsonBody;
use graph_host::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Bff;
use crate::answers::{aged, found, location, settled, stored, text, unreadable};
use crate::conditions::Conditions;
use crate::idempotency::Idempotency;
use crate::input::{Field, Input, Kind, Resource};
use crate::path::IdInPath;
use crate::query::Query;

const CUSTOMER: Resource = Resource {
    name: "customer",
    fields: &[
        Field { rest: "id", graph: "id", kind: Kind::Given },
        Field { rest: "userId", graph: "userId", kind: Kind::Text },
        Field { rest: "name", graph: "name", kind: Kind::Text },
        Field { rest: "phone", graph: "phone", kind: Kind::Text },
        Field { rest: "address", graph: "address", kind: Kind::Text },
        Field { rest: "address2", graph: "address2", kind: Kind::OptionalText },
        Field { rest: "city", graph: "city", kind: Kind::Text },
        Field { rest: "state", graph: "state", kind: Kind::Text },
        Field { rest: "zipcode", graph: "zipcode", kind: Kind::Text },
    ],
};

type Shared = State<Arc<Bff>>;

/// `GET /customers?userId=`: the customer with a user ID.
pub async fn find(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &["userId"])?;
    let user_id =
        query.get("userId").ok_or_else(|| Problem::bad_parameter("userId", "must be given: an e-mail address"))?;
    let row = bff.customer_by_user.read(&caller, user_id.to_owned()).await;
    let row = row.map_err(|problem| problem.or_blame_parameter("userId"));
    let Read { value: row, age } = bff.kept.customers.settle(&caller, || user_id.to_ascii_lowercase(), row)?;
    let missing = || format!("There is no customer with the user ID {user_id}.");
    let answer = found(&bff.shape, bff.client.customer, text(row.as_ref())?, &conditions, missing)?;
    Ok(aged(answer, age))
}

/// `GET /customers/{id}`: the customer with a number.
pub async fn read(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    IdInPath(id): IdInPath,
) -> Result<Response, Problem> {
    let id = id.ok_or_else(no_such_number)?;
    let row = bff.customer.read(&caller, id.to_string()).await;
    let Read { value: row, age } = bff.kept.customers.settle(&caller, || id.to_string(), row)?;
    let missing = || format!("There is no customer with the number {id}.");
    let answer = found(&bff.shape, bff.client.customer, text(row.as_ref())?, &conditions, missing)?;
    Ok(aged(answer, age))
}

/// `POST /customers`: a new customer.
pub async fn create(
    State(bff): Shared,
    caller: Caller,
    Idempotency(key): Idempotency,
    body: JsonBody,
) -> Result<Response, Problem> {
    #[derive(Serialize)]
    struct New {
        input: Input,
        #[serde(rename = "idempotencyKey")]
        key: Option<String>,
    }
    let (input, _) = CUSTOMER.read(&body.0)?;
    let repeat = Repeat::with_key(key.as_deref());
    let answer = bff.customers.ask(&caller, bff.client.documents.create_customer, &New { input, key }, repeat).await?;
    let customer = settled(&answer, &CUSTOMER)?;
    let path = location("/customers", given_id(customer)?)?;
    let customer = stored(&bff.shape, bff.client.customer, customer, path.clone())?;
    Ok((StatusCode::CREATED, [(LOCATION, path)], customer).into_response())
}

/// `PUT /customers/{id}`: a customer replaced.
pub async fn replace(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    IdInPath(id): IdInPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Changed<'a> {
        id: i64,
        input: Input,
        if_version: Option<Vec<&'a str>>,
    }
    let if_version = conditions.on_write(&bff.shape)?;
    let (input, given) = CUSTOMER.read(&body.0)?;
    let id = id.ok_or_else(no_such_number)?;
    if given.is_some_and(|given| serde_json::from_str(given.get()).ok() != Some(id)) {
        let what = format!("must be that of the customer that is replaced, {id}");
        return Err(CUSTOMER.invalid(vec![("id".to_owned(), what)]));
    }
    let changes = Changed { id, input, if_version };
    // It is kept by its user ID too, which is not known here.
    bff.kept.customers.forget_all();
    let answer = bff.customers.ask(&caller, bff.client.documents.update_customer, &changes, Repeat::Harmful).await?;
    let customer = settled(&answer, &CUSTOMER)?;
    stored(&bff.shape, bff.client.customer, customer, location("/customers", id)?)
}

/// `DELETE /customers/{id}`: a customer removed.
pub async fn delete(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    IdInPath(id): IdInPath,
) -> Result<StatusCode, Problem> {
    let key = Key { id: id.ok_or_else(no_such_number)?, if_version: conditions.on_write(&bff.shape)? };
    // It is kept by its user ID too, which is not known here.
    bff.kept.customers.forget_all();
    let answer = bff.customers.ask(&caller, bff.client.documents.delete_customer, &key, Repeat::Harmful).await?;
    settled(&answer, &CUSTOMER)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Key<'a> {
    id: i64,
    if_version: Option<Vec<&'a str>>,
}

fn no_such_number() -> Problem {
    Problem::not_found("There is no customer with such a number.")
}

/// The number that the bookstore gave a customer.
fn given_id(customer: &RawValue) -> Result<Cow<'_, str>, Problem> {
    #[derive(Deserialize)]
    struct Numbered<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    let numbered: Numbered<'_> = serde_json::from_str(customer.get()).map_err(|error| unreadable(&error))?;
    Ok(numbered.id)
}

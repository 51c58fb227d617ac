//! `/customers`.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use graph_host::auth::Caller;
use graph_host::body::JsonBody;
use graph_host::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Bff;
use crate::answers::{JSON, found, location, settled, shown, text, unreadable};
use crate::input::{Field, Input, Kind, Resource};
use crate::path::IdInPath;
use crate::query::parameter;

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
pub async fn find(State(bff): Shared, caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let user_id = parameter(query.as_deref(), "userId")?;
    let user_id = user_id.ok_or_else(|| Problem::bad_request("userId must be given: an e-mail address."))?;
    let row = bff.customer_by_user.read(&caller, user_id.to_string()).await?;
    found(bff.client.customer, text(row.as_ref())?, || format!("There is no customer with the user ID {user_id}."))
}

/// `GET /customers/{id}`: the customer with a number.
pub async fn read(State(bff): Shared, caller: Caller, IdInPath(id): IdInPath) -> Result<Response, Problem> {
    let id = id.ok_or_else(no_such_number)?;
    let row = bff.customer.read(&caller, id.to_string()).await?;
    found(bff.client.customer, text(row.as_ref())?, || format!("There is no customer with the number {id}."))
}

/// `POST /customers`: a new customer.
pub async fn create(State(bff): Shared, caller: Caller, body: JsonBody) -> Result<Response, Problem> {
    #[derive(Serialize)]
    struct New {
        input: Input,
    }
    let (input, _) = CUSTOMER.read(&body.0)?;
    let answer = bff.customers.ask(&caller, bff.client.documents.create_customer, &New { input }).await?;
    let customer = settled(&answer, &CUSTOMER)?;
    let location = location("/customers", given_id(customer)?)?;
    Ok((StatusCode::CREATED, JSON, [(LOCATION, location)], shown(bff.client.customer, customer.get())?).into_response())
}

/// `PUT /customers/{id}`: a customer replaced.
pub async fn replace(
    State(bff): Shared,
    caller: Caller,
    IdInPath(id): IdInPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    #[derive(Serialize)]
    struct Changed {
        id: i64,
        input: Input,
    }
    let (input, given) = CUSTOMER.read(&body.0)?;
    let id = id.ok_or_else(no_such_number)?;
    if given.is_some_and(|given| serde_json::from_str(given.get()).ok() != Some(id)) {
        return Err(CUSTOMER.invalid(&[format!("id must be that of the customer that is replaced, {id}")]));
    }
    let answer = bff.customers.ask(&caller, bff.client.documents.update_customer, &Changed { id, input }).await?;
    let customer = settled(&answer, &CUSTOMER)?;
    Ok((JSON, shown(bff.client.customer, customer.get())?).into_response())
}

/// `DELETE /customers/{id}`: a customer removed.
pub async fn delete(State(bff): Shared, caller: Caller, IdInPath(id): IdInPath) -> Result<StatusCode, Problem> {
    let id = id.ok_or_else(no_such_number)?;
    let answer = bff.customers.ask(&caller, bff.client.documents.delete_customer, &Key { id }).await?;
    settled(&answer, &CUSTOMER)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct Key {
    id: i64,
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

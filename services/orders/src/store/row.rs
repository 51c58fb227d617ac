//! An order in its table: written as its history makes it, and read to go on with.

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel_async::RunQueryDsl;
use store::{Connection, on};

use super::late;
use super::schema::{order_history as history, orders};
use crate::history::{Created, Entry, Order};
use crate::order::{CustomerType, Market};
use crate::saga::{Payment, Status};

/// All of an order that is stored.
#[derive(AsChangeset, Clone, Debug, Insertable, PartialEq, Queryable, Selectable)]
#[diesel(table_name = orders, treat_none_as_null = true)]
pub(super) struct Row {
    pub(super) order_id: i64,
    account: String,
    customer_name: String,
    customer_email: String,
    customer_phone: String,
    customer_street: String,
    customer_city: String,
    customer_type: String,
    customer_market: String,
    products: String,
    total_price: i64,
    local_price: i64,
    currency: String,
    payment_method_id: Option<String>,
    org_number: Option<String>,
    test_id: i64,
    status: String,
    payment_status: String,
    delivery_time: Option<String>,
    reason: Option<String>,
    created_at: i64,
    changed_at: i64,
    version: i64,
}

/// What an entry may change of an order, but for who placed it.
#[derive(AsChangeset)]
#[diesel(table_name = orders, treat_none_as_null = true)]
struct Changes<'a> {
    status: &'a str,
    payment_status: &'a str,
    delivery_time: Option<&'a str>,
    reason: Option<&'a str>,
    changed_at: i64,
    version: i64,
    due_at: Option<i64>,
}

impl Row {
    /// The row of an order.
    ///
    /// # Errors
    /// When its products cannot be written as JSON.
    pub(super) fn of(order: &Order) -> QueryResult<Self> {
        let created = &order.created;
        Ok(Self {
            order_id: order.order_id,
            account: created.account.clone(),
            customer_name: created.name.clone(),
            customer_email: created.email.clone(),
            customer_phone: created.phone.clone(),
            customer_street: created.street.clone(),
            customer_city: created.city.clone(),
            customer_type: created.customer_type.name().to_owned(),
            customer_market: created.market.name().to_owned(),
            products: written(&created.products)?,
            total_price: created.total_price,
            local_price: created.local_price,
            currency: created.market.currency().to_owned(),
            payment_method_id: created.payment_method_id.clone(),
            org_number: created.org_number.clone(),
            test_id: created.test_id,
            status: order.status.name().to_owned(),
            payment_status: order.payment.name().to_owned(),
            delivery_time: order.delivery_time.clone(),
            reason: order.reason.clone(),
            created_at: order.created_at,
            changed_at: order.changed_at,
            version: order.entries,
        })
    }

    /// The order of a row.
    fn order(self) -> QueryResult<Order> {
        let order = || {
            Some(Order {
                order_id: self.order_id,
                created: Created {
                    account: self.account,
                    name: self.customer_name,
                    email: self.customer_email,
                    phone: self.customer_phone,
                    street: self.customer_street,
                    city: self.customer_city,
                    customer_type: CustomerType::named(&self.customer_type)?,
                    market: Market::named(&self.customer_market)?,
                    products: serde_json::from_str(&self.products).ok()?,
                    total_price: self.total_price,
                    local_price: self.local_price,
                    payment_method_id: self.payment_method_id,
                    org_number: self.org_number,
                    test_id: self.test_id,
                },
                status: Status::named(&self.status)?,
                payment: Payment::named(&self.payment_status)?,
                delivery_time: self.delivery_time,
                reason: self.reason,
                created_at: self.created_at,
                changed_at: self.changed_at,
                entries: self.version,
            })
        };
        order().ok_or_else(|| QueryError::DeserializationError("the row of an order makes no sense".into()))
    }
}

/// The order with this number, held until the end of the transaction.
pub(super) async fn held(connection: Connection<'_>, order_id: i64) -> QueryResult<Option<Order>> {
    let row = orders::table.filter(orders::order_id.eq(order_id));
    let row = match connection {
        // SQLite has one writer at a time, which this is.
        Connection::Sqlite(connection) => row.select(Row::as_select()).first(connection).await.optional()?,
        Connection::MySql(connection) => {
            row.select(Row::as_select()).for_update().first(connection).await.optional()?
        }
    };
    row.map(Row::order).transpose()
}

/// Stores a new order: its row and the first entry of its history.
pub(super) async fn insert(mut connection: Connection<'_>, order: &Order) -> QueryResult<()> {
    let row = (Row::of(order)?, orders::due_at.eq(late::due(order.status, order.created_at)));
    on!(connection.again(), |inner| diesel::insert_into(orders::table).values(&row).execute(inner))?;
    let first = Entry::Created(Box::new(order.created.clone()));
    note(connection, order, &first, order.created_at).await
}

/// Changes an order by an entry, in its row and its history.
pub(super) async fn append(
    mut connection: Connection<'_>,
    order: &mut Order,
    entry: &Entry,
    at: i64,
) -> QueryResult<()> {
    order.apply(entry, at);
    let row = orders::table.filter(orders::order_id.eq(order.order_id));
    let changes = Changes {
        status: order.status.name(),
        payment_status: order.payment.name(),
        delivery_time: order.delivery_time.as_deref(),
        reason: order.reason.as_deref(),
        changed_at: order.changed_at,
        version: order.entries,
        due_at: late::due(order.status, at),
    };
    on!(connection.again(), |inner| diesel::update(row).set(changes).execute(inner))?;
    note(connection, order, entry, at).await
}

/// Adds the last entry of an order to its history.
async fn note(connection: Connection<'_>, order: &Order, entry: &Entry, at: i64) -> QueryResult<()> {
    let row = (
        history::order_id.eq(order.order_id),
        history::n.eq(order.entries),
        history::at.eq(at),
        history::entry.eq(entry.name()),
        history::status.eq(order.status.name()),
        history::payment_status.eq(order.payment.name()),
        history::data.eq(written(entry)?),
    );
    on!(connection, |inner| diesel::insert_into(history::table).values(row).execute(inner)).map(drop)
}

/// A value as it is stored.
pub(super) fn written(value: &impl serde::Serialize) -> QueryResult<String> {
    serde_json::to_string(value).map_err(|error| QueryError::SerializationError(Box::new(error)))
}

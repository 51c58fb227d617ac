//! What an order looks like in the graph.

use std::time::{Duration, UNIX_EPOCH};

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::errors::{Code, hidden};
use graph_serve::outcome::InvalidInput;
use graph_serve::select::read;
use store::{Version, isbn};

use crate::history::Product;
use crate::order::{
    CITY_MAX, CustomerType, Draft, DraftLine, EMAIL_MAX, METHOD_MAX, Market, NAME_MAX, NewOrder, ORG_NUMBER_DIGITS,
    PHONE_MAX, PRODUCTS, QUANTITY, STREET_MAX,
};
use crate::saga::{Payment, Status};
use crate::store::{HistoryRow, OrderRow, OrderStore};

/// The most characters of a title, as the book service has it.
const TITLE_MAX: usize = 500;
/// The most characters of a time of delivery: milliseconds since 1970.
const TIME_MAX: usize = 13;
/// The most entries of a history that there should ever be.
const HISTORY_MAX: usize = 1000;

pub(super) fn order_id() -> Bounds {
    Bounds::from(1)
}

/// The number of an order as a key.
pub(super) fn order_key() -> Bounds {
    Bounds::from(1).format("int64")
}

fn cents() -> Bounds {
    Bounds::from(0)
}

pub(super) fn delivery_time() -> Bounds {
    Bounds::lengths(TIME_MAX, TIME_MAX).pattern("^[0-9]{13}$")
}

fn date_time() -> Bounds {
    Bounds::default().format("date-time")
}

fn email() -> Bounds {
    Bounds::up_to(EMAIL_MAX).format("email")
}

/// The time so many milliseconds after the beginning of 1970.
fn timestamp(ms: i64) -> String {
    let since = Duration::from_millis(u64::try_from(ms).unwrap_or_default());
    humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
}

/// What somebody bought, and how far it is on its way to their door.
#[derive(Clone, Debug)]
pub struct Order {
    pub(super) row: OrderRow,
    /// What became of it, when it was asked for.
    pub(super) history: Option<Vec<OrderChange>>,
}

impl Order {
    /// About how many bytes its texts take up in JSON.
    pub(super) fn bytes(&self) -> usize {
        /// About as many for an entry of a history.
        const ENTRY: usize = 160;
        self.row.bytes() + self.history.as_ref().map_or(0, |history| history.len() * ENTRY)
    }

    fn sold(&self) -> Result<Vec<Product>> {
        let json = read(self.row.products.as_deref())?;
        serde_json::from_str(json).map_err(|error| hidden(Code::Internal, &error))
    }
}

/// A number that fits GraphQL's `Int`, as all of an order do.
fn int(number: Option<i64>) -> Result<i32> {
    let number = read(number)?;
    i32::try_from(number).map_err(|error| hidden(Code::Internal, &error))
}

/// What somebody bought, and how far it is on its way to their door.
#[Object]
impl Order {
    /// The number of the order.
    #[graphql(directive = Constraint::apply(order_id()))]
    async fn order_id(&self) -> Result<i32> {
        int(self.row.order_id)
    }

    /// The version: an opaque text that is another one after every change.
    async fn version(&self) -> Result<ID> {
        read(self.row.version.map(Version::id))
    }

    /// How far it is.
    async fn status(&self) -> Result<Status> {
        read(self.row.status.as_deref().and_then(Status::named))
    }

    /// How far its payment is.
    async fn payment_status(&self) -> Result<Payment> {
        read(self.row.payment_status.as_deref().and_then(Payment::named))
    }

    /// Who gets it.
    #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
    async fn customer_name(&self) -> Result<&str> {
        read(self.row.customer_name.as_deref())
    }

    /// The e-mail address to which news of it go.
    #[graphql(directive = Constraint::apply(Bounds::up_to(EMAIL_MAX)))]
    async fn customer_email(&self) -> Result<&str> {
        read(self.row.customer_email.as_deref())
    }

    /// Where who brings it calls.
    #[graphql(directive = Constraint::apply(Bounds::text(PHONE_MAX)))]
    async fn customer_phone(&self) -> Result<&str> {
        read(self.row.customer_phone.as_deref())
    }

    /// The street, with the number.
    #[graphql(directive = Constraint::apply(Bounds::text(STREET_MAX)))]
    async fn customer_street(&self) -> Result<&str> {
        read(self.row.customer_street.as_deref())
    }

    /// The city.
    #[graphql(directive = Constraint::apply(Bounds::text(CITY_MAX)))]
    async fn customer_city(&self) -> Result<&str> {
        read(self.row.customer_city.as_deref())
    }

    /// Who buys: a person or a business.
    async fn customer_type(&self) -> Result<CustomerType> {
        read(self.row.customer_type.as_deref().and_then(CustomerType::named))
    }

    /// Where it is bought.
    async fn customer_market(&self) -> Result<Market> {
        read(self.row.customer_market.as_deref().and_then(Market::named))
    }

    /// What is bought.
    #[graphql(directive = Constraint::apply(Bounds::up_to(*PRODUCTS.end())))]
    async fn products(&self) -> Result<Vec<OrderedProduct>> {
        Ok(self.sold()?.into_iter().map(OrderedProduct::from).collect())
    }

    /// The ISBNs of what is bought, with commas between them.
    async fn ordered_products(&self) -> Result<String> {
        Ok(self.sold()?.into_iter().map(|product| product.isbn).collect::<Vec<_>>().join(","))
    }

    /// Its price in US cents.
    #[graphql(directive = Constraint::apply(cents()))]
    async fn total_price(&self) -> Result<i32> {
        int(self.row.total_price)
    }

    /// Its price in the cents of its currency.
    #[graphql(directive = Constraint::apply(cents()))]
    async fn local_price(&self) -> Result<i32> {
        int(self.row.local_price)
    }

    /// The currency in which it is paid (ISO 4217).
    #[graphql(directive = Constraint::apply(Bounds::lengths(3, 3)))]
    async fn currency(&self) -> Result<&str> {
        read(self.row.currency.as_deref())
    }

    /// When it will be delivered, in milliseconds since 1970; null until that is known.
    #[graphql(directive = Constraint::apply(delivery_time()))]
    async fn delivery_time(&self) -> Result<Option<&str>> {
        Ok(self.row.delivery_time.as_deref())
    }

    /// Why it came to nothing.
    #[graphql(directive = Constraint::apply(Bounds::up_to(500)))]
    async fn reason(&self) -> Result<Option<&str>> {
        Ok(self.row.reason.as_deref())
    }

    /// The number of the organisation that buys; null when a person does.
    #[graphql(directive = Constraint::apply(Bounds::up_to(*ORG_NUMBER_DIGITS.end())))]
    async fn org_number(&self) -> Result<Option<&str>> {
        Ok(self.row.org_number.as_deref())
    }

    /// The number of the test that it belongs to; 0 when it is none.
    #[graphql(directive = Constraint::apply(Bounds::from(0)))]
    async fn test_id(&self) -> Result<i32> {
        int(self.row.test_id)
    }

    /// When it was placed (RFC 3339, in UTC).
    #[graphql(directive = Constraint::apply(date_time()))]
    async fn created_at(&self) -> Result<String> {
        read(self.row.created_at.map(timestamp))
    }

    /// What became of it, the first first.
    #[graphql(directive = Constraint::apply(Bounds::up_to(HISTORY_MAX)))]
    async fn history(&self, context: &Context<'_>) -> Result<Vec<OrderChange>> {
        if let Some(history) = &self.history {
            return Ok(history.clone());
        }
        let id = read(self.row.order_id)?;
        let entries = context.data::<OrderStore>()?.histories(vec![id]).await?;
        entries.into_iter().map(OrderChange::try_from).collect()
    }
}

/// So many of a book, as they were bought.
#[derive(Clone, Debug, SimpleObject)]
pub struct OrderedProduct {
    /// The ISBN of the book.
    #[graphql(directive = Constraint::apply(isbn::bounds()))]
    isbn: String,
    /// Its title at that time.
    #[graphql(directive = Constraint::apply(Bounds::text(TITLE_MAX)))]
    title: String,
    /// How many.
    #[graphql(directive = Constraint::apply(quantity()))]
    quantity: i32,
    /// What one cost at that time, in US cents.
    #[graphql(directive = Constraint::apply(cents()))]
    unit_price: i64,
}

impl From<Product> for OrderedProduct {
    fn from(Product { isbn, title, quantity, unit_price }: Product) -> Self {
        Self { isbn, title, quantity, unit_price }
    }
}

/// Something that became of an order.
#[derive(Clone, Debug, SimpleObject)]
pub struct OrderChange {
    /// When (RFC 3339, in UTC).
    #[graphql(directive = Constraint::apply(date_time()))]
    at: String,
    /// What, such as `PaymentCaptured`.
    #[graphql(directive = Constraint::apply(Bounds::lengths(1, 30)))]
    entry: String,
    /// How far the order was then.
    status: Status,
    /// How far its payment was then.
    payment_status: Payment,
}

impl TryFrom<HistoryRow> for OrderChange {
    type Error = async_graphql::Error;

    fn try_from(row: HistoryRow) -> Result<Self> {
        let (status, payment_status) = (Status::named(&row.status), Payment::named(&row.payment_status));
        let (status, payment_status) = (read(status)?, read(payment_status)?);
        Ok(Self { at: timestamp(row.at), entry: row.entry, status, payment_status })
    }
}

fn quantity() -> Bounds {
    Bounds::range(*QUANTITY.start(), *QUANTITY.end())
}

/// What an order shall be. What it costs follows from its books.
#[derive(InputObject)]
pub struct OrderInput {
    /// Who gets it.
    #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
    name: String,
    /// The e-mail address to which news of it go.
    #[graphql(directive = Constraint::apply(email()))]
    email: String,
    /// Where who brings it calls.
    #[graphql(directive = Constraint::apply(Bounds::text(PHONE_MAX)))]
    phone: String,
    /// The street, with the number.
    #[graphql(directive = Constraint::apply(Bounds::text(STREET_MAX)))]
    street: String,
    /// The city.
    #[graphql(directive = Constraint::apply(Bounds::text(CITY_MAX)))]
    city: String,
    /// Who buys: a person, or a business in the US, which gets an invoice.
    customer_type: CustomerType,
    /// Where it is bought.
    market: Market,
    /// What is bought, from 1 to 50 items.
    #[graphql(directive = Constraint::apply(Bounds::lengths(*PRODUCTS.start(), *PRODUCTS.end())))]
    products: Vec<OrderProductInput>,
    /// How it is paid: a method of payment of the provider; a person must give one.
    #[graphql(directive = Constraint::apply(Bounds::lengths(1, METHOD_MAX).pattern("^[A-Za-z0-9_]+$")))]
    payment_method_id: Option<String>,
    /// The number of the organisation that buys; a business must give one, of 6 to 20 digits.
    #[graphql(directive = Constraint::apply(Bounds::up_to(*ORG_NUMBER_DIGITS.end())))]
    org_number: Option<String>,
    /// What its buyer was shown as its price, in US cents: when it is another one, nothing is bought.
    #[graphql(directive = Constraint::apply(cents()))]
    total_price: Option<i32>,
    /// The number of the test that it belongs to; it is none when this is 0 or not given.
    #[graphql(directive = Constraint::apply(Bounds::from(0)))]
    test_id: Option<i32>,
}

/// So many of a book, to be bought.
#[derive(InputObject)]
pub struct OrderProductInput {
    /// The ISBN of the book; hyphens and case do not matter.
    #[graphql(directive = Constraint::apply(isbn::bounds()))]
    isbn: String,
    /// How many.
    #[graphql(directive = Constraint::apply(quantity()))]
    quantity: i32,
}

impl TryFrom<OrderInput> for NewOrder {
    type Error = InvalidInput;

    fn try_from(input: OrderInput) -> std::result::Result<Self, InvalidInput> {
        let products = input.products.into_iter();
        Self::try_new(Draft {
            name: input.name,
            email: input.email,
            phone: input.phone,
            street: input.street,
            city: input.city,
            customer_type: input.customer_type,
            market: input.market,
            products: products.map(|one| DraftLine { isbn: one.isbn, quantity: one.quantity }).collect(),
            payment_method_id: input.payment_method_id,
            org_number: input.org_number,
            total_price: input.total_price,
            test_id: input.test_id,
        })
    }
}

/// The states into which an order can be brought by hand.
#[derive(Clone, Copy, Eq, Enum, PartialEq)]
#[graphql(name = "Status")]
pub enum ByHandStatus {
    /// Its books are put aside.
    Stocked,
    /// It will be delivered.
    DeliveryBooked,
}

impl From<ByHandStatus> for Status {
    fn from(status: ByHandStatus) -> Self {
        match status {
            ByHandStatus::Stocked => Self::Stocked,
            ByHandStatus::DeliveryBooked => Self::DeliveryBooked,
        }
    }
}

/// When an order will be delivered.
#[derive(InputObject)]
pub struct DeliveryDataInput {
    /// The number of the order.
    #[graphql(directive = Constraint::apply(order_id()))]
    pub(super) order_id: i32,
    /// When it will be delivered, in milliseconds since 1970.
    #[graphql(directive = Constraint::apply(delivery_time()))]
    pub(super) delivery_time: String,
}

impl DeliveryDataInput {
    /// Whether the time is one.
    pub(super) fn is_sound(&self) -> bool {
        self.delivery_time.len() == TIME_MAX && self.delivery_time.bytes().all(|byte| byte.is_ascii_digit())
    }
}

//! The transport by RabbitMQ: a durable topic exchange, one durable queue a service, publisher confirms, and acknowledgements
//! after what was heard is stored.

use std::str::FromStr;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use graph_host::settings::Mistakes;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
    ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer, ExchangeKind};
use store::StoreError;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::envelope::Envelope;
use crate::receiver::{BATCH, Receiver};
use crate::relay::{Parcel, Trouble};
use crate::routes::Routes;

/// The name of the broker among the targets of an outbox.
pub(crate) const AMQP: &str = "amqp";
/// The exchange to which all events go; the routing key is their type.
const EXCHANGE: &str = "bookstore.events";
/// How long the broker may take to answer anything. A broker that stands still does not close its connections.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// How often a consumer that hears nothing asks whether the broker is there.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// How many events the broker sends ahead.
const AHEAD: u16 = 256;
/// What a persistent message says of itself.
const PERSISTENT: u8 = 2;
/// The content type of an event (CloudEvents' JSON format, section 3).
const CONTENT_TYPE: &str = "application/cloudevents+json";

/// The setting of the broker.
#[derive(clap::Args, Clone, Debug)]
pub struct EventArgs {
    /// RabbitMQ that carries events, such as amqp://user:password@host:5672/; within this process unless set
    #[arg(long, env = "AMQP_URL", hide_env_values = true, global = true)]
    pub amqp_url: Option<String>,
}

impl EventArgs {
    /// The broker, if there is one; nothing when it cannot be read, which is noted in `mistakes`.
    pub fn read(&self, mistakes: &mut Mistakes) -> Option<Option<AmqpUrl>> {
        match self.amqp_url.as_deref().filter(|url| !url.is_empty()) {
            None => Some(None),
            Some(url) => mistakes.check("AMQP_URL", "", |_| url.parse()).map(Some),
        }
    }
}

/// Where a broker is, and who asks.
#[derive(Clone)]
pub struct AmqpUrl(AMQPUri);

impl FromStr for AmqpUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Neither what was given nor what the parser says of it: there is a password in it.
        text.parse().map(Self).map_err(|_| "is no URL of a broker, such as amqp://user:password@host:5672/")
    }
}

impl std::fmt::Debug for AmqpUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "amqp://{}:{}", self.0.authority.host, self.0.authority.port)
    }
}

/// Why the broker did not take or give events.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotPublished {
    #[error("the broker")]
    Broker(#[from] lapin::Error),
    #[error("the broker did not answer within {} s", ANSWERS_WITHIN.as_secs())]
    Silent(#[from] tokio::time::error::Elapsed),
    #[error("the broker refused {0}")]
    Refused(String),
    #[error("the broker has no queue for {0}")]
    Unroutable(String),
    #[error("the broker ended the consumer")]
    Ended,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A connection with a channel, and all queues declared.
struct Link {
    connection: Connection,
    channel: Channel,
}

impl Link {
    async fn open(url: &AmqpUrl, service: &str, role: &str) -> Result<Self, NotPublished> {
        let name = format!("{service} {role}");
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let mut uri = url.0.clone();
        uri.query.heartbeat = uri.query.heartbeat.or(Some(10));
        let connection = timeout(ANSWERS_WITHIN, Connection::connect_uri(uri, properties)).await??;
        let channel = timeout(ANSWERS_WITHIN, connection.create_channel()).await??;
        timeout(ANSWERS_WITHIN, declare(&channel)).await??;
        Ok(Self { connection, channel })
    }

    async fn close(self) {
        // It is closed when it is dropped as well, only less politely.
        let _ = timeout(Duration::from_secs(1), self.connection.close(200, "bye".into())).await;
    }
}

/// The queue of a service.
fn queue_of(service: &str) -> ShortString {
    format!("bookstore.{service}").into()
}

/// Declares the exchange and all queues that anybody hears from: an event that is told before its hearer ever started waits for it.
async fn declare(channel: &Channel) -> Result<(), lapin::Error> {
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel.exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, durable, FieldTable::default()).await?;
    for service in Routes::hearers() {
        let mut arguments = FieldTable::default();
        // Of several processes of a service one hears at a time, so the order stays.
        arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
        channel.queue_declare(queue_of(service), QueueDeclareOptions::durable(), arguments).await?;
        for event in Routes::heard_by(service) {
            let (queue, options) = (queue_of(service), QueueBindOptions::default());
            channel.queue_bind(queue, EXCHANGE.into(), event.into(), options, FieldTable::default()).await?;
        }
    }
    Ok(())
}

/// Takes events to the broker.
pub(crate) struct Publisher {
    url: AmqpUrl,
    service: &'static str,
    link: Option<Link>,
}

impl Publisher {
    pub(crate) fn new(url: AmqpUrl, service: &'static str) -> Self {
        Self { url, service, link: None }
    }

    /// Publishes events; afterwards the broker has all of them on its disk. After a failure it may have some.
    pub(crate) async fn publish(&mut self, parcels: &[Parcel]) -> Result<(), NotPublished> {
        let link = match self.link.take().filter(|link| link.connection.status().connected()) {
            Some(link) => link,
            None => Link::open(&self.url, self.service, "tells").await?,
        };
        if !link.channel.status().confirm() {
            timeout(ANSWERS_WITHIN, link.channel.confirm_select(ConfirmSelectOptions::default())).await??;
        }
        // A link that failed is dropped, and with it whatever was amiss.
        timeout(ANSWERS_WITHIN, publish(&link.channel, parcels)).await??;
        self.link = Some(link);
        Ok(())
    }
}

async fn publish(channel: &Channel, parcels: &[Parcel]) -> Result<(), NotPublished> {
    let mut sent = Vec::with_capacity(parcels.len());
    for parcel in parcels {
        let properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_content_type(CONTENT_TYPE.into())
            .with_message_id(parcel.id.as_str().into());
        let heard = Routes::of(&parcel.kind).is_some_and(|route| !route.heard_by.is_empty());
        let options = BasicPublishOptions { mandatory: heard, ..BasicPublishOptions::default() };
        let (key, body) = (parcel.kind.as_str().into(), parcel.body.as_bytes());
        sent.push((parcel, channel.basic_publish(EXCHANGE.into(), key, options, body, properties).await?));
    }
    for (parcel, confirmed) in sent {
        match confirmed.await? {
            Confirmation::Ack(None) => {}
            Confirmation::Ack(Some(_)) => return Err(NotPublished::Unroutable(parcel.kind.clone())),
            Confirmation::Nack(_) | Confirmation::NotRequested => {
                return Err(NotPublished::Refused(parcel.kind.clone()));
            }
        }
    }
    Ok(())
}

/// Hears what the broker has for a service, until it is time to stop.
pub(crate) async fn consume(url: AmqpUrl, receiver: Receiver, stop: CancellationToken) {
    let mut trouble = Trouble::new(receiver.service(), "nothing is heard from the broker");
    while !stop.is_cancelled() {
        let consumed = match Link::open(&url, receiver.service(), "hears").await {
            Ok(link) => {
                // It is there; what follows is another matter.
                let _ = trouble.judge(Ok::<_, NotPublished>(()));
                let consumed = hear(&link.channel, &receiver, &stop).await;
                link.close().await;
                consumed
            }
            Err(error) => Err(error),
        };
        if let Err(pause) = trouble.judge(consumed) {
            tokio::select! { () = tokio::time::sleep(pause) => {}, () = stop.cancelled() => {} }
        }
    }
}

async fn hear(channel: &Channel, receiver: &Receiver, stop: &CancellationToken) -> Result<(), NotPublished> {
    let queue = queue_of(receiver.service());
    timeout(ANSWERS_WITHIN, channel.basic_qos(AHEAD, BasicQosOptions::default())).await??;
    let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
    let consuming = channel.basic_consume(queue.clone(), receiver.service().into(), options, arguments);
    let mut consumer = timeout(ANSWERS_WITHIN, consuming).await??;
    loop {
        let first = tokio::select! {
            first = timeout(ASK_EVERY, consumer.next()) => first,
            () = stop.cancelled() => return Ok(()),
        };
        match first {
            Ok(Some(first)) => take(channel, first?, &mut consumer, receiver).await?,
            Ok(None) => return Err(NotPublished::Ended),
            Err(_) => {
                let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::durable() };
                timeout(ANSWERS_WITHIN, channel.queue_declare(queue.clone(), passive, FieldTable::default())).await??;
            }
        }
    }
}

/// Hears an event and those that have arrived behind it, and acknowledges them.
async fn take(
    channel: &Channel,
    first: Delivery,
    consumer: &mut Consumer,
    receiver: &Receiver,
) -> Result<(), NotPublished> {
    let mut deliveries = vec![first];
    while deliveries.len() < BATCH
        && let Some(Some(next)) = consumer.next().now_or_never()
    {
        deliveries.push(next?);
    }
    let mut events = Vec::with_capacity(deliveries.len());
    let mut last = 0;
    for delivery in &deliveries {
        let text = String::from_utf8_lossy(&delivery.data);
        match Envelope::read(&text) {
            Ok(event) => events.push(event),
            Err(why) => receiver.park(&text, &why).await?,
        }
        last = delivery.delivery_tag;
    }
    receiver.receive(&events).await?;
    let acknowledged = channel.basic_ack(last, BasicAckOptions { multiple: true });
    Ok(timeout(ANSWERS_WITHIN, acknowledged).await??)
}

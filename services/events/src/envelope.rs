//! An event as it travels: a CloudEvent in JSON.

use std::time::{Duration, SystemTime};

use diesel::result::{Error as QueryError, QueryResult};
use graph_host::trace::TraceParent;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::StoreError;
use uuid::Uuid;

/// The most characters of an id.
const ID_MAX: usize = 64;
/// The most characters of a type.
const TYPE_MAX: usize = 64;
/// The most characters of a subject.
const SUBJECT_MAX: usize = 254;

/// What a service tells others. Its fields are the event's data, described by a JSON Schema under `graph/events`.
pub trait Event: Serialize {
    /// The type's name, such as `PlantWatered`.
    const TYPE: &'static str;

    /// What it is about, such as the id of a plant: events about the same thing arrive in the order in which they were told.
    fn subject(&self) -> String;
}

/// An event and what is said of it, as CloudEvents 1.0 has it in JSON (section 2 of its JSON format), with the extension for
/// distributed tracing.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Envelope {
    specversion: String,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    time: String,
    datacontenttype: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    data: Box<RawValue>,
}

impl Envelope {
    /// An event that `service` tells now.
    ///
    /// # Errors
    /// When its data is no JSON.
    pub fn new<E: Event>(service: &str, event: &E, trace: Option<TraceParent>) -> serde_json::Result<Self> {
        Ok(Self {
            specversion: "1.0".to_owned(),
            id: Uuid::now_v7().to_string(),
            source: format!("/{service}"),
            kind: E::TYPE.to_owned(),
            subject: event.subject(),
            time: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
            datacontenttype: "application/json".to_owned(),
            traceparent: trace.map(|trace| trace.to_string()),
            data: serde_json::value::to_raw_value(event)?,
        })
    }

    /// Reads one.
    ///
    /// # Errors
    /// A sentence when it is none that can be kept.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|error| format!("no CloudEvent: {error}"))?;
        if read.specversion != "1.0" {
            return Err(format!("a CloudEvent of version {}, which nobody here knows", read.specversion));
        }
        let bounded =
            [("id", &read.id, ID_MAX), ("type", &read.kind, TYPE_MAX), ("subject", &read.subject, SUBJECT_MAX)];
        for (name, value, most) in bounded {
            if value.is_empty() || value.chars().count() > most {
                return Err(format!("its {name} must have from 1 to {most} characters"));
            }
        }
        Ok(read)
    }

    /// Its id, by which it is told from all others.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What it is about.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The trace in which it was told.
    pub(crate) fn trace(&self) -> Option<TraceParent> {
        self.traceparent.as_deref()?.parse().ok()
    }

    /// How long ago it was told; nothing when it does not say so, or clocks differ.
    pub(crate) fn age(&self) -> Option<Duration> {
        humantime::parse_rfc3339(&self.time).ok()?.elapsed().ok()
    }

    /// Its data. A type that hears it need not read all its fields.
    ///
    /// # Errors
    /// [`never()`], when it cannot be read as `T`.
    pub fn data<T: DeserializeOwned>(&self) -> QueryResult<T> {
        serde_json::from_str(self.data.get()).map_err(|error| never(format!("its data cannot be read: {error}")))
    }

    /// It as text.
    pub(crate) fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// Why an event can never take effect, however often it is tried: it is parked at once.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Never(String);

/// The failure of a handler whose event can never take effect: it is parked at once.
pub fn never(what: impl Into<String>) -> QueryError {
    QueryError::QueryBuilderError(Box::new(Never(what.into())))
}

/// Whether this is a failure by [`never()`].
pub(crate) fn is_never(error: &StoreError) -> bool {
    matches!(error, StoreError::Query(QueryError::QueryBuilderError(what)) if what.is::<Never>())
}

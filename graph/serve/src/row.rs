//! Rows: objects of the schema that are written as JSON at once, without a value, a future and a name for each of
//! their fields, of which a page of a list has thousands.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::{ContainerType, resolve_container};
use async_graphql::{
    Context, ContextBase, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
};
use futures_util::FutureExt;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::ceiling::Exceeded;
use crate::type_key::TYPE;

/// Rows with more fields than this are resolved by the library.
const FIELDS_MAX: usize = 32;
/// Room for the JSON of most rows, in bytes.
const ROOM: usize = 384;

/// An object whose fields are at hand and need not be waited for. In the schema it is a `T`.
#[derive(Clone, Debug)]
pub struct Row<T>(pub T);

/// An object that writes values of its fields by itself: what its resolvers would give, at a tenth of the cost.
pub trait Plain {
    /// Appends the value of the field `name`; nothing, and nothing is appended, when it is the resolver's: because
    /// it is an error, or there is no such field here.
    fn write(&self, name: &str, json: &mut Json) -> Option<()>;
}

/// JSON that is being written.
pub struct Json(Vec<u8>);

/// A value of a field of a [`row!`](crate::row!).
pub trait ToJson {
    /// Appends the value.
    fn to_json(&self, json: &mut Json);
}

/// Values that serde writes.
macro_rules! to_json {
    ($($type:ty),+) => {$(
        impl ToJson for $type {
            fn to_json(&self, json: &mut Json) {
                json.value(self);
            }
        }
    )+};
}
to_json!(&str, String, Option<&str>, i32, i64, f64, bool, async_graphql::ID);

impl Json {
    /// Appends a text or a number.
    pub fn value(&mut self, value: impl Serialize) {
        // A vector takes all, and neither a text nor a number can fail.
        let _ = serde_json::to_writer(&mut self.0, &value);
    }

    /// Appends JSON.
    pub fn json(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }
}

/// An object of the graph that is a row: its resolvers, and what writes its values at once, said once for each field.
///
/// A field is made of the row, as an `Option`: nothing when its column was not read. A name of several words is given as the
/// graph has it.
///
/// ```
/// #[derive(Clone, Debug)]
/// pub struct PlantRow {
///     name: Option<String>,
///     height_cm: Option<i32>,
/// }
///
/// graph_serve::row! {
///     /// A plant of the garden.
///     "Plant" Plant = PlantFields(PlantRow) {
///         /// What it is called.
///         name: &str = |row| row.name.as_deref(),
///         /// How high it is, in centimetres.
///         height_cm as "heightCm": i32 = |row| row.height_cm,
///     }
/// }
/// ```
#[macro_export]
macro_rules! row {
    (
        $(#[$about:meta])+
        $name:tt $object:ident = $fields:ident($row:ty) {
            $($(#[$what:meta])+ $field:ident $(as $graph:literal)?: $type:ty = |$at:ident| $value:expr,)+
        }
    ) => {
        $(#[$about])+
        pub type $object = $crate::row::Row<$fields>;

        $(#[$about])+
        #[derive(Clone, Debug)]
        pub struct $fields(pub $row);

        $(#[$about])+
        #[::async_graphql::Object(name = $name)]
        impl $fields {
            $(
                $(#[$what])+
                async fn $field(&self) -> ::async_graphql::Result<$type> {
                    let $at = &self.0;
                    $crate::select::read($value)
                }
            )+
        }

        impl $crate::row::Plain for $fields {
            fn write(&self, name: &str, json: &mut $crate::row::Json) -> ::std::option::Option<()> {
                $(
                    if name == $crate::field_name!($field $(, $graph)?) {
                        let $at = &self.0;
                        $crate::row::ToJson::to_json(&$value?, json);
                        return ::std::option::Option::Some(());
                    }
                )+
                ::std::option::Option::None
            }
        }

        impl ::std::convert::From<$row> for $object {
            fn from(row: $row) -> Self {
                $crate::row::Row($fields(row))
            }
        }
    };
}

/// The name of a field in the graph.
#[doc(hidden)]
#[macro_export]
macro_rules! field_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident, $graph:literal) => {
        $graph
    };
}

impl<T: ObjectType + Plain> Row<T> {
    /// The JSON of the fields selected, each of which is there once, since the selection is merged. Nothing, when there is
    /// more to it than a few values that are at hand: an object, a field that waits, an error; then the library sees to it
    /// all.
    fn json(&self, context: &ContextSelectionSet<'_>) -> Option<Vec<u8>> {
        let selected = &context.item.node.items;
        if selected.len() > FIELDS_MAX {
            return None;
        }
        let mut json = Json(Vec::with_capacity(ROOM));
        for (nth, selection) in selected.iter().enumerate() {
            let Selection::Field(field) = &selection.node else { return None };
            let key = field.node.response_key().node.as_str();
            if key == TYPE || !field.node.selection_set.node.items.is_empty() {
                return None;
            }
            json.json(if nth == 0 { "{\"" } else { ",\"" });
            json.json(key);
            json.json("\":");
            if field.node.name.node == "__typename" {
                json.value(T::type_name());
            } else if self.0.write(&field.node.name.node, &mut json).is_none() {
                let value = self.at_hand(&context.with_field(field))?;
                write_json(&value, &mut json.0).ok()?;
            }
        }
        json.json("}");
        Some(json.0)
    }

    /// The value of a field that need not be waited for. It is boxed for the sake of the compiler, which else makes
    /// one machine of the states of all fields wherever rows are.
    fn at_hand(&self, field: &Context<'_>) -> Option<Value> {
        Box::pin(self.0.resolve_field(field)).now_or_never()?.ok()?
    }
}

impl<T: ObjectType + Plain> OutputType for Row<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        let Some(json) = self.json(context) else { return resolve_container(context, self).await };
        room(context).take(json.len())?;
        Ok(Value::Binary(json.into()))
    }
}

impl<T: ObjectType + Plain> ContainerType for Row<T> {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        let value = Box::pin(self.0.resolve_field(context)).await?;
        if let Some(Value::String(text)) = &value {
            room(context).take(text.len())?;
        }
        Ok(value)
    }
}

impl<T: ObjectType + Plain> ObjectType for Row<T> {}

/// How many bytes the rows of one answer may still have.
#[derive(Debug)]
pub(crate) struct Room {
    allowed: u64,
    taken: AtomicU64,
}

impl Room {
    pub(crate) fn new(allowed: u64) -> Self {
        Self { allowed, taken: AtomicU64::new(0) }
    }

    /// Takes room for so many bytes.
    fn take(&self, bytes: usize) -> Result<(), Exceeded> {
        let bytes = bytes as u64;
        let taken = self.taken.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        Exceeded::check("bytes of rows", taken, self.allowed)
    }
}

/// The room in the answer at hand; none where no limits are.
fn room<'a, T>(context: &'a ContextBase<'_, T>) -> &'a Room {
    static NO_LIMIT: Room = Room { allowed: u64::MAX, taken: AtomicU64::new(0) };
    context.data_opt::<Arc<Room>>().map_or(&NO_LIMIT, |room| room)
}

/// The JSON of an answer, in which rows stand as they were written.
///
/// # Errors
/// None that an answer leads to: its keys are texts.
pub(crate) fn to_json(answer: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::with_capacity(ROOM);
    write_json(answer, &mut json)?;
    Ok(json)
}

fn write_json(value: &impl Serialize, json: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(json, AsWritten))
}

/// Compact JSON; bytes, of which a schema has no type, are JSON already.
struct AsWritten;

impl Formatter for AsWritten {
    fn write_byte_array<W: io::Write + ?Sized>(&mut self, writer: &mut W, json: &[u8]) -> io::Result<()> {
        writer.write_all(json)
    }
}

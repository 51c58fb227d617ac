//! The outcomes of a mutation that its client must expect, as types of the graph.
//!
//! An object that says why nothing was done has the fields of [`Refused`], flattened; that makes it implement the
//! interface `Refused`. So clients can tell what happened in all graphs in one way:
//!
//! ```
//! use async_graphql::SimpleObject;
//! use graph_serve::outcome::{Refusal, Refused};
//!
//! /// The shelf is full; nothing was put there.
//! #[derive(SimpleObject)]
//! pub struct ShelfFull {
//!     #[graphql(flatten)]
//!     refused: Refused,
//!     /// The shelf.
//!     shelf: String,
//! }
//!
//! let full = ShelfFull { refused: Refusal::Taken.because("There is no room."), shelf: "A1".to_owned() };
//! ```

use std::borrow::Cow;

use async_graphql::indexmap::IndexSet;
use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    ContextSelectionSet, Enum, ObjectType, OutputType, Positioned, SchemaBuilder, ServerResult, SimpleObject,
    SubscriptionType, Value,
};

/// Why nothing was done.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub enum Refusal {
    /// Another one has the name or number that it was to have.
    Taken,
    /// It is not there.
    NotFound,
    /// It is not, or no longer, as the client knew it.
    Changed,
    /// The idempotency key was used for something else.
    KeyReused,
    /// The input is at fault.
    Invalid,
}

/// Nothing was done, and why.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct Refused {
    /// One sentence for the person who asked.
    pub message: String,
    /// The kind of reason, which clients decide by.
    pub refusal: Refusal,
}

impl Refusal {
    /// A refusal of this kind, with a sentence for the person who asked.
    pub fn because(self, message: impl Into<String>) -> Refused {
        Refused { message: message.into(), refusal: self }
    }
}

/// One field of an input that was refused, and why.
#[derive(SimpleObject, Clone, Debug, PartialEq)]
#[graphql(shareable)]
pub struct InvalidField {
    /// The name of the field in the input type.
    pub field: String,
    /// What it must be, to be read after the field's name: "must not be empty".
    pub message: String,
}

/// The input was refused; nothing was stored.
#[derive(SimpleObject, Clone, Debug, PartialEq)]
#[graphql(shareable)]
pub struct InvalidInput {
    /// One sentence that names all fields at fault.
    pub message: String,
    /// The kind of reason, which clients decide by.
    pub refusal: Refusal,
    /// The fields at fault.
    pub fields: Vec<InvalidField>,
}

/// The idempotency key was used before, with another input; nothing was stored.
#[derive(SimpleObject)]
#[graphql(shareable)]
pub struct IdempotencyKeyReused {
    #[graphql(flatten)]
    refused: Refused,
}

impl InvalidInput {
    /// A refusal because of `fields`.
    pub fn new(fields: Vec<InvalidField>) -> Self {
        let all: Vec<String> = fields.iter().map(|one| format!("{} {}", one.field, one.message)).collect();
        Self { message: format!("Invalid input: {}.", all.join("; ")), refusal: Refusal::Invalid, fields }
    }
}

impl Default for IdempotencyKeyReused {
    fn default() -> Self {
        let message = "This idempotency key was used before with another input; every new input needs a new key.";
        Self { refused: Refusal::KeyReused.because(message) }
    }
}

/// The schema with the interface `Refused`, when there is something that implements it.
pub(crate) fn with_refused<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    builder.register_output_type::<Interface>()
}

/// The interface of all objects that have the fields of [`Refused`]. No field returns it.
enum Interface {}

impl OutputType for Interface {
    fn type_name() -> Cow<'static, str> {
        <Refused as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let (name, kind) = (Self::type_name().into_owned(), Refusal::type_name() + "!");
        let says_why = |ty: &&MetaType| ty.field_by_name("refusal").is_some_and(|field| field.ty == kind);
        let possible: IndexSet<String> =
            registry.types.values().filter(says_why).map(|ty| ty.name().to_owned()).collect();
        if possible.is_empty() {
            return name;
        }
        if let MetaType::Object { name, description, fields, .. } = registry.create_fake_output_type::<Refused>() {
            possible.iter().for_each(|object| registry.add_implements(object, &name));
            let interface = MetaType::Interface {
                name: name.clone(),
                description,
                fields,
                possible_types: possible,
                extends: false,
                keys: None,
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                rust_typename: None,
                directive_invocations: Vec::new(),
                requires_scopes: Vec::new(),
            };
            registry.types.insert(name, interface);
        }
        name
    }

    async fn resolve(&self, _context: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        match *self {}
    }
}

//! The outcomes of a mutation that its client must expect, as types of the graph.
//!
//! An object that says why nothing was done has the fields of [`Refused`], and implements the interface of that name for
//! it. So clients are told in one way in all graphs: `... on Refused { refusal message }`.

mod interface;

use async_graphql::{Enum, SimpleObject};

pub(crate) use interface::with_refused;

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
    /// Who signs up has an account already.
    Exists,
    /// It was not shown who asks: a password or a token is wrong.
    Credentials,
    /// It is not for who asks.
    NotAllowed,
    /// It was tried too often of late.
    TooMany,
    /// It costs something else than who asks was shown.
    PriceChanged,
    /// It, or what it is about, is in a state in which that cannot be.
    Conflict,
}

/// Nothing was done, and why.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct Refused {
    /// One sentence for the person who asked.
    pub message: String,
    /// The kind of reason, which clients decide by.
    pub refusal: Refusal,
}

/// Outcomes in which nothing was done: what each is, its [`Refusal`], and the sentence for the person who asked, which may
/// show the fields that the outcome has of its own. They are given as texts.
///
/// ```
/// graph_serve::refused! {
///     /// There is no such shelf; nothing was put there.
///     ShelfNotFound = NotFound("There is no shelf {shelf}.") {
///         /// The shelf that was looked for.
///         shelf: String,
///     }
///     /// The shelf is being moved; nothing was put there.
///     ShelfMoved = Changed("The shelf is being moved; try again in an hour.") {}
/// }
///
/// assert_eq!(ShelfNotFound::new("A1").refused.message, "There is no shelf A1.");
/// ```
#[macro_export]
macro_rules! refused {
    ($(
        $(#[$about:meta])+
        $name:ident = $refusal:ident($message:literal) { $($(#[$what:meta])+ $field:ident: $type:ty,)* }
    )+) => {$(
        #[derive(Clone, Debug, PartialEq, ::async_graphql::SimpleObject)]
        $(#[$about])+
        pub struct $name {
            /// What all outcomes have in which nothing was done.
            #[graphql(flatten)]
            pub refused: $crate::outcome::Refused,
            $($(#[$what])+ pub $field: $type,)*
        }

        impl $name {
            /// The outcome about these.
            #[allow(clippy::new_without_default, reason = "the outcome is never a default")]
            pub fn new($($field: impl ::std::convert::Into<::std::string::String>),*) -> Self {
                $(let $field: ::std::string::String = $field.into();)*
                let (refusal, message) = ($crate::outcome::Refusal::$refusal, ::std::format!($message));
                Self { refused: $crate::outcome::Refused { message, refusal }, $($field: $field.into()),* }
            }
        }
    )+};
}

/// What mutations can lead to, each a union of its outcomes.
///
/// ```
/// # use graph_serve::outcome::InvalidInput;
/// #[derive(async_graphql::SimpleObject)]
/// struct PlantSaved { name: String }
///
/// graph_serve::outcomes! {
///     /// What planting can lead to.
///     PlantResult = Saved(PlantSaved) | Invalid(InvalidInput);
/// }
/// ```
#[macro_export]
macro_rules! outcomes {
    ($($(#[$about:meta])+ $name:ident = $($outcome:ident($type:ty))|+;)+) => {$(
        $(#[$about])+
        #[allow(missing_docs, reason = "what each is, its type says")]
        #[derive(::async_graphql::Union)]
        pub enum $name {
            $($outcome($type),)+
        }
    )+};
}

refused! {
    /// The idempotency key was used before, with another input; nothing was stored.
    #[graphql(shareable)]
    IdempotencyKeyReused =
        KeyReused("This idempotency key was used before with another input; every new input needs a new key.") {}
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

impl InvalidInput {
    /// A refusal because of `fields`.
    pub fn new(fields: Vec<InvalidField>) -> Self {
        let all: Vec<String> = fields.iter().map(|one| format!("{} {}", one.field, one.message)).collect();
        Self { message: format!("Invalid input: {}.", all.join("; ")), refusal: Refusal::Invalid, fields }
    }
}

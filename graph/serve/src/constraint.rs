//! `@constraint`: the bounds of a value, told where the graph defines it, in the way of graphql-constraint-directive.
//!
//! It only tells; [`Checks`](crate::checks::Checks) holds values to the same constants.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{
    __DirectiveLocation as Location, Deprecation, MetaDirective, MetaDirectiveInvocation, MetaInputValue, Registry,
    location_traits,
};
use async_graphql::{TypeDirective, Value};

/// A text of which something is seen (ECMA-262): `\s` and what only Unicode calls a space.
pub const NOT_BLANK: &str = r"[^\s\u0085]";
/// The name in the graph.
const NAME: &str = "constraint";
const ABOUT: &str = "What a value must be, or each item of a list: the length of a text in characters, a pattern in it \
    (ECMA-262), its format (OpenAPI), and the bounds of a number.";
/// What can be told of a value.
const ARGUMENTS: [(&str, &str, &str); 6] = [
    ("minLength", "Int", "The fewest characters that a text has."),
    ("maxLength", "Int", "The most characters that a text has."),
    ("pattern", "String", "A regular expression that is found in a text (ECMA-262)."),
    ("format", "String", "What a text or a number is, by its name in OpenAPI's registry of formats."),
    ("min", "Float", "The lowest that a number is."),
    ("max", "Float", "The highest that a number is."),
];

/// The directive: `#[graphql(directive = Constraint::apply(Bounds::text(TITLE_MAX)))]`.
pub struct Constraint;

/// What a value must be.
#[derive(Clone, Debug, Default)]
pub struct Bounds(IndexMap<String, Value>);

impl Bounds {
    /// A text that is not blank and has at most `most` characters, as [`Checks::text`](crate::checks::Checks::text)
    /// takes it.
    pub fn text(most: usize) -> Self {
        Self::lengths(1, most).pattern(NOT_BLANK)
    }

    /// A text of at most `most` characters, which may be empty.
    pub fn up_to(most: usize) -> Self {
        Self::default().with("maxLength", most)
    }

    /// A text of so many characters.
    pub fn lengths(least: usize, most: usize) -> Self {
        Self::default().with("minLength", least).with("maxLength", most)
    }

    /// A number that is `least` or more.
    pub fn from(least: impl Into<Value>) -> Self {
        Self::default().with("min", least)
    }

    /// A number from `least` to `most`.
    pub fn range(least: impl Into<Value>, most: impl Into<Value>) -> Self {
        Self::from(least).with("max", most)
    }

    /// A text in which this pattern is found (ECMA-262).
    #[must_use]
    pub fn pattern(self, pattern: impl Into<Value>) -> Self {
        self.with("pattern", pattern)
    }

    /// Of this format, by its name in OpenAPI's registry.
    #[must_use]
    pub fn format(self, format: &str) -> Self {
        self.with("format", format)
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

impl Constraint {
    /// The directive on the value that has these bounds.
    pub fn apply(Bounds(args): Bounds) -> MetaDirectiveInvocation {
        MetaDirectiveInvocation { name: NAME.to_owned(), args }
    }
}

impl TypeDirective for Constraint {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(NAME)
    }

    fn register(&self, registry: &mut Registry) {
        registry.add_directive(MetaDirective {
            name: NAME.to_owned(),
            description: Some(ABOUT.to_owned()),
            locations: vec![
                Location::FIELD_DEFINITION,
                Location::INPUT_FIELD_DEFINITION,
                Location::ARGUMENT_DEFINITION,
            ],
            args: ARGUMENTS.map(|(name, ty, about)| (name.to_owned(), argument(name, ty, about))).into(),
            is_repeatable: false,
            visible: None,
            composable: None,
        });
    }
}

impl location_traits::Directive_At_FIELD_DEFINITION for Constraint {}
impl location_traits::Directive_At_INPUT_FIELD_DEFINITION for Constraint {}
impl location_traits::Directive_At_ARGUMENT_DEFINITION for Constraint {}

/// An argument of the directive, which need not be given.
fn argument(name: &str, ty: &str, about: &str) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(about.to_owned()),
        ty: ty.to_owned(),
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}

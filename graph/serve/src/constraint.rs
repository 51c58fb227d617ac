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
const ABOUT: &str = "What a value must be: its length in characters, a pattern (ECMA-262) that is somewhere in it, \
    a format, its lowest and its highest number. In a list, each item.";
/// What can be told of a value.
const ARGUMENTS: [(&str, &str); 6] = [
    ("minLength", "Int"),
    ("maxLength", "Int"),
    ("pattern", "String"),
    ("format", "String"),
    ("min", "Float"),
    ("max", "Float"),
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

    /// A text of this format: one of OpenAPI's registry.
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
            args: ARGUMENTS.iter().map(|(name, ty)| ((*name).to_owned(), argument(name, ty))).collect(),
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
fn argument(name: &str, ty: &str) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: None,
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

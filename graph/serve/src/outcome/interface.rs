//! The interface of all outcomes that say why nothing was done.

use std::borrow::Cow;

use async_graphql::indexmap::IndexSet;
use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    ContextSelectionSet, ObjectType, OutputType, Positioned, SchemaBuilder, ServerResult, SubscriptionType, Value,
};

use super::{Refusal, Refused};

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

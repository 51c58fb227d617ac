//! A graph as a part of a supergraph (Apollo Federation 2, subgraph specification).
//!
//! The library would look up entities one by one, and leaves its fields for federation without descriptions.
//! So `_service` and `_entities` are fields like others, which each service writes with what is here.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::resolver_utils::{ContainerType, resolve_container};
use async_graphql::{
    Any, Context, ContextSelectionSet, EmptySubscription, InputType, ObjectType, OutputType, Positioned, Result,
    SDLExportOptions, SchemaBuilder, ServerResult, SimpleObject, Value,
};

use crate::errors::Code;
use crate::paging::check_keys;

/// How much of a name that a client gave is repeated to it, in characters.
const NAME_MAX: usize = 40;

/// This graph as a composer of supergraphs reads it.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(name = "_Service")]
pub struct Service {
    /// The graph in the schema definition language, with the keys of its entities (Apollo Federation 2).
    pub sdl: String,
}

impl Service {
    /// The graph of a `builder` whose root is [`Keyed`].
    pub fn new<Q, M>(builder: SchemaBuilder<Keyed<Q>, M, EmptySubscription>) -> Self
    where
        Q: Entities + 'static,
        M: ObjectType + 'static,
    {
        Self { sdl: builder.finish().sdl_with_options(SDLExportOptions::new().federation()) }
    }
}

/// A query root `Q` with the fields of another object, `F`, which are those for federation.
pub struct Subgraph<Q, F>(pub Q, pub F);

impl<Q: ObjectType, F: ObjectType> ContainerType for Subgraph<Q, F> {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        match self.0.resolve_field(context).await? {
            None => self.1.resolve_field(context).await,
            found => Ok(found),
        }
    }
}

impl<Q: ObjectType, F: ObjectType> OutputType for Subgraph<Q, F> {
    fn type_name() -> Cow<'static, str> {
        Q::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = Q::create_type_info(registry);
        F::create_type_info(registry);
        let added = registry.types.remove(&*F::type_name());
        let root = registry.types.get_mut(&*Q::type_name());
        if let (Some(MetaType::Object { fields, .. }), Some(MetaType::Object { fields: added, .. })) = (root, added) {
            fields.extend(added);
        }
        name
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(context, self).await
    }
}

impl<Q: ObjectType, F: ObjectType> ObjectType for Subgraph<Q, F> {}

/// The graph of a service: its schema over its store, what of it is committed, and the fields for federation with its
/// one entity, whose `read` gives those with the keys asked for, in the same order.
///
/// ```ignore
/// graph_serve::graph! {
///     PlantStore, query::Query, mutation::Mutation;
///     entity Plant(types::Plant) by "name": String = query::by_name;
///     list::PlantConnection: "A page of plants, and where it stands in the list.";
/// }
/// ```
#[macro_export]
macro_rules! graph {
    (
        $store:ty, $query:path, $mutation:path;
        entity $entity:ident($type:ty) by $key:literal: $keys:ty = $read:path;
        $($list:ty: $about:literal;)*
    ) => {
        /// The schema of the service, not yet finished.
        pub type Schema = ::async_graphql::SchemaBuilder<
            $crate::federation::Subgraph<$query, Federation>,
            $mutation,
            ::async_graphql::EmptySubscription,
        >;

        /// The schema over `store`.
        pub fn schema(store: $store) -> Schema {
            builder($crate::federation::Subgraph($query, Federation { service: subgraph() })).data(store)
        }

        /// The schema definition language of the graph, as it is committed under `graph/sdl`: without the
        /// fields for federation, which are no business of the clients.
        pub fn sdl() -> String {
            builder($query).finish().sdl()
        }

        /// The graph as composers of supergraphs read it.
        pub fn subgraph() -> $crate::federation::Service {
            $crate::federation::Service::new(builder($crate::federation::Keyed($query)))
        }

        fn builder<Q: ::async_graphql::ObjectType + 'static>(
            query: Q,
        ) -> ::async_graphql::SchemaBuilder<Q, $mutation, ::async_graphql::EmptySubscription> {
            $crate::builder(query, $mutation)$(.override_output_type_description::<$list>($about))*
        }

        impl $crate::federation::Entities for $query {
            const KEYS: &'static [(&'static str, &'static str)] = &[(stringify!($entity), $key)];
        }

        /// What other graphs of a supergraph may refer to.
        #[allow(missing_docs, reason = "what it is, its type says")]
        #[derive(::async_graphql::Union)]
        #[graphql(name = "_Entity")]
        pub enum Entity {
            $entity($type),
        }

        /// What a supergraph asks for.
        pub struct Federation {
            service: $crate::federation::Service,
        }

        /// What a supergraph asks for.
        #[::async_graphql::Object]
        impl Federation {
            /// This graph for the composer of a supergraph.
            #[graphql(name = "_service")]
            async fn service(&self) -> &$crate::federation::Service {
                &self.service
            }

            /// What other graphs of a supergraph refer to, in the order asked for, null for each that is not there. By one
            /// statement.
            #[graphql(name = "_entities")]
            async fn entities(
                &self,
                context: &::async_graphql::Context<'_>,
                #[graphql(desc = "Up to 500 objects with `__typename` and the key.")]
                representations: Vec<::async_graphql::Any>,
            ) -> ::async_graphql::Result<Vec<Option<Entity>>> {
                let keys: Vec<$keys> = $crate::federation::keys(stringify!($entity), $key, representations)?;
                let found = $read(context, &keys).await?;
                Ok(found.into_iter().map(|one| one.map(Entity::$entity)).collect())
            }
        }
    };
}

/// A query root that says which of its types other graphs may refer to.
pub trait Entities: ObjectType {
    /// The types, and the field by which each is known.
    const KEYS: &'static [(&'static str, &'static str)];
}

/// A query root whose entities carry their keys. It is printed, never served: with a key in the schema, the
/// library would answer `_entities` itself.
pub struct Keyed<Q>(pub Q);

impl<Q: Entities> ContainerType for Keyed<Q> {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(context).await
    }
}

impl<Q: Entities> OutputType for Keyed<Q> {
    fn type_name() -> Cow<'static, str> {
        Q::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = Q::create_type_info(registry);
        for (entity, key) in Q::KEYS {
            registry.add_keys(entity, *key);
        }
        name
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(context, field).await
    }
}

impl<Q: Entities> ObjectType for Keyed<Q> {}

/// The keys in `representations`, which must all be of `entity`, the one entity of a graph.
///
/// # Errors
/// `BAD_USER_INPUT` for more than [`KEYS_MAX`](crate::paging::KEYS_MAX), and for the first that is of another
/// type or has no such key.
pub fn keys<K: InputType>(entity: &str, key: &str, representations: Vec<Any>) -> Result<Vec<K>> {
    check_keys("representations", &representations)?;
    let read = |(place, Any(value))| {
        let refused = |what: String| Code::BadUserInput.error(format!("representations[{place}] {what}."));
        read_key(entity, key, value).map_err(refused)
    };
    representations.into_iter().enumerate().map(read).collect()
}

/// The key in one representation, or what is wrong with it.
fn read_key<K: InputType>(entity: &str, key: &str, representation: Value) -> Result<K, String> {
    let Value::Object(mut fields) = representation else { return Err("is not an object".to_owned()) };
    match fields.get("__typename") {
        Some(Value::String(name)) if name == entity => {}
        Some(Value::String(name)) => {
            let name: String = name.chars().take(NAME_MAX).collect();
            return Err(format!("is of type {name:?}; the only entity of this graph is {entity}"));
        }
        _ => return Err(format!("has no __typename; it must be {entity:?}")),
    }
    let value = fields.swap_remove(key).ok_or_else(|| format!("has no {key}, which is the key of a {entity}"))?;
    K::parse(Some(value)).map_err(|_| format!("is a {entity} whose {key} is no {}", K::type_name()))
}

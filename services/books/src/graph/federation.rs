//! The graph as a part of a supergraph: what its composer and its router ask for.

use async_graphql::{Any, Context, Object, Result, Union};
use graph_serve::federation::{Entities, Service, keys};

use super::query::{Query, by_isbn};
use super::types::Book;

/// What a supergraph asks for.
pub struct Federation {
    service: Service,
}

/// What other graphs of a supergraph may refer to.
#[derive(Union)]
#[graphql(name = "_Entity")]
pub enum Entity {
    /// A book, by its ISBN.
    Book(Book),
}

impl Entities for Query {
    const KEYS: &'static [(&'static str, &'static str)] = &[("Book", "isbn")];
}

impl Federation {
    /// The fields for federation of a graph that composers read as `service`.
    pub fn new(service: Service) -> Self {
        Self { service }
    }
}

/// What a supergraph asks for.
#[Object]
impl Federation {
    /// This graph for the composer of a supergraph.
    #[graphql(name = "_service")]
    async fn service(&self) -> &Service {
        &self.service
    }

    /// The books that other graphs of a supergraph refer to, in the order asked for, null for each that is
    /// not there. By one statement.
    #[graphql(name = "_entities")]
    async fn entities(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 objects with `__typename` and the key, `isbn`.")] representations: Vec<Any>,
    ) -> Result<Vec<Option<Entity>>> {
        let books = by_isbn(context, &keys("Book", "isbn", representations)?).await?;
        Ok(books.into_iter().map(|book| book.map(Entity::Book)).collect())
    }
}

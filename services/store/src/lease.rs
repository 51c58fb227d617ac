//! Borrowing a connection so that only a sound one ever goes back to the pool.

use std::ops::{Deref, DerefMut};
use std::time::Instant;

use deadpool::managed::{Manager, Object};
use graph_host::deadline::Deadline;

use crate::connections::Connections;
use crate::error::StoreError;
use crate::mysql::Timed;

/// A connection on loan from a pool.
///
/// It goes back only when [`Lease::settle`] saw the query end well. When the query broke the connection, or
/// its future was dropped half-way (the client left), the connection is closed: the next borrower must not
/// find an open transaction in it, nor the answer to somebody else's query.
pub struct Lease<M: Manager> {
    object: Option<Object<M>>,
    sound: bool,
}

impl<M: Manager> Lease<M>
where
    M::Type: Timed,
    M::Error: std::error::Error + Send + Sync + 'static,
{
    /// Borrows a connection, waiting for one as long as the pool and the deadline of the request allow. Its server
    /// ends statements that take longer than that.
    ///
    /// # Errors
    /// [`StoreError::NoConnection`], and [`StoreError::Late`] when the deadline has passed.
    pub async fn take(pool: &Connections<M>) -> Result<Self, StoreError> {
        let deadline = Deadline::current();
        let mut lease = Self::wait(pool, deadline).await?;
        if lease.limit(deadline.map(Deadline::left)).await.is_err() {
            // It was dead before anything was asked of it, as others may be.
            pool.retain(|_, _| false);
            lease = Self::wait(pool, deadline).await?;
            lease.limit(deadline.map(Deadline::left)).await?;
        }
        Ok(lease)
    }

    async fn wait(pool: &Connections<M>, deadline: Option<Deadline>) -> Result<Self, StoreError> {
        let started = Instant::now();
        let object = match deadline {
            Some(deadline) => deadline.hold(pool.get()).await.map_err(|_| StoreError::Late)?,
            None => pool.get().await,
        };
        pool.meters().waits.observe(started.elapsed().as_secs_f64());
        let object = object.map_err(|error| StoreError::NoConnection(Box::new(error)))?;
        Ok(Self { object: Some(object), sound: false })
    }

    /// Ends the loan with the outcome of the query.
    ///
    /// # Errors
    /// The query's own.
    pub fn settle<T>(mut self, outcome: diesel::QueryResult<T>) -> Result<T, StoreError> {
        let outcome = outcome.map_err(StoreError::from);
        self.sound = !outcome.as_ref().is_err_and(StoreError::lost_connection);
        outcome
    }
}

impl<M: Manager> Drop for Lease<M> {
    fn drop(&mut self) {
        if let Some(object) = self.object.take()
            && !self.sound
        {
            drop(Object::take(object));
        }
    }
}

impl<M: Manager> Deref for Lease<M> {
    type Target = M::Type;

    #[expect(clippy::expect_used, reason = "the object is there until drop")]
    fn deref(&self) -> &M::Type {
        self.object.as_ref().expect("a lease holds its connection until it is dropped")
    }
}

impl<M: Manager> DerefMut for Lease<M> {
    #[expect(clippy::expect_used, reason = "the object is there until drop")]
    fn deref_mut(&mut self) -> &mut M::Type {
        self.object.as_mut().expect("a lease holds its connection until it is dropped")
    }
}

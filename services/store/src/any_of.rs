//! Looking rows up by a list of keys, with statements that stay prepared.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType};

/// How many keys a statement has places for. A list is filled up with its last key to the next of these, so
/// that lists of every length share a few statements.
const LENGTHS: [usize; 7] = [1, 8, 32, 64, 128, 256, 512];

/// `column IN (keys)`.
///
/// Diesel's own `eq_any` is prepared anew each time, which costs a second round trip to MySQL.
#[derive(Clone, Debug)]
pub struct AnyOf<C, K> {
    column: C,
    keys: Vec<K>,
    stays_prepared: bool,
}

/// The shapes of the statements that stay prepared: which columns, how many keys.
///
/// A client chooses the columns, so there may be hundreds of shapes, and a server prepares a limited number
/// of statements for all its clients together. The first shapes to be seen stay; those are the BFFs'.
#[derive(Debug, Default)]
pub struct Shapes(Mutex<HashSet<(u64, usize)>>);

/// How many shapes stay prepared, on each connection.
const SHAPES_MAX: usize = 64;

impl Shapes {
    /// `column IN (keys)` in a statement that is otherwise told apart by `rest`, such as the columns it reads.
    /// There must be a key: no list is empty in SQL.
    pub fn any_of<C, K>(&self, column: C, keys: Vec<K>, rest: u64) -> AnyOf<C, K> {
        let stays_prepared = self.admit((rest, padded(keys.len())));
        AnyOf { column, keys, stays_prepared }
    }

    fn admit(&self, shape: (u64, usize)) -> bool {
        let mut shapes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shapes.contains(&shape) || (shapes.len() < SHAPES_MAX && shapes.insert(shape))
    }
}

/// The number of places for so many keys.
fn padded(count: usize) -> usize {
    LENGTHS.into_iter().find(|length| *length >= count).unwrap_or(count)
}

impl<C: Expression, K> Expression for AnyOf<C, K> {
    type SqlType = Bool;
}

impl<C, K, DB> QueryFragment<DB> for AnyOf<C, K>
where
    C: Expression + QueryFragment<DB>,
    DB: Backend + HasSqlType<C::SqlType>,
    K: ToSql<C::SqlType, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !self.stays_prepared {
            out.unsafe_to_cache_prepared();
        }
        self.column.walk_ast(out.reborrow())?;
        let filling = std::iter::repeat_n(self.keys.last(), padded(self.keys.len()) - self.keys.len()).flatten();
        for (nth, key) in self.keys.iter().chain(filling).enumerate() {
            out.push_sql(if nth == 0 { " IN (" } else { ", " });
            out.push_bind_param::<C::SqlType, K>(key)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

/// The SQL depends on a value, so the statement is cached by its text, not by its type.
impl<C, K> QueryId for AnyOf<C, K> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, K> ValidGrouping<()> for AnyOf<C, K> {
    type IsAggregate = is_aggregate::No;
}

impl<C, K, T> SelectableExpression<T> for AnyOf<C, K>
where
    C: SelectableExpression<T>,
    Self: AppearsOnTable<T>,
{
}

impl<C, K, T> AppearsOnTable<T> for AnyOf<C, K>
where
    C: AppearsOnTable<T>,
    Self: Expression,
{
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_every_length_share_a_few_statements() {
        let lengths: HashSet<usize> = (1..=512).map(padded).collect();
        assert_eq!(lengths.len(), LENGTHS.len());
        assert!((1..=600).all(|count| padded(count) >= count));
    }

    #[test]
    fn only_so_many_shapes_stay_prepared() {
        let shapes = Shapes::default();
        let admitted = (0..1000).filter(|rest| shapes.any_of((), vec![1], *rest).stays_prepared).count();
        assert_eq!(admitted, SHAPES_MAX);
        assert!(shapes.any_of((), vec![2], 0).stays_prepared, "the first ones stay");
        assert!(!shapes.any_of((), vec![1, 2], 0).stays_prepared, "another length is another shape");
    }
}

//! Columns that are read only when somebody asked for them.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{IntoNullable, SqlType};

/// A column in a SELECT list, or `NULL` in its place: `Picked(books::title, wanted.title)`.
///
/// The list keeps its shape, so one row type serves every selection, and a column that was not asked for
/// is not named in the SQL, not read from disk and not sent.
#[derive(Clone, Copy, Debug)]
pub struct Picked<C>(pub C, pub bool);

impl<C> Expression for Picked<C>
where
    C: Expression<SqlType: IntoNullable<Nullable: SqlType + TypedExpressionType>>,
{
    type SqlType = <C::SqlType as IntoNullable>::Nullable;
}

impl<C: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Picked<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.1 {
            return self.0.walk_ast(out);
        }
        out.push_sql("NULL");
        Ok(())
    }
}

/// The SQL depends on a value, so the statement is cached by its text, not by its type.
impl<C> QueryId for Picked<C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> ValidGrouping<()> for Picked<C> {
    type IsAggregate = is_aggregate::No;
}

impl<C, T> SelectableExpression<T> for Picked<C>
where
    C: SelectableExpression<T>,
    Self: AppearsOnTable<T>,
{
}

impl<C, T> AppearsOnTable<T> for Picked<C>
where
    C: AppearsOnTable<T>,
    Self: Expression,
{
}

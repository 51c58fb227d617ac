//! Expressions for lists of the books that have certain words, which Diesel has not.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

/// Whether the book whose key is in a column has all of these words.
///
/// Each is a subquery with a LIMIT, so that no database joins it: it is a look-up by the primary key, once for each row.
/// With EXISTS a database might begin with another word, and sort all that it finds.
#[derive(Clone, Debug)]
pub(super) struct HasWords<'a, C> {
    pub(super) key: C,
    pub(super) words: &'a [&'a str],
}

impl<C: Expression> Expression for HasWords<'_, C> {
    type SqlType = Bool;
}

impl<C, DB> QueryFragment<DB> for HasWords<'_, C>
where
    C: QueryFragment<DB>,
    DB: Backend + HasSqlType<Text>,
    for<'t> &'t str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // There are too many numbers of words to keep a statement for each.
        out.unsafe_to_cache_prepared();
        for (nth, word) in self.words.iter().enumerate() {
            out.push_sql(if nth == 0 { "(" } else { " AND " });
            out.push_sql("(SELECT 1 FROM book_words AS other WHERE other.word = ");
            out.push_bind_param::<Text, &str>(word)?;
            out.push_sql(" AND other.isbn_key = ");
            self.key.walk_ast(out.reborrow())?;
            out.push_sql(" LIMIT 1) IS NOT NULL");
        }
        out.push_sql(if self.words.is_empty() { "1 = 1" } else { ")" });
        Ok(())
    }
}

/// The columns of a join, whose tables are read in the order in which they are written. So SQLite reads them by itself
/// when only the first one has an index for an equality.
#[derive(Clone, Copy, Debug)]
pub(super) struct InOrder<L> {
    pub(super) columns: L,
    pub(super) mysql: bool,
}

impl<L: Expression> Expression for InOrder<L> {
    type SqlType = L::SqlType;
}

impl<L: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for InOrder<L> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.mysql {
            out.push_sql("STRAIGHT_JOIN ");
        }
        self.columns.walk_ast(out)
    }
}

/// The SQL of these depends on values, so the statement is cached by its text, not by its type.
macro_rules! cached_by_text {
    ($($name:ident<$($lifetime:lifetime,)? $inner:ident>,)*) => { $(
        impl<$($lifetime,)? $inner> QueryId for $name<$($lifetime,)? $inner> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl<$($lifetime,)? $inner, T> SelectableExpression<T> for $name<$($lifetime,)? $inner>
        where
            $inner: SelectableExpression<T>,
            Self: AppearsOnTable<T>,
        {
        }

        impl<$($lifetime,)? $inner, T> AppearsOnTable<T> for $name<$($lifetime,)? $inner>
        where
            $inner: AppearsOnTable<T>,
            Self: Expression,
        {
        }
    )* };
}
cached_by_text!(HasWords<'a, C>, InOrder<L>,);

impl<C> ValidGrouping<()> for HasWords<'_, C> {
    type IsAggregate = is_aggregate::No;
}

impl<L: ValidGrouping<()>> ValidGrouping<()> for InOrder<L> {
    type IsAggregate = L::IsAggregate;
}

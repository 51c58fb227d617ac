//! Changes that a row takes only in certain versions.

/// What became of a change of one row that takes effect only when the row has one of these versions, or in any when none are
/// named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guarded<T> {
    /// It took effect.
    Done(T),
    /// There is no such row.
    NotFound,
    /// The row is in another state; nothing was changed.
    Changed,
}

impl<T> Guarded<T> {
    /// The same with what `made` makes of what was done.
    pub fn map<U>(self, made: impl FnOnce(T) -> U) -> Guarded<U> {
        match self {
            Self::Done(done) => Guarded::Done(made(done)),
            Self::NotFound => Guarded::NotFound,
            Self::Changed => Guarded::Changed,
        }
    }
}

/// Changes a row by one statement that holds it to its version: an expression of type `Result<Guarded<()>, StoreError>` to
/// be awaited.
///
/// `guarded!(store, row, plants::version, versions, UPDATE, |connection, row| …)`: `store` has a `db` and `shapes`, `row` is a
/// query of the one row, `UPDATE` tells the statement from others, and the body changes the `row` that it is given, of type
/// `QueryResult<usize>`. Why nothing was changed is read afterwards, so whatever is found was true since.
#[macro_export]
macro_rules! guarded {
    ($store:expr, $row:expr, $version:expr, $versions:expr, $what:expr, |$connection:ident, $target:ident| $body:expr) => {
        async {
            let (db, versions): (&$crate::Db, Option<&[i64]>) = (&$store.db, $versions);
            let changed = match versions {
                None => {
                    let changed = $crate::write!(db, |$connection| {
                        let $target = $row;
                        $body
                    });
                    changed.await?
                }
                Some([]) => 0,
                Some(versions) => {
                    let guard = $store.shapes.any_of($version, versions.to_vec(), $what);
                    let changed = $crate::write!(db, |$connection| {
                        let $target = $row.filter(guard.clone());
                        $body
                    });
                    changed.await?
                }
            };
            if changed > 0 {
                return Ok($crate::Guarded::Done(()));
            }
            let there = $crate::read!(db, |connection| $row.count().get_result::<i64>(connection).await);
            Ok::<_, $crate::StoreError>(match versions.is_some() && there.await? > 0 {
                true => $crate::Guarded::Changed,
                false => $crate::Guarded::NotFound,
            })
        }
    };
}

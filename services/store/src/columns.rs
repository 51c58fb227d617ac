//! The columns of a table that a query reads, and the row that comes of them.

/// What a query may read of a table, said once: `Columns`, a switch for each column; the row, in which what was not asked
/// for is missing; and the SELECT list that makes the one of the other. `= "name"` says which field of the graph a column
/// is behind.
///
/// ```
/// diesel::table! { plants (id) { id -> BigInt, name -> Text, } }
///
/// store::columns! {
///     /// A plant as it was read.
///     PlantRow of plants {
///         id: i64,
///         name: String = "name",
///     }
/// }
///
/// assert_eq!(Columns::behind(|field| field == "name"), Columns { name: true, ..Columns::default() });
/// ```
#[macro_export]
macro_rules! columns {
    (
        $(#[$about:meta])*
        $row:ident of $table:ident { $($column:ident: $type:ty $(= $field:literal)?,)* }
    ) => {
        /// The columns that were asked for; the others are not read.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct Columns {
            $(#[doc = concat!("Whether `", stringify!($column), "` is read.")] pub $column: bool,)*
        }

        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, ::serde::Deserialize, ::serde::Serialize, ::diesel::Queryable)]
        pub struct $row {
            $(#[doc = concat!("The column `", stringify!($column), "`.")] pub $column: Option<$type>,)*
        }

        /// The SELECT list that [`Columns::list`] makes, and the row reads.
        pub(crate) type SelectList = ($($crate::Picked<$table::$column>,)*);

        impl Columns {
            /// All columns.
            pub const ALL: Self = Self { $($column: true,)* };

            /// The columns behind the fields of the graph that `selected` names.
            pub fn behind(selected: impl Fn(&str) -> bool) -> Self {
                Self { $($column: false $(| selected($field))?,)* }
            }

            /// Tells this choice of columns from every other.
            pub(crate) fn bits(self) -> u64 {
                [$(self.$column),*].into_iter().fold(0, |bits, picked| bits << 1 | u64::from(picked))
            }

            /// The SELECT list.
            pub(crate) fn list(self) -> SelectList {
                ($($crate::Picked($table::$column, self.$column),)*)
            }
        }
    };
}

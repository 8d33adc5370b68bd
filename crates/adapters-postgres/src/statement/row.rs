use diesel::sql_types::{BigInt, Integer, Numeric, Text, Timestamptz, Uuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;

#[cfg(test)]
use super::server_type::{Column, ServerType};

/// A row of a result.
pub(crate) trait Row: Send + 'static {
    /// The types of its columns.
    type SqlType;

    /// The columns that a statement must give for it, in their order. A single value bears any name.
    #[cfg(test)]
    fn columns() -> Vec<Column>;
}

/// Defines a [`Row`]: its struct, and a macro that gives the text of its column list, for a table that goes by an alias
/// or, without one, by the bare names. For `unnest` it gives columns of arrays, as [`arrays`](super::arrays) does.
///
/// A column is `name: Rust type => SQL type`. It is taken from the table, or computed by the expression that follows it.
/// A row may begin with all columns of another one.
///
/// ```text
/// row! {
///     /// A pass, and the time.
///     TimedPassRow as timed_pass_columns {
///         ..pass: PassRow as pass_columns,
///         as_of: Timestamp => Timestamptz = "clock_timestamp()",
///     }
/// }
/// ```
macro_rules! row {
    (
        $(#[$doc:meta])*
        $name:ident as $columns:ident {
            ..$inner:ident: $inner_row:ident as $inner_columns:ident,
            $($column:ident: $rust:ty => $sql:ty $(= $expression:expr)?),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(diesel::Queryable)]
        pub(crate) struct $name {
            pub(crate) $inner: $inner_row,
            $(pub(crate) $column: $rust,)+
        }

        impl $crate::statement::Row for $name {
            type SqlType = (<$inner_row as $crate::statement::Row>::SqlType, $($sql,)+);

            #[cfg(test)]
            fn columns() -> Vec<$crate::statement::server_type::Column> {
                let mut columns = <$inner_row as $crate::statement::Row>::columns();
                columns.extend([$((
                    stringify!($column),
                    <$sql as $crate::statement::server_type::ServerType>::TYPE,
                )),+]);
                columns
            }
        }

        $crate::statement::row! {
            @list ($) $columns (row $inner_columns) $((column $column $(= $expression)?))+
        }
    };
    (
        $(#[$doc:meta])*
        $name:ident as $columns:ident {
            $first:ident: $first_rust:ty => $first_sql:ty $(= $first_expression:literal)?,
            $($column:ident: $rust:ty => $sql:ty $(= $expression:expr)?),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(diesel::Queryable)]
        #[allow(clippy::struct_field_names, reason = "fields are named after their columns")]
        pub(crate) struct $name {
            pub(crate) $first: $first_rust,
            $(pub(crate) $column: $rust,)+
        }

        impl $crate::statement::Row for $name {
            type SqlType = ($first_sql, $($sql,)+);

            #[cfg(test)]
            fn columns() -> Vec<$crate::statement::server_type::Column> {
                vec![
                    (stringify!($first), <$first_sql as $crate::statement::server_type::ServerType>::TYPE),
                    $((stringify!($column), <$sql as $crate::statement::server_type::ServerType>::TYPE)),+
                ]
            }
        }

        $crate::statement::row! {
            @list ($) $columns (column $first $(= $first_expression)?) $((column $column $(= $expression)?))+
        }
    };
    (@list ($d:tt) $columns:ident $first:tt $($other:tt)+) => {
        #[allow(unused_macros, reason = "a row may be listed as the beginning of others only")]
        macro_rules! $columns {
            ($d ($d alias:ident)?) => {
                concat!(
                    $crate::statement::row!(@item [$d ($d alias)?] $first),
                    $(", ", $crate::statement::row!(@item [$d ($d alias)?] $other)),+
                )
            };
        }

        #[allow(unused_imports, reason = "most are used only in the file that declares them")]
        pub(crate) use $columns;
    };
    (@item [$($alias:ident)?] (row $columns:ident)) => { $columns!($($alias)?) };
    (@item [$($alias:ident)?] (column $column:ident = $expression:expr)) => {
        concat!($expression, " AS ", stringify!($column))
    };
    (@item [unnest] (column $column:ident)) => { concat!("unnest(?) AS ", stringify!($column)) };
    (@item [$alias:ident] (column $column:ident)) => {
        concat!(stringify!($alias), ".", stringify!($column))
    };
    (@item [] (column $column:ident)) => { stringify!($column) };
}

pub(crate) use row;

/// Makes a row of a single value.
macro_rules! single_value {
    ($($rust:ty => $sql:ty),+) => {
        $(impl Row for $rust {
            type SqlType = $sql;

            #[cfg(test)]
            fn columns() -> Vec<Column> {
                vec![("", <$sql>::TYPE)]
            }
        })+
    };
}

single_value!(
    i32 => Integer, i64 => BigInt, Decimal => Numeric, String => Text, Timestamp => Timestamptz, uuid::Uuid => Uuid
);

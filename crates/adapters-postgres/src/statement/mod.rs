//! Constant SQL, prepared once per connection.
//!
//! Each statement is a type of its own with a constant text, so that every connection prepares it once and finds it
//! again by its type. Diesel's query builder cannot say what the batches need (`unnest` of several arrays,
//! `FOR UPDATE` in a given order, `UPDATE … FROM`), and `diesel::sql_query` prepares anew on every call; see ADR-0006.
//!
//! A [`row!`] declares the columns of a result once: the struct that they are read into, their types, and their list in
//! the text of each statement. Each [`statement!`] brings a test of its own, which prepares it on a migrated database and
//! compares what the server says of its columns with what its row declares, and its binds with the columns that they
//! become.

mod row;
#[cfg(test)]
pub(crate) mod server_type;
#[cfg(test)]
pub(crate) mod verification;

pub(crate) use row::{Row, row};

use std::future::Future;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

/// A statement that gives rows.
pub(crate) trait Select: Send + Clone + 'static {
    /// One row of its result.
    type Row: Row;

    /// Runs it and gives all rows.
    fn load(self, connection: &AsyncPgConnection)
    -> impl Future<Output = QueryResult<Vec<Self::Row>>> + Send;
}

/// A statement that changes rows.
pub(crate) trait Change: Send + 'static {
    /// Runs it and gives the number of rows that it touched.
    fn execute(self, connection: &AsyncPgConnection) -> impl Future<Output = QueryResult<usize>> + Send;
}

/// Defines a [`Select`] or a [`Change`]: its binds in the order of the `?` in its text; for a [`Select`] its row; its
/// text, in pieces of which some may be the column lists of rows. A bind that becomes a column bears its name.
macro_rules! statement {
    (
        $(#[$doc:meta])*
        $name:ident { $($bind:ident: $rust:ty => $sql:ty),* $(,)? } -> $row:ty;
        $($text:expr),+
    ) => {
        $crate::statement::statement! { @fragment $(#[$doc])* $name { $($bind: $rust => $sql),* } $($text),+ }

        impl diesel::query_builder::Query for $name {
            type SqlType = <$row as $crate::statement::Row>::SqlType;
        }

        impl $crate::statement::Select for $name {
            type Row = $row;

            async fn load(
                self,
                mut connection: &diesel_async::AsyncPgConnection,
            ) -> diesel::QueryResult<Vec<$row>> {
                diesel_async::RunQueryDsl::load(self, &mut connection).await
            }
        }

        #[cfg(test)]
        #[tokio::test]
        #[expect(non_snake_case, reason = "the test of a statement bears its name")]
        async fn $name() {
            $crate::statement::verification::verify_select::<$name>().await;
        }
    };
    (
        $(#[$doc:meta])*
        $name:ident { $($bind:ident: $rust:ty => $sql:ty),* $(,)? };
        $($text:expr),+
    ) => {
        $crate::statement::statement! { @fragment $(#[$doc])* $name { $($bind: $rust => $sql),* } $($text),+ }

        impl $crate::statement::Change for $name {
            async fn execute(
                self,
                mut connection: &diesel_async::AsyncPgConnection,
            ) -> diesel::QueryResult<usize> {
                diesel_async::RunQueryDsl::execute(self, &mut connection).await
            }
        }

        #[cfg(test)]
        #[tokio::test]
        #[expect(non_snake_case, reason = "the test of a statement bears its name")]
        async fn $name() {
            $crate::statement::verification::verify_change::<$name>().await;
        }
    };
    (@fragment $(#[$doc:meta])* $name:ident { $($bind:ident: $rust:ty => $sql:ty),* } $($text:expr),+) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[allow(clippy::struct_field_names, reason = "binds are named after their columns")]
        pub(crate) struct $name { $(pub(crate) $bind: $rust,)* }

        impl $name {
            const TEXT: &str = concat!($($text),+);
        }

        impl diesel::query_builder::QueryId for $name {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                let mut parts = Self::TEXT.split('?');
                out.push_sql(parts.next().unwrap_or_default());
                $(
                    out.push_bind_param::<$sql, _>(&self.$bind)?;
                    out.push_sql(parts.next().unwrap_or_default());
                )*
                Ok(())
            }
        }

        #[cfg(test)]
        impl $crate::statement::verification::Verifiable for $name {
            fn text() -> &'static str {
                Self::TEXT
            }

            fn binds() -> Vec<$crate::statement::server_type::Column> {
                vec![$((stringify!($bind), <$sql as $crate::statement::server_type::ServerType>::TYPE)),*]
            }
        }
    };
}

pub(crate) use statement;

/// The text of a table that is made of arrays of equal length, a column of each: `arrays!(named: user_id, key)`.
///
/// In a list of columns the elements of arrays are handed on one by one. `unnest` of them in `FROM` would first copy each
/// array into a table, which takes more than twice as long (ADR-0006).
macro_rules! arrays {
    ($alias:ident: $first:ident $(, $column:ident)*) => {
        concat!(
            "(SELECT unnest(?) AS ", stringify!($first), $(", unnest(?) AS ", stringify!($column),)*
            ") AS ", stringify!($alias)
        )
    };
}

pub(crate) use arrays;

//! Constant SQL, prepared once per connection.
//!
//! Each statement is a type of its own with a constant text, so that every connection prepares it once and finds it
//! again by its type. Diesel's query builder cannot say what the batches need (`unnest` of several arrays,
//! `FOR UPDATE` in a given order, `UPDATE … FROM`), and `diesel::sql_query` prepares anew on every call; see ADR-0006.

use std::future::Future;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

/// A statement that gives rows.
pub(crate) trait Select: Send + Clone + 'static {
    /// One row of its result.
    type Row: Send + 'static;

    /// Runs it and gives all rows.
    fn load(self, connection: &AsyncPgConnection)
    -> impl Future<Output = QueryResult<Vec<Self::Row>>> + Send;
}

/// A statement that changes rows.
pub(crate) trait Change: Send + 'static {
    /// Runs it and gives the number of rows that it touched.
    fn execute(self, connection: &AsyncPgConnection) -> impl Future<Output = QueryResult<usize>> + Send;
}

/// Defines a [`Select`] or a [`Change`]: its binds in the order of the `?` in its text; for a [`Select`] its row and the
/// types of its columns; its text.
macro_rules! statement {
    (
        $(#[$doc:meta])*
        $name:ident { $($bind:ident: $rust:ty => $sql:ty),* $(,)? } -> $row:ty = $columns:ty;
        $text:expr
    ) => {
        $crate::statement::statement! { @fragment $(#[$doc])* $name { $($bind: $rust => $sql),* } $text }

        impl diesel::query_builder::Query for $name {
            type SqlType = $columns;
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
    };
    (
        $(#[$doc:meta])*
        $name:ident { $($bind:ident: $rust:ty => $sql:ty),* $(,)? };
        $text:expr
    ) => {
        $crate::statement::statement! { @fragment $(#[$doc])* $name { $($bind: $rust => $sql),* } $text }

        impl $crate::statement::Change for $name {
            async fn execute(
                self,
                mut connection: &diesel_async::AsyncPgConnection,
            ) -> diesel::QueryResult<usize> {
                diesel_async::RunQueryDsl::execute(self, &mut connection).await
            }
        }
    };
    (@fragment $(#[$doc:meta])* $name:ident { $($bind:ident: $rust:ty => $sql:ty),* } $text:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[allow(clippy::struct_field_names, reason = "binds are named after their columns")]
        pub(crate) struct $name { $(pub(crate) $bind: $rust,)* }

        impl diesel::query_builder::QueryId for $name {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                let mut parts = $text.split('?');
                out.push_sql(parts.next().unwrap_or_default());
                $(
                    out.push_bind_param::<$sql, _>(&self.$bind)?;
                    out.push_sql(parts.next().unwrap_or_default());
                )*
                Ok(())
            }
        }
    };
}

pub(crate) use statement;

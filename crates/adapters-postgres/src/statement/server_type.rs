use diesel::sql_types::is_nullable::NotNull;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Date, Integer, Jsonb, Nullable, Numeric, SqlType, Text, Timestamptz, Uuid,
};
use tokio_postgres::types::Type;

/// A name and a type.
pub(crate) type Column = (&'static str, Type);

/// A type of Diesel's that the server knows as [`Self::TYPE`].
pub(crate) trait ServerType {
    /// The type of a value.
    const TYPE: Type;
    /// The type of a list of values.
    const LIST: Type;
}

macro_rules! server_types {
    ($($diesel:ty => $server:ident, $list:ident;)+) => {
        $(impl ServerType for $diesel {
            const TYPE: Type = Type::$server;
            const LIST: Type = Type::$list;
        })+
    };
}

server_types! {
    BigInt => INT8, INT8_ARRAY;
    Binary => BYTEA, BYTEA_ARRAY;
    Bool => BOOL, BOOL_ARRAY;
    Date => DATE, DATE_ARRAY;
    Integer => INT4, INT4_ARRAY;
    Jsonb => JSONB, JSONB_ARRAY;
    Numeric => NUMERIC, NUMERIC_ARRAY;
    Text => TEXT, TEXT_ARRAY;
    Timestamptz => TIMESTAMPTZ, TIMESTAMPTZ_ARRAY;
    Uuid => UUID, UUID_ARRAY;
}

impl<T: ServerType + SqlType<IsNull = NotNull>> ServerType for Nullable<T> {
    const TYPE: Type = T::TYPE;
    const LIST: Type = T::LIST;
}

impl<T: ServerType + SqlType> ServerType for Array<T> {
    const TYPE: Type = T::LIST;
    const LIST: Type = Type::UNKNOWN;
}

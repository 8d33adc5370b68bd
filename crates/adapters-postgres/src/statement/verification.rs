//! What the server says of a statement, against what the statement says of itself.

use std::cell::RefCell;
use std::iter::zip;

use seatline_test_support::TestDatabase;
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;
use tokio_postgres::types::Type;

use super::server_type::Column;
use super::{Row, Select};
use crate::migrations::{add_cell, migrate};

/// A statement as the `statement!` macro defines it.
pub(crate) trait Verifiable {
    /// Its text, with `?` for binds.
    fn text() -> &'static str;
    /// Its binds, in their order.
    fn binds() -> Vec<Column>;
}

/// Fails unless the columns of a statement's result are those of its row, by name and type.
pub(crate) async fn verify_select<S: Select + Verifiable>() {
    let mut declared = S::Row::columns();
    let given = prepare::<S>("public").await;
    // What locks rows is run in one cell; what only reads may be asked of all of them.
    let locks = ["FOR UPDATE", "FOR NO KEY UPDATE"].iter().any(|lock| S::text().contains(lock));
    if !locks {
        assert_eq!(prepare::<S>("every_cell, public").await, given);
    }
    if let ([(name, _)], [(given, _)]) = (declared.as_mut_slice(), given.as_slice())
        && name.is_empty()
    {
        *name = given;
    }
    let given: Vec<_> = given.iter().map(|(name, kind)| (name.as_str(), kind.clone())).collect();
    assert_eq!(given, declared);
}

/// Fails unless the server takes a statement that changes rows.
pub(crate) async fn verify_change<S: Verifiable>() {
    assert_eq!(prepare::<S>("public").await, []);
}

/// Gives the columns that the server finds in a statement, where it looks for tables in these schemas.
async fn prepare<S: Verifiable>(schemas: &str) -> Vec<(String, Type)> {
    /// Made by the first test, for all.
    static DATABASE: OnceCell<TestDatabase> = OnceCell::const_new();
    let with_two_cells = || async {
        let database = TestDatabase::create(|url| async move { drop(migrate(&url).await.unwrap()) }).await;
        add_cell(database.url()).await.unwrap();
        database
    };
    let database = DATABASE.get_or_init(with_two_cells).await;
    let binds = S::binds();
    assert_eq!(columns_of_binds(S::text(), &binds), Vec::<String>::new());
    let numbered = |text: String, place: usize| text.replacen('?', &format!("${place}"), 1);
    let text = (1..=binds.len()).fold(S::text().to_owned(), numbered);
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path = {schemas}")).await.unwrap();
    let types: Vec<Type> = binds.iter().map(|(_, kind)| kind.clone()).collect();
    let statement = client.prepare_typed(&text, &types).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(statement.params(), types, "every bind has its `?`");
    statement.columns().iter().map(|column| (column.name().to_owned(), column.type_().clone())).collect()
}

/// Compares by name what becomes what: the binds and columns that `INSERT INTO table (column, …)` takes, the binds of
/// `? AS column` and `unnest(?) AS column`, the columns of `SET column = new.column`. A bind may have a word before the name
/// of its column. Gives what does not fit.
fn columns_of_binds(text: &str, binds: &[Column]) -> Vec<String> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let wrong = RefCell::new(Vec::new());
    let differ = |value: &str, column: &str| wrong.borrow_mut().push(format!("{value} becomes {column}"));
    let expect = |first: usize, columns: &str| {
        for (place, column) in columns.split(',').map(str::trim).enumerate() {
            let bind = binds.get(first + place).map_or("nothing", |(name, _)| *name);
            if bind != column && !bind.ends_with(&format!("_{column}")) {
                differ(bind, column);
            }
        }
    };
    let count = |part: &str| part.matches('?').count();
    for named in ["? AS ", "unnest(?) AS "] {
        for (start, _) in text.match_indices(named) {
            let (before, after) = text.split_at(start);
            let column = after.strip_prefix(named).unwrap().split(|letter| !is_name(letter)).next().unwrap();
            expect(count(before), column);
        }
    }
    if let Some(insert) = text.strip_prefix("INSERT INTO ") {
        let (columns, values) = insert.split_once('(').and_then(|(_, rest)| rest.split_once(')')).unwrap();
        let values = values.trim_start();
        let values = match values.strip_prefix("VALUES (") {
            Some(values) => values.split_once(')').unwrap().0,
            None => values.strip_prefix("SELECT ").unwrap().split("FROM").next().unwrap(),
        };
        let is_bind = |value: &str| value == "?" || value.starts_with("unnest(?)");
        let mut bound = Vec::new();
        for (column, value) in zip(columns.split(','), values.split(',')) {
            match value.trim().split_once('.') {
                _ if is_bind(value.trim()) => bound.push(column),
                Some((_, value)) if value != column.trim() => differ(value, column.trim()),
                _ => {}
            }
        }
        if !bound.is_empty() {
            expect(0, &bound.join(","));
        }
    }
    for (place, _) in text.match_indices(" = new.") {
        let (column, value) = (text.get(..place).unwrap(), text.get(place + " = new.".len()..).unwrap());
        let column = column.rsplit(|letter: char| !is_name(letter)).next().unwrap();
        let value = value.split(|letter: char| !is_name(letter)).next().unwrap();
        if column != value {
            differ(value, column);
        }
    }
    wrong.into_inner()
}

#[test]
fn binds_in_the_wrong_order_are_noticed() {
    let binds = [("concert_id", Type::UUID_ARRAY), ("user_id", Type::UUID_ARRAY)];
    for text in [
        "SELECT FROM (SELECT unnest(?) AS user_id, unnest(?) AS concert_id) AS named",
        "INSERT INTO passes (user_id, concert_id) SELECT unnest(?), unnest(?)",
        "INSERT INTO passes (user_id, concert_id, state) VALUES (?, ?, 'LEFT')",
        "UPDATE passes SET state = 'LEFT' FROM (SELECT ? AS user_id,
              unnest(?) AS concert_id) AS new WHERE passes.user_id = new.user_id",
        "INSERT INTO passes (user_id, concert_id, state) SELECT ?, ?, 'LEFT' FROM users",
    ] {
        assert_eq!(
            columns_of_binds(text, &binds),
            ["concert_id becomes user_id", "user_id becomes concert_id"],
            "{text}"
        );
    }
    for text in [
        "INSERT INTO passes (user_id) SELECT new.concert_id FROM new",
        "UPDATE passes SET state = 'LEFT', user_id = new.concert_id FROM new",
    ] {
        assert_eq!(columns_of_binds(text, &binds), ["concert_id becomes user_id"], "{text}");
    }
}

//! What is told stands in the commit that it tells of: both are there, or neither is.

use seatline_domain::event::EventKinds;
use seatline_domain::point::Amount;
use seatline_test_support::{Fixture, Setup, key};

use crate::fixture::PostgresFixture;

/// Charges points where this makes the charge fail; gives how many ledger entries and told events there are then.
async fn charge_against(trigger: &str) -> [String; 2] {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    setup.webhook(EventKinds::ALL).await;
    let user = setup.user_with(0).await;
    fixture.database.execute(trigger).await;
    let charged =
        fixture.ports().wallets.charge(setup.charge_command(user, Amount::whole(7), key("1"))).await;
    assert!(charged.is_err(), "{charged:?}");
    let sql = "SELECT (SELECT count(*) FROM ledger_entries)::text UNION ALL SELECT (SELECT count(*) FROM outbox)::text";
    fixture.database.query(sql).await.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_is_not_done() {
    let refuse =
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
                  CREATE TRIGGER refuse BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION refuse()";
    assert_eq!(charge_against(refuse).await, ["0", "0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_committed_is_not_told() {
    // The very commit fails, after everything was written.
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
                  CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
                  FOR EACH ROW EXECUTE FUNCTION refuse()";
    assert_eq!(charge_against(refuse).await, ["0", "0"]);
}

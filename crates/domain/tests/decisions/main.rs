//! Decisions under random sequences of commands: what must always hold does, a refusal changes nothing, and a command
//! decides on the rows of its footprint as it would on everything.

#![expect(clippy::unwrap_used, reason = "an unexpected answer is to fail the test at once")]
#![expect(clippy::similar_names, reason = "set and seat, held and hold are the words of this field")]

mod charges;
mod commands;
mod laws;
mod loading;
mod missing_rows;
mod rows;
mod tickets;
mod told;
mod world;

use std::collections::BTreeMap;

use commands::Roll;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rows::Rows;
use seatline_domain::event::{EventKinds, ToldEvents};
use seatline_domain::working_set::Footprint;
use world::World;

fn rolls(most: usize) -> impl Strategy<Value = Vec<Roll>> {
    proptest::collection::vec(any::<Roll>(), 1..most)
}

proptest! {
    #[test]
    fn decisions_keep_what_must_always_hold(rolls in rolls(250)) {
        let mut world = World::new();
        for roll in rolls {
            let command = world.next_command(roll);
            let before = Rows::of(&world.set);
            world.set.events = ToldEvents::wanting(EventKinds::ALL);
            let verdict = command.decide(&mut world.set, world.now);
            let after = Rows::of(&world.set);
            told::check_told(&before, &after, world.set.events.all());
            if verdict.is_err() {
                prop_assert_eq!(&before, &after, "{:?} was refused: {:?}", command, verdict);
            }
            laws::check_step(&before, &after, world.now);
            laws::check(&after, &world);
        }
    }

    #[test]
    fn a_footprint_names_all_that_a_decision_needs(rolls in rolls(200)) {
        let mut world = World::new();
        for roll in rolls {
            let command = world.next_command(roll);
            let before = Rows::of(&world.set);
            let mut footprint = Footprint::default();
            command.footprint(&mut footprint);
            let mut loaded = loading::load(&before, &footprint, world.now);
            let on_loaded = command.decide(&mut loaded, world.now);
            let on_all = command.decide(&mut world.set, world.now);
            prop_assert_eq!(on_loaded, on_all, "{:?}", command);
            prop_assert_eq!(before.overlaid_with(&Rows::of(&loaded)), Rows::of(&world.set), "{:?}", command);
        }
    }

    #[test]
    fn batches_keep_what_must_always_hold(batches in proptest::collection::vec(rolls(12), 1..40)) {
        let mut world = World::new();
        for batch in batches {
            let commands: Vec<_> = batch.into_iter().map(|roll| world.next_command(roll)).collect();
            let before = Rows::of(&world.set);
            let mut footprint = Footprint::default();
            for command in &commands {
                command.footprint(&mut footprint);
            }
            let mut loaded = loading::load(&before, &footprint, world.now);
            for command in &commands {
                let (unchanged, verdict) =
                    (Rows::of(&loaded), command.decide(&mut loaded, world.now));
                prop_assert!(verdict.is_ok() || unchanged == Rows::of(&loaded), "{command:?}: {verdict:?}");
            }
            let after = before.overlaid_with(&Rows::of(&loaded));
            laws::check_batch(&before, &after, world.now);
            laws::check(&after, &world);
            world.set = after.into_set();
        }
    }
}

/// The word with which a text starts.
fn first_word(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric()).collect()
}

#[test]
fn random_commands_come_to_every_kind_of_answer() {
    let mut runner = TestRunner::deterministic();
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..80 {
        let mut world = World::new();
        for roll in rolls(250).new_tree(&mut runner).unwrap().current() {
            let command = world.next_command(roll);
            let verdict = match command.decide(&mut world.set, world.now) {
                Ok(_) => "Ok".to_owned(),
                // Errors that hold others are named after these.
                Err(refusal) => {
                    let held = ["Failed(", "Charge("].iter().find_map(|holder| refusal.strip_prefix(holder));
                    first_word(held.unwrap_or(&refusal))
                }
            };
            *answers.entry(format!("{} {verdict}", first_word(&format!("{command:?}")))).or_default() += 1;
        }
    }
    let expected = [
        "JoinQueue Ok",
        "JoinQueue SoldOut",
        "EndLine Ok",
        "LeaveQueue Ok",
        "LeaveQueue Pass",
        "ShowUp Ok",
        "ShowUp Pass",
        "AdmitWaiting Ok",
        "ConfigureQueue Ok",
        "ConfigureQueue KeyReused",
        "HoldSeats Ok",
        "HoldSeats Refused",
        "HoldSeats DateAmbiguous",
        "HoldSeats SeatNotFound",
        "HoldSeats NotChosen",
        "HoldSeats SeatTaken",
        "HoldSeats ReservationActive",
        "HoldSeats SeatLimitExceeded",
        "HoldSeats KeyReused",
        "ChangeSeats Ok",
        "ChangeSeats SeatNotFound",
        "ChangeSeats SeatTaken",
        "ChangeSeats KeyReused",
        "ChangeSection Ok",
        "ChangeSection SectionNotFound",
        "ChangeSection KeyReused",
        "CancelReservation Ok",
        "CancelReservation NotFound",
        "CancelReservation NotCancellable",
        "ExpireHold Ok",
        "ChargePoints Ok",
        "ChargePoints NotPositive",
        "ChargePoints KeyReused",
        "CreateCharge Ok",
        "CreateCharge NotPositive",
        "CreateCharge NotWhole",
        "CreateCharge KeyReused",
        "RecordFinding Ok",
        "RecordFinding NotFound",
        "PayReservation Ok",
        "PayReservation Refused",
        "PayReservation ReservationNotFound",
        "PayReservation HoldExpired",
        "PayReservation NotPayable",
        "PayReservation InsufficientPoints",
        "PayReservation KeyReused",
        "CheckInTicket Ok",
        "CheckInTicket Invalid",
        "CheckInTicket Used",
        "MakeDeviceCode Ok",
        "UseDeviceCode Ok",
        "UseDeviceCode Unknown",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|kind| !answers.contains_key(*kind)).collect();
    assert!(missing.is_empty(), "never came up: {missing:?} in {answers:#?}");
    assert!(answers.keys().all(|kind| !kind.ends_with("Storage")), "{answers:#?}");
}

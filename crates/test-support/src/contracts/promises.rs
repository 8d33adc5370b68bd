/// Makes a `#[tokio::test]` of every promise of the ports; the expression makes one fresh fixture and may await.
#[macro_export]
macro_rules! port_contracts {
    ($fixture:expr) => { $crate::port_contracts! { @list (tests $fixture) } };
    (@registry) => { $crate::port_contracts! { @list (registry) } };
    (@list $to:tt) => { $crate::port_contracts! { @expand $to
        accounts {
            a_registered_user_is_found_by_id_and_by_token
            an_unknown_id_or_token_is_nobodys
            a_user_is_told_with_the_instant_of_their_registration
            a_new_user_has_an_empty_wallet
        }
        device_codes {
            a_code_is_used_once_by_whichever_form_comes_first
            a_new_code_takes_the_place_of_the_last_one
            a_code_opens_nothing_once_its_time_is_up
            of_many_with_one_code_one_is_given_it
            codes_are_forgotten_after_their_time_a_few_at_a_time
        }
        programme {
            concerts_come_in_the_order_they_were_added_page_by_page
            a_concert_is_shown_as_it_was_added
            a_performance_is_shown_as_it_was_added
            a_performance_needs_its_concert
            a_start_in_the_past_is_refused_unless_it_is_meant
            seats_are_numbered_and_priced_by_section
            performances_come_by_start_page_by_page
            performances_that_start_together_are_paged_without_a_gap
            the_date_of_a_performance_is_the_venues
            an_unknown_concert_has_no_performances
            a_lapsed_hold_counts_as_free_without_a_sweep
            blocked_and_sold_seats_are_not_free
            availability_is_told_as_it_is_now_and_in_the_order_asked_for
            what_one_has_just_changed_is_told_at_once
            sales_count_seats_by_state_and_add_up_revenue
        }
        ordering {
            concerts_are_listed_as_they_were_added_whatever_their_ids
            performances_that_start_together_are_listed_as_they_were_added
            what_has_started_is_passed_over_on_demand
            sales_come_page_by_page
            reservations_are_listed_by_the_clock_and_not_by_id
            payments_are_listed_by_the_clock_and_not_by_id
        }
        audit {
            additions_to_the_programme_are_recorded
            a_change_of_the_room_is_recorded_with_before_and_after
            only_what_is_named_is_changed
            the_room_of_an_unknown_concert_is_not_changed
            the_record_is_paged_newest_first
        }
        corrections {
            a_changed_concert_is_shown_at_once_and_the_change_is_recorded
            a_changed_performance_is_shown_at_once_and_the_change_is_recorded
            a_change_that_breaks_a_rule_changes_nothing
            a_change_is_made_once_a_key_whatever_others_changed_since
            a_hold_goes_by_the_times_of_its_moment_and_not_by_those_remembered
            a_hold_goes_by_the_seat_limit_of_its_moment
        }
        best_seats {
            chosen_seats_are_held_unless_somebody_was_faster
            a_wish_is_one_request_whatever_is_chosen_for_it
            where_none_could_be_chosen_nothing_is_held
        }
        halls {
            a_hall_is_shown_as_it_was_planned
            rows_with_gaps_between_them_are_seats_of_one_section
            an_unknown_performance_has_no_hall
        }
        prices {
            a_changed_price_is_shown_and_held_at_once_and_the_change_is_recorded
            what_is_held_or_sold_keeps_its_price
            a_price_that_cannot_be_changes_nothing
            a_price_is_changed_once_a_key
        }
        blocking {
            a_blocked_seat_is_nobodys_until_it_is_given_back
            what_somebody_has_is_not_blocked_and_nothing_else_is_either
            a_seat_whose_hold_has_lapsed_is_blocked
            blocking_again_changes_nothing
            seats_that_there_are_not_are_named
            seats_are_changed_once_a_key_and_the_change_is_recorded
            blocked_seats_are_not_left
        }
        tickets {
            there_is_a_ticket_for_each_seat_paid_and_for_no_other
            tickets_come_by_start_page_by_page
            a_ticket_is_used_once
            of_many_gates_one_checks_a_ticket_in
            a_check_in_is_repeated_by_its_key
            what_was_not_bought_is_no_ticket
            a_gate_lists_what_is_sold_by_seat_number
            tickets_follow_a_performance_that_is_moved
            a_refunded_ticket_is_void_at_once
            a_used_ticket_is_given_back_by_operators_only
            of_a_check_in_and_a_refund_at_once_one_comes_first
            tickets_of_a_cancelled_performance_are_void
        }
        joining {
            numbers_are_dense_and_in_order
            joining_again_gives_the_same_place
            where_nobody_waits_a_turn_comes_at_once
            in_a_full_room_people_wait_and_know_how_many_are_ahead
            nobody_overtakes_those_who_wait
            a_paused_room_takes_joins_and_admits_nobody
            an_unknown_concert_has_no_line
            a_key_joins_once_and_no_more_after_leaving
            after_a_pass_has_ended_its_user_joins_anew_at_the_end
            a_lapsed_pass_is_no_place_even_before_it_is_swept
            lines_of_different_concerts_are_separate
        }
        leaving {
            leaving_a_turn_frees_its_slot_and_its_hold
            leaving_the_line_closes_it_up
            leaving_twice_is_leaving_once
            an_old_place_cannot_end_a_new_turn
            a_completed_pass_stays_completed
            nobody_leaves_or_shows_up_for_somebody_else
            a_place_never_given_out_is_unknown
        }
        admission {
            people_are_admitted_by_number_up_to_the_capacity
            a_lower_capacity_throws_nobody_out
            those_who_left_the_line_are_passed_over
            an_admitted_person_has_a_pass_and_must_show_up
            no_more_are_admitted_than_the_rate_allows
            a_lapsed_pass_makes_room_for_the_next
            the_place_of_a_no_show_goes_to_the_next
            showing_up_keeps_the_turn_and_is_written_once
            who_is_admitted_at_joining_and_never_comes_back_loses_the_turn
            a_no_show_who_comes_late_is_not_let_in
            paying_makes_room_for_the_next
            where_there_is_no_room_nobody_is_admitted
        }
        boards {
            figures_tell_the_active_from_the_lapsed
            only_rooms_with_people_and_known_rooms_have_news
            a_room_where_only_a_lapsed_pass_is_left_has_news
            an_unknown_room_has_no_news
            news_are_the_departures_not_seen_yet
            news_are_the_admissions_not_seen_yet
            departures_of_numbers_already_passed_are_no_news
            a_new_board_tells_the_line_as_it_was_before_somebody_left_and_others_were_admitted
            a_board_that_is_kept_up_to_date_tells_positions
        }
        announcing {
            a_board_is_told_as_it_was_announced
            a_board_takes_the_place_of_the_one_that_it_follows_and_of_no_other
            of_many_who_announce_at_once_one_does
        }
        ending_lines {
            what_is_left_is_what_is_free_or_held_of_performances_to_come
            a_line_goes_on_while_something_is_left
            where_nothing_is_left_everybody_who_waits_is_told_at_once
            an_end_is_written_down_by_and_by
            where_nothing_is_left_nobody_joins_until_something_is
            who_joined_after_the_count_is_not_told_by_it
            boards_hear_of_the_end
        }
        holding {
            held_seats_are_the_holders_until_their_time_is_up
            holding_the_same_seats_again_does_not_reset_the_clock
            ones_own_hold_is_found_also_once_nothing_more_can_be_held
            ones_own_hold_is_found_by_its_date
            a_lapsed_hold_is_in_nobodys_way_without_a_sweep
            sweeping_a_lapsed_hold_leaves_the_next_holder_alone
            after_a_lapsed_hold_its_user_may_hold_again
            a_lapsed_hold_of_other_seats_is_let_go_of
            a_hold_carries_its_pass_along
            a_hold_never_shortens_its_pass
            holding_is_showing_up
            a_turn_ends_whatever_is_held_in_it
            one_user_may_hold_seats_of_several_concerts
            an_unknown_performance_has_no_seats
        }
        hold_refusals {
            nobody_holds_seats_before_their_turn
            nobody_holds_seats_after_their_turn
            a_pass_is_good_for_its_user_and_its_concert_only
            seats_are_held_only_while_on_sale
            seats_that_do_not_exist_are_named
            a_seat_of_another_performance_is_not_found
            a_live_hold_must_be_settled_before_the_next
            seats_bought_and_wanted_stay_within_the_limit
            seats_of_others_are_named_with_the_worst_reason_first
            all_seats_are_held_or_none
            a_reused_key_is_refused_before_anything_else
        }
        reservations {
            a_hold_given_up_is_free_at_once
            giving_up_twice_is_giving_up_once
            a_lapsed_hold_stays_lapsed_when_given_up
            a_paid_reservation_cannot_be_given_up
            another_users_reservation_is_not_found
            reservations_are_shown_as_they_stand_now
            reservations_are_paged_newest_first
            lapsed_holds_are_found_oldest_first_and_expired_once
            only_unpaid_holds_lapse
        }
        wallets {
            a_charge_adds_to_the_balance_and_the_ledger
            entries_are_paged_newest_first_with_the_running_balance
            a_charge_is_above_zero_and_not_beyond_the_cap
            a_wallet_is_filled_to_its_cap_and_not_beyond
            the_same_key_gives_the_same_answer_and_adds_nothing
            the_same_key_for_another_amount_is_refused
            another_users_same_key_is_another_key
            a_wallet_that_is_not_there_cannot_be_charged
        }
        charges {
            a_charge_is_written_down_once_for_a_key
            a_charge_is_refused_by_the_rules_of_points
            money_is_credited_once_however_often_it_is_found
            a_charge_is_told_once_when_its_money_is_there
            money_that_arrives_late_is_credited
            other_money_is_not_credited
            another_users_charge_is_not_found
            a_charge_is_looked_up_by_one_at_a_time
            a_charge_without_an_answer_is_looked_up_ever_more_seldom_and_not_for_ever
            charges_whose_money_is_waited_for_are_counted
            money_found_by_many_at_once_is_credited_once
            an_account_with_a_charge_is_not_idle
        }
        paying {
            paying_does_everything_in_one_step
            what_was_bought_is_listed_with_its_seats
            payments_and_owned_seats_come_newest_first
            paying_twice_gives_the_first_payment_though_the_turn_is_over
            a_free_seat_is_paid_with_nothing
            the_last_points_are_enough
            another_users_payment_is_not_found
        }
        pay_refusals {
            nobody_pays_after_the_deadline
            nobody_pays_for_seats_that_are_the_next_holders
            without_enough_points_the_hold_stays
            another_users_reservation_is_not_found
            a_reservation_given_up_cannot_be_paid
            paying_takes_a_turn_at_this_concert
            nobody_pays_after_leaving
            nobody_pays_with_a_place_in_line
        }
        idempotency {
            a_repeated_hold_gives_the_first_answer
            a_repeated_hold_is_shown_as_it_stands_now
            a_key_on_the_callers_own_hold_remembers_that_it_made_nothing
            a_repeated_payment_gives_the_first_answer
            a_key_serves_one_operation_of_its_user
            the_same_key_for_other_seats_is_refused
            a_refusal_leaves_its_key_unused
            a_key_answers_for_a_day_and_is_then_as_good_as_new
            young_keys_are_not_forgotten_and_old_ones_a_few_at_a_time
            a_forgotten_key_may_be_used_anew
        }
        refunding {
            a_refund_gives_seats_and_points_back_in_one_step
            what_was_refunded_is_found_and_not_refunded_again
            buyers_give_back_in_time_and_operators_always
            a_refunded_seat_is_nobodys_and_counts_for_no_limit
            of_many_who_refund_at_once_one_does
            operators_add_points_and_take_back_what_is_there
            a_cancelled_performance_is_held_and_paid_by_nobody
            whoever_paid_for_a_cancelled_performance_is_refunded_in_steps
        }
        idle_accounts {
            an_account_that_never_did_anything_goes_after_its_time
            whatever_an_account_did_keeps_it
            who_only_waited_in_line_has_done_nothing
            an_account_that_is_used_after_it_was_found_is_kept
            an_account_that_does_something_after_it_was_found_is_kept
            accounts_are_looked_at_and_removed_a_few_at_a_time
            the_key_of_an_account_that_is_gone_is_as_good_as_new
            an_account_is_charged_or_removed_but_not_both
        }
        removing_passes {
            passes_of_a_closed_room_go_after_their_time
            rooms_that_closed_lately_or_will_open_keep_their_passes
            while_somebody_is_in_a_room_its_passes_are_kept
            passes_go_the_lowest_numbers_first_a_few_at_a_time
            a_line_goes_on_after_its_passes_were_removed
        }
        contention {
            of_fifty_who_want_one_seat_one_gets_it
            overlapping_selections_never_share_a_seat
            one_user_gets_one_hold_however_often_they_ask
            fifty_charges_add_up_exactly
            one_key_charges_once_however_often_it_comes
            twenty_payments_debit_once
            a_hold_is_paid_or_given_up_but_not_both
            two_hundred_joins_get_dense_numbers
            one_user_gets_one_place_however_often_they_join
            admission_from_many_sides_admits_each_place_once
        }
        keys_of_others {
            a_key_opens_one_account
            a_key_adds_one_concert
            a_key_adds_one_performance
            a_key_changes_a_room_once
            of_many_with_one_key_one_has_an_effect
        }
        operator_keys {
            a_key_is_found_by_its_hash_and_its_operator
            a_deleted_key_opens_nothing_and_keeps_its_name
            making_and_deleting_a_key_is_recorded_once
            keys_are_paged_newest_first_whatever_is_deleted_meanwhile
            an_idempotency_key_makes_one_key
            of_many_with_one_idempotency_key_one_makes_a_key
            a_key_is_made_and_deleted_by_many_at_a_time
            the_time_of_keys_goes_on_from_their_making
        }
        events {
            whatever_commands_do_is_told_to_whom_it_concerns
            what_nobody_wants_is_not_published
            events_are_published_once_by_however_many_publish
            a_webhook_is_delivered_to_by_one_holder_whose_lease_lapses
            what_follows_waits_for_what_came_before
            a_delivery_that_failed_lets_the_next_one_through_and_is_replayed
            a_webhook_is_given_up_once_and_begins_anew
            webhooks_are_listed_newest_first_and_a_key_makes_one
            what_was_published_long_ago_is_forgotten_in_steps
        }
        key_contention {
            a_key_has_one_effect_among_several_operations
            an_old_key_charges_once_more_while_others_forget_it
            forgetting_from_many_sides_removes_each_key_once
        }
    } };
    (@expand (registry) $($module:ident { $($promise:ident)* })*) => {
        vec![$($($crate::contracts::Promise {
            name: concat!(stringify!($module), "::", stringify!($promise)),
            test: |fixture| Box::pin($module::$promise(fixture)),
        },)*)*]
    };
    (@expand (tests $fixture:expr) $($module:ident { $($promise:ident)* })*) => { $(
        mod $module {
            #[allow(unused_imports, reason = "the fixture may come from there")]
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let fixture = $fixture;
                let name = concat!(stringify!($module), "::", stringify!($promise));
                $crate::contracts::keep(name, &fixture).await;
            })*
        }
    )* };
}

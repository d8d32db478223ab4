//! The conformance suite: what every implementation must do, run on each by [`conformance_suite!`](crate::conformance_suite).
//!
//! A case is a function of an open, empty storage; it panics where the storage does not conform. To add one, write it
//! in the module of its repository and name it in [`conformance_suite!`](crate::conformance_suite).

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a case that fails panics")]

pub mod audit;
pub mod audit_chain;
pub mod catalog;
pub mod expansion;
pub mod grants;
pub mod jobs;
pub mod keys;
pub mod oauth;
pub mod pins;
pub mod refresh_tokens;
mod samples;
pub mod secrets;
pub mod servers;
pub mod sessions;
pub mod tasks;
pub mod teams;
pub mod text;
pub mod transactions;
pub mod users;
pub mod versions;

/// One `#[tokio::test]` for each case, in a module for each repository.
///
/// `$factory` names an async function of the calling module that returns an open, empty [`Storage`](crate::Storage) in a
/// box, and a value that is kept until the case has ended.
#[macro_export]
macro_rules! conformance_suite {
    ($factory:ident) => {
        $crate::conformance_cases! { $factory,
            users {
                round_trip, find_by_email_in_any_case, email_is_unique, edits_count_up_and_refuse_stale_ones,
                pages_in_byte_order, search_ignores_case_and_takes_patterns_literally, login_failures_keep_the_version,
                removal_takes_everything_along,
            }
            refresh_tokens {
                round_trip, used_once, revoked_by_family_and_user, family_lives_while_a_token_is_usable,
                pruned_when_expired,
            }
            oauth {
                clients_round_trip, codes_are_used_once, connections_end_with_their_client, expired_rows_are_pruned,
                web_sessions_end,
            }
            keys {
                round_trip, name_and_hash_are_unique, owner_must_exist, disabled_and_enabled, last_use_never_goes_back,
                pages_by_owner, removal_takes_everything_along,
            }
            teams { round_trip, name_is_unique, stale_edit, members, members_must_exist, removal_takes_everything_along }
            servers { round_trip, name_is_unique, stale_edit, pages_in_byte_order }
            grants { found_for_subject_teams_and_lesser_roles, added_once, references_must_exist, revoked, pages_by_id }
            catalog {
                sources_round_trip, source_name_is_unique, source_search, tools_round_trip, tool_names_are_unique_by_source,
                tool_pages_and_search, tool_source_must_exist, stale_edits, prompts, resources,
                loads_sorted_and_removes_with_source,
            }
            pins { added_once_replaced_and_removed, source_must_exist, removed_with_source }
            secrets { put_get_list_remove }
            audit {
                round_trip, many_at_once_or_none, intents_complete_once, newest_first_and_paged, every_filter,
                targets_by_prefix, long_targets, counted_up_to_a_limit, totals, pseudonymised, pruned, added_again,
                parts_of_names, parts_of_names_behind_many_events, followed,
            }
            audit_chain {
                marks_round_trip, only_what_was_added_is_told, batches_and_seals, batches_need_their_key, one_head,
                unlisted_and_stray, remarked,
            }
            sessions { sessions_put_get_remove, sessions_pruned, results_for_their_caller_only, results_pruned }
            tasks { round_trip_for_their_caller_only, terminal_is_final, pages_by_id, by_id, answered, pruned }
            jobs {
                round_trip, the_databases_clock, unique_keys, unique_keys_at_once, claimed_in_order, claimed_once, leases,
                cancelled, retried, lists_and_counts, due, schedules, pruned,
            }
            versions { count_up, values, lease_is_exclusive_until_it_ends, lease_longer_than_the_databases_count }
            text { nasty_values_round_trip, every_storable_string_round_trips, nul_is_refused_everywhere }
            transactions {
                dropped_leaves_no_trace, cancelled_leaves_no_trace, failed_cannot_be_saved, stale_and_unstorable_do_not_end_it,
                reading_sees_a_snapshot, reading_cannot_write, concurrent_counts_add_up, concurrent_edits_have_one_winner,
                times_keep_every_microsecond, times_before_the_databases_begin_are_refused, page_limits,
            }
        }
    };
}

/// What [`conformance_suite!`](crate::conformance_suite) expands to.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_cases {
    ($factory:ident, $($module:ident { $($case:ident),+ $(,)? })+) => {$(
        mod $module {
            $(
                #[tokio::test]
                async fn $case() {
                    let (storage, _guard) = super::$factory().await;
                    $crate::testing::$module::$case(&*storage).await;
                    storage.close().await;
                }
            )+
        }
    )+};
}

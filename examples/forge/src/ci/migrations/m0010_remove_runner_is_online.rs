//! Removes `Runner.is_online`.

modelshift::migration! {
    depends_on = ["ci.0009_runnertag_runner_organisation_runner_seen_at_and_more"];

    RemoveField(Runner: is_online);
}
// modelshift 1 3e98af5dabd33782

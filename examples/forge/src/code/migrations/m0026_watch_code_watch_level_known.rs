//! Adds constraint `code_watch_level_known` to `Watch`.

modelshift::migration! {
    depends_on = ["code.0025_languageshare_mirror"];

    AddConstraint(Watch) {
        check(name = "code_watch_level_known", level.is_in(["all", "mentions", "nothing"]))
    }
}
// modelshift 1 073a48dee77bf22d

//! Joins `0012_issue_is_locked` and `0012_label_description`.

modelshift::migration! {
    depends_on = ["tracker.0012_issue_is_locked", "tracker.0012_label_description"];
}

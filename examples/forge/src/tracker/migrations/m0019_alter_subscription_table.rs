//! Names the table of `Subscription` `tracker_issue_subscription`.

modelshift::migration! {
    depends_on = ["tracker.0018_savedreply_timelineevent"];

    AlterModelTable(Subscription: "tracker_issue_subscription");
}
// modelshift 1 2bbad4e32cf9aa4a

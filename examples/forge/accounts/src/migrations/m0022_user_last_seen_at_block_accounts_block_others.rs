//! Adds `User.last_seen_at` and adds constraint `accounts_block_others` to `Block`.

modelshift::migration! {
    depends_on = ["accounts.0021_alter_organisation_options"];

    AddField(User) {
        last_seen_at: Option<DateTime<Utc>>
    }
    AddConstraint(Block) { check(name = "accounts_block_others", user != blocked) }
}
// modelshift 1 0481213cccc92878

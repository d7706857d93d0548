//! Adds constraint `accounts_membership_role_known` to `Membership`.

modelshift::migration! {
    depends_on = ["accounts.0012_auditevent_address_alter_auditevent_id"];

    AddConstraint(Membership) {
        check(name = "accounts_membership_role_known", role.is_in(["owner", "admin", "member"]))
    }
}
// modelshift 1 13bfb14b67e563ba

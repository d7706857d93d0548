//! Removes constraint `accounts_membership_role_known` from `Membership` and alters `Membership.role`.

modelshift::migration! {
    depends_on = ["accounts.0025_loginattempt"];

    RemoveConstraint(Membership: "accounts_membership_role_known");
    AlterField(Membership) {
        #[field(choices(Owner = "owner", Admin = "admin", Member = "member"), default = "member")]
        role: Role
    }
}
// modelshift 1 c7574aa8b41bb561

//! Removes constraint `code_watch_level_known` from `Watch` and makes 2 more changes.

modelshift::migration! {
    depends_on = ["code.0028_plain_webhook_urls"];

    RemoveConstraint(Watch: "code_watch_level_known");
    AlterField(Collaborator) {
        #[field(choices(Read = "read", Write = "write", Admin = "admin"), default = "read")]
        permission: Permission
    }
    AlterField(Watch) {
        #[field(
            choices(native, All = "all", Mentions = "mentions", Nothing = "nothing"),
            default = "all",
        )]
        level: WatchLevel
    }
}
// modelshift 1 9a7462b198c1b76d

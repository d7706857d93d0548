//! Alters `Collaborator.permission`.

modelshift::migration! {
    depends_on = ["code.0029_remove_watch_code_watch_level_known_and_more"];

    AlterField(Collaborator) {
        #[field(choices(i16, Read = 10, Write = 20, Admin = 30), default = 10)]
        permission: Permission
    }
}
// modelshift 1 a29c5aa8f0324744

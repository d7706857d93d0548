//! Adds `User.login_key`.

modelshift::migration! {
    depends_on = ["accounts.0023_rename_accounts_audit_event_actor_id_at_88cb72_idx_acc_aea2fcd2"];

    AddField(User) {
        #[field(unique, max_length = 40, generated = lower(login))]
        login_key: String
    }
}
// modelshift 1 f735e25a6519ae6e

//! Renames index `accounts_audit_event_actor_id_at_88cb72_idx` of `AuditEvent` to `accounts_audit_event_newest`.

modelshift::migration! {
    depends_on = ["accounts.0022_user_last_seen_at_block_accounts_block_others"];

    RenameIndex(AuditEvent: "accounts_audit_event_actor_id_at_88cb72_idx" -> "accounts_audit_event_newest");
}
// modelshift 1 37893f8738a704bf

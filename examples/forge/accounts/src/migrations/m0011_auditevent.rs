//! Starts `AuditEvent`.

modelshift::migration! {
    depends_on = ["accounts.0010_accesstoken"];

    CreateModel {
        #[model(index(name = "accounts_audit_event_actor_id_at_88cb72_idx", fields(actor, -at)))]
        struct AuditEvent {
            id: i32,
            #[field(on_delete = set_null, related_name = "audit_events")]
            actor: Option<ForeignKey<User>>,
            #[field(max_length = 60)]
            action: String,
            #[field(max_length = 200)]
            subject: String,
            details: Option<JsonValue>,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
}
// modelshift 1 127be28b5840e1e2

//! Adds `AuditEvent.address` and alters `AuditEvent.id`.

modelshift::migration! {
    depends_on = ["accounts.0011_auditevent"];

    AddField(AuditEvent) {
        #[field(max_length = 45)]
        address: Option<String>
    }
    AlterField(AuditEvent) {
        #[field(primary_key)]
        id: i64
    }
}
// modelshift 1 5d4a147f4c5be686

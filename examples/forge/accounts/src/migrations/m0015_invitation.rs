//! Starts `Invitation`.

modelshift::migration! {
    depends_on = ["accounts.0014_profile"];

    CreateModel {
        #[model(
            unique(
                name = "accounts_invitation_organisation_id_email_key",
                fields(organisation, email),
            ),
        )]
        struct Invitation {
            id: i64,
            #[field(on_delete = cascade, related_name = "invitations")]
            organisation: ForeignKey<Organisation>,
            #[field(max_length = 254)]
            email: String,
            #[field(on_delete = set_null, related_name = "sent_invitations")]
            invited_by: Option<ForeignKey<User>>,
            #[field(unique)]
            token: Uuid,
            accepted_at: Option<DateTime<Utc>>,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 bae3da0e8a56aa73

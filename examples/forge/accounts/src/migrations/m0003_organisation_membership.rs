//! Starts `Organisation` and `Membership`.

modelshift::migration! {
    depends_on = ["accounts.0002_sshkey"];

    CreateModel {
        struct Organisation {
            id: i64,
            #[field(unique, max_length = 40)]
            name: String,
            #[field(max_length = 120, default = "")]
            title: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
    CreateModel {
        #[model(
            unique(
                name = "accounts_membership_organisation_id_user_id_key",
                fields(organisation, user),
            ),
        )]
        struct Membership {
            id: i64,
            #[field(on_delete = cascade, related_name = "memberships")]
            organisation: ForeignKey<Organisation>,
            #[field(on_delete = cascade, related_name = "memberships")]
            user: ForeignKey<User>,
            #[field(max_length = 20, default = "member")]
            role: String,
        }
    }
}
// modelshift 1 5ed9330a4b730200

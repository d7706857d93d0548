//! Starts `Team`.

modelshift::migration! {
    depends_on = ["accounts.0005_user_display_name_user_is_staff"];

    CreateModel {
        #[model(
            unique(name = "accounts_team_organisation_id_name_key", fields(organisation, name)),
        )]
        struct Team {
            id: i64,
            #[field(on_delete = cascade, related_name = "teams")]
            organisation: ForeignKey<Organisation>,
            #[field(max_length = 60)]
            name: String,
            #[field(on_delete = set_null, related_name = "children")]
            parent: Option<ForeignKey<Team>>,
        }
    }
}
// modelshift 1 106b806fb27537e3

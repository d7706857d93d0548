//! Starts `TeamMember` and adds `Team.members`.

modelshift::migration! {
    depends_on = ["accounts.0018_session"];

    CreateModel {
        #[model(unique(name = "accounts_team_member_team_id_user_id_key", fields(team, user)))]
        struct TeamMember {
            id: i64,
            #[field(on_delete = cascade, related_name = "memberships")]
            team: ForeignKey<Team>,
            #[field(on_delete = cascade, related_name = "team_memberships")]
            user: ForeignKey<User>,
            #[field(default = false)]
            is_maintainer: bool,
        }
    }
    AddField(Team) {
        #[field(through = TeamMember, related_name = "teams")]
        members: ManyToMany<User>
    }
}
// modelshift 1 f29f35082c374f4d

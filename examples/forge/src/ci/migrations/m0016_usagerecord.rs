//! Starts `UsageRecord`.

modelshift::migration! {
    depends_on = [
        "ci.0015_package_packageversion_packagefile",
        "accounts.0022_user_last_seen_at_block_accounts_block_others",
    ];

    CreateModel {
        #[model(
            unique(name = "ci_usage_record_organisation_id_month_key", fields(organisation, month)),
            check(name = "ci_usage_record_minutes", minutes >= 0),
        )]
        struct UsageRecord {
            id: i64,
            #[field(on_delete = restrict, related_name = "usage")]
            organisation: ForeignKey<accounts::Organisation>,
            month: Date,
            #[field(precision = 12, scale = 2)]
            minutes: Decimal,
        }
    }
}
// modelshift 1 a4b07de057149749

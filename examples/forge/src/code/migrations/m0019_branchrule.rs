//! Starts `BranchRule`.

modelshift::migration! {
    depends_on = ["code.0018_releaseasset"];

    CreateModel {
        #[model(
            unique(
                name = "code_branch_rule_repository_id_pattern_key",
                fields(repository, pattern),
            ),
            check(
                name = "code_branch_rule_approvals",
                required_approvals >= 0 && required_approvals <= 10,
            ),
        )]
        struct BranchRule {
            id: i64,
            #[field(on_delete = cascade, related_name = "branch_rules")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 200)]
            pattern: String,
            #[field(default = 1)]
            required_approvals: i16,
            #[field(default = false)]
            allows_force: bool,
        }
    }
}
// modelshift 1 1fba09ab1150a7bc

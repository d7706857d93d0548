//! Makes a rule of every protected branch. Written by hand: only a person knows what protection meant.

modelshift::migration! {
    depends_on = ["code.0019_branchrule"];

    RunSql {
        forward = r#"
            INSERT INTO code_branch_rule (repository_id, pattern)
            SELECT repository_id, name FROM code_branch WHERE is_protected
        "#,
        reverse = r#"
            UPDATE code_branch SET is_protected = EXISTS (
                SELECT 1 FROM code_branch_rule
                WHERE code_branch_rule.repository_id = code_branch.repository_id AND pattern = code_branch.name
            )
        "#
    }
}

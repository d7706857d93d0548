//! Removes `Branch.is_protected`.

modelshift::migration! {
    depends_on = ["code.0020_protected_branches_get_rules"];

    RemoveField(Branch: is_protected);
}
// modelshift 1 20451638dd4dd95d

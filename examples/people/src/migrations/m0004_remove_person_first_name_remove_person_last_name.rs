//! Removes fields `first_name` and `last_name` from `Person`.

modelshift::migration! {
    depends_on = ["people.0003_combine_names"];

    RemoveField(Person: first_name);
    RemoveField(Person: last_name);
}
// modelshift 1 116b5d3e5041d648

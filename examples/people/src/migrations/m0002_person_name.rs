//! Adds field `name` to `Person`.

modelshift::migration! {
    depends_on = ["people.0001_initial"];

    AddField(Person) {
        #[field(max_length = 161, default = "")]
        name: String
    }
}
// modelshift 1 3ad40e773eb0a3ef

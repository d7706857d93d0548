//! Deletes `Variable`.

modelshift::migration! {
    depends_on = ["ci.0012_secret"];

    DeleteModel(Variable);
}
// modelshift 1 8ef918c8fabdce26

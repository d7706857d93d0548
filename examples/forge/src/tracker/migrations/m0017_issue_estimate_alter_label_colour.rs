//! Adds `Issue.estimate` and alters `Label.colour`.

modelshift::migration! {
    depends_on = ["tracker.0016_board_boardcolumn_card"];

    AddField(Issue) {
        #[field(precision = 6, scale = 2, comment = "In days")]
        estimate: Option<Decimal>
    }
    AlterField(Label) {
        #[field(max_length = 9, default = "#888888")]
        colour: String
    }
}
// modelshift 1 38179c8cad3bad76

//! Starts `Board`, `BoardColumn`, and `Card`.

modelshift::migration! {
    depends_on = ["tracker.0015_notification_subscription", "code.0025_languageshare_mirror"];

    CreateModel {
        #[model(unique(name = "tracker_board_repository_id_name_key", fields(repository, name)))]
        struct Board {
            id: i64,
            #[field(on_delete = cascade, related_name = "boards")]
            repository: ForeignKey<code::Repository>,
            #[field(max_length = 60)]
            name: String,
        }
    }
    CreateModel {
        #[model(unique(name = "tracker_board_column_board_id_name_key", fields(board, name)))]
        struct BoardColumn {
            id: i64,
            #[field(on_delete = cascade, related_name = "columns")]
            board: ForeignKey<Board>,
            #[field(max_length = 60)]
            name: String,
            position: i16,
        }
    }
    CreateModel {
        #[model(unique(name = "tracker_card_column_id_issue_id_key", fields(column, issue)))]
        struct Card {
            id: i64,
            #[field(on_delete = cascade, related_name = "cards")]
            column: ForeignKey<BoardColumn>,
            #[field(on_delete = cascade, related_name = "cards")]
            issue: ForeignKey<Issue>,
            #[field(default = 0)]
            position: i32,
        }
    }
}
// modelshift 1 b5c1ba203cc7c3f6

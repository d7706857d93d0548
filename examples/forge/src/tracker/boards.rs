//! Boards on which issues are moved from column to column.

use modelshift::{ForeignKey, Model};

use crate::code::Repository;
use crate::tracker::Issue;

/// A wall of columns.
#[derive(Debug, Model)]
#[model(unique(fields(repository, name)))]
pub struct Board {
    /// The key, given out by the database.
    pub id: i64,
    /// Of what.
    #[field(on_delete = cascade, related_name = "boards")]
    pub repository: ForeignKey<Repository>,
    /// The name.
    #[field(max_length = 60)]
    pub name: String,
}

/// A column of a board.
#[derive(Debug, Model)]
#[model(unique(fields(board, name)))]
pub struct BoardColumn {
    /// The key, given out by the database.
    pub id: i64,
    /// On which board.
    #[field(on_delete = cascade, related_name = "columns")]
    pub board: ForeignKey<Board>,
    /// The name.
    #[field(max_length = 60)]
    pub name: String,
    /// Where, from the left.
    pub position: i16,
}

/// An issue on a board.
#[derive(Debug, Model)]
#[model(unique(fields(column, issue)))]
pub struct Card {
    /// The key, given out by the database.
    pub id: i64,
    /// In which column.
    #[field(on_delete = cascade, related_name = "cards")]
    pub column: ForeignKey<BoardColumn>,
    /// Which issue.
    #[field(on_delete = cascade, related_name = "cards")]
    pub issue: ForeignKey<Issue>,
    /// Where, from the top.
    #[field(default = 0)]
    pub position: i32,
}

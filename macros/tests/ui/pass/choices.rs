//! Enums beside other derives, in every storage.

use std::str::FromStr;

use modelshift::{Choices, Model};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Choices)]
pub enum Status {
    #[default]
    Draft,
    InReview,
    #[choice(value = "gone", renamed_from = "Archived")]
    r#Type,
}

#[derive(Debug, PartialEq, Choices)]
#[choices(native, removed(Angry -> Sad, Bored))]
enum Mood {
    Happy,
    Sad,
}

#[derive(Clone, Copy, Debug, PartialEq, Choices)]
#[choices(integer)]
#[repr(u8)]
enum Level {
    Low = 1,
    High = 10,
}

#[derive(Choices)]
#[choices(conversions = false, sqlx = false)]
enum Own {
    A,
}

impl FromStr for Own {
    type Err = ();

    fn from_str(_: &str) -> Result<Self, ()> {
        Ok(Self::A)
    }
}

#[derive(Model)]
#[model(check(status != Status::InReview || level.is_in([Level::Low])), index(fields(id), when = mood == Mood::Sad))]
pub struct Post {
    pub id: i64,
    #[field(default = Status::Draft, backfill = Status::InReview)]
    status: Status,
    mood: Option<Mood>,
    level: std::option::Option<Level>,
    own: Own,
    #[field(choices(native, A = "a"), renamed(B -> A), removed(C))]
    elsewhere: u128_or_so::Kind,
}

mod u128_or_so {
    pub struct Kind;
}

fn main() {
    assert_eq!(Status::ALL.iter().map(Choices::value).collect::<Vec<_>>(), ["draft", "in_review", "gone"]);
    assert_eq!("gone".parse(), Ok(Status::r#Type));
    let error = "draf".parse::<Status>().unwrap_err().to_string();
    assert_eq!(error, "`draf` is not a value of `Status`; expected one of `draft`, `in_review`, `gone`");
    assert_eq!(Mood::from_value("sad"), Some(Mood::Sad));
    assert_eq!(Level::try_from(10), Ok(Level::High));
    assert_eq!(i16::from(Level::Low), 1);
    assert!(Level::try_from(2).unwrap_err().to_string().contains("`1`, `10`"));
    let _ = (Post::COLUMNS.status, Own::A, Mood::Happy);
}

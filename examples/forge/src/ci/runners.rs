//! The machines that do the work.

use accounts::Organisation;
use chrono::{DateTime, NaiveDate, Utc};
use modelshift::{ForeignKey, ManyToMany, Model};
use rust_decimal::Decimal;

/// A machine that takes jobs.
#[derive(Debug, Model)]
pub struct Runner {
    /// The key, given out by the database.
    pub id: i64,
    /// The name.
    #[field(max_length = 100)]
    pub name: String,
    /// Whose jobs it takes; none for everybody's.
    #[field(on_delete = cascade, related_name = "runners")]
    pub organisation: Option<ForeignKey<Organisation>>,
    /// The hash of its access token.
    #[field(max_length = 64, unique)]
    pub token: String,
    /// The capabilities.
    #[field(related_name = "runners")]
    pub tags: ManyToMany<RunnerTag>,
    /// When it was heard of last.
    pub seen_at: Option<DateTime<Utc>>,
}

/// A capability of a runner, such as `linux` or `gpu`.
#[derive(Debug, Model)]
pub struct RunnerTag {
    /// The key, given out by the database.
    pub id: i64,
    /// The word.
    #[field(max_length = 50, unique)]
    pub name: String,
}

/// The cost of the jobs of an organisation in a month.
#[derive(Debug, Model)]
#[model(unique(fields(organisation, month)), check(name = "ci_usage_record_minutes", minutes >= 0))]
pub struct UsageRecord {
    /// The key, given out by the database.
    pub id: i64,
    /// Whose jobs.
    #[field(on_delete = restrict, related_name = "usage")]
    pub organisation: ForeignKey<Organisation>,
    /// The first day of the month.
    pub month: NaiveDate,
    /// How many minutes of machines.
    #[field(precision = 12, scale = 2)]
    pub minutes: Decimal,
}

//! How fast the batches of a long function are done, and when they end.

use std::time::Duration;

/// Returns how many rows are done, how many in a second, and how long the others take at this pace.
pub(super) fn shown(rows: u64, left: u64, took: Duration) -> String {
    let all = rows.saturating_add(left);
    let milliseconds = took.as_millis().max(1);
    let pace = u128::from(rows) * 1000 / milliseconds;
    let rest = (milliseconds * u128::from(left)).checked_div(u128::from(rows)).unwrap_or_default() / 1000;
    format!("{rows} of {all} rows, {pace} rows/s, {} left", time(rest))
}

fn time(seconds: u128) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_says_how_long_the_rest_takes() {
        let shown_after = |rows, left, seconds| shown(rows, left, Duration::from_secs(seconds));
        assert_eq!(shown_after(1000, 9000, 2), "1000 of 10000 rows, 500 rows/s, 18 s left");
        assert_eq!(shown_after(1000, 200_000, 2), "1000 of 201000 rows, 500 rows/s, 6 min left");
        assert_eq!(shown_after(1000, 9_000_000, 2), "1000 of 9001000 rows, 500 rows/s, 5 h 0 min left");
        assert_eq!(shown_after(1000, 0, 2), "1000 of 1000 rows, 500 rows/s, 0 s left");
        assert_eq!(shown_after(0, 0, 0), "0 of 0 rows, 0 rows/s, 0 s left");
    }
}

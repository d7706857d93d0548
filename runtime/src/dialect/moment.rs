//! A moment in whatever zone -> the same moment in UTC.

/// Zones that are UTC, as people write them.
const UTC: [&str; 5] = ["+00:00", "+00", "Z", "z", " UTC"];
const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// Gives a moment in UTC, its date and time parted by a space.
///
/// None where the text says no zone, or where its year would not have four digits.
pub(super) fn in_utc(text: &str) -> Option<String> {
    if let Some(bare) = UTC.iter().find_map(|zone| text.strip_suffix(zone)) {
        return Some(bare.trim_end().replacen('T', " ", 1));
    }
    let (bare, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let (sign, zone) = zone.split_at_checked(1)?;
    let ahead = match sign {
        "+" => minutes(zone)?,
        "-" => -minutes(zone)?,
        _ => return None,
    };
    let (date, time) = bare.split_once([' ', 'T'])?;
    let (clock, rest) = time.split_at_checked(5)?;
    let mut parts = date.splitn(3, '-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let total = days(year, month, day) * MINUTES_OF_A_DAY + minutes(clock)? - ahead;
    let (year, month, day) = date_of(total.div_euclid(MINUTES_OF_A_DAY));
    let minute = total.rem_euclid(MINUTES_OF_A_DAY);
    let text = format!("{year:04}-{month:02}-{day:02} {:02}:{:02}{rest}", minute / 60, minute % 60);
    (1..=9999).contains(&year).then_some(text)
}

/// Reads `12:30` as minutes.
fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    Some(number(hours)? * 60 + number(minutes)?)
}

fn number(text: &str) -> Option<i64> {
    let is_plain = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// Counts days from 1 March of the year 0 on, in the calendar of today; years that begin in March have their leap day last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
}

/// Gives year, month and day; the inverse of [`days`].
fn date_of(days: i64) -> (i64, i64, i64) {
    // Near enough, and never too late.
    let mut year = days.div_euclid(366);
    while self::days(year + 1, 3, 1) <= days {
        year += 1;
    }
    let of_year = days - self::days(year, 3, 1);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wr_011_every_zone_is_reckoned_into_utc() {
        for (text, utc) in [
            ("2020-01-31T12:00:00Z", "2020-01-31 12:00:00"),
            ("2020-01-31 12:00:00+00:00", "2020-01-31 12:00:00"),
            ("2020-01-31 12:00:00 UTC", "2020-01-31 12:00:00"),
            ("2012-01-01 01:01:00+01:00", "2012-01-01 00:01:00"),
            ("2012-01-01T00:30:07.25+01:00", "2011-12-31 23:30:07.25"),
            ("2024-02-28 20:00:00-05:30", "2024-02-29 01:30:00"),
            ("2024-03-01 00:00:00+12:45", "2024-02-29 11:15:00"),
            ("2100-03-01 00:00:00+00:01", "2100-02-28 23:59:00"),
            ("0001-01-01 12:00:00+11:00", "0001-01-01 01:00:00"),
        ] {
            assert_eq!(in_utc(text).as_deref(), Some(utc), "{text}");
        }
        for text in
            ["", "2020-01-31 12:00:00", "0001-01-01 00:00:00+00:01", "9999-12-31 23:59:59-00:01", "x+01:00"]
        {
            assert_eq!(in_utc(text), None, "{text}");
        }
    }

    #[test]
    fn days_and_dates_are_each_other_s_inverse() {
        for day in (0..=3_652_424).step_by(13) {
            let (year, month, of_month) = date_of(day);
            assert_eq!(days(year, month, of_month), day);
            assert!((1..=12).contains(&month) && (1..=31).contains(&of_month));
        }
    }
}

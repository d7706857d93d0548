//! Dates, times of day and timestamps.

/// Zones that are UTC.
const UTC: [&str; 5] = ["+00:00", "+00", "Z", "z", " UTC"];
const MINUTES_OF_A_DAY: i64 = 24 * 60;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Returns a date as `2020-01-31`.
///
/// # Errors
/// What is wrong with the text.
pub fn date(text: &str) -> Result<String, String> {
    Date::read(text).map(Date::written)
}

/// Returns a time of day as `12:30:00`, with three or six digits behind a point where it needs them.
///
/// # Errors
/// What is wrong with the text.
pub fn time(text: &str) -> Result<String, String> {
    Clock::read(text).map(|clock| clock.written())
}

/// Returns a date with a time as `2020-01-31 12:30:00`; a `T` may stand between the two.
///
/// # Errors
/// What is wrong with the text.
pub fn date_time(text: &str) -> Result<String, String> {
    let (date, clock) = both(text)?;
    Ok(format!("{} {}", date.written(), clock.written()))
}

/// Returns a timestamp in UTC as `2020-01-31 12:30:00`; the text must name its zone.
///
/// # Errors
/// What is wrong with the text.
pub fn timestamp(text: &str) -> Result<String, String> {
    let (bare, ahead) = zone(text)?;
    let (date, mut clock) = both(bare)?;
    let total = date.days() * MINUTES_OF_A_DAY + clock.minute - ahead;
    clock.minute = total.rem_euclid(MINUTES_OF_A_DAY);
    let date = Date::after(total.div_euclid(MINUTES_OF_A_DAY));
    if !(1..=9999).contains(&date.year) {
        return Err("its year in UTC is not one of 0001 to 9999".to_owned());
    }
    Ok(format!("{} {}", date.written(), clock.written()))
}

fn both(text: &str) -> Result<(Date, Clock), String> {
    let (date, clock) =
        text.split_once([' ', 'T']).ok_or("a space or a `T` stands between the date and the time")?;
    Ok((Date::read(date)?, Clock::read(clock)?))
}

/// Splits a zone off, as minutes that it is ahead of UTC.
fn zone(text: &str) -> Result<(&str, i64), String> {
    if let Some(bare) = UTC.iter().find_map(|zone| text.strip_suffix(zone)) {
        return Ok((bare, 0));
    }
    let missing = || "it names no zone, such as `+00:00` or `Z`".to_owned();
    let place = text.len().checked_sub(6).ok_or_else(missing)?;
    let (bare, zone) = text.split_at_checked(place).ok_or_else(missing)?;
    let (sign, offset) = zone.split_at_checked(1).ok_or_else(missing)?;
    let (hours, minutes) = offset.split_once(':').ok_or_else(missing)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return Err(missing()),
    };
    let (hours, minutes) = (digits(hours, 2).ok_or_else(missing)?, digits(minutes, 2).ok_or_else(missing)?);
    // PostgreSQL accepts no larger zone.
    if hours > 15 || minutes > 59 {
        return Err(format!("no zone is `{zone}`: the largest is `15:59`"));
    }
    Ok((bare, sign * (hours * 60 + minutes)))
}

/// Reads so many digits, and nothing else.
fn digits(text: &str, count: usize) -> Option<i64> {
    let is_plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// A date of the calendar of today.
#[derive(Clone, Copy)]
struct Date {
    year: i64,
    month: i64,
    day: i64,
}

impl Date {
    fn read(text: &str) -> Result<Self, String> {
        let mut parts = text.split('-');
        let mut part = |count| parts.next().and_then(|part| digits(part, count));
        let (Some(year), Some(month), Some(day), None) = (part(4), part(2), part(2), parts.next()) else {
            return Err("a date has four digits of a year, two of a month and two of a day".to_owned());
        };
        if year == 0 {
            return Err("there is no year 0000".to_owned());
        }
        let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month));
        let name = name.ok_or_else(|| format!("there is no month {month:02}"))?;
        let most = days_of(year, month);
        if !(1..=most).contains(&day) {
            return Err(format!("{name} {year:04} has {most} days"));
        }
        Ok(Self { year, month, day })
    }

    fn written(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// Counts days from 1 March of the year 0 on; years that begin in March have their leap day last.
    fn days(self) -> i64 {
        let year = if self.month > 2 { self.year } else { self.year - 1 };
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
    }

    fn first_day(year: i64) -> i64 {
        Self { year, month: 3, day: 1 }.days()
    }

    /// Returns the date of so many days; the inverse of [`Self::days`].
    fn after(days: i64) -> Self {
        // Near enough, and never too late.
        let mut year = days.div_euclid(366);
        while Self::first_day(year + 1) <= days {
            year += 1;
        }
        let of_year = days - Self::first_day(year);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        if month < 10 {
            Self { year, month: month + 3, day }
        } else {
            Self { year: year + 1, month: month - 9, day }
        }
    }
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A time of day, to the microsecond, which is what databases keep.
struct Clock {
    minute: i64,
    second: i64,
    micros: String,
}

impl Clock {
    fn read(text: &str) -> Result<Self, String> {
        let (whole, fraction) =
            text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        let mut parts = whole.split(':');
        let mut part = || parts.next().and_then(|part| digits(part, 2));
        let (Some(hour), Some(minute), Some(second), None) = (part(), part(), part(), parts.next()) else {
            return Err("a time of day has two digits each of hours, minutes and seconds".to_owned());
        };
        if hour > 23 || minute > 59 || second > 59 {
            return Err(format!("no time of day is `{whole}`: the last second is `23:59:59`"));
        }
        let micros = fraction.unwrap_or("0").trim_end_matches('0');
        if fraction.is_some_and(|it| it.is_empty() || !it.bytes().all(|it| it.is_ascii_digit())) {
            return Err("digits of a second stand behind the point".to_owned());
        }
        if micros.len() > 6 {
            return Err("databases keep six digits of a second".to_owned());
        }
        Ok(Self { minute: hour * 60 + minute, second, micros: micros.to_owned() })
    }

    /// Returns the time with no, three or six digits of a second, as sqlx writes it.
    fn written(&self) -> String {
        let fraction = match self.micros.len() {
            0 => String::new(),
            1..=3 => format!(".{:0<3}", self.micros),
            _ => format!(".{:0<6}", self.micros),
        };
        format!("{:02}:{:02}:{:02}{fraction}", self.minute / 60, self.minute % 60, self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wr_011_every_zone_is_computed_into_utc() {
        for (text, utc) in [
            ("2020-01-31T12:00:00Z", "2020-01-31 12:00:00"),
            ("2020-01-31 12:00:00+00:00", "2020-01-31 12:00:00"),
            ("2020-01-31 12:00:00 UTC", "2020-01-31 12:00:00"),
            ("2012-01-01 01:01:00+01:00", "2012-01-01 00:01:00"),
            ("2012-01-01T00:30:07.25+01:00", "2011-12-31 23:30:07.250"),
            ("2024-02-28 20:00:00-05:30", "2024-02-29 01:30:00"),
            ("2024-03-01 00:00:00+12:45", "2024-02-29 11:15:00"),
            ("2100-03-01 00:00:00+00:01", "2100-02-28 23:59:00"),
            ("0001-01-01 12:00:00+11:00", "0001-01-01 01:00:00"),
        ] {
            assert_eq!(timestamp(text).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn one_value_has_one_text() {
        for text in ["2020-01-31T12:00:00.5", "2020-01-31 12:00:00.500", "2020-01-31 12:00:00.500000000"] {
            assert_eq!(date_time(text).as_deref(), Ok("2020-01-31 12:00:00.500"), "{text}");
        }
        assert_eq!(time("12:30:00.000").as_deref(), Ok("12:30:00"));
        assert_eq!(time("12:30:00.1234").as_deref(), Ok("12:30:00.123400"));
        assert_eq!(date("2024-02-29").as_deref(), Ok("2024-02-29"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (said, expected) in [
            (date("2020-02-30"), "February 2020 has 29 days"),
            (date("2023-02-29"), "February 2023 has 28 days"),
            (date("1900-02-29"), "February 1900 has 28 days"),
            (date("2020-04-31"), "April 2020 has 30 days"),
            (date("2020-04-00"), "April 2020 has 30 days"),
            (date("2020-13-01"), "no month 13"),
            (date("2020-00-01"), "no month 00"),
            (date("0000-01-01"), "no year 0000"),
            (date("10000-01-01"), "four digits of a year"),
            (date("2020-1-1"), "two of a month"),
            (date("2020-01-01 00:00:00"), "two of a day"),
            (date("２０２０-01-01"), "four digits of a year"),
            (time("24:00:00"), "the last second is `23:59:59`"),
            (time("23:59:60"), "the last second is `23:59:59`"),
            (time("12:30"), "two digits each"),
            (time("12:30:00.1234567"), "six digits of a second"),
            (time("12:30:00."), "behind the point"),
            (time("12:30:00+01:00"), "two digits each"),
            (date_time("2020-01-31"), "a space or a `T`"),
            (date_time("2020-01-31 12:00:00Z"), "two digits each"),
            (timestamp("2020-01-31 12:00:00"), "names no zone"),
            (timestamp("é-text-of-no-date"), "names no zone"),
            (timestamp(""), "names no zone"),
            (timestamp("2020-01-31 12:00:00+16:00"), "the largest is `15:59`"),
            (timestamp("2020-01-31 12:00:00+01:60"), "the largest is `15:59`"),
            (timestamp("2020-02-30 12:00:00Z"), "February 2020 has 29 days"),
            (timestamp("0001-01-01 00:00:00+00:01"), "year in UTC"),
            (timestamp("9999-12-31 23:59:59-00:01"), "year in UTC"),
        ] {
            let error = said.expect_err(expected);
            assert!(error.contains(expected), "{error} | {expected}");
        }
    }

    #[test]
    fn days_and_dates_are_each_other_s_inverse() {
        for day in (0..=3_652_424).step_by(13) {
            let date = Date::after(day);
            assert_eq!(date.days(), day);
            assert!(
                (1..=12).contains(&date.month) && (1..=days_of(date.year, date.month)).contains(&date.day)
            );
        }
    }
}

//! Decimals and floating-point numbers.

/// More digits than any database stores; a larger exponent is not written out.
const MOST_DIGITS: i64 = 2_000;

/// Returns a decimal with exactly `scale` digits behind the point, as databases show it.
///
/// # Errors
/// What is wrong with the text.
pub fn decimal(text: &str, precision: u32, scale: u32) -> Result<String, String> {
    let Number { is_negative, digits, point } = Number::read(text)?;
    let (precision, scale) = (i64::from(precision), i64::from(scale));
    let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    if count - point > scale {
        return Err(format!("it has {} digits after the point", count - point));
    }
    if !digits.is_empty() && point > precision.saturating_sub(scale) {
        return Err(format!("it has {} digits before the point", point.max(0)));
    }
    let at = |place: i64| {
        usize::try_from(place)
            .ok()
            .and_then(|place| digits.as_bytes().get(place))
            .map_or('0', |it| (*it).into())
    };
    let whole = if point > 0 { (0..point).map(at).collect() } else { "0".to_owned() };
    let fraction: String = (point..point + scale).map(at).collect();
    let sign = if is_negative && !digits.is_empty() { "-" } else { "" };
    let dot = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{sign}{whole}{dot}{fraction}"))
}

/// A number without its leading and trailing zeros; none of its digits is left where it is zero.
struct Number {
    is_negative: bool,
    digits: String,
    /// The number of digits before the point; negative if zeros follow the point.
    point: i64,
}

impl Number {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = || "it is not a number".to_owned();
        let text = text.replace('_', "");
        let is_negative = text.starts_with('-');
        let bare = text.strip_prefix(['-', '+']).unwrap_or(&text);
        let (mantissa, exponent) = bare.split_once(['e', 'E']).unwrap_or((bare, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let exponent: i64 = exponent.parse().map_err(|_| wrong())?;
        let (zeros, digits) = (all.len() - all.trim_start_matches('0').len(), all.trim_matches('0'));
        if digits.is_empty() {
            return Ok(Self { is_negative, digits: String::new(), point: 0 });
        }
        let place = |length: usize| i64::try_from(length).unwrap_or(MOST_DIGITS);
        let point = place(whole.len()).saturating_sub(place(zeros)).saturating_add(exponent);
        if point.saturating_abs() > MOST_DIGITS || place(digits.len()) > MOST_DIGITS {
            return Err(format!("it has more than {MOST_DIGITS} digits"));
        }
        Ok(Self { is_negative, digits: digits.to_owned(), point })
    }
}

/// Returns a number as it is written, where a floating-point number of so many bits holds it.
///
/// # Errors
/// What is wrong with the text.
pub fn float(text: &str, is_single: bool) -> Result<String, String> {
    let Number { digits, point, .. } = Number::read(text)?;
    let text = text.replace('_', "");
    let read: f64 = if is_single {
        text.parse::<f32>().map(f64::from).map_err(|error| error.to_string())?
    } else {
        text.parse().map_err(|_| "it is not a number".to_owned())?
    };
    let bits = if is_single { 32 } else { 64 };
    if !read.is_finite() {
        return Err(format!("it is larger than any number of {bits} bits"));
    }
    if read == 0.0 && !digits.is_empty() {
        return Err(format!("it is nearer to zero than any number of {bits} bits"));
    }
    // A fraction is rounded anyway; a whole number that changes is a mistake.
    let is_whole = i64::try_from(digits.len()).is_ok_and(|count| count <= point);
    let largest_exact = if is_single { 24 } else { 53 };
    let is_plain = !text.contains(['e', 'E', '.']);
    if is_whole
        && is_plain
        && format!("{read:.0}").trim_start_matches('-') != text.trim_start_matches(['-', '+'])
    {
        return Err(format!("a number of {bits} bits holds whole numbers exactly up to 2^{largest_exact}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_has_the_digits_of_its_column() {
        for (text, expected) in [
            ("1.5", "1.50"),
            ("0", "0.00"),
            ("-0", "0.00"),
            ("-0.0", "0.00"),
            ("-12", "-12.00"),
            ("0.05", "0.05"),
            (".5", "0.50"),
            ("5.", "5.00"),
            ("+1", "1.00"),
            ("0012.10000", "12.10"),
            ("1.25e2", "125.00"),
            ("1250e-1", "125.00"),
            ("5e-2", "0.05"),
            ("1_00", "100.00"),
            ("9999.99", "9999.99"),
        ] {
            assert_eq!(decimal(text, 6, 2).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(decimal("15e1", 3, 0).as_deref(), Ok("150"));
        assert_eq!(decimal("0.001", 3, 3).as_deref(), Ok("0.001"));
    }

    #[test]
    fn what_a_decimal_does_not_hold_is_named() {
        for (text, expected) in [
            ("10000", "5 digits before the point"),
            ("1e4", "5 digits before the point"),
            ("0.005", "3 digits after the point"),
            ("5e-3", "3 digits after the point"),
            ("1e999999999999", "more than 2000 digits"),
            ("1e99999999999999999999", "not a number"),
            ("", "not a number"),
            ("-", "not a number"),
            ("1.2.3", "not a number"),
            ("NaN", "not a number"),
        ] {
            let error = decimal(text, 6, 2).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_float_is_finite_and_no_whole_number_changes() {
        for text in ["0.1", "1e308", "9007199254740992", "-5", "0.0", "0e999", "1_000"] {
            assert!(float(text, false).is_ok(), "{text}");
        }
        for (text, is_single, expected) in [
            ("1e999", false, "larger than any number of 64 bits"),
            ("3.5e38", true, "larger than any number of 32 bits"),
            ("-3.5e38", true, "larger than any number of 32 bits"),
            ("1e-999", false, "nearer to zero"),
            ("1e-50", true, "nearer to zero"),
            ("9007199254740993", false, "2^53"),
            ("16777217", true, "2^24"),
            ("inf", false, "not a number"),
            ("1); DROP TABLE x; --", false, "not a number"),
        ] {
            let error = float(text, is_single).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}

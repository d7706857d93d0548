//! Addresses of the Internet and of network cards.

use std::net::IpAddr;

/// Returns an address, or a network such as `10.0.0.0/8`, in the spelling of Rust's standard library.
///
/// # Errors
/// What is wrong with the text.
pub fn network(text: &str) -> Result<String, String> {
    let (address, prefix) =
        text.split_once('/').map_or((text, None), |(address, rest)| (address, Some(rest)));
    let address: IpAddr =
        address.parse().map_err(|_| "it is not an address such as `10.0.0.1`".to_owned())?;
    let Some(prefix) = prefix else { return Ok(address.to_string()) };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits: Option<u8> =
        Some(prefix).filter(|it| it.bytes().all(|it| it.is_ascii_digit())).and_then(|it| it.parse().ok());
    match bits.filter(|bits| *bits <= most) {
        Some(bits) => Ok(format!("{address}/{bits}")),
        None => Err(format!("a network has 0 to {most} bits behind `/`")),
    }
}

/// Returns the address of a network card as `08:00:2b:01:02:03`.
///
/// # Errors
/// What is wrong with the text.
pub fn mac_address(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|it| !matches!(it, ':' | '-' | '.')).collect();
    if digits.len() != 12 || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Err("it is not an address such as `08:00:2b:01:02:03`".to_owned());
    }
    let digits = digits.to_lowercase();
    let pairs: Vec<&str> = (0..6).filter_map(|pair| digits.get(pair * 2..pair * 2 + 2)).collect();
    Ok(pairs.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(network("2001:DB8:0:0::1").as_deref(), Ok("2001:db8::1"));
        assert_eq!(network("10.0.0.1/08").as_deref(), Ok("10.0.0.1/8"));
        assert_eq!(mac_address("08-00-2B-01-02-03").as_deref(), Ok("08:00:2b:01:02:03"));
        for text in ["10.0.0.256", "10.0.0.1/33", "::/129", "10.0.0.1/", "10.0.0.1/-1", "localhost", ""] {
            assert!(network(text).is_err(), "{text}");
        }
        for text in ["08:00:2b:01:02", "08:00:2b:01:02:0g", ""] {
            assert!(mac_address(text).is_err(), "{text}");
        }
    }
}

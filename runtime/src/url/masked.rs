//! Masks secrets in URLs.
//!
//! The rules list what can be shown and not what cannot, since a secret can be anywhere in a text that is not understood.

use super::check_option;

/// The options of a server whose values are not secret.
const HARMLESS: [&str; 11] = [
    "application_name",
    "charset",
    "collation",
    "connect_timeout",
    "dbname",
    "host",
    "port",
    "ssl-mode",
    "sslmode",
    "timezone",
    "user",
];

/// Parts of the names of secret options.
const SECRET: [&str; 8] = ["pass", "pwd", "secret", "token", "auth", "credential", "apikey", "api_key"];

/// Replaces a secret.
const MASK: &str = "***";

/// Returns the URL with `***` in place of everything that may be secret.
pub(super) fn masked(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    if text.starts_with("sqlite:") {
        return shown_file(text);
    }
    match text.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(|it| it.is_ascii_alphanumeric() || it == '+') => {
            format!("{scheme}://{}", masked_server(rest))
        }
        Some(_) | None => MASK.to_owned(),
    }
}

/// Returns the URL of a file with its path, unless the path may contain a secret.
pub(super) fn shown_file(text: &str) -> String {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let path = base.strip_prefix("sqlite:").unwrap_or(base);
    let is_host = path.starts_with("//") && path.contains('@');
    if is_host || holds_credentials(path) {
        return format!("sqlite:{MASK}");
    }
    with_query(base, query, |pair| check_option(pair).is_ok())
}

/// Returns whether a text has a user with a password before an `@`, or an option with the name of a secret.
pub(super) fn holds_credentials(text: &str) -> bool {
    let has_user = text.split_once('@').is_some_and(|(before, _)| {
        let before = before.strip_prefix("//").unwrap_or(before);
        // The colon of a drive (`C:\`) is followed by a separator.
        before.match_indices(':').any(|(at, _)| !before[at + 1..].starts_with(['/', '\\']))
    });
    let mut names: Vec<&str> = text.split('=').collect();
    names.pop();
    has_user || names.into_iter().any(is_secret_name)
}

/// Returns whether the word before a `=` is the name of a secret.
fn is_secret_name(before: &str) -> bool {
    let name =
        before.trim_end().rsplit([' ', ';', '&', '?', ',', '\t', '/', '\\']).next().unwrap_or_default();
    let name = name.to_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

fn masked_server(rest: &str) -> String {
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    // Either the `?` is part of a password, or the `@` of a value, so that the end of the secret is unknown.
    if query.contains('@') {
        return MASK.to_owned();
    }
    let (user, place) = match base.rsplit_once('@') {
        Some((who, place)) => (masked_user(who), place),
        None => (String::new(), base),
    };
    with_query(&format!("{user}{}", masked_place(place)), query, is_harmless)
}

fn masked_user(who: &str) -> String {
    let (user, password) = match who.split_once(':') {
        Some((user, _)) => (user, format!(":{MASK}")),
        None => (who, String::new()),
    };
    format!("{}{password}@", if is_plain(user) { user } else { MASK })
}

/// Masks hosts with their ports, and the name of a database.
fn masked_place(place: &str) -> String {
    let (hosts, path) = match place.split_once('/') {
        Some((hosts, path)) => (hosts, format!("/{}", if is_plain(path) { path } else { MASK })),
        None => (place, String::new()),
    };
    let hosts: Vec<String> = hosts.split(',').map(masked_host).collect();
    format!("{}{path}", hosts.join(","))
}

fn masked_host(host: &str) -> String {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        Some(_) | None => (host, None),
    };
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let is_name =
        inner.map_or_else(|| is_plain(name), |it| it.chars().all(|it| it == ':' || it.is_ascii_hexdigit()));
    let name = if is_name { name } else { MASK };
    match port {
        Some(port) if port.chars().all(|it| it.is_ascii_digit()) => format!("{name}:{port}"),
        Some(_) => format!("{name}:{MASK}"),
        None => name.to_owned(),
    }
}

fn with_query(base: &str, query: &str, is_shown: impl Fn(&str) -> bool) -> String {
    if query.is_empty() {
        return base.to_owned();
    }
    let shown =
        query.split('&').map(|pair| if is_shown(pair) { pair.to_owned() } else { masked_option(pair) });
    format!("{base}?{}", shown.collect::<Vec<_>>().join("&"))
}

fn is_harmless(pair: &str) -> bool {
    pair.split_once('=').is_some_and(|(name, value)| HARMLESS.contains(&name) && is_plain(value))
}

/// Masks the value of an option, and its name unless it has the form of a name.
fn masked_option(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if name.chars().all(is_part_of_name) => format!("{name}={MASK}"),
        Some(_) | None => MASK.to_owned(),
    }
}

fn is_part_of_name(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.')
}

/// Returns whether a text contains only characters of names, numbers and paths.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '/' | '%' | '+' | '~' | ' '))
}

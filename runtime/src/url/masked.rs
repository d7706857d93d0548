//! What is shown of an address: everything but what may be a secret.
//!
//! The rule is a list of what may be shown, not of what may not, since a secret can stand anywhere in a text that is
//! not understood.

use super::check_option;

/// The options of a server whose values are no secrets.
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

/// What the name of an option holds that is a secret.
const SECRET: [&str; 8] = ["pass", "pwd", "secret", "token", "auth", "credential", "apikey", "api_key"];

/// What is shown in the place of a secret.
const MASK: &str = "***";

/// Returns the address with `***` in the place of whatever may be a secret.
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

/// Returns the address of a file as it is shown: its path, unless that holds what a path does not hold.
pub(super) fn shown_file(text: &str) -> String {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let path = base.strip_prefix("sqlite:").unwrap_or(base);
    let is_host = path.starts_with("//") && path.contains('@');
    if is_host || holds_credentials(path) {
        return format!("sqlite:{MASK}");
    }
    with_query(base, query, |pair| check_option(pair).is_ok())
}

/// Returns whether a text has a user with a password before an `@`, or a setting whose name is that of a secret.
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
    // Either the `?` is part of a password, or the `@` of a value: nobody knows where the secret ends.
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

/// Shows hosts with their ports, and the name of a database.
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

/// Shows the name of an option, where it is one.
fn masked_option(pair: &str) -> String {
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
    match pair.split_once('=') {
        Some((name, _)) if name.chars().all(is_name) => format!("{name}={MASK}"),
        Some(_) | None => MASK.to_owned(),
    }
}

/// Returns whether a text has only what names, numbers and paths are made of.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '/' | '%' | '+' | '~' | ' '))
}

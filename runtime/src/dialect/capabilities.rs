//! The features in which databases differ, and the servers that have them.

use std::fmt;

/// The features of a database in which databases differ.
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether DDL statements can be rolled back.
    pub transactional_ddl: bool,
    /// Whether an index can cover a part of the rows.
    pub partial_index: bool,
    /// Whether an index can contain an expression.
    pub expression_index: bool,
    /// Whether a generated column can be computed when it is read.
    pub virtual_columns: bool,
    /// Whether a generated column can be declared NOT NULL.
    pub generated_not_null: bool,
    /// Whether a column that a generated column reads can be renamed.
    pub rename_below_generated: bool,
    /// Whether a unique constraint can treat NULLs as equal: PostgreSQL 15 or newer.
    pub nulls_not_distinct: bool,
    /// Whether JSON is stored as the text that was written.
    pub keeps_json_text: bool,
}

/// A database server, as it identifies itself to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// The product.
    pub product: Product,
    /// Its version: major, minor, patch.
    pub version: (u32, u32, u32),
}

/// A database product that is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
}

impl Product {
    /// Returns the oldest version that is supported.
    pub fn oldest(self) -> (u32, u32, u32) {
        match self {
            Self::Sqlite => (3, 35, 0),
            Self::Postgres => (13, 0, 0),
            Self::Mysql => (8, 0, 19),
            Self::Mariadb => (10, 5, 2),
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
        })
    }
}

impl Server {
    /// Reads the version from what a server reports, such as `10.11.6-MariaDB-0+deb12u1`, `8.4.2` or `18.1 (Debian)`.
    pub fn read(product: Product, reported: &str) -> Self {
        let product = if product == Product::Mysql && reported.to_lowercase().contains("mariadb") {
            Product::Mariadb
        } else {
            product
        };
        // Old replicas of MariaDB write another version before their own.
        let reported = reported.strip_prefix("5.5.5-").unwrap_or(reported);
        let digits = reported.split(|it: char| !it.is_ascii_digit());
        let mut numbers = digits.map(|number| number.parse().unwrap_or_default()).chain([0; 3]);
        let (major, minor, patch) = (numbers.next(), numbers.next(), numbers.next());
        let version = (major.unwrap_or_default(), minor.unwrap_or_default(), patch.unwrap_or_default());
        Self { product, version }
    }

    /// Returns whether this version is supported.
    pub fn is_supported(&self) -> bool {
        self.version >= self.product.oldest()
    }
}

/// Such as "PostgreSQL 15.4.0".
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.version;
        write!(f, "{} {major}.{minor}.{patch}", self.product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_identified_by_the_version_that_they_report() {
        for (product, reported, shown, supported) in [
            (Product::Sqlite, "3.46.1", "SQLite 3.46.1", true),
            (Product::Sqlite, "3.34.0", "SQLite 3.34.0", false),
            (Product::Postgres, "15.14 (Debian 15.14-0+deb12u1)", "PostgreSQL 15.14.0", true),
            (Product::Postgres, "18beta1", "PostgreSQL 18.0.0", true),
            (Product::Postgres, "12.22", "PostgreSQL 12.22.0", false),
            (Product::Mysql, "9.7.0", "MySQL 9.7.0", true),
            (Product::Mysql, "8.0.18-log", "MySQL 8.0.18", false),
            (Product::Mysql, "10.11.6-MariaDB-0+deb12u1", "MariaDB 10.11.6", true),
            (Product::Mysql, "5.5.5-10.4.1-MariaDB", "MariaDB 10.4.1", false),
        ] {
            let server = Server::read(product, reported);
            assert_eq!(
                (server.to_string().as_str(), server.is_supported()),
                (shown, supported),
                "{reported}"
            );
        }
    }
}

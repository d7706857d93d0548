//! What databases can do, by product and version.

use std::fmt;

use super::Dialect;

/// What a database of a dialect can do. Relatives of a database are settings here before they are code.
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether a statement that defines something can be rolled back.
    pub transactional_ddl: bool,
    /// Whether an index may cover some rows only.
    pub partial_index: bool,
    /// Whether an index may be over an expression.
    pub expression_index: bool,
    /// Whether the value of a column may be reckoned when it is read.
    pub virtual_columns: bool,
    /// Whether a column that is reckoned may be declared NOT NULL.
    pub generated_not_null: bool,
    /// Whether a column may be renamed from which another is reckoned.
    pub rename_below_generated: bool,
    /// Whether NULL can be a value like any other where fields are unique: PostgreSQL 15 or newer.
    pub nulls_not_distinct: bool,
    /// Whether JSON is kept as it is written.
    pub keeps_json_text: bool,
}

impl Capabilities {
    /// Returns what the dialect's first database can do: SQLite, PostgreSQL, MySQL 8.
    pub fn default_for(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => Self {
                transactional_ddl: true,
                partial_index: true,
                expression_index: true,
                virtual_columns: true,
                generated_not_null: true,
                rename_below_generated: true,
                nulls_not_distinct: false,
                keeps_json_text: true,
            },
            // Since PostgreSQL 18 only.
            Dialect::Postgres => Self {
                virtual_columns: false,
                nulls_not_distinct: true,
                keeps_json_text: false,
                ..Self::default_for(Dialect::Sqlite)
            },
            Dialect::Mysql => Self {
                transactional_ddl: false,
                partial_index: false,
                rename_below_generated: false,
                keeps_json_text: false,
                ..Self::default_for(Dialect::Sqlite)
            },
        }
    }

    /// Returns what MariaDB can do; its dialect is [`Dialect::Mysql`].
    pub fn mariadb() -> Self {
        Self {
            expression_index: false,
            generated_not_null: false,
            rename_below_generated: true,
            keeps_json_text: true,
            ..Self::default_for(Dialect::Mysql)
        }
    }

    /// Returns what this server can do.
    pub fn of(server: &Server) -> Self {
        match server.product {
            Product::Sqlite => Self::default_for(Dialect::Sqlite),
            Product::Postgres => Self {
                nulls_not_distinct: server.version >= (15, 0, 0),
                virtual_columns: server.version >= (18, 0, 0),
                ..Self::default_for(Dialect::Postgres)
            },
            Product::Mysql => Self::default_for(Dialect::Mysql),
            Product::Mariadb => Self::mariadb(),
        }
    }
}

/// A database program, as it names itself when it is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// Which program it is.
    pub product: Product,
    /// Its version: major, minor, patch.
    pub version: (u32, u32, u32),
}

/// A database program that is known.
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
        // Old replicas of MariaDB write a false number before their own.
        let reported = reported.strip_prefix("5.5.5-").unwrap_or(reported);
        let digits = reported.split(|it: char| !it.is_ascii_digit());
        let mut numbers = digits.map(|number| number.parse().unwrap_or_default());
        let mut next = || numbers.next().unwrap_or_default();
        Self { product, version: (next(), next(), next()) }
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
    fn servers_are_known_by_what_they_report() {
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

    #[test]
    fn versions_decide_what_a_server_can_do() {
        let postgres =
            |major| Capabilities::of(&Server { product: Product::Postgres, version: (major, 0, 0) });
        assert!(!postgres(14).nulls_not_distinct);
        assert!(postgres(15).nulls_not_distinct && !postgres(15).virtual_columns);
        assert!(postgres(18).virtual_columns);
        let mariadb = Server { product: Product::Mariadb, version: (11, 8, 0) };
        assert_eq!(Capabilities::of(&mariadb), Capabilities::mariadb());
    }
}

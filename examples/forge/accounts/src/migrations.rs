//! The history of the app `accounts`.

modelshift::migrations!();

//! The history of the app.

modelshift::migrations!();

//! The history of the models.

modelshift::migrations!();

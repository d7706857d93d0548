//! The migrations: one module for each file in the folder beside this file.

modelshift::migrations!();

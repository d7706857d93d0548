//! The history: one module for each migration in the folder beside this file.

modelshift::migrations!();

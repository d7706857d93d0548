//! The history of the app `code`.

modelshift::migrations!(code);

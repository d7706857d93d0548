//! The history of the app `ci`.

modelshift::migrations!(ci);

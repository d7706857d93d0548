//! The history of the app `tracker`.

modelshift::migrations!(tracker);

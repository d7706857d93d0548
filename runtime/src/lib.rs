//! Part of modelshift.

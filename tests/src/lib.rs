//! What the tests of the whole need: throw-away crates built by a real cargo, and real database servers.

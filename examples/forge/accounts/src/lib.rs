//! People, organisations, and what opens doors to them; the models of other crates refer to these.

mod access;
mod audit;
mod dated;
pub mod migrations;
mod organisations;
mod people;

pub use self::access::{ApiToken, Session, SshKey};
pub use self::audit::{AuditEvent, LoginAttempt};
pub use self::dated::Dated;
pub use self::organisations::{Invitation, Membership, Organisation, Role, Team, TeamMember, Visibility};
pub use self::people::{Block, EmailAddress, Profile, User};

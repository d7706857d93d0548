//! `migration! { … }` -> one constant.

use std::str::FromStr;

use modelshift_schema::name::MigrationId;
use modelshift_syntax::resolver::OPEN_APP;
use modelshift_syntax::{MigrationBody, parse_migration, text};
use proc_macro::TokenStream;

/// Expands to `MIGRATION`; errors come with an empty one, so that `migrations!` still finds it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let (body, error) = match parse_migration(&OPEN_APP.into(), input.into()) {
        Ok(body) => (body, None),
        Err(error) => (MigrationBody::default(), Some(error.to_compile_error())),
    };
    let list = |ids: &[MigrationId]| {
        let ids: Vec<String> = ids.iter().map(|id| text::quoted(&id.to_string())).collect();
        ids.join(", ")
    };
    let app = body.app.as_ref().map_or_else(
        || "::core::option::Option::None".to_owned(),
        |app| format!("::core::option::Option::Some({})", text::quoted(app.as_str())),
    );
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    let operations = serde_json::to_string(&body.operations).unwrap_or_default();
    let code = format!(
        "#[doc = \"The migration of this module.\"] pub const MIGRATION: ::modelshift::EmbeddedMigration = \
         ::modelshift::EmbeddedMigration {{ app: {app}, depends_on: &[{}], run_before: &[{}], replaces: &[{}], \
         atomic: {}, operations: {} }};",
        list(&body.depends_on),
        list(&body.run_before),
        list(&body.replaces),
        body.atomic.unwrap_or(true),
        text::raw(&operations)
    );
    // As in the derive: one text for the compiler is quicker than many tokens.
    let mut code = TokenStream::from_str(&code).unwrap_or_default();
    code.extend(error.map(TokenStream::from));
    code
}

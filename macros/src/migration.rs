//! `migration! { … }` -> one constant.

use modelshift_syntax::resolver::OPEN_APP;
use modelshift_syntax::{MigrationBody, parse_migration};
use proc_macro2::TokenStream;
use quote::quote;

/// Expands to `MIGRATION`; errors come with an empty one, so that `migrations!` still finds it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let (body, error) = match parse_migration(&OPEN_APP.into(), input) {
        Ok(body) => (body, None),
        Err(error) => (MigrationBody::default(), Some(error.to_compile_error())),
    };
    let depends_on = body.depends_on.iter().map(ToString::to_string);
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    let operations = serde_json::to_string(&body.operations).unwrap_or_default();
    quote! {
        #error
        #[doc = "The migration of this module."]
        pub const MIGRATION: ::modelshift::StoredMigration =
            ::modelshift::StoredMigration { depends_on: &[#(#depends_on),*], operations: #operations };
    }
}

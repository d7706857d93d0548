//! Closures with a name: what has a name is a function, or stands where it is used.

use syn::spanned::Spanned;
use syn::visit::Visit;

use crate::source::{Modules, is_test};

/// The most named closures for each hundred functions of a crate.
const MAX_PER_HUNDRED: usize = 5;

/// Returns one line for each named closure, if a crate has too many.
pub(super) fn faults(krate: &str, modules: &Modules<'_>) -> Vec<String> {
    let mut found = Found::default();
    for module in modules.values() {
        found.file.clone_from(&module.source.name);
        found.visit_file(module.tree);
    }
    let (closures, functions) = (found.closures.len(), found.functions);
    if closures <= functions * MAX_PER_HUNDRED / 100 {
        return Vec::new();
    }
    let mut faults = found.closures;
    faults.push(format!(
        "{krate}: {closures} closures with a name for {functions} functions, more than {MAX_PER_HUNDRED} for each hundred"
    ));
    faults
}

#[derive(Default)]
struct Found {
    file: String,
    functions: usize,
    closures: Vec<String>,
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if let syn::Item::Mod(module) = item
            && is_test(&module.attrs)
        {
            return;
        }
        syn::visit::visit_item(self, item);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.functions += 1;
        syn::visit::visit_signature(self, signature);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Some(name), Some(init)) = (name_of(&local.pat), &local.init)
            && matches!(init.expr.as_ref(), syn::Expr::Closure(_))
        {
            let line = local.span().start().line;
            self.closures.push(format!(
                "{}:{line}: the closure `{name}` has a name; make it a function, or write it where it is used",
                self.file
            ));
        }
        syn::visit::visit_local(self, local);
    }
}

/// Returns the name that a pattern is, with or without a type.
fn name_of(pattern: &syn::Pat) -> Option<&syn::Ident> {
    if let syn::Pat::Type(typed) = pattern {
        return name_of(&typed.pat);
    }
    if let syn::Pat::Ident(name) = pattern { Some(&name.ident) } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;

    #[test]
    fn a_closure_with_a_name_is_found() {
        let text = "fn twice(it: u8) -> u8 {\n    let double = |it: u8| it * 2;\n    double(double(it))\n}\n";
        assert_eq!(
            faults_of(&[("cli/src/main.rs", text)]),
            [
                "cli/src/main.rs:2: the closure `double` has a name; make it a function, or write it where it is used",
                "cli: 1 closures with a name for 1 functions, more than 5 for each hundred",
            ]
        );
    }
}

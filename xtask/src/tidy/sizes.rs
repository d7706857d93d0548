//! Sizes of files and functions, and characters that tools take for binary data.

use syn::spanned::Spanned;
use syn::visit::Visit;

use crate::source::Source;

/// The most lines that a file may have, tests included.
const MAX_FILE_LINES: usize = 600;
/// The most lines that a function may have.
const MAX_FUNCTION_LINES: usize = 100;

/// Returns one line for each file and function that is too long, and for a control character.
pub(super) fn faults(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let name = &source.name;
    let lines = source.text.lines().count();
    if lines > MAX_FILE_LINES {
        faults.push(format!("{name}: {lines} lines, more than {MAX_FILE_LINES}; find the seam"));
    }
    if let Some(line) = source.text.lines().position(has_control_character) {
        faults.push(format!(
            "{name}:{}: a control character, which tools take for binary data; escape it",
            line + 1
        ));
    }
    if let Some(tree) = &source.tree {
        Functions { name, faults: &mut faults }.visit_file(tree);
    }
    faults
}

fn has_control_character(line: &str) -> bool {
    line.contains(|it: char| it.is_control() && it != '\t')
}

struct Functions<'a> {
    name: &'a str,
    faults: &'a mut Vec<String>,
}

impl Functions<'_> {
    fn measure(&mut self, function: &syn::Ident, body: &syn::Block) {
        let lines = body.span().end().line - body.span().start().line + 1;
        if lines > MAX_FUNCTION_LINES {
            self.faults.push(format!(
                "{}:{}: `{function}` has {lines} lines, more than {MAX_FUNCTION_LINES}; split it",
                self.name,
                function.span().start().line
            ));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;
    use super::*;

    #[test]
    fn what_is_too_long_is_found() {
        let long = format!("fn long() {{\n{}}}\n// \0\n", "    step();\n".repeat(MAX_FILE_LINES));
        let faults = faults_of(&[("tests/long.rs", &long)]);
        assert_eq!(
            faults,
            [
                "tests/long.rs: 603 lines, more than 600; find the seam",
                "tests/long.rs:603: a control character, which tools take for binary data; escape it",
                "tests/long.rs:1: `long` has 602 lines, more than 100; split it",
            ]
        );
    }
}

use modelshift_schema::name::AppLabel;

use super::*;
use crate::condition::Conditions;
use crate::config::Build;
use crate::environment::Environment;
use crate::foreign::Foreign;
use crate::roots::Root;
use crate::scan::{Package, Parsed, scan};

pub(super) fn tree(source: &str) -> Tree {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lib.rs");
    std::fs::write(&file, source).unwrap();
    let environment = Environment::default();
    let root = Root { crate_name: "blog".to_owned(), file };
    let label = AppLabel::new("blog");
    scan(
        &Package {
            folder: folder.path(),
            build: &Build::new(),
            label: &label,
            foreign: &Foreign::default(),
            is_2015: false,
            crates: &BTreeSet::new(),
            library: "modelshift",
        },
        &root,
        &Conditions::new(&environment),
        &mut Parsed::default(),
    )
}

const SOURCE: &str = "
    pub use people::Author as Writer;
    type Alias = people::Author;
    type Id = i64;
    mod people {
        pub struct Author;
        pub mod inner { pub use super::super::posts::*; pub use uuid::Uuid; }
    }
    mod posts {
        use crate::people::{self, inner};
        use super::*;
        pub struct Post;
        pub use circle::Round;
    }
    mod circle { pub use super::posts::Round; }
    mod shadow { use other::*; use uuid::Uuid as Key; use crate::people::inner::Uuid; }
";

fn check(module: &[&str], path: &str, expect: &str) {
    let module: Vec<String> = module.iter().map(|name| (*name).to_owned()).collect();
    let text = match resolve(&tree(SOURCE), &module, &syn::parse_str(path).unwrap()) {
        Target::Own(module, name) => format!("own {}::{name}", module.join("::")),
        Target::Module(module) => format!("module {}", module.join("::")),
        Target::Foreign(path) => format!("foreign {}", path.join("::")),
        Target::Unknown => "unknown".to_owned(),
    };
    assert_eq!(text, expect, "{path} in {module:?}");
}

#[test]
fn names_are_followed_to_where_they_are_declared() {
    check(&[], "Writer", "own people::Author");
    check(&[], "Alias", "own people::Author");
    check(&[], "Id", "own ::Id");
    check(&[], "crate::people::inner::Post", "own posts::Post");
    check(&["posts"], "people::Author", "own people::Author");
    check(&["posts"], "inner::Post", "own posts::Post");
    check(&["posts"], "Writer", "own people::Author");
    check(&["people", "inner"], "super::Author", "own people::Author");
    check(&["people", "inner"], "super::super::posts", "module posts");
}

#[test]
fn what_other_crates_declare_keeps_its_name_there() {
    check(&["shadow"], "Key", "foreign uuid::Uuid");
    check(&["shadow"], "Uuid", "foreign uuid::Uuid");
    check(&["people"], "chrono::DateTime", "foreign chrono::DateTime");
    check(&["people"], "String", "foreign String");
    check(&["people"], "::blog::Author", "foreign blog::Author");
}

#[test]
fn circles_end_in_nothing() {
    check(&["circle"], "self::Round", "unknown");
    check(&["people"], "super::super::super::Author", "unknown");
}

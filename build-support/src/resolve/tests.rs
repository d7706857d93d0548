use modelshift_schema::name::AppLabel;

use super::*;
use crate::config::Build;
use crate::crates::imports::Foreign;
use crate::environment::Environment;
use crate::scan::cfg::Conditions;
use crate::scan::parsed::Parsed;
use crate::scan::roots::Root;
use crate::scan::{Package, scan};

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
    extern crate uuid as ids;
    extern crate self as me;
    mod nested {
        use super::{people::{self as persons, inner::{self, *}}, ids::Uuid as Id, *};
        use me::posts as blog;
        pub(self) mod low { pub(super) struct Low; struct Hidden; pub use super::*; }
        use self::low::*;
        use crate::posts::Post as _;
        pub enum Author { One }
    }
    mod cycle { pub use self::a::*; pub mod a { pub use super::b::*; } pub mod b { pub use super::a::*; pub struct End; } }
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
fn groups_crates_and_visibility_are_those_of_the_compiler() {
    check(&["nested"], "persons::Author", "own people::Author");
    check(&["nested"], "inner::Post", "own posts::Post");
    check(&["nested"], "Post", "own posts::Post");
    check(&["nested"], "Writer", "own people::Author");
    check(&["nested"], "Author", "own nested::Author");
    check(&["nested"], "Id", "foreign uuid::Uuid");
    check(&["nested"], "blog::Post", "own posts::Post");
    check(&["nested"], "Low", "own nested::low::Low");
    check(&["nested"], "low::Hidden", "unknown");
    check(&["cycle"], "End", "own cycle::b::End");
    check(&["cycle", "a"], "super::End", "own cycle::b::End");
    check(&["cycle"], "Nothing", "foreign Nothing");
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

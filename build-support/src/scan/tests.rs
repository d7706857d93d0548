use super::*;
use crate::crates::imports::Foreign;
use crate::environment::Environment;

/// Writes the files, scans from `src/lib.rs` on, and gives a line for each model and each `migrations!`.
fn lines(files: &[(&str, &str)]) -> Vec<String> {
    let (tree, folder) = scanned(files);
    let models = tree.models.iter().map(|found| {
        let module = [vec!["crate".to_owned()], found.module.clone()].concat().join("::");
        let mut line = format!("{module}::{} at {} in {}", found.name(), found.place, found.app);
        line.extend(found.presence.skipped.iter().map(|why| format!(", skipped by {why}")));
        line.extend(found.presence.undecided.iter().map(|why| format!(", undecided {why}")));
        line
    });
    let invocations = tree.invocations.iter().map(|it| {
        let place = it.folder.strip_prefix(folder.path()).unwrap();
        format!("{} in {} of {}", it.app, crate::files::slashed(place), it.app_of_file)
    });
    models.chain(invocations).collect()
}

fn scanned(files: &[(&str, &str)]) -> (Tree, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let file = folder.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let environment = Environment::from_iter([("CARGO_CFG_UNIX", "")]);
    let root = Root { crate_name: "site".to_owned(), file: folder.path().join("src/lib.rs") };
    let build = Build::new().app("blog", "src/blog");
    let package = Package {
        folder: folder.path(),
        build: &build,
        label: &AppLabel::new("site"),
        foreign: &Foreign::default(),
        is_2015: false,
        crates: &BTreeSet::new(),
        library: "modelshift",
    };
    let tree = scan(&package, &root, &Conditions::new(&environment), &mut Parsed::default());
    (tree, folder)
}

const MODEL: &str = "#[derive(Model)] struct Post { id: i64 }";

#[test]
fn modules_are_found_where_the_compiler_finds_them() {
    let root = "mod a; mod b { pub mod c; #[path = \"odd/file.rs\"] mod d; } #[path = \"elsewhere.rs\"] mod e; mod r#type;";
    let found = lines(&[
        ("src/lib.rs", root),
        ("src/a.rs", "mod inner; #[path = \"near.rs\"] mod near;"),
        ("src/a/inner/mod.rs", "mod deep;"),
        ("src/a/inner/deep.rs", MODEL),
        ("src/near.rs", MODEL),
        ("src/b/c.rs", MODEL),
        ("src/b/odd/file.rs", "mod beside;"),
        ("src/b/odd/beside.rs", MODEL),
        ("src/elsewhere.rs", "mod beside;"),
        ("src/beside.rs", MODEL),
        ("src/type.rs", MODEL),
        ("src/unreachable.rs", MODEL),
    ]);
    assert_eq!(
        found,
        [
            "crate::a::inner::deep::Post at src/a/inner/deep.rs:1:25 in site",
            "crate::a::near::Post at src/near.rs:1:25 in site",
            "crate::b::c::Post at src/b/c.rs:1:25 in site",
            "crate::b::d::beside::Post at src/b/odd/beside.rs:1:25 in site",
            "crate::e::beside::Post at src/beside.rs:1:25 in site",
            "crate::type::Post at src/type.rs:1:25 in site",
        ]
    );
}

#[test]
fn migrations_lie_beside_the_file_that_declares_them() {
    let found = lines(&[
        ("src/lib.rs", "mod migrations; mod blog; mod inline { modelshift::migrations!(shop); }"),
        ("src/migrations.rs", "modelshift::migrations!();"),
        (
            "src/blog/mod.rs",
            "mod migrations; other::migrations!(no); #[cfg(windows)] modelshift::migrations!(no);",
        ),
        ("src/blog/migrations/mod.rs", "modelshift::migrations!(blog);"),
    ]);
    assert_eq!(
        found,
        [
            "site in src/migrations of site",
            "blog in src/blog/migrations of blog",
            "shop in src/inline of site"
        ]
    );
}

#[test]
fn conditions_reach_from_modules_to_models() {
    let found = lines(&[(
        "src/lib.rs",
        "#[cfg(test)] mod tests { #[derive(Model)] struct A; }
         #[cfg(windows)] mod gone { #[derive(Model)] struct B; }
         #[cfg(mine)] mod perhaps { #[derive(Model)] struct C; }
         mod inner { #![cfg(unix)] #[cfg_attr(unix, derive(Model))] struct D; }
         #[cfg_attr(windows, derive(Model))] struct E;
         #[derive(Model)] struct F { #[cfg(windows)] a: i32, #[cfg(test)] b: i32 }",
    )]);
    assert_eq!(
        found,
        [
            "crate::tests::A at src/lib.rs:1:50 in site, skipped by #[cfg(test)]",
            "crate::perhaps::C at src/lib.rs:3:61 in site, undecided #[cfg(mine)]",
            "crate::inner::D at src/lib.rs:4:76 in site",
            "crate::F at src/lib.rs:6:34 in site, undecided #[cfg(test)]",
        ]
    );
}

#[test]
fn fields_are_those_that_the_derive_will_see() {
    let (tree, _folder) = scanned(&[(
        "src/lib.rs",
        "#[derive(Model)] struct A { #[cfg(windows)] a: i32, #[cfg_attr(unix, field(unique))] b: i32, #[cfg(mine)] c: i32 }",
    )]);
    let names = |item: &DeriveInput| match &item.data {
        syn::Data::Struct(data) => {
            let idents =
                data.fields.iter().map(|field| (plain(field.ident.as_ref().unwrap()), field.attrs.len()));
            idents.collect::<Vec<_>>()
        }
        syn::Data::Enum(_) | syn::Data::Union(_) => Vec::new(),
    };
    let found = &tree.models[0];
    assert_eq!(names(&found.item), [("b".to_owned(), 1), ("c".to_owned(), 1)]);
    assert_eq!(names(found.without_undecided.as_ref().unwrap()), [("b".to_owned(), 1)]);
}

#[test]
fn what_the_compiler_will_complain_about_is_noted() {
    let (tree, folder) = scanned(&[
        ("src/lib.rs", "mod missing; mod wrong; #[path = \"lib.rs\"] mod circle; #[cfg(mine)] mod perhaps;"),
        ("src/wrong.rs", "struct {"),
    ]);
    let broken: Vec<String> = tree
        .broken
        .iter()
        .map(|(file, why)| {
            format!("{}, {why}", crate::files::slashed(file.strip_prefix(folder.path()).unwrap()))
        })
        .collect();
    assert!(broken[0].starts_with("src/missing.rs, "), "{broken:?}");
    assert!(broken[1].starts_with("src/wrong.rs, line 1, column 8: "), "{broken:?}");
    assert_eq!(broken[2..], ["src/lib.rs, it includes itself"]);
}

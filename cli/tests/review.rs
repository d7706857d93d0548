//! `cargo modelshift review`, on real projects in real repositories.

use modelshift_project::{Project, Run};

const MODELS: &str = "#[derive(Model)]\npub struct Author {\n    pub id: i64,\n    pub name: String,\n}\n";

fn modelshift(project: &Project, words: &str) -> Run {
    let words: Vec<&str> = ["modelshift"].into_iter().chain(words.split(' ')).collect();
    project.run(env!("CARGO_BIN_EXE_cargo-modelshift"), &words)
}

#[test]
fn what_is_new_on_a_branch_is_reviewed() {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &["sqlite", "manage"]);
    project.models(MODELS);
    project.write(
        "src/bin/manage.rs",
        "fn main() -> std::process::ExitCode {\n    modelshift::manage::main(library::migrations::all())\n}\n",
    );
    let _ = project.build().ok();
    project.commit("authors");
    let said = modelshift(&project, "review").ok().stdout;
    assert_eq!(said, "No migration is new since `main`.\n");
    // A draft is new before it is committed, and after it.
    project.git(&["switch", "--quiet", "--create", "born"]);
    let born = "    pub name: String,\n    #[field(default = 0)]\n    pub born: i32,\n";
    project.models(&MODELS.replace("    pub name: String,\n", born));
    let _ = project.build().ok();
    let draft = modelshift(&project, "review").ok().stdout;
    assert!(draft.starts_with("1 migration is new since `main`;"), "{draft}");
    assert!(draft.contains("adds field `born` to `Author`"), "{draft}");
    assert!(draft.contains("+   column born integer NOT NULL, default 0"), "{draft}");
    project.commit("born");
    assert_eq!(modelshift(&project, "review").ok().stdout, draft);
    // From another commit, all of them; a name is a review of its own.
    project.git(&["switch", "--quiet", "--detach"]);
    let all = modelshift(&project, "review --since main~1 --format json").ok().stdout;
    assert!(all.contains("library.0001_initial") && all.contains("library.0002_author_born"), "{all}");
    let named = modelshift(&project, "review 0001 --output review.html").ok();
    assert!(named.stderr.contains("wrote review.html"), "{named:?}");
    assert!(project.read("review.html").contains("creates model <code>Author</code>"));
    // An edited migration is reported, and what git does not know is an error.
    let first = project.read("src/migrations/m0001_initial.rs");
    project.write("src/migrations/m0001_initial.rs", &format!("// A remark.\n{first}"));
    let edited = modelshift(&project, "review").ok().stdout;
    assert!(edited.contains("`src/migrations/m0001_initial.rs`"), "{edited}");
    project.write("src/migrations/m0001_initial.rs", &first);
    let unknown = modelshift(&project, "review --since nowhere").failure();
    assert!(unknown.contains("git knows no commit `nowhere`"), "{unknown}");
    let elsewhere = format!(
        "mkdir elsewhere && cd elsewhere && git init -q -b main && git commit -q --allow-empty -m start && {} modelshift review",
        env!("CARGO_BIN_EXE_cargo-modelshift")
    );
    let said = project.run("sh", &["-c", &elsewhere]).failure();
    assert!(said.contains("has no files of these migrations"), "{said}");
    std::fs::remove_dir_all(project.path(".git")).expect("the folder is there");
    let outside = modelshift(&project, "review").failure();
    assert!(outside.contains("name the migrations"), "{outside}");
}

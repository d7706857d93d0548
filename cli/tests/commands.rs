//! The commands, on real throw-away projects whose build scripts do the work.

use modelshift_project::{Project, Run};
use modelshift_schema::operation::{Operation, RunSql};

const AUTHOR: &str = "#[derive(Model)]\npub struct Author {\n    pub id: i64,\n    pub name: String,\n}\n";

fn renamed() -> String {
    AUTHOR.replace("name: String", "full_name: String")
}

/// Makes a project whose first migration is committed.
fn new_project() -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.models(AUTHOR);
    let made = modelshift(&project, "makemigrations").ok();
    assert!(
        made.stdout.contains("wrote src/migrations/m0001_initial.rs: Creates model `Author`."),
        "{made:?}"
    );
    project.commit("authors");
    project
}

fn with_input(project: &Project, words: &str, input: &str) -> Run {
    let words: Vec<&str> = ["modelshift"].into_iter().chain(words.split(' ')).collect();
    project.run_with_input(env!("CARGO_BIN_EXE_cargo-modelshift"), &words, input)
}

fn modelshift(project: &Project, words: &str) -> Run {
    with_input(project, words, "")
}

#[track_caller]
fn says(said: &str, texts: &[&str]) {
    for text in texts {
        assert!(said.contains(text), "`{text}` is not in:\n{said}");
    }
}

const RENAME: &str = "m0002_rename_name_author_full_name.rs";

/// Returns the text of the migration without what marks a draft.
fn written(project: &Project, name: &str) -> String {
    let text = project.read(format!("src/migrations/{name}"));
    text.split("\n// modelshift").next().unwrap_or_default().trim_end().to_owned()
}

#[test]
fn every_way_to_answer_leads_to_the_same_file() {
    let project = new_project();
    project.models(&renamed().replace("pub full", "#[field(renamed_from = \"name\")]\n    pub full"));
    let _ = project.check().ok();
    let wanted = written(&project, RENAME);
    assert!(wanted.contains("RenameField(Author: name -> full_name);"), "{wanted}");

    let project = new_project();
    project.models(&renamed());
    project
        .write("answers", "# what became of the names\nlibrary.Author.full_name: renamed_from = \"name\"\n");
    let _ = modelshift(&project, "makemigrations --answers answers").ok();
    assert_eq!(written(&project, RENAME), wanted);
    // It is no draft, so that a build which knows nothing of the answer leaves it alone, and finds nothing missing.
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", RENAME]);

    let project = new_project();
    project.models(&renamed());
    let asked = with_input(&project, "makemigrations --ask", "7\n1\n").ok();
    says(&asked.stderr, &["src/models.rs:7:9: `Author.full_name` is new", " 1) renamed from `name`"]);
    says(&asked.stdout, &["library.Author.full_name: renamed_from = \"name\""]);
    assert_eq!(written(&project, RENAME), wanted);

    // A terminal, as `script` of util-linux makes one.
    let project = new_project();
    project.models(&renamed());
    let command = format!("{} modelshift makemigrations", env!("CARGO_BIN_EXE_cargo-modelshift"));
    let asked = project.run_with_input("script", &["-qec", &command, "/dev/null"], "1\n");
    says(&asked.stdout, &["Select an option", "wrote"]);
    assert_eq!(written(&project, RENAME), wanted);
}

#[test]
fn where_nobody_may_be_asked_everything_is_told_and_nothing_written() {
    let project = new_project();
    project.models(&renamed());
    for words in ["makemigrations", "makemigrations --no-input", "makemigrations --check"] {
        let said = modelshift(&project, words).failure();
        says(
            &said,
            &[
                "error[MS0106]: src/models.rs:7:9: `Author.full_name` is new and `name` is gone",
                "#[field(renamed_from = \"name\")]",
                "#[field(new, backfill = \"\")]",
                "by `--answers FILE`",
            ],
        );
    }
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    project.write("answers", "library.Author.full_name: renamed_from = \"name\"\nlibrary.Gone: nw\n");
    let said = modelshift(&project, "makemigrations --answers answers").failure();
    says(&said, &["answers:2: unknown answer `nw`"]);
    project.write("answers", "library.Gone: new\nlibrary.Author.full_name: new, backfill = \"?\"\n");
    let done = modelshift(&project, "makemigrations --answers answers --dry-run").ok();
    says(&done.stderr, &["no question is about `library.Gone`"]);
    says(
        &done.stdout,
        &["would write src/migrations/m0002_", "#[field(backfill = \"?\")]", "RemoveField(Author: name);"],
    );
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    let said = with_input(&project, "makemigrations --ask", "").failure();
    says(&said, &["Cancelled."]);
}

#[test]
fn what_build_rs_says_is_honoured() {
    let project = new_project();
    project.write(
        "build.rs",
        "fn main() {\n    modelshift_build::new().app(\"blog\", \"src/blog\").table_prefix(\"b_\").run();\n}\n",
    );
    project.write("src/lib.rs", "pub mod blog;\npub mod migrations;\npub mod models;\n");
    project.write("src/blog/mod.rs", "pub mod migrations;\npub mod models;\n");
    project.write("src/blog/migrations.rs", "modelshift::migrations!(blog);\n");
    project.write(
        "src/blog/models.rs",
        &format!("use modelshift::Model;\n{}", AUTHOR.replace("Author", "Post")),
    );
    let check = modelshift(&project, "makemigrations blog --check");
    assert!(
        !check.success && check.stdout.contains("would write src/blog/migrations/m0001_initial.rs"),
        "{check:?}"
    );
    let _ = modelshift(&project, "makemigrations blog --name posts").ok();
    says(&project.read("src/blog/migrations/m0001_posts.rs"), &["app = \"blog\";", "table = \"b_post\""]);
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    let said = modelshift(&project, "makemigrations shop").failure();
    says(&said, &["unknown app `shop`", "`blog`, `library`"]);
    let _ = modelshift(&project, "makemigrations blog --check").ok();
}

#[test]
fn migrations_are_made_joined_and_squashed_by_hand() {
    let project = new_project();
    let done = modelshift(&project, "makemigrations --empty --name fill_names").ok();
    says(&done.stdout, &["wrote src/migrations/m0002_fill_names.rs"]);
    let branch = "modelshift::migration! {\n    depends_on = [\"library.0001_initial\"];\n}\n";
    project.write("src/migrations/m0002_other.rs", branch);
    let said = with_input(&project, "makemigrations --merge --ask", "n\n").failure();
    says(&said, &["[y/N]"]);
    let done = modelshift(&project, "makemigrations --merge").ok();
    says(&done.stdout, &["m0003_merge_0002_fill_names_0002_other.rs"]);
    let done = modelshift(&project, "squashmigrations library 0003 --name all").ok();
    says(&done.stdout, &["wrote src/migrations/m0001_all.rs"]);
    let _ = project.check().ok();
    let said = modelshift(&project, "squashmigrations library 0007").failure();
    says(&said, &["has no migration `0007`"]);
    let done = modelshift(&project, "squashmigrations library 0001_all --finish").ok();
    says(&done.stdout, &["removed src/migrations/m0002_other.rs"]);
    assert_eq!(project.migrations(), ["m0001_all.rs"]);
    let _ = project.check().ok();
}

#[test]
fn a_branch_is_put_behind_the_other_and_a_migration_is_made_shorter() {
    let project = new_project();
    let both = AUTHOR.replace("pub name: String,\n", "pub name: String,\n    pub born: Option<i32>,\n");
    project.models(&both);
    let _ = project.check().ok();
    // Not recorded by git, and no draft either: what a person made of it is theirs.
    let text = project.read("src/migrations/m0002_author_born.rs");
    project
        .write("src/migrations/m0002_author_born.rs", text.split("// modelshift").next().unwrap_or_default());
    let other = "modelshift::migration! {\n    depends_on = [\"library.0001_initial\"];\n    \
                 AddField(Author) { died: Option<i32> }\n    RemoveField(Author: died);\n}\n";
    project.write("src/migrations/m0002_other.rs", other);
    let said = modelshift(&project, "makemigrations").failure();
    says(
        &said,
        &["`library.0002_author_born` and `library.0002_other`", "makemigrations --merge", "--rebase"],
    );
    let said = modelshift(&project, "makemigrations --rebase").failure();
    says(&said, &["`--rebase=0002_author_born` or `--rebase=0002_other`"]);
    let _ = project.git(&["add", "src/migrations/m0002_other.rs"]);
    let done = modelshift(&project, "makemigrations --rebase").ok();
    says(
        &done.stdout,
        &["renamed src/migrations/m0002_author_born.rs to src/migrations/m0003_author_born.rs"],
    );
    let _ = modelshift(&project, "makemigrations --check").ok();
    let looked = modelshift(&project, "optimizemigration library 0002 --check");
    assert!(!looked.success && looked.stdout.contains("the migration can be shorter"), "{looked:?}");
    let done = modelshift(&project, "optimizemigration library 0002").ok();
    says(&done.stdout, &["wrote src/migrations/m0002_other_optimized.rs"]);
    let done = modelshift(&project, "optimizemigration library 0003").ok();
    says(&done.stdout, &["cannot be shorter"]);
    let _ = project.check().ok();
}

#[test]
fn a_script_that_does_not_answer_is_told_with_what_cargo_says() {
    let project = new_project();
    project.write("build.rs", "fn main() {}\n");
    let said = modelshift(&project, "makemigrations").failure();
    says(&said, &["the build script of `library` did not answer", "modelshift_build::run()"]);
    project.write("build.rs", "fn main() { frobnicate() }\n");
    says(&modelshift(&project, "makemigrations").failure(), &["cannot find function `frobnicate`"]);
    let said = modelshift(&project, "makemigrations --package nosuch").failure();
    says(&said, &["unknown package `nosuch`; there is `library`"]);
}

#[test]
fn what_becomes_of_variants_is_answered_too() {
    let models = |variants: &str| {
        format!(
            "#[derive(modelshift::Choices)]\npub enum Status {{ {variants} }}\n\n#[derive(Model)]\npub struct Post {{\n    \
             pub id: i64,\n    pub status: Status,\n}}\n"
        )
    };
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.models(&models("Draft, Live, Old"));
    let _ = modelshift(&project, "makemigrations").ok();
    project.commit("posts");
    project.models(&models("Draft, Public"));
    let asked = with_input(&project, "makemigrations --ask", "1\n1\n").ok();
    says(&asked.stderr, &["`Status::Live` is gone", "renamed to `Public`", "rows that hold it get `Draft`"]);
    says(&asked.stdout, &["library.Post.status: renamed(Live -> Public), removed(Old -> Draft)"]);
    says(&project.newest(), &["renamed(Live -> Public),", "removed(Old -> Draft),"]);
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 2);
}

#[test]
fn what_becomes_of_a_variant_is_asked_once_for_all_that_hold_the_enum() {
    let models = |variants: &str| {
        let post = |name: &str| {
            format!(
                "#[derive(Model)]\npub struct {name} {{\n    pub id: i64,\n    pub status: Status,\n    #[field(flatten)]\n    pub more: More,\n}}\n"
            )
        };
        format!(
            "#[derive(modelshift::Choices)]\npub enum Status {{ {variants} }}\n#[derive(Model)]\n#[model(abstract)]\n\
             pub struct More {{ pub before: Status }}\n{}{}",
            post("Post"),
            post("Page")
        )
    };
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.models(&models("Draft, Live, Old"));
    let _ = modelshift(&project, "makemigrations").ok();
    project.commit("posts");
    project.models(&models("Draft, Public"));
    let asked = with_input(&project, "makemigrations --ask", "1\n1\n").ok();
    assert_eq!(asked.stderr.matches("Select an option: ").count(), 2, "{}", asked.stderr);
    says(&asked.stdout, &["renamed(Live -> Public), removed(Old -> Draft)"]);
    let written = project.newest();
    assert_eq!(written.matches("renamed(Live -> Public),").count(), 4, "{written}");
    assert_eq!(written.matches("removed(Old -> Draft),").count(), 4, "{written}");
}

/// Makes a database that no model describes.
fn old_database(project: &Project) -> String {
    let sql = "CREATE TABLE \"Album\" (\"AlbumId\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"Title\" varchar(160) NOT NULL)";
    let operations = [Operation::RunSql(RunSql::new(sql, None))];
    let operations = serde_json::to_string(&operations).expect("operations are JSON").leak();
    let made = modelshift::EmbeddedMigration { operations, ..modelshift::EmbeddedMigration::EMPTY };
    let address = format!("sqlite://{}", project.path("old.sqlite3").display());
    let words = ["old", "migrate", "--database", &address].map(Into::into);
    let migrations = modelshift::Migrations::new("old", &[("0001_initial", made)]);
    assert_eq!(modelshift::manage::main_from(words, migrations), std::process::ExitCode::SUCCESS);
    address
}

#[test]
fn inspectdb_writes_models_that_build_and_never_over_a_file() {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    let address = old_database(&project);
    let said =
        modelshift(&project, &format!("inspectdb --database {address} --output src/models.rs")).failure();
    says(&said, &["cannot write `src/models.rs`", "nothing is overwritten"]);
    std::fs::remove_file(project.path("src/models.rs")).expect("the file is there");
    let _ = modelshift(&project, &format!("inspectdb --database {address} --output src/models.rs")).ok();
    let source = project.read("src/models.rs");
    says(&source, &["#[model(table = \"Album\")]\npub struct Album {\n", "    pub title: String,\n"]);
    let _ = project.check().ok();
    says(&project.newest(), &["table = \"Album\""]);
    let shown = modelshift(&project, &format!("inspectdb --database {address}")).ok().stdout;
    assert_eq!(shown, source, "the output is the same on standard output");
    says(&modelshift(&project, "inspectdb --help").ok().stdout, &["--table <NAME>", "--include-views"]);
}

#[test]
fn commands_of_the_project_are_built_and_run() {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &["sqlite", "manage"]);
    project.models(AUTHOR);
    let said = modelshift(&project, "migrate").failure();
    says(
        &said,
        &[
            "has no program `manage`",
            "`src/bin/manage.rs`",
            "modelshift::manage::main(library::migrations::all())",
        ],
    );
    let main = "fn main() -> std::process::ExitCode {\n    modelshift::manage::main(library::migrations::all())\n}\n";
    project.write("src/bin/manage.rs", main);
    let done = modelshift(&project, "migrate --database test.sqlite3").ok();
    says(&done.stdout, &["applying library.0001_initial ... ok", "1 migration done on `test.sqlite3`"]);
    let plan = modelshift(&project, "showmigrations -p --database test.sqlite3").ok();
    says(&plan.stdout, &["[X] library.0001_initial", "creates model `Author`"]);
    let checked = modelshift(&project, "check --database other.sqlite3");
    assert!(!checked.success && checked.stdout.contains("nothing is applied"), "{checked:?}");
    let said = modelshift(&project, "migrat").failure();
    says(&said, &["there is no command `migrat`; did you mean `migrate`"]);
    let help = modelshift(&project, "--help").ok();
    says(
        &help.stdout,
        &["makemigrations", "migrate, showmigrations, sqlmigrate, graph, export, review, check, repair"],
    );
    // Every command of the program is one of this one.
    let manage = modelshift(&project, "migrate --help").ok();
    says(&manage.stdout, &["--plan"]);
    let own = project.run("cargo", &["run", "--quiet", "--bin", "manage", "--", "--help"]).ok().stdout;
    let list = own.split("Commands:\n").nth(1).unwrap_or_default();
    let commands = list.lines().take_while(|line| !line.is_empty());
    let commands: Vec<&str> =
        commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert!(commands.contains(&"dumpdata"), "{own}");
    for command in commands.into_iter().filter(|command| !["", "help"].contains(command)) {
        assert!(help.stdout.contains(command), "`{command}` is not in:\n{}", help.stdout);
    }
}

//! Random orders of edits, builds and commands over one project: after each of them, a plain build asks nothing and writes
//! nothing, and later builds do nothing.
//!
//! `MODELSHIFT_ORDERS=20` runs as many orders, `MODELSHIFT_ORDERS=5..9` those seeds.

use std::collections::BTreeMap;
use std::ops::Range;

use modelshift_evolution::random::Random;
use modelshift_project::{Project, Run};

use super::{BUILDS, modelshift};

/// How many orders an ordinary run makes.
const ORDERS: u64 = 2;

/// How many edits and commands an order has.
const STEPS: usize = 6;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("MODELSHIFT_ORDERS") else { return 0..ORDERS };
    let number = |text: &str| text.trim().parse().expect("`MODELSHIFT_ORDERS` is a number, or two with `..`");
    text.split_once("..").map_or_else(|| 0..number(&text), |(from, to)| number(from)..number(to))
}

/// A project while it is worked on.
struct Order {
    project: Project,
    /// The names of the fields.
    fields: Vec<String>,
    /// What they were at earlier steps.
    earlier: Vec<Vec<String>>,
    last: usize,
    story: Vec<String>,
}

impl Order {
    fn new() -> Self {
        let mut order = Self {
            project: Project::new(env!("CARGO_TARGET_TMPDIR"), &[]),
            fields: vec!["f0".to_owned()],
            earlier: Vec::new(),
            last: 0,
            story: Vec::new(),
        };
        order.save();
        order.project.write("answers", "");
        let _ = order.project.build().ok();
        order.project.commit("begin");
        order
    }

    fn save(&mut self) {
        let fields = self.fields.iter().map(|field| format!("    pub {field}: Option<i32>,\n"));
        let fields: String = fields.collect();
        self.project
            .models(&format!("#[derive(Model)]\npub struct Author {{\n    pub id: i64,\n{fields}}}\n"));
        self.earlier.push(self.fields.clone());
    }

    /// Edits the fields, and writes what a person would answer.
    fn edit(&mut self, random: &mut Random) {
        let before = self.fields.clone();
        self.last += 1;
        let name = format!("f{}", self.last);
        match random.below(4) {
            0 => self.fields.push(name),
            1 => self.fields = random.pick(&self.earlier).cloned().unwrap_or_default(),
            _ if self.fields.is_empty() => self.fields.push(name),
            2 => drop(self.fields.remove(random.below(before.len()))),
            _ => self.fields[random.below(before.len())] = name,
        }
        let gone = before.iter().find(|name| !self.fields.contains(name));
        let new = self.fields.iter().filter(|name| !before.contains(name));
        // One may be the one that is gone; the others are new.
        let answer = |(at, name): (usize, &String)| match gone {
            Some(gone) if at == 0 => format!("library.Author.{name}: renamed_from = \"{gone}\"\n"),
            Some(_) | None => format!("library.Author.{name}: new\n"),
        };
        let answers: String = new.enumerate().map(answer).collect();
        self.project.write("answers", &answers);
        self.story.push(format!("edit to {:?}", self.fields));
        self.save();
    }

    fn files(&self) -> BTreeMap<String, String> {
        let read = |name: String| {
            let text = self.project.read(format!("src/migrations/{name}"));
            (name, text)
        };
        self.project.migrations().into_iter().map(read).collect()
    }

    /// Returns the name of the newest migration.
    fn newest(&self) -> String {
        let name = self.project.migrations().pop().unwrap_or_default();
        name.trim_start_matches('m').trim_end_matches(".rs").to_owned()
    }

    fn modelshift(&mut self, words: &str) -> Run {
        self.story.push(words.to_owned());
        let words: Vec<&str> = ["modelshift"].into_iter().chain(words.split(' ')).collect();
        self.project.run(env!("CARGO_BIN_EXE_cargo-modelshift"), &words)
    }

    /// Runs a command that may find something to do or not.
    fn command(&mut self, random: &mut Random) {
        match random.below(9) {
            0..3 => {
                let build = BUILDS[random.below(BUILDS.len())];
                self.story.push(build.join(" "));
                let run = self.project.run("cargo", build);
                // What it cannot know, it asks; a release build writes nothing.
                let is_told = ["gone: renamed", "is gone: is it", "since this is a release build"];
                let is_told = is_told.iter().any(|it| run.stderr.contains(it));
                assert!(run.success || is_told, "{:#?}\n{}", self.story, run.stderr);
                if !run.success {
                    self.make();
                }
            }
            3 => self.make(),
            4 => {
                self.make();
                self.expect("makemigrations --empty --name by_hand");
            }
            5 => {
                self.make();
                self.commit();
                self.branch();
            }
            6 => {
                self.make();
                let newest = self.newest();
                self.expect(&format!("optimizemigration library {newest}"));
            }
            7 => {
                self.make();
                self.squash();
            }
            _ => {
                self.make();
                self.commit();
            }
        }
    }

    fn commit(&mut self) {
        self.story.push("commit".to_owned());
        self.project.commit("work");
    }

    fn make(&mut self) {
        self.expect("makemigrations --answers answers");
    }

    #[track_caller]
    fn expect(&mut self, words: &str) {
        let run = self.modelshift(words);
        assert!(run.success, "{:#?}\n{}\n{}", self.story, run.stdout, run.stderr);
    }

    /// Writes a branch beside the newest migration, and joins the two.
    fn branch(&mut self) {
        let text = self.project.newest();
        let parent = text.split_once("depends_on = [\"").and_then(|(_, rest)| rest.split('"').next());
        let (Some(parent), false) = (parent, text.contains("replaces")) else { return };
        let number = self.newest().split('_').next().unwrap_or_default().to_owned();
        let branch = format!(
            "modelshift::migration! {{\n    depends_on = [\"{parent}\"];\n    AddField(Author) {{ scratch: \
             Option<i32> }}\n    RemoveField(Author: scratch);\n}}\n"
        );
        self.project.write(format!("src/migrations/m{number}_a_branch_{}.rs", self.last), &branch);
        self.expect("makemigrations --merge");
    }

    /// Squashes all migrations, and perhaps removes those that the squash replaces.
    fn squash(&mut self) {
        let newest = self.newest();
        if self.project.migrations().len() < 2 || self.project.newest().contains("replaces") {
            return;
        }
        let name = format!("squashed_{}", self.last);
        let run = self.modelshift(&format!("squashmigrations library {newest} --name {name}"));
        if !run.success {
            let said = ["is one migration", "already there"];
            let is_told = said.iter().any(|it| run.stderr.contains(it));
            assert!(is_told, "{:#?}\n{}", self.story, run.stderr);
            return;
        }
        if self.last.is_multiple_of(2) {
            self.holds();
            self.expect(&format!("squashmigrations library 0001_{name} --finish"));
        }
    }

    /// Checks that a build has nothing to ask, and nothing to write, and that builds come to rest.
    #[track_caller]
    fn holds(&self) {
        let files = self.files();
        let first = self.build();
        let second = self.build();
        assert!(!second.script_ran(), "{:#?}\n{}", self.story, second.stderr);
        // Where a script fails and nothing changes, as after a command that finds nothing to do, cargo runs it again,
        // but compiles only at the build after that one.
        assert!(!(first.compiled() && second.compiled()), "{:#?}\n{}", self.story, second.stderr);
        if second.compiled() {
            let third = self.build();
            assert!(!third.script_ran() && !third.compiled(), "{:#?}\n{}", self.story, third.stderr);
        }
        assert_eq!(self.files(), files, "{:#?}", self.story);
    }

    #[track_caller]
    fn build(&self) -> Run {
        let run = self.project.build();
        assert!(run.success, "{:#?}\n{}", self.story, run.stderr);
        run
    }
}

#[test]
fn after_any_order_of_commands_a_build_has_nothing_to_do() {
    for seed in seeds() {
        let random = &mut Random::new(seed);
        let mut order = Order::new();
        order.story.push(format!("seed {seed}"));
        for _ in 0..STEPS {
            if random.one_in(2) {
                order.edit(random);
            }
            order.command(random);
            order.holds();
        }
        let said = modelshift(&order.project, "makemigrations --check");
        assert!(said.stdout.contains("no migration is missing"), "{:#?}\n{said:?}", order.story);
    }
}

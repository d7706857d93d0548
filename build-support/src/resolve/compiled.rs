//! Random trees of modules, with what the compiler makes of every name in them: what it accepts, we resolve alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use super::*;

const NAMES: [&str; 4] = ["A", "B", "C", "D"];

/// Numbers that look random and are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A question: what a path means in a module.
struct Query {
    tree: usize,
    module: ModulePath,
    path: String,
}

fn key(tree: usize, module: &[String], path: &str) -> String {
    format!("{tree} {} {path}", module.join("::"))
}

/// A crate of many trees.
struct Source {
    text: String,
    /// The query of a line.
    queries: BTreeMap<usize, Query>,
    /// The tree of any other line.
    lines: BTreeMap<usize, usize>,
    /// False while it is found out which trees the compiler accepts.
    asks: bool,
    /// The queries that the compiler refuses.
    skipped: BTreeSet<String>,
    edition: &'static str,
}

impl Source {
    fn line(&mut self, tree: usize, text: &str) -> usize {
        let number = self.text.lines().count() + 1;
        let _ = writeln!(self.text, "{text}");
        self.lines.insert(number, tree);
        number
    }

    fn query(&mut self, tree: usize, module: &[String], path: &str) {
        let key = key(tree, module, path);
        if !self.asks || self.skipped.contains(&key) {
            return;
        }
        let line = self.line(tree, &format!("out.push(({key:?}, <{path} as crate::Id>::ID));"));
        self.queries.insert(line, Query { tree, module: module.to_vec(), path: path.to_owned() });
    }
}

/// Returns the modules of a tree: below its root, some with children.
fn modules(random: &mut Random, root: &str) -> Vec<ModulePath> {
    let mut all: Vec<ModulePath> = vec![vec![root.to_owned()]];
    for name in ["m", "n", "o", "p", "q"].iter().take(2 + random.below(4)) {
        let parent = random.one(&all).clone();
        all.push(parent.into_iter().chain([(*name).to_owned()]).collect());
    }
    all
}

/// Returns a path in `use` from one module to another.
fn path_to(random: &mut Random, from: &[String], to: &[String], edition: &str) -> String {
    let absolute = || format!("{}{}", if edition == "2015" { "" } else { "crate::" }, to.join("::"));
    if to.len() > from.len() && to.starts_with(from) && random.below(2) == 0 {
        let below = to[from.len()..].join("::");
        return if edition == "2015" || random.below(2) == 0 { format!("self::{below}") } else { below };
    }
    if from.len() > to.len() && from.starts_with(to) && random.below(2) == 0 {
        return vec!["super"; from.len() - to.len()].join("::");
    }
    absolute()
}

/// The modules of a tree, each with the names that it declares.
type Declared = BTreeMap<ModulePath, Vec<&'static str>>;

/// Returns a `use` that brings no name which is taken already.
fn use_line(
    random: &mut Random,
    module: &ModulePath,
    all: &Declared,
    taken: &mut BTreeSet<String>,
    edition: &str,
) -> String {
    let modules: Vec<&ModulePath> = all.keys().collect();
    let target = (*random.one(&modules)).clone();
    let visibility = *random.one(&["", "", "pub ", "pub(crate) ", "pub(super) "]);
    if target == *module {
        return String::new();
    }
    let path = path_to(random, module, &target, edition);
    let declared = &all[&target];
    let glob = format!("{visibility}use {path}::*;");
    let mut brings = |name: &str| taken.insert(name.to_owned());
    match random.below(9) {
        0 if !declared.is_empty() => {
            let name = *random.one(declared);
            if brings(name) { format!("use {path}::{name};") } else { glob }
        }
        1 if !declared.is_empty() => {
            let (name, other) = (*random.one(declared), *random.one(&NAMES));
            if brings(other) { format!("use {path}::{name} as {other};") } else { glob }
        }
        2 if brings("r") => format!("{visibility}use {path} as r;"),
        3 if brings("s") => format!("use {path}::{{self as s, *}};"),
        4 if brings("g") => format!("use {path}::{{f as g}}; {glob}"),
        // A function of the name of a type hides no type that a glob brings.
        5 if brings("A") => format!("use {path}::f as A; {glob}"),
        _ => glob,
    }
}

fn write_module(source: &mut Source, random: &mut Random, tree: usize, module: &ModulePath, all: &Declared) {
    let edition = source.edition;
    let visibility = *random.one(&["", "pub ", "pub ", "pub ", "pub(crate) ", "pub(crate) "]);
    let visibility = if module.len() == 1 { "pub " } else { visibility };
    source.line(tree, &format!("{visibility}mod {} {{", module[module.len() - 1]));
    let children: Vec<&ModulePath> =
        all.keys().filter(|it| it.len() == module.len() + 1 && it.starts_with(module)).collect();
    let mut taken: BTreeSet<String> = children.iter().map(|child| child[child.len() - 1].clone()).collect();
    for name in &all[module] {
        taken.insert((*name).to_owned());
        let visibility = *random.one(&["pub ", "pub ", "pub(crate) ", "pub(super) ", ""]);
        let targets: Vec<&ModulePath> =
            all.iter().filter(|(it, names)| *it != module && !names.is_empty()).map(|(it, _)| it).collect();
        if random.below(8) == 0 && !targets.is_empty() {
            let target = (*random.one(&targets)).clone();
            let path = path_to(random, module, &target, edition);
            let path = if edition == "2015" && !path.starts_with(['s']) { format!("::{path}") } else { path };
            source.line(tree, &format!("{visibility}type {name} = {path}::{};", random.one(&all[&target])));
            continue;
        }
        source.line(tree, &format!("{visibility}struct {name};"));
        let id = format!("{}::{name}", module.join("::"));
        source
            .line(tree, &format!("impl crate::Id for self::{name} {{ const ID: &'static str = \"{id}\"; }}"));
    }
    source.line(tree, "pub fn f() {}");
    for _ in 0..=random.below(3) {
        let line = use_line(random, module, all, &mut taken, edition);
        source.line(tree, &line);
    }
    for child in &children {
        write_module(source, random, tree, child, all);
    }
    source.line(tree, "pub(crate) fn ids(out: &mut Vec<(&'static str, &'static str)>) {");
    for name in NAMES {
        source.query(tree, module, name);
        let prefix = random.one(&["super::", "self::", "r::", "s::", "m::", "n::"]);
        source.query(tree, module, &format!("{prefix}{name}"));
    }
    for child in &children {
        source.line(tree, &format!("self::{}::ids(out);", child[child.len() - 1]));
    }
    source.line(tree, "}");
    source.line(tree, "}");
}

/// Writes all trees but those that the compiler refuses.
fn write(
    (seed, count, edition): (u64, usize, &'static str),
    refused: &BTreeSet<usize>,
    skipped: Option<&BTreeSet<String>>,
) -> Source {
    let mut source = Source {
        text:
            "#![allow(warnings)]\n#![deny(future_incompatible)]\npub trait Id { const ID: &'static str; }\n"
                .to_owned(),
        queries: BTreeMap::new(),
        lines: BTreeMap::new(),
        asks: skipped.is_some(),
        skipped: skipped.cloned().unwrap_or_default(),
        edition,
    };
    for tree in (0..count).filter(|tree| !refused.contains(tree)) {
        let mut random = Random(seed.wrapping_add(tree as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let root = format!("t{tree}");
        let modules = modules(&mut random, &root);
        let mut declare = |module: ModulePath| {
            (module, NAMES.into_iter().filter(|_| random.below(3) == 0).collect::<Vec<_>>())
        };
        let all: Declared = modules.into_iter().map(&mut declare).collect();
        write_module(&mut source, &mut random, tree, &vec![root], &all);
    }
    source.text.push_str("fn main() {\nlet mut out: Vec<(&str, &str)> = Vec::new();\n");
    for tree in (0..count).filter(|tree| !refused.contains(tree)) {
        source.line(tree, &format!("t{tree}::ids(&mut out);"));
    }
    source.text.push_str("for (query, id) in out { println!(\"{}={}\", query, id); }\n}\n");
    source
}

fn rustc(folder: &Path, edition: &str, emit: &str) -> std::process::Output {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut rustc = Command::new(rustc);
    rustc.args(["--crate-name", "trees", "--error-format=json", "-Cdebuginfo=0", "main.rs"]);
    rustc.args([format!("--edition={edition}"), format!("--emit={emit}")]).current_dir(folder);
    rustc.output().unwrap()
}

/// Returns the lines at which the compiler has something to say.
fn error_lines(stderr: &[u8]) -> BTreeSet<usize> {
    let said = String::from_utf8_lossy(stderr);
    let errors = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let errors = errors.filter(|error| error["level"] == "error");
    let spans = errors.flat_map(|error| error["spans"].as_array().cloned().unwrap_or_default());
    let primary = spans.filter(|span| span["is_primary"] == true);
    primary.filter_map(|span| usize::try_from(span["line_start"].as_u64()?).ok()).collect()
}

fn compare(seed: u64, count: usize, edition: &'static str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let (mut refused, mut skipped) = (BTreeSet::new(), BTreeSet::new());
    let mut asks = false;
    let source = loop {
        let source = write((seed, count, edition), &refused, asks.then_some(&skipped));
        std::fs::write(folder.path().join("main.rs"), &source.text).unwrap();
        let output = rustc(folder.path(), edition, "metadata");
        match (output.status.success(), asks) {
            (true, true) => break source,
            (true, false) => asks = true,
            (false, _) => {}
        }
        if output.status.success() {
            continue;
        }
        let lines = error_lines(&output.stderr);
        assert!(!lines.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in lines {
            if let Some(query) = source.queries.get(&line) {
                skipped.insert(key(query.tree, &query.module, &query.path));
            } else {
                let tree = source.lines.get(&line).copied();
                let said = || String::from_utf8_lossy(&output.stderr);
                refused.insert(tree.unwrap_or_else(|| panic!("{}", said())));
            }
        }
    };
    let output = rustc(folder.path(), edition, "link");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ran = Command::new(folder.path().join("trees")).output().unwrap();
    let tree = Tree { is_2015: edition == "2015", ..tests::tree(&source.text) };
    let keyed = source.queries.values().map(|query| (key(query.tree, &query.module, &query.path), query));
    let queries: BTreeMap<String, &Query> = keyed.collect();
    let mut compared = 0;
    println!("{} of {count} trees are compiled", count - refused.len());
    for line in String::from_utf8(ran.stdout).unwrap().lines() {
        let (key, id) = line.split_once('=').unwrap();
        let query = queries[key];
        let found = resolve(&tree, &query.module, &syn::parse_str(&query.path).unwrap());
        let Target::Own(module, name) = &found else {
            panic!("`{}` in {:?} is {id}, not {found:?}\n{}", query.path, query.module, source.text);
        };
        let ours = format!("{}::{name}", module.join("::"));
        assert_eq!(ours, id, "`{}` in {:?}\n{}", query.path, query.module, source.text);
        compared += 1;
    }
    compared
}

#[test]
fn names_mean_what_the_compiler_takes_them_for() {
    let compared = compare(1, 80, "2021");
    assert!(compared > 150, "only {compared} names were compared");
}

#[test]
fn names_of_edition_2015_mean_what_the_compiler_takes_them_for() {
    let compared = compare(2, 40, "2015");
    assert!(compared > 150, "only {compared} names were compared");
}

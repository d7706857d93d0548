//! Random evolutions of a crate whose models stand behind features, by the build step itself: it is built with changing
//! features, while what it wrote is committed, applied, edited by a person, or none of it.
//!
//! `MODELSHIFT_EVOLUTIONS=2000` runs as many, `MODELSHIFT_EVOLUTIONS=500..900` those seeds;
//! `MODELSHIFT_EVOLUTIONS_TALLY=1` with `--nocapture` tells what was done.

mod edits;
mod package;
mod source;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use modelshift_evolution::random::Random;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelName;
use modelshift_schema::state::ProjectState;

use self::package::{Files, Package, state};
use self::source::{BUILDS, Build, Item, Source};

/// How many walks an ordinary run makes.
const WALKS: u64 = 40;

/// How many edits and builds a walk has.
const STEPS: usize = 16;

type Tally = BTreeMap<String, usize>;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("MODELSHIFT_EVOLUTIONS") else { return 0..WALKS };
    let number =
        |text: &str| text.trim().parse().expect("`MODELSHIFT_EVOLUTIONS` is a number, or two with `..`");
    text.split_once("..").map_or_else(|| 0..number(&text), |(from, to)| number(from)..number(to))
}

/// A crate while it evolves.
struct Walk {
    package: Package,
    source: Source,
    /// Sources that were built, to which a person may return.
    built: Vec<Source>,
    story: String,
    tally: Tally,
}

/// Returns the models which the build does not see, so that they stay whole, and which refer to a model.
fn unseen_models_that_refer_to<'a>(
    name: &'a ModelName,
    state: &'a ProjectState,
    items: &'a [Item],
) -> impl Iterator<Item = &'a Model> {
    let models = state.models().map(|(_, model)| model.as_ref());
    models.filter(move |model| {
        let is_it = |item: &&Item| item.model.iter().any(|known| known == model.name.as_str());
        let mut own = items.iter().filter(is_it).peekable();
        let is_unseen = own.peek().is_some() && own.all(|item| item.field.is_some() || !item.is_seen);
        let refers = |field: &Field| matches!(&field.kind, FieldKind::ForeignKey(it) if it.to.name == *name);
        is_unseen && model.fields.iter().any(refers)
    })
}

impl Walk {
    fn run(seed: u64) -> Result<Self, String> {
        let package = Package::new();
        let mut walk = Self {
            package,
            source: Source::default(),
            built: vec![Source::default()],
            story: String::new(),
            tally: Tally::new(),
        };
        match walk.walk(&mut Random::new(seed)) {
            Ok(()) => Ok(walk),
            Err(what) => Err(format!("seed {seed}: {what}\n{}", walk.story)),
        }
    }

    fn count(&mut self, what: &str) {
        let _ = writeln!(self.story, "--- {what}");
        *self.tally.entry(what.to_owned()).or_default() += 1;
    }

    fn walk(&mut self, random: &mut Random) -> Result<(), String> {
        for _ in 0..STEPS {
            for _ in 0..=random.below(3) {
                if let Some((what, source)) = self.source.edit(random) {
                    self.source = source;
                    self.count(what);
                }
            }
            if random.one_in(8) {
                let earlier = random.pick(&self.built).cloned().unwrap_or_default();
                self.source.become_again(&earlier);
                self.count("return to what it was");
            }
            for _ in 0..=random.below(2) {
                let build = *random.pick(&BUILDS).unwrap_or(&BUILDS[0]);
                self.build(build)?;
            }
            match random.below(10) {
                0..3 => {
                    self.package.commit();
                    self.count("commit");
                }
                3 | 4 => {
                    self.package.apply();
                    self.count("apply");
                }
                5 => {
                    self.package.forget();
                    self.count("forget what is applied");
                }
                6 => {
                    self.package.edit_draft();
                    self.count("edit a draft");
                }
                _ => {}
            }
        }
        self.agree_with_a_fresh_one()
    }

    /// Builds twice, and checks what came of it.
    fn build(&mut self, build: Build) -> Result<(), String> {
        let recorded = self.package.recorded();
        let (before, known) = (self.package.files(), state(&recorded)?);
        let was = state(&before)?;
        let text = self.source.text(&known);
        self.package.models(&text);
        let said = self.package.build(build);
        let after = self.package.files();
        self.count(&format!("build {build:?}"));
        let _ = writeln!(self.story, "{text}");
        for (name, text) in after.iter().filter(|(name, text)| before.get(*name) != Some(text)) {
            let _ = writeln!(self.story, "{name}:\n{text}");
        }
        for (name, text) in &recorded {
            if after.get(name) != Some(text) {
                return Err(format!("`{name}` is recorded and was rewritten"));
            }
        }
        if !said.is_empty() {
            let said = said.join("\n");
            let _ = writeln!(self.story, "{said}");
            if after != before {
                return Err(format!("something is in the way, and it was written all the same: {said}"));
            }
            self.count(&format!("refused: {}", kind(&said)));
            self.return_to_what_was_built();
            return Ok(());
        }
        self.check(build, (&known, &was), &after)?;
        if self.package.recorded().len() < recorded.len() {
            // A draft went, and what came before it is one now, which nobody says anything of any more.
            self.count("an earlier migration is a draft again");
            self.built.push(self.source.clone());
            return Ok(());
        }
        let again = self.package.build(build);
        if !again.is_empty() || self.package.files() != after {
            return Err(format!("the second build is not content: {again:?}"));
        }
        self.built.push(self.source.clone());
        Ok(())
    }

    fn check(
        &self,
        build: Build,
        (known, was): (&ProjectState, &ProjectState),
        after: &Files,
    ) -> Result<(), String> {
        let now = state(after)?;
        let items = self.source.items(build);
        for item in &items {
            let what = || format!("`{}.{}`", item.model[item.model.len() - 1], item.name());
            // That a draft had it under another name, nobody says.
            let had = item.name_in(known).is_some() || item.is_in(was);
            match (had, item.name_in(&now)) {
                (_, now) if item.is_seen && now.as_deref() != Some(item.name()) => {
                    return Err(format!("{} is seen, and it is {now:?}", what()));
                }
                (true, None) => return Err(format!("{} stands in the source and was removed", what())),
                (false, Some(_)) if !item.is_seen && item.name_in(was).is_none() => {
                    return Err(format!("{} is seen by no build and was made", what()));
                }
                (_, Some(_)) | (false, None) => {}
            }
        }
        for (_, model) in now.models() {
            let is_it = |name: &String| name == model.name.as_str();
            let own: Vec<_> = items.iter().filter(|it| it.model.iter().any(is_it)).collect();
            if own.is_empty() && unseen_models_that_refer_to(&model.name, &now, &items).next().is_some() {
                // It is removed by a build that sees those models too.
                continue;
            }
            if own.is_empty() {
                return Err(format!("`{}` is gone from the source and stays", model.name));
            }
            // A model that this build does not see stays whole, until one sees it.
            if !own.iter().any(|it| it.field.is_none() && it.is_seen) {
                continue;
            }
            let names: Vec<&String> = own.iter().filter_map(|it| it.field.as_ref()).flatten().collect();
            let mut fields = model.fields.iter().map(|field| field.name.as_str()).filter(|it| *it != "id");
            if let Some(field) = fields.find(|field| !names.iter().any(|it| it == field)) {
                return Err(format!("`{}.{field}` is gone from the source and stays", model.name));
            }
        }
        Ok(())
    }

    fn return_to_what_was_built(&mut self) {
        let last = self.built.last().cloned().unwrap_or_default();
        self.source.become_again(&last);
    }

    /// What every build saw in turn is what a new crate of the same source comes to.
    fn agree_with_a_fresh_one(&mut self) -> Result<(), String> {
        self.return_to_what_was_built();
        for build in BUILDS {
            self.build(build)?;
        }
        let seen: Vec<_> = BUILDS.map(|build| self.source.items(build)).into_iter().collect();
        let is_seen = |at: usize| seen.iter().any(|items| items[at].is_seen);
        if !(0..seen[0].len()).all(is_seen) || self.source.has_unseen_rule() {
            // What no build sees stays as it was.
            self.count("something that no build sees");
            return Ok(());
        }
        let fresh = Package::new();
        for build in BUILDS {
            let known = state(&fresh.recorded())?;
            fresh.models(&self.source.text(&known));
            let said = fresh.build(build);
            if !said.is_empty() {
                return Err(format!("a new crate of the same source is refused: {}", said.join("\n")));
            }
        }
        let (one, other) = (state(&self.package.files())?, state(&fresh.files())?);
        if !one.is_equivalent_to(&other) {
            return Err(format!("{one:#?}\nand a new crate of the same source is\n{other:#?}"));
        }
        Ok(())
    }
}

/// Returns a message without what only this crate has: names in backticks.
fn kind(said: &str) -> String {
    let line = said.lines().next().unwrap_or_default();
    line.split('`').step_by(2).collect::<Vec<_>>().join("_")
}

fn outcome(seed: u64) -> Result<(Tally, Files), String> {
    let walk = std::panic::catch_unwind(|| Walk::run(seed));
    let walk = walk.unwrap_or_else(|_| Err(format!("seed {seed} panics")))?;
    let files = walk.package.files();
    Ok((walk.tally, files))
}

#[test]
fn what_other_builds_see_is_neither_removed_nor_rewritten() {
    let seeds = seeds();
    let next = AtomicU64::new(seeds.start);
    let results = Mutex::new((Tally::new(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let mut outcome = outcome(seed);
                    if let (Ok((_, files)), 0) = (&outcome, seed % 10) {
                        let same = self::outcome(seed).is_ok_and(|(_, it)| it == *files);
                        if !same {
                            outcome = Err(format!("seed {seed}: the second time other bytes are written"));
                        }
                    }
                    let mut results = results.lock().expect("no panic leaves it");
                    match outcome {
                        Ok((tally, _)) => {
                            for (what, count) in tally {
                                *results.0.entry(what).or_default() += count;
                            }
                        }
                        Err(what) => results.1.push((seed, what)),
                    }
                }
            });
        }
    });
    let (tally, mut failures) = results.into_inner().expect("no panic leaves it");
    if std::env::var_os("MODELSHIFT_EVOLUTIONS_TALLY").is_some() {
        eprintln!("{tally:#?}");
    }
    failures.sort_by_key(|(_, what)| what.len());
    let numbers: Vec<u64> = failures.iter().map(|(seed, _)| *seed).collect();
    let shortest = failures.first().map_or("", |(_, what)| what.as_str());
    assert!(failures.is_empty(), "{numbers:?}; the shortest is\n{shortest}");
}

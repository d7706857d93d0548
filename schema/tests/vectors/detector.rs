//! A vector of the detector: models before and after, what the questioner answers, and the migrations that come of it.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::detect::project::{Dependency, MigrationDraft, ProjectDetection, detect_project};
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::migration::file_name::migration_name;
use modelshift_schema::name::{AppLabel, ModelKey, ObjectName};
use modelshift_schema::state::ProjectState;
use serde_json::Value;

use crate::Outcome;
use crate::answers::answer;
use crate::comparison::{Made, Sides, agree, canonical, leads_to, stations};
use crate::models::{Names, Untranslatable, bare, composite_key, has_key_name, has_table, model};
use crate::operations::Translator;

pub(crate) type Sources = BTreeMap<ModelKey, SourceModel>;

pub(crate) fn outcome(vector: &Value) -> Outcome {
    let translated = translated(vector);
    let (before, mut after, theirs, sets) = match translated {
        Ok(translated) => translated,
        Err(reason) => return Outcome::NotTranslatable(reason),
    };
    let ours = match ours(&before, &mut after, vector) {
        Ok(ours) => ours,
        Err(error) => return Outcome::Differs { theirs, ours: Err(error) },
    };
    // What Django makes leads where its models are, as ours does; what cannot be done in our order is not looked at.
    let goal = stations(&before, &ours).ok().filter(|goal| leads_to(&before, &theirs, goal));
    match agree(&Sides { theirs: theirs.clone(), ours: ours.clone(), before: &before, sets, goal }) {
        Some(rules) if rules.is_empty() => Outcome::Agrees,
        Some(rules) => Outcome::OnPurpose(rules),
        None => Outcome::Differs { theirs, ours: Ok(ours) },
    }
}

/// Returns the state before, the models after, and the migrations that Django made.
fn translated(
    vector: &Value,
) -> Result<(ProjectState, Sources, Vec<Made>, BTreeSet<ObjectName>), Untranslatable> {
    let mut before = completed(&vector["before"], &vector["after"]);
    let mut after = completed(&vector["after"], &vector["before"]);
    for list in [&mut before, &mut after] {
        // A model without a table is none of ours.
        list.as_array_mut().unwrap().retain(has_table);
    }
    let mut names = Names::of(&vector["after"]);
    let mut sources = Sources::new();
    for told in after.as_array().unwrap() {
        let key = ModelKey::new(told["app"].as_str().unwrap(), told["name"].as_str().unwrap());
        let model = model(told, &key, &mut names)?;
        sources.insert(key, SourceModel { model, hints: ModelHints::default() });
    }
    let mut translator = Translator::new(&before, Names::of(&vector["before"]))?;
    let untold: BTreeSet<ModelKey> = names.untold.union(&translator.names.untold).cloned().collect();
    for key in &untold {
        let source = SourceModel { model: bare(key), hints: ModelHints::default() };
        sources.entry(key.clone()).or_insert(source);
        if !translator.state.contains(key) {
            translator.state.insert(key, bare(key)).map_err(|error| error.to_string())?;
        }
    }
    let before = translator.state.clone();
    let theirs = theirs(vector, &mut translator)?;
    Ok((before, sources, theirs, translator.sets))
}

/// Adds the columns that a composite key names, where the list does not tell of them; they are there on both sides.
fn completed(list: &Value, other: &Value) -> Value {
    let mut list = list.clone();
    for told in list.as_array_mut().unwrap() {
        let same = |it: &&Value| it["app"] == told["app"] && it["name"] == told["name"];
        let sides = [Some(&*told), other.as_array().unwrap().iter().find(same)];
        let fields = sides.into_iter().flatten().flat_map(|it| it["fields"].as_array().unwrap());
        let named: Vec<String> = fields.flat_map(|pair| composite_key(&pair[1])).collect();
        let fields = told["fields"].as_array_mut().unwrap();
        for name in named {
            if !fields.iter().any(|pair| has_key_name(pair[0].as_str().unwrap(), &name)) {
                fields.push(serde_json::json!([name, { "type": "IntegerField" }]));
            }
        }
    }
    list
}

fn theirs(vector: &Value, translator: &mut Translator) -> Result<Vec<Made>, Untranslatable> {
    // Operations are translated in an order in which they can be done.
    let mut open: Vec<&Value> = vector["migrations"].as_array().unwrap().iter().collect();
    let mut done: BTreeMap<(String, String), Made> = BTreeMap::new();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let id = |migration: &Value| (text(&migration["app"]), text(&migration["name"]));
    while !open.is_empty() {
        let is_ready = |migration: &Value| {
            let mut needed = migration["dependencies"].as_array().unwrap().iter();
            needed.all(|it| {
                let it = (text(&it[0]), text(&it[1]));
                done.contains_key(&it) || !open.iter().any(|other| id(other) == it)
            })
        };
        // What a setting stands for is not said; it comes before.
        let is_settled = |migration: &Value| {
            migration["dependencies"].as_array().unwrap().iter().all(|it| it[0] != "__setting__")
        };
        let first = open.iter().position(|it| is_ready(it) && is_settled(it));
        let Some(position) = first.or_else(|| open.iter().position(|it| is_ready(it))) else {
            return Err("migrations in a circle".to_owned());
        };
        let migration = open.remove(position);
        done.insert(id(migration), translated_migration(migration, translator)?);
    }
    Ok(numbered(done))
}

fn translated_migration(migration: &Value, translator: &mut Translator) -> Result<Made, Untranslatable> {
    let app = AppLabel::new(migration["app"].as_str().unwrap());
    let mut operations = Vec::new();
    let mut is_one_by_one = true;
    for told in migration["operations"].as_array().unwrap() {
        let ours = translator.translate(&app, told)?;
        let keyword = told["op"].as_str().unwrap().replace("AlterModelTableComment", "AlterModelOptions");
        is_one_by_one &= matches!(&ours[..], [only] if only.keyword() == keyword);
        // An index that its fields tell has no name there.
        is_one_by_one &= told["old_fields"].is_null();
        operations.extend(ours.iter().map(|it| canonical(&app, it)));
    }
    let mut references = Vec::new();
    collect_references(&migration["operations"], &mut references);
    let told = migration["dependencies"].as_array().unwrap();
    let apps: BTreeSet<&str> = told.iter().filter_map(|it| it[0].as_str()).collect();
    let mut after = BTreeSet::new();
    for it in told {
        let (other, name) = (it[0].as_str().unwrap(), it[1].as_str().unwrap());
        // A setting leads to a model, and what a proxy stands for may be elsewhere: that is what is referred to.
        let behind = match other {
            "__setting__" => translator.names.outside(&apps, &references),
            _ => translator.names.behind_proxies(other, &references),
        };
        if other == "__setting__" || !behind.is_empty() {
            after.extend(behind.iter().map(|key| translator.place(key)));
        } else if let Some(number) = name.strip_prefix("auto_") {
            after.insert(format!("{other}/{number}"));
        } else {
            after.insert(format!("{other}/recorded"));
        }
    }
    // What an app's own migrations come after is said by their numbers.
    after.remove(&format!("{app}/recorded"));
    let number = migration["name"].as_str().unwrap().trim_start_matches("auto_");
    translator.remember_places(&format!("{app}/{number}"));
    let name = migration["suggest"].as_str().filter(|_| is_one_by_one).map(str::to_owned);
    let initial = migration["initial"] == true;
    Ok(Made { app, initial, after, operations, name })
}

/// Returns what the fields of operations lead to, as they say it.
fn collect_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    found.extend(["to", "through"].into_iter().filter_map(|member| value.get(member)?.as_str()));
    let members = value.as_object().into_iter().flat_map(|object| object.values());
    for inner in members.chain(value.as_array().into_iter().flatten()) {
        collect_references(inner, found);
    }
}

/// Numbers the migrations of each app, without those in which nothing is left.
fn numbered(done: BTreeMap<(String, String), Made>) -> Vec<Made> {
    let mut numbers: BTreeMap<AppLabel, usize> = BTreeMap::new();
    // What is left of each: its own name from now on, or what it came after.
    let mut replaced: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut kept = Vec::new();
    for ((app, name), made) in done {
        let before = format!("{app}/{}", name.trim_start_matches("auto_"));
        if made.operations.is_empty() {
            let recorded = (!made.initial).then(|| format!("{app}/recorded"));
            replaced.insert(before, made.after.into_iter().chain(recorded).collect());
            continue;
        }
        let number = numbers.entry(made.app.clone()).or_default();
        *number += 1;
        replaced.insert(before, BTreeSet::from([format!("{app}/{number}")]));
        kept.push(made);
    }
    for made in &mut kept {
        let after = std::mem::take(&mut made.after);
        let follow = |it: String| replaced.get(&it).cloned().unwrap_or_else(|| BTreeSet::from([it]));
        made.after = after.into_iter().flat_map(follow).collect();
        // What an app's own migrations come after is said by their numbers.
        let own = format!("{}/recorded", made.app);
        made.after.remove(&own);
    }
    kept
}

/// Runs our detector, and answers one question after the other.
fn ours(before: &ProjectState, after: &mut Sources, vector: &Value) -> Result<Vec<Made>, String> {
    let keys = before.models().map(|(key, _)| key).chain(after.keys());
    let apps: BTreeSet<AppLabel> = keys.map(|key| key.app.clone()).collect();
    for _ in 0..100 {
        let ProjectDetection { pieces, questions, errors, .. } = detect_project(before, after, &apps);
        if let Some(error) = errors.values().next() {
            return Err(error.to_string());
        }
        let Some(question) = questions.values().flatten().next() else {
            return Ok(ours_made(before, &pieces));
        };
        answer(after, question, vector);
    }
    Err("questions do not end".to_owned())
}

fn ours_made(before: &ProjectState, pieces: &[MigrationDraft]) -> Vec<Made> {
    let number = |position: usize| {
        let app = &pieces[position].app;
        let number = pieces[..=position].iter().filter(|it| it.app == *app).count();
        (app, number)
    };
    let mut all: Vec<((AppLabel, usize), Made)> = Vec::new();
    for (position, piece) in pieces.iter().enumerate() {
        let (app, own) = number(position);
        let before_it = (own > 1).then(|| format!("{app}/{}", own - 1));
        let others = piece.depends_on.iter().map(|it| match it {
            Dependency::Recorded(other) => format!("{other}/recorded"),
            Dependency::MigrationDraft(position) => {
                let (app, number) = number(*position);
                format!("{app}/{number}")
            }
        });
        let initial = !before.models().any(|(key, _)| key.app == *app);
        let name = migration_name(1, &piece.operations, initial);
        let made = Made {
            app: app.clone(),
            initial,
            after: before_it.into_iter().chain(others).collect(),
            operations: piece.operations.iter().map(|it| canonical(app, it)).collect(),
            name: name.strip_prefix("0001_").map(str::to_owned),
        };
        all.push(((app.clone(), own), made));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all.into_iter().map(|(_, made)| made).collect()
}

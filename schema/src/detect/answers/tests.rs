use super::*;
use crate::model::expr::Expr;
use crate::notation::{models, state};
use crate::operation::Operation;
use crate::question::{QuestionKind, SuggestedAnswer};

fn answered(
    recorded: &ProjectState,
    wanted: &mut BTreeMap<ModelKey, SourceModel>,
    answers: &mut Answers,
) -> Detection {
    detect_answered(recorded, wanted, &"blog".into(), answers).unwrap()
}

fn script(lines: &[(&str, Answer)]) -> Answers {
    let mut answers = Answers::default();
    for (subject, answer) in lines {
        answers.add(subject.parse().unwrap(), answer.clone());
    }
    answers
}

/// Compares what the answers lead to with what the attributes in the source lead to.
fn check(before: &str, asked: &str, attributes: &str, lines: &[(&str, Answer)]) -> Vec<Operation> {
    let mut answers = script(lines);
    let found = answered(&state(before), &mut models(asked), &mut answers);
    assert_eq!(found.questions, []);
    assert_eq!(answers.unused().count(), 0);
    let said = detect(&state(before), &models(attributes), &"blog".into()).unwrap();
    assert_eq!(found.operations, said.operations);
    found.operations
}

fn new_with(value: i64) -> Answer {
    Answer { backfill: Some(Expr::int(value)), ..Answer::new() }
}

fn backfill(value: i64) -> Answer {
    Answer { new: false, ..new_with(value) }
}

#[test]
fn an_answer_leads_where_its_attribute_leads() {
    let renamed = |name: &str| Answer::renamed_from(name);
    check(
        "Post: id, name",
        "Post: id, title",
        "Post: id, title <name",
        &[("blog.Post.title", renamed("name"))],
    );
    check(
        "Post: id, name ?",
        "Post: id, title ?",
        "Post: id, title ? new",
        &[("blog.Post.title", Answer::new())],
    );
    check(
        "Post: id, name",
        "Post: id, name bool ?",
        "Post: id, name bool ? new was=text",
        &[("blog.Post.name", Answer::new().about_what_was("text"))],
    );
    check(
        "Post: id, name i32",
        "Post: id, rating i32",
        "Post: id, rating i32 new backfill=3",
        &[("blog.Post.rating", new_with(3))],
    );
    check(
        "Post: id",
        "Post: id, rating i32",
        "Post: id, rating i32 backfill=3",
        &[("blog.Post.rating", backfill(3))],
    );
    check("Article: id", "Post: id", "Post <Article: id", &[("blog.Post", renamed("Article"))]);
    check("Article: id", "Post: id", "Post new: id", &[("blog.Post", Answer::new())]);
}

#[test]
fn one_answer_may_lead_to_another_question() {
    let lines =
        [("blog.Post", Answer::renamed_from("Article")), ("blog.Post.title", Answer::renamed_from("name"))];
    check("Article: id, name", "Post: id, title", "Post <Article: id, title <name", &lines);
}

#[test]
fn an_answer_takes_the_place_of_what_the_source_says() {
    check(
        "Post: id, name",
        "Post: id, title <nome",
        "Post: id, title <name",
        &[("blog.Post.title", Answer::renamed_from("name"))],
    );
    // Of two that claim one origin, the other one is told apart.
    let asked = "Post: id, a ? <name, b ? <name";
    check("Post: id, name ?", asked, "Post: id, a ? <name, b ? new", &[("blog.Post.b", Answer::new())]);
}

#[test]
fn q_002_what_is_not_answered_stays_a_question_and_is_asked_once() {
    let mut answers = script(&[("blog.Post.rating", Answer::new()), ("blog.Gone.x", Answer::new())]);
    let found = answered(&state("Post: id"), &mut models("Post: id, rating i32"), &mut answers);
    assert_eq!(found.questions.len(), 1);
    assert_eq!(found.operations, []);
    assert_eq!(answers.unused().map(ToString::to_string).collect::<Vec<_>>(), ["blog.Gone.x"]);
}

#[test]
fn every_suggested_answer_settles_its_question() {
    for (before, asked) in [
        ("Post: id, name", "Post: id, title"),
        ("Post: id, name ?, word ?", "Post: id, title ?"),
        ("Post: id", "Post: id, rating i32"),
        ("Post: id, rating i32 ?", "Post: id, rating i32"),
        ("Article: id\nNote: id", "Post: id"),
        ("Post: id, name ?", "Post: id, title ? <nome"),
        ("Post: id, name ?", "Post: id, name ?, title ? <name"),
        ("Post: id, name ?", "Post: id, a ? <name, b ? <name"),
        ("Author: id\nPost: id", "Author: id\nPost: id, author >Author"),
        ("Post: id, status @Draft+Live", "Post: id, status @Draft+Public"),
        ("Post: id, status @Draft+Live+Old", "Post: id, status @Draft"),
    ] {
        let first = detect(&state(before), &models(asked), &"blog".into()).unwrap().questions;
        let suggestions = first[0].suggestions();
        assert!(suggestions.iter().any(|it| it.answer.is_some()), "{asked}");
        for SuggestedAnswer { about, mut answer, value, .. } in
            suggestions.into_iter().filter_map(|it| it.answer)
        {
            answer.backfill = value.map(|_| Expr::int(1));
            let mut answers = Answers::default();
            answers.add(about, answer.clone());
            let found = answered(&state(before), &mut models(asked), &mut answers);
            assert!(!found.questions.contains(&first[0]), "{asked}: {answer:?}");
        }
    }
}

#[test]
fn answers_are_kept_as_text() {
    let answers = script(&[("blog.Post", Answer::new()), ("blog.Post.title", Answer::renamed_from("name"))]);
    let text = serde_json::to_string(&answers).unwrap();
    assert_eq!(text, r#"{"answers":{"blog.Post":{"new":true},"blog.Post.title":{"renamed_from":"name"}}}"#);
    assert_eq!(serde_json::from_str::<Answers>(&text).unwrap(), answers);
    for wrong in ["", "blog", "blog.Post.title.x", "blog.Post."] {
        assert!(wrong.parse::<Subject>().is_err(), "{wrong}");
    }
}

#[test]
fn a_model_may_come_from_another_app() {
    let mut wanted = models("shop.Item: id");
    let kind = QuestionKind::RenamedModel { candidates: Vec::new() };
    let question = Question { model: "shop.Item".parse().unwrap(), field: None, kind };
    let mut answers = script(&[("shop.Item", Answer::renamed_from("blog.Item"))]);
    assert!(answers.apply(&question, &mut wanted));
    let hints = &wanted[&question.model].hints;
    assert_eq!((&hints.moved_from, &hints.renamed_from), (&"blog.Item".parse().ok(), &None));
}

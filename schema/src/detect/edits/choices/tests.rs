use crate::detect::detect;
use crate::detect::question::Question;
use crate::model::hints::SourceModel;
use crate::name::ModelKey;
use crate::notation::{models, state};
use crate::operation::Operation;
use std::collections::BTreeMap;

/// Returns what is done or asked, with hints of the one enum.
fn found(before: &str, after: &str, hint: impl Fn(&mut crate::model::hints::ChoiceHints)) -> Vec<String> {
    let mut wanted: BTreeMap<ModelKey, SourceModel> = models(after);
    for source in wanted.values_mut() {
        hint(&mut source.hints.fields.entry("status".into()).or_default().choices);
    }
    let detection = detect(&state(before), &wanted, &"blog".into()).unwrap();
    let done = detection.operations.iter().map(|operation| {
        let told = operation.behaviour().describe();
        if let Operation::AlterField(change) = operation {
            format!("{told} {:?}", change.moves.renamed)
        } else {
            told
        }
    });
    done.chain(detection.questions.iter().map(Question::summary)).collect()
}

fn said(before: &str, after: &str) -> Vec<String> {
    found(before, after, |_| {})
}

#[test]
fn a_variant_more_alters_the_field_and_their_order_does_not() {
    let before = "Post: id, status @Draft+Live";
    assert_eq!(said(before, "Post: id, status @Draft+Live+Gone"), ["alters field `status` on `Post` []"]);
    assert_eq!(said(before, "Post: id, status @Live+Draft"), [""; 0]);
    let native = "Post: id, status #Draft+Live";
    assert_eq!(said(native, "Post: id, status #Live+Draft"), ["alters field `status` on `Post` []"]);
    assert_eq!(said(before, native), ["alters field `status` on `Post` []"]);
    assert_eq!(said("Post: id, status text", before), ["alters field `status` on `Post` []"]);
}

#[test]
fn a_variant_that_went_is_asked_about_until_its_fate_is_said() {
    let (before, after) = ("Post: id, status @Draft+Live", "Post: id, status @Draft+Public");
    assert_eq!(said(before, after), ["`Status::Live` is gone, and rows may hold it in `Post.status`"]);
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let renamed = found(before, after, |hints| hints.moves.renamed.push(pair("Live", "Public")));
    assert_eq!(renamed, ["alters field `status` on `Post` [(\"Live\", \"Public\")]"]);
    for answer in [Some(pair("Live", "Draft")), None] {
        let removed = found(before, after, |hints| match &answer {
            Some(pair) => hints.moves.removed.push(pair.clone()),
            None => hints.unused.push("Live".to_owned()),
        });
        assert_eq!(removed, ["alters field `status` on `Post` []"]);
    }
    // Once recorded, the answers say nothing.
    let again = found(after, after, |hints| hints.moves.renamed.push(pair("Live", "Public")));
    assert_eq!(again, [""; 0]);
}

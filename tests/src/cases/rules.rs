//! Constraints and indexes that only some databases have.

use modelshift_schema::constraint::{Constraint, ExclusionPart, ExclusionRule, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr, Function};
use modelshift_schema::index::{Index, IndexPart, Nulls};
use modelshift_schema::operation::{AddConstraint, AddIndex, Operation, RenameConstraint};
use modelshift_schema::relation::Deferrable;

use super::operations::{case, rename};
use super::{Case, index};

fn add(constraint: Constraint, name: &str) -> Operation {
    let constraint = constraint.named(name);
    Operation::AddConstraint(AddConstraint { model: "Post".into(), constraint })
}

fn lower(field: &str) -> IndexPart {
    let arguments = vec![Expr::name(field)];
    IndexPart::ascending(Expr::Call { function: Function::Lower, arguments })
}

fn unique(rule: UniqueRule) -> Operation {
    add(Constraint::Unique(rule), "post_rule")
}

/// Returns a condition with as many operators, one inside the other, as the grammar takes.
fn many_operators() -> Expr {
    let is_other = |number: i32| Expr::binary(BinaryOp::Ne, Expr::name("rating"), Expr::int(number));
    let sum = (0..48).fold(Expr::name("rating"), |sum, _| Expr::binary(BinaryOp::Sub, Expr::int(0), sum));
    let all = (1000..1100).map(is_other).fold(Expr::binary(BinaryOp::Ne, sum, Expr::int(999)), |all, one| {
        Expr::binary(BinaryOp::And, all, one)
    });
    (0..50).fold(all, |condition, _| Expr::Not(Box::new(condition)))
}

/// Returns the cases.
pub(super) fn all() -> Vec<Case> {
    let over = |fields: &[&str]| UniqueRule::over(fields.iter().map(|it| (*it).into()).collect());
    let parts = vec![lower("title"), IndexPart::descending(Expr::name("rating"))];
    let shape = Expr::Raw("box(point(rating, 0), point(rating, 1))".to_owned());
    let shape = ExclusionPart { part: IndexPart::ascending(shape), operator: "&&".to_owned() };
    let equal = |field: &str, class: Option<&str>| ExclusionPart {
        part: IndexPart {
            operator_class: class.map(str::to_owned),
            ..IndexPart::ascending(Expr::name(field))
        },
        operator: "=".to_owned(),
    };
    let live = Expr::IsNull { operand: Box::new(Expr::name("published_at")), negated: true };
    let exclude = |parts| Constraint::Exclude(ExclusionRule::new(parts));
    let hash = ExclusionRule {
        method: modelshift_schema::index::IndexMethod::Hash,
        ..ExclusionRule::new(vec![equal("slug", None)])
    };
    let renamed =
        RenameConstraint { model: "Post".into(), before: "post_rule".into(), after: "post_law".into() };
    let last = IndexPart { nulls: Some(Nulls::Last), ..IndexPart::descending(Expr::name("published_at")) };
    let first = IndexPart { nulls: Some(Nulls::First), ..lower("title") };
    vec![
        case("add_constraint_unique_of_expression", vec![unique(UniqueRule::over_parts(parts))]),
        case(
            "add_constraint_check_of_many_operators",
            vec![add(Constraint::Check { name: None, condition: many_operators() }, "post_rule")],
        ),
        case(
            "add_constraint_unique_deferrable",
            vec![unique(UniqueRule { deferrable: Some(Deferrable::Deferred), ..over(&["title"]) })],
        ),
        case(
            "add_constraint_unique_include",
            vec![
                unique(UniqueRule { include: vec!["slug".into()], ..over(&["title"]) }),
                rename("Post", "slug", "path"),
            ],
        ),
        case(
            "add_constraint_unique_nulls",
            vec![
                unique(UniqueRule { nulls_not_distinct: true, ..over(&["title", "parent"]) }),
                add(
                    Constraint::Unique(UniqueRule {
                        nulls_not_distinct: true,
                        when: Some(live.clone()),
                        ..over(&["slug", "parent"])
                    }),
                    "post_live_rule",
                ),
            ],
        ),
        case(
            "add_constraint_exclude",
            vec![add(exclude(vec![shape]), "post_rule"), Operation::RenameConstraint(renamed)],
        ),
        case(
            "add_constraint_exclude_hash",
            vec![
                add(
                    Constraint::Exclude(ExclusionRule {
                        when: Some(live),
                        deferrable: Some(Deferrable::Immediate),
                        ..hash
                    }),
                    "post_rule",
                ),
                rename("Post", "slug", "path"),
            ],
        ),
        case("add_constraint_exclude_scalar", vec![add(exclude(vec![equal("rating", None)]), "post_rule")]),
        case(
            "add_index_nulls",
            vec![Operation::AddIndex(AddIndex {
                model: "Post".into(),
                index: Index { ..index("post_published_idx", vec![last, first]) },
            })],
        ),
    ]
}

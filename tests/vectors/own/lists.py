"""Scenarios of the optimizer: short lists of operations on a few small models."""

import functools

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Abs, Lower

from library import CASCADE, Mixin, char, fk, integer, m2m, o2o
from record import optimization

LISTS = []


def lists(name, *operations, app="migrations"):
    LISTS.append(functools.partial(optimization, f"list_{name}", app, operations))


C = migrations.CreateModel
D = migrations.DeleteModel
R = migrations.RenameModel
AF, RF, LF, NF = migrations.AddField, migrations.RemoveField, migrations.AlterField, migrations.RenameField
AI, RI, NI = migrations.AddIndex, migrations.RemoveIndex, migrations.RenameIndex
AC, RC, LC = migrations.AddConstraint, migrations.RemoveConstraint, migrations.AlterConstraint
UT, IT, OW = migrations.AlterUniqueTogether, migrations.AlterIndexTogether, migrations.AlterOrderWithRespectTo
T, TC, MO, MM = (
    migrations.AlterModelTable,
    migrations.AlterModelTableComment,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
)
S, P, SD = migrations.RunSQL, migrations.RunPython, migrations.SeparateDatabaseAndState
foo = lambda **k: C("Foo", [("name", char(255))], **k)
both = lambda **k: C("Foo", [("a", integer()), ("b", integer())], **k)
bar = lambda **k: C("Bar", [("size", integer())], **k)
idx = lambda *f, name="idx": models.Index(fields=list(f), name=name)
check = lambda n=2, name="pink_gt", **k: models.CheckConstraint(condition=Q(pink__gt=n), name=name, **k)
uniq = lambda *f, name="uq", **k: models.UniqueConstraint(fields=list(f), name=name, **k)
noop = migrations.RunPython.noop

# --- a new model and what follows
AFTER_CREATE = {
    "delete": [D("Foo")],
    "delete_lower": [D("foo")],
    "table": [T("Foo", "woo")],
    "table_twice": [T("Foo", "woo"), T("Foo", "wow")],
    "table_none": [T("Foo", None)],
    "comment": [TC("Foo", "c")],
    "comment_twice": [TC("Foo", "c"), TC("Foo", None)],
    "managers": [MM("Foo", [("objects", models.Manager()), ("things", models.Manager())])],
    "managers_none": [MM("Foo", [])],
    "ordering": [MO("Foo", {"ordering": ["name"]})],
    "managed": [MO("Foo", {"managed": False})],
    "unique_together": [UT("Foo", {("name",)})],
    "unique_together_none": [UT("Foo", set())],
    "index_together": [IT("Foo", {("name",)})],
    "order": [OW("Foo", "name")],
    "rename_twice": [R("Foo", "Bar"), R("Bar", "Baz")],
    "rename_back": [R("Foo", "Bar"), R("Bar", "Foo")],
    "rename_delete": [R("Foo", "Bar"), D("Bar")],
    "rename_case": [R("Foo", "FOO")],
    "field_fk_self": [AF("Foo", "parent", fk("migrations.Foo"))],
    "field_rename": [AF("Foo", "age", integer()), NF("Foo", "age", "years")],
    "field_alter": [AF("Foo", "age", integer()), LF("Foo", "age", models.FloatField())],
    "field_remove": [AF("Foo", "age", integer()), RF("Foo", "age")],
    "rename_field": [NF("Foo", "name", "title"), NF("Foo", "title", "label")],
    "alter_lower": [LF("foo", "NAME", models.TextField())],
    "remove_field": [RF("Foo", "name")],
    "remove_lower": [RF("foo", "Name")],
    "preserve_default": [AF("Foo", "age", integer(default=1), preserve_default=False)],
    "alter_preserve_default": [LF("Foo", "name", models.TextField(default="x"), preserve_default=False)],
    "index": [AI("Foo", idx("name"))],
    "index_remove": [AI("Foo", idx("name")), RI("Foo", "idx")],
    "index_rename": [AI("Foo", idx("name")), NI("Foo", new_name="new", old_name="idx")],
    "index_rename_fields": [NI("Foo", new_name="new", old_fields=["name"])],
    "check": [AC("Foo", check())],
    "check_remove": [AC("Foo", check()), RC("Foo", "pink_gt")],
    "unique_constraint": [AC("Foo", uniq("name"))],
    "check_alter": [AC("Foo", check()), LC("Foo", "pink_gt", check(violation_error_message="m"))],
    "sql": [S("SELECT 2"), AF("Foo", "age", integer())],
    "sql_elidable": [S("SELECT 2", elidable=True), AF("Foo", "age", integer())],
    "python": [P(noop), AF("Foo", "age", integer())],
    "python_elidable": [P(noop, elidable=True), NF("Foo", "name", "title")],
    "separate": [SD([S("SELECT 2")], [AF("Foo", "age", integer())]), NF("Foo", "age", "years")],
    "separate_delete": [SD([], [AF("Foo", "age", integer())]), D("Foo")],
    "mixed": [AF("Foo", "age", integer()), AI("Foo", idx("age")), RF("Foo", "name"), T("Foo", "woo")],
}
for name, rest in AFTER_CREATE.items():
    lists(f"create_{name}", foo(), *rest)
lists(
    "create_with_options_all",
    foo(
        options={"verbose_name": "Foo", "ordering": ["name"]},
        bases=(Mixin, models.Model),
        managers=[("objects", models.Manager())],
    ),
    AF("Foo", "age", integer()),
    R("Foo", "Bar"),
    MO("Bar", {"verbose_name": "Bar"}),
)
lists("create_index_rename_field", foo(options={"indexes": [idx("name")]}), NF("Foo", "name", "title"))
lists(
    "create_index_remove_field",
    C("Foo", [("name", char()), ("age", integer())], options={"indexes": [idx("age")]}),
    RI("Foo", "idx"),
    RF("Foo", "age"),
)
lists(
    "create_index_remove_other",
    foo(options={"indexes": [idx("name"), idx("id", name="other")]}),
    RI("Foo", "idx"),
)
lists("create_check_rename_field", foo(options={"constraints": [uniq("name")]}), NF("Foo", "name", "title"))
lists(
    "create_constraint_alter",
    foo(options={"constraints": [check()]}),
    LC("Foo", "pink_gt", check(violation_error_message="m")),
)
lists("create_set_rename_field", both(options={"unique_together": {("a", "b")}}), NF("Foo", "a", "c"))
lists("create_set_remove_field", both(options={"unique_together": {("a", "b")}}), RF("Foo", "a"))
lists("create_set_remove_lone", both(options={"unique_together": {("a",)}}), RF("Foo", "a"))
lists("create_index_together_rename", both(options={"index_together": {("a", "b")}}), NF("Foo", "b", "c"))
lists("create_order_rename", both(options={"order_with_respect_to": "b"}), NF("Foo", "b", "c"))
lists("create_order_remove", both(options={"order_with_respect_to": "b"}), RF("Foo", "b"))
lists("create_set_swap", both(), UT("Foo", {("a",)}), UT("Foo", {("b",)}), UT("Foo", {("a", "b")}))
lists("create_swap_names", both(), NF("Foo", "a", "c"), NF("Foo", "b", "a"), NF("Foo", "c", "b"))
lists(
    "create_proxy",
    foo(),
    C("FooProxy", [], options={"proxy": True}, bases=("migrations.Foo",)),
    AF("Foo", "age", integer()),
)

# --- several models
lists("two_creates_delete_first", foo(), bar(), D("Foo"))
lists(
    "two_creates_reference_delete_both", foo(), C("Bar", [("foo", fk("migrations.Foo"))]), D("Bar"), D("Foo")
)
lists(
    "two_creates_reference_delete_target",
    foo(),
    C("Bar", [("foo", fk("migrations.Foo"))]),
    RF("Bar", "foo"),
    D("Foo"),
)
lists("two_creates_many_to_many_delete", foo(), C("Bar", [("foos", m2m("migrations.Foo"))]), D("Foo"))
lists(
    "two_creates_through",
    foo(),
    bar(),
    C("Link", [("foo", fk("migrations.Foo")), ("bar", fk("migrations.Bar"))]),
    AF("Foo", "bars", m2m("migrations.Bar", through="migrations.Link")),
)
lists("two_creates_rename_target", foo(), C("Bar", [("foo", fk("migrations.Foo"))]), R("Foo", "Woo"))
lists("two_creates_rename_source", foo(), C("Bar", [("foo", fk("migrations.Foo"))]), R("Bar", "Baz"))
lists(
    "two_creates_alter_target_field",
    foo(),
    C("Bar", [("foo", fk("migrations.Foo"))]),
    LF("Foo", "name", models.TextField()),
)
lists(
    "two_creates_rename_target_field",
    foo(),
    C("Bar", [("foo", fk("migrations.Foo", to_field="name"))]),
    NF("Foo", "name", "title"),
)
lists(
    "two_creates_rename_other_field",
    both(),
    C("Bar", [("foo", fk("migrations.Foo", to_field="a"))]),
    NF("Foo", "b", "c"),
)
lists("two_creates_remove_other_field", both(), C("Bar", [("foo", fk("migrations.Foo"))]), RF("Foo", "b"))
lists(
    "two_creates_add_to_target", foo(), C("Bar", [("foo", fk("migrations.Foo"))]), AF("Foo", "age", integer())
)
lists(
    "two_creates_add_back_reference",
    foo(),
    C("Bar", [("foo", fk("migrations.Foo"))]),
    AF("Foo", "bar", fk("migrations.Bar", null=True)),
)
lists("two_creates_unrelated_between", foo(), bar(), AF("Foo", "age", integer()), AF("Bar", "age", integer()))
lists("two_creates_index_between", foo(), bar(), AI("Bar", idx("size")), AF("Foo", "age", integer()))
lists("two_creates_check_between", foo(), bar(), AC("Bar", check()), RF("Foo", "name"))
lists("two_creates_tables", foo(), bar(), T("Bar", "b"), T("Foo", "f"))
lists(
    "child_of_new_base",
    foo(),
    C("Bar", [("size", integer())], bases=("migrations.Foo",)),
    AF("Foo", "age", integer()),
)
lists(
    "child_of_new_base_deleted",
    foo(),
    C("Bar", [("size", integer())], bases=("migrations.Foo",)),
    D("Bar"),
    D("Foo"),
)
lists("child_of_base_elsewhere", foo(), C("Bar", [("size", integer())], bases=("other.Foo",)), D("Foo"))
lists("reference_elsewhere_of_same_name", foo(), C("Bar", [("foo", fk("other.Foo"))]), R("Foo", "Woo"))
lists(
    "three_in_a_row",
    foo(),
    C("Bar", [("foo", fk("migrations.Foo"))]),
    C("Baz", [("bar", fk("migrations.Bar"))]),
    D("Baz"),
    D("Bar"),
    D("Foo"),
)
lists(
    "three_delete_last",
    foo(),
    C("Bar", [("foo", fk("migrations.Foo"))]),
    C("Baz", [("bar", fk("migrations.Bar"))]),
    RF("Bar", "foo"),
    AF("Foo", "baz", fk("migrations.Baz", null=True)),
)
lists("delete_create_again", D("Foo"), foo())
lists("create_delete_create", foo(), D("Foo"), both())
lists("swap_models", R("Foo", "Tmp"), R("Bar", "Foo"), R("Tmp", "Bar"))
lists("rename_between_creates", foo(), bar(), R("Foo", "Woo"), R("Bar", "Baz"))
lists("rename_model_then_field", R("Foo", "Bar"), AF("Bar", "age", integer()), NF("Bar", "age", "years"))
lists("rename_model_delete", R("Foo", "Bar"), D("Bar"))
lists(
    "rename_with_reference_between",
    R("Foo", "Bar"),
    C("Link", [("bar", fk("migrations.Bar"))]),
    R("Bar", "Baz"),
)
lists("elsewhere_app_label", C("Foo", [("x", fk("other.Bar"))]), bar(), D("Bar"), app="testapp")

# --- operations on models that were there
EXISTING = {
    "add_add_rename": [AF("Foo", "a", integer()), AF("Foo", "b", integer()), NF("Foo", "a", "c")],
    "add_alter_rename_remove": [
        AF("Foo", "a", integer()),
        LF("Foo", "a", char()),
        NF("Foo", "a", "c"),
        RF("Foo", "c"),
    ],
    "alter_alter": [LF("Foo", "a", integer()), LF("Foo", "a", char())],
    "alter_rename": [LF("Foo", "a", integer()), NF("Foo", "a", "b")],
    "rename_alter": [NF("Foo", "a", "b"), LF("Foo", "b", integer())],
    "rename_alter_column": [NF("Foo", "a", "b"), LF("Foo", "b", integer(db_column="x"))],
    "alter_column_rename": [LF("Foo", "a", integer(db_column="a")), NF("Foo", "a", "b")],
    "alter_remove": [LF("Foo", "a", integer()), RF("Foo", "a")],
    "rename_remove": [NF("Foo", "a", "b"), RF("Foo", "b")],
    "rename_rename": [NF("Foo", "a", "b"), NF("Foo", "b", "c")],
    "rename_back": [NF("Foo", "a", "b"), NF("Foo", "b", "a")],
    "remove_add": [RF("Foo", "a"), AF("Foo", "a", integer())],
    "add_alter_preserve": [
        AF("Foo", "a", integer(default=1), preserve_default=False),
        LF("Foo", "a", integer(null=True)),
    ],
    "add_across_other_model": [AF("Foo", "a", integer()), AF("Bar", "x", integer()), RF("Foo", "a")],
    "add_across_reference": [
        AF("Foo", "a", integer()),
        AF("Bar", "x", fk("migrations.Foo", null=True)),
        LF("Foo", "a", char()),
    ],
    "add_across_to_field": [
        AF("Foo", "a", integer(unique=True)),
        AF("Bar", "x", fk("migrations.Foo", to_field="a", null=True)),
        NF("Foo", "a", "b"),
    ],
    "alter_across_rename_model": [LF("Foo", "a", integer()), R("Foo", "Bar"), LF("Bar", "a", char())],
    "add_delete_model": [AF("Foo", "a", integer()), D("Foo")],
    "alter_delete_model": [LF("Foo", "a", integer()), RF("Foo", "b"), NF("Foo", "c", "d"), D("Foo")],
    "index_delete_model": [AI("Foo", idx("a")), D("Foo")],
    "check_delete_model": [AC("Foo", check()), RC("Foo", "other"), D("Foo")],
    "table_delete_model": [T("Foo", "x"), TC("Foo", "y"), D("Foo")],
    "options_delete_model": [MO("Foo", {"ordering": ["a"]}), MM("Foo", []), D("Foo")],
    "options_options": [MO("Foo", {"ordering": ["a"]}), MO("Foo", {"verbose_name": "f"})],
    "managers_managers": [MM("Foo", []), MM("Foo", [("objects", models.Manager())])],
    "comment_comment": [TC("Foo", "a"), TC("Foo", "b")],
    "table_across_field": [T("Foo", "x"), AF("Foo", "a", integer()), T("Foo", "y")],
    "set_across_field": [UT("Foo", {("a",)}), AF("Foo", "z", integer()), UT("Foo", {("a", "b")})],
    "set_across_own_field": [UT("Foo", {("a", "b")}), LF("Foo", "b", char()), UT("Foo", set())],
    "set_and_index_together": [UT("Foo", {("a",)}), IT("Foo", {("a",)}), UT("Foo", set())],
    "order_order": [OW("Foo", "a"), OW("Foo", None)],
    "index_across_field": [AI("Foo", idx("a")), AF("Foo", "z", integer()), RI("Foo", "idx")],
    "index_across_other_index": [AI("Foo", idx("a")), AI("Foo", idx("b", name="other")), RI("Foo", "idx")],
    "index_across_other_model": [
        AI("Foo", idx("a")),
        AI("Bar", idx("b", name="other")),
        NI("Foo", new_name="new", old_name="idx"),
    ],
    "index_remove_add": [RI("Foo", "idx"), AI("Foo", idx("a"))],
    "index_rename_rename_back": [
        NI("Foo", new_name="b", old_name="a"),
        NI("Foo", new_name="a", old_name="b"),
    ],
    "index_rename_remove": [NI("Foo", new_name="b", old_name="a"), RI("Foo", "b")],
    "index_expression_rename": [
        AI("Foo", models.Index(Lower("a"), name="x")),
        NI("Foo", new_name="y", old_name="x"),
    ],
    "index_renames_swapped": [
        NI("Foo", new_name="t", old_name="a"),
        NI("Foo", new_name="a", old_name="b"),
        NI("Foo", new_name="b", old_name="t"),
    ],
    "check_add_remove": [AC("Foo", check()), RC("Foo", "pink_gt")],
    "check_remove_add": [RC("Foo", "pink_gt"), AC("Foo", check())],
    "check_across_check": [AC("Foo", check()), AC("Foo", check(3, "other")), RC("Foo", "pink_gt")],
    "check_across_field": [AC("Foo", check()), LF("Foo", "x", char()), RC("Foo", "pink_gt")],
    "check_add_alter_remove": [
        AC("Foo", check()),
        LC("Foo", "pink_gt", check(violation_error_message="m")),
        RC("Foo", "pink_gt"),
    ],
    "sql_between": [AF("Foo", "a", integer()), S("SELECT 2"), RF("Foo", "a")],
    "sql_elidable_between": [AF("Foo", "a", integer()), S("SELECT 2", elidable=True), RF("Foo", "a")],
    "sql_only_elidable": [S("SELECT 2", elidable=True), S("SELECT 3"), P(noop, elidable=True)],
    "separate_between": [AF("Foo", "a", integer()), SD([], [AF("Bar", "b", integer())]), RF("Foo", "a")],
    "m2m_add_remove": [AF("Foo", "bars", m2m("migrations.Bar")), RF("Foo", "bars")],
    "m2m_rename": [AF("Foo", "bars", m2m("migrations.Bar")), NF("Foo", "bars", "rods")],
    "m2m_across_target": [
        AF("Foo", "bars", m2m("migrations.Bar")),
        LF("Bar", "x", char()),
        LF("Foo", "bars", m2m("migrations.Bar", related_name="foos")),
    ],
}
for name, operations in EXISTING.items():
    lists(name, *operations)

# --- a model that goes in between, whose table may have had the name
owned = lambda: C("Foo", [("name", char(255)), ("owner", fk("migrations.Owner"))])
for name, last in {
    "rename": R("Foo", "Baz"),
    "table": T("Foo", "baz"),
    "alter": LF("Foo", "name", char(99)),
}.items():
    lists(f"create_delete_other_{name}", owned(), D("Bar"), last)

"""Scenarios of the optimizer: pairs of operations with something between, and histories of random edits."""

import itertools

from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Q
from django.db.models.functions import Lower

from chance import Chance
from edits import CASCADE, Project, used
from record import changes, optimization

APP = "yard"


def boat_fields():
    return [
        ("id", models.AutoField(primary_key=True)),
        ("name", models.CharField(max_length=30)),
        ("size", models.IntegerField()),
        ("owner", models.ForeignKey("yard.Owner", CASCADE)),
    ]


def boat_options():
    return {
        "indexes": [models.Index(fields=["name"], name="boat_name")],
        "constraints": [models.CheckConstraint(condition=Q(size__gt=0), name="boat_size")],
    }


def create(name, *fields, **told):
    fields = [("id", models.AutoField(primary_key=True)), *fields]
    return migrations.CreateModel(name, fields, **told)


def many():
    return models.ManyToManyField("yard.Owner", related_name="+")


def check(number=9, **told):
    return models.CheckConstraint(condition=Q(size__lt=number), name="boat_small", **told)


ON_BOAT = {
    "add_age": lambda: migrations.AddField("Boat", "age", models.IntegerField(default=0)),
    "add_harbor": lambda: migrations.AddField("Boat", "harbor", models.ForeignKey("yard.Harbor", CASCADE, null=True)),
    "add_crew": lambda: migrations.AddField("Boat", "crew", many()),
    "alter_age": lambda: migrations.AlterField("Boat", "age", models.BigIntegerField(default=0)),
    "alter_size": lambda: migrations.AlterField("Boat", "size", models.BigIntegerField()),
    "alter_size_again": lambda: migrations.AlterField("Boat", "size", models.FloatField()),
    "remove_age": lambda: migrations.RemoveField("Boat", "age"),
    "remove_size": lambda: migrations.RemoveField("Boat", "size"),
    "remove_name": lambda: migrations.RemoveField("Boat", "name"),
    "rename_age": lambda: migrations.RenameField("Boat", "age", "years"),
    "rename_size": lambda: migrations.RenameField("Boat", "size", "length"),
    "rename_length": lambda: migrations.RenameField("Boat", "length", "metres"),
    "rename_length_back": lambda: migrations.RenameField("Boat", "length", "size"),
    "rename_owner": lambda: migrations.RenameField("Boat", "owner", "keeper"),
    "alter_length": lambda: migrations.AlterField("Boat", "length", models.FloatField()),
    "remove_length": lambda: migrations.RemoveField("Boat", "length"),
    "rename_boat": lambda: migrations.RenameModel("Boat", "Ship"),
    "rename_ship": lambda: migrations.RenameModel("Ship", "Vessel"),
    "rename_ship_back": lambda: migrations.RenameModel("Ship", "Boat"),
    "delete_boat": lambda: migrations.DeleteModel("Boat"),
    "delete_ship": lambda: migrations.DeleteModel("Ship"),
    "add_to_ship": lambda: migrations.AddField("Ship", "age", models.IntegerField(default=0)),
    "table": lambda: migrations.AlterModelTable("Boat", "boats"),
    "table_again": lambda: migrations.AlterModelTable("Boat", "ships"),
    "comment": lambda: migrations.AlterModelTableComment("Boat", "What floats"),
    "comment_again": lambda: migrations.AlterModelTableComment("Boat", "What swims"),
    "options": lambda: migrations.AlterModelOptions("Boat", {"verbose_name": "ship"}),
    "managers": lambda: migrations.AlterModelManagers("Boat", [("afloat", models.Manager())]),
    "set": lambda: migrations.AlterUniqueTogether("Boat", {("name", "size")}),
    "set_of_age": lambda: migrations.AlterUniqueTogether("Boat", {("name", "age")}),
    "no_set": lambda: migrations.AlterUniqueTogether("Boat", set()),
    "index_set": lambda: migrations.AlterIndexTogether("Boat", {("name", "size")}),
    "no_index_set": lambda: migrations.AlterIndexTogether("Boat", set()),
    "order": lambda: migrations.AlterOrderWithRespectTo("Boat", "owner"),
    "no_order": lambda: migrations.AlterOrderWithRespectTo("Boat", None),
    "add_index": lambda: migrations.AddIndex("Boat", models.Index(fields=["size"], name="boat_by_size")),
    "add_lower_index": lambda: migrations.AddIndex("Boat", models.Index(Lower("name"), name="boat_lower")),
    "remove_index": lambda: migrations.RemoveIndex("Boat", "boat_by_size"),
    "remove_first_index": lambda: migrations.RemoveIndex("Boat", "boat_name"),
    "rename_index": lambda: migrations.RenameIndex("Boat", "boat_len", old_name="boat_by_size"),
    "rename_index_again": lambda: migrations.RenameIndex("Boat", "boat_l", old_name="boat_len"),
    "rename_first_index": lambda: migrations.RenameIndex("Boat", "boat_n", old_name="boat_name"),
    "remove_renamed_index": lambda: migrations.RemoveIndex("Boat", "boat_len"),
    "add_check": lambda: migrations.AddConstraint("Boat", check()),
    "add_unique": lambda: migrations.AddConstraint("Boat", models.UniqueConstraint(fields=["name"], name="boat_one")),
    "alter_check": lambda: migrations.AlterConstraint("Boat", "boat_small", check(violation_error_message="big")),
    "remove_check": lambda: migrations.RemoveConstraint("Boat", "boat_small"),
    "remove_unique": lambda: migrations.RemoveConstraint("Boat", "boat_one"),
    "remove_first_check": lambda: migrations.RemoveConstraint("Boat", "boat_size"),
}

BETWEEN = {
    "alone": lambda: [],
    "past_other_model": lambda: [create("Crane", ("load", models.IntegerField()))],
    "past_reference": lambda: [create("Trip", ("boat", models.ForeignKey("yard.Boat", CASCADE)))],
    "past_many": lambda: [create("Race", ("boats", models.ManyToManyField("yard.Boat")))],
    "past_child": lambda: [migrations.CreateModel("Tug", [("pull", models.IntegerField())], bases=("yard.boat",))],
    "past_field_elsewhere": lambda: [migrations.AddField("Owner", "phone", models.IntegerField(null=True))],
    "past_reference_elsewhere": lambda: [
        migrations.AddField("Owner", "best", models.ForeignKey("yard.Boat", CASCADE, null=True, related_name="+"))
    ],
    "past_delete_elsewhere": lambda: [migrations.DeleteModel("Rope")],
    "past_rename_elsewhere": lambda: [migrations.RenameModel("Rope", "Chain")],
    "past_field_here": lambda: [migrations.AddField("Boat", "flag", models.CharField(max_length=3, default=""))],
    "past_sql": lambda: [migrations.RunSQL("SELECT 1", "SELECT 2")],
    "past_python": lambda: [migrations.RunPython(migrations.RunPython.noop)],
}


def base_state(with_boat):
    state = ProjectState()
    plain = [("id", models.AutoField(primary_key=True))]
    for name in ("Owner", "Harbor", "Rope"):
        state.add_model(ModelState(APP, name, list(plain)))
    if with_boat:
        state.add_model(ModelState(APP, "Boat", boat_fields(), boat_options()))
    return state


def is_history(operations, with_boat):
    """Tells whether the operations can be done one after the other."""
    state = base_state(with_boat)
    try:
        for it in operations:
            assert names_what_is_there(it, state)
            it.state_forwards(APP, state)
            assert all(is_whole(model) for model in state.models.values())
        state.apps
    except Exception:
        return False
    return True


def names_what_is_there(it, state):
    """Tells whether what an operation names is there: Django does not look everywhere."""
    model = state.models.get((APP, getattr(it, "model_name", "").lower()))
    if model is None:
        return True
    objects = [inner.name for kind in ("indexes", "constraints") for inner in model.options.get(kind, ())]
    if isinstance(it, migrations.AlterField):
        return it.name in model.fields
    if isinstance(it, migrations.AddField):
        return it.name not in model.fields
    if isinstance(it, (migrations.RemoveIndex, migrations.RemoveConstraint, migrations.AlterConstraint)):
        return it.name in objects
    if isinstance(it, migrations.RenameIndex):
        return it.old_name in objects
    if isinstance(it, migrations.AddIndex):
        return it.index.name not in objects
    return True


def is_whole(model):
    """Tells whether the fields are there that the options of a model name."""
    options = model.options
    sets = [*(options.get("unique_together") or ()), *(options.get("index_together") or ())]
    named = {name for names in sets for name in names}
    for kind in ("indexes", "constraints"):
        for it in options.get(kind, ()):
            named |= used(it)
    order = options.get("order_with_respect_to")
    return named | ({order} if order else set()) <= set(model.fields)


def pairs():
    for way, between in BETWEEN.items():
        for one, other in itertools.permutations(ON_BOAT, 2):
            for start in ("", "new_"):
                first = [migrations.CreateModel("Boat", boat_fields(), boat_options())] if start else []
                operations = lambda: [*first, ON_BOAT[one](), *between(), ON_BOAT[other]()]
                if is_history(operations(), not start):
                    yield f"{start}{one}_{way}_{other}", operations()


def hand_made():
    link = lambda to, **told: models.ForeignKey(f"yard.{to}", CASCADE, **told)
    yield "delete_past_its_referrer", [
        create("Mast"), create("Sail", ("mast", link("Mast"))), migrations.DeleteModel("Sail"), migrations.DeleteModel("Mast")]
    yield "delete_inside", [
        create("Mast"), create("Sail", ("mast", link("Mast"))), migrations.RemoveField("Sail", "mast"), migrations.DeleteModel("Mast")]
    yield "swap_of_names", [
        create("Mast"), create("Sail"), migrations.RenameModel("Mast", "Temp"), migrations.RenameModel("Sail", "Mast"),
        migrations.RenameModel("Temp", "Sail")]
    yield "delete_and_make_again", [create("Mast"), migrations.DeleteModel("Mast"), create("Mast", ("age", models.IntegerField()))]
    yield "rename_and_make_again", [create("Mast"), migrations.RenameModel("Mast", "Pole"), create("Mast")]
    yield "circle", [
        create("Mast"), create("Sail", ("mast", link("Mast"))), migrations.AddField("Mast", "sail", link("Sail", null=True))]
    yield "circle_taken_apart", [
        create("Mast"), create("Sail", ("mast", link("Mast"))), migrations.AddField("Mast", "sail", link("Sail", null=True)),
        migrations.RemoveField("Sail", "mast")]
    yield "reference_to_later_model", [
        create("Sail"), create("Mast"), migrations.AddField("Sail", "mast", link("Mast"))]
    yield "reference_between_two", [
        create("Sail"), create("Mast"), migrations.AddField("Sail", "mast", link("Mast")),
        migrations.AlterField("Sail", "mast", link("Mast", null=True)), migrations.RenameField("Sail", "mast", "pole")]
    yield "through", [
        create("Sail"), create("Mast"), create("Rig", ("sail", link("Sail")), ("mast", link("Mast"))),
        migrations.AddField("Sail", "masts", models.ManyToManyField("yard.Mast", through="yard.Rig"))]
    yield "through_goes", [
        create("Sail"), create("Mast"), create("Rig", ("sail", link("Sail")), ("mast", link("Mast"))),
        migrations.AddField("Sail", "masts", models.ManyToManyField("yard.Mast", through="yard.Rig")),
        migrations.RemoveField("Sail", "masts"), migrations.DeleteModel("Rig")]
    yield "base_goes", [
        create("Craft"), migrations.CreateModel("Raft", [("logs", models.IntegerField())], bases=("yard.craft",)),
        migrations.DeleteModel("Raft"), migrations.DeleteModel("Craft")]
    yield "base_gets_a_field", [
        create("Craft"), migrations.CreateModel("Raft", [("logs", models.IntegerField())], bases=("yard.craft",)),
        migrations.AddField("Craft", "age", models.IntegerField(default=0))]
    yield "base_renamed", [
        create("Craft"), migrations.CreateModel("Raft", [("logs", models.IntegerField())], bases=("yard.craft",)),
        migrations.RenameModel("Craft", "Hull")]
    yield "foreign_app_between", [
        create("Sail"), create("Mast", ("port", models.ForeignKey("sea.Port", CASCADE))),
        migrations.AddField("Sail", "area", models.IntegerField(default=0))]
    yield "reference_abroad_and_back", [
        create("Sail"), migrations.AddField("Sail", "port", models.ForeignKey("sea.Port", CASCADE)),
        migrations.RemoveField("Sail", "port")]
    yield "chain_of_renames_of_a_field", [
        migrations.RenameField("Sail", "a", "b"), migrations.RenameField("Sail", "b", "c"), migrations.RenameField("Sail", "c", "d")]
    yield "swap_of_fields", [
        create("Sail", ("a", models.IntegerField()), ("b", models.FloatField())), migrations.RenameField("Sail", "a", "t"),
        migrations.RenameField("Sail", "b", "a"), migrations.RenameField("Sail", "t", "b")]
    yield "state_and_database_apart", [
        create("Sail"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.AddField("Sail", "a", models.IntegerField(default=0))]),
        migrations.AddField("Sail", "b", models.IntegerField(default=0))]


def history(seed):
    """Gives the operations of an app that random edits lead to, one migration after the other."""
    chance = Chance(seed, apps=1)
    chance.random.random()
    before = Project() if seed % 2 else chance.project()
    after = chance.project() if seed % 2 else before.copy()
    operations = []
    for number in range(2 + seed % 4):
        for migration in changes(before.states(), after.states(), chance.answers).get("alpha", ()):
            operations += migration.operations
        before = after.copy()
        chance.answers = {}
        chance.edit(after, 1 + seed % 2)
    return operations


def squashes(is_all):
    found = [optimization(name, APP, operations) for name, operations in hand_made()]
    listed = list(pairs())
    found += [optimization(name, APP, operations) for name, operations in listed[:: 3 if is_all else 251]]
    for seed in range(600 if is_all else 14):
        operations = history(seed)
        if operations:
            found.append(optimization(f"history_{seed}", "alpha", operations))
    return found

"""Scenarios of the detector for which the shop has no place: models before, models after."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from edits import CASCADE, Project
from record import detection

SCENARIOS = []


def scenario(**answers):
    def remember(function):
        def run():
            before, after = Project(), Project()
            function(before, after)
            return detection(function.__name__, before.states(), after.states(), answers)

        SCENARIOS.append(run)
        return function

    return remember


def char(length=20, **options):
    return models.CharField(max_length=length, **options)


def to(model, on_delete=CASCADE, **options):
    return models.ForeignKey(model, on_delete, **options)


def both(before, after, key, **told):
    for project in (before, after):
        project.add(key, **told)


@scenario()
def nothing(before, after):
    both(before, after, "zoo.Animal", name=char())


@scenario()
def first_models_of_three_apps_in_a_row(before, after):
    after.add("town.Street", name=char(), city=to("land.City"))
    after.add("land.City", name=char(), country=to("world.Country"))
    after.add("world.Country", name=char())


@scenario()
def first_models_in_a_circle_of_three_apps(before, after):
    after.add("one.A", b=to("two.B", null=True))
    after.add("two.B", c=to("three.C", null=True))
    after.add("three.C", a=to("one.A", null=True))


@scenario()
def circle_of_apps_with_more_models(before, after):
    after.add("one.A", b=to("two.B", null=True), name=char())
    after.add("one.Alone", name=char())
    after.add("one.Late", c=to("two.C"))
    after.add("two.B", a=to("one.A", null=True), name=char())
    after.add("two.C", a=to("one.Alone"))


@scenario()
def circle_with_sets_and_objects(before, after):
    after.add(
        "one.A",
        b=to("two.B"),
        name=char(),
        options={
            "unique_together": {("b", "name")},
            "indexes": [models.Index(fields=["b", "name"], name="a_b_idx")],
            "constraints": [models.UniqueConstraint(fields=["b"], name="a_b_uniq")],
        },
    )
    after.add("two.B", a=to("one.A"))


@scenario()
def circle_inside_an_app_with_a_set(before, after):
    after.add("one.A", b=to("one.B"), name=char(), options={"unique_together": {("b", "name")}})
    after.add("one.B", a=to("one.A"))


@scenario()
def two_new_models_by_name(before, after):
    after.add("zoo.Zebra", name=char())
    after.add("zoo.Ape", name=char(), friend=to("zoo.Zebra"))


@scenario()
def new_many_to_many_between_new_models(before, after):
    after.add("zoo.Keeper", animals=models.ManyToManyField("zoo.Animal"))
    after.add("zoo.Animal", name=char())


@scenario()
def new_many_to_many_through_a_third(before, after):
    after.add("zoo.Keeper", animals=models.ManyToManyField("zoo.Animal", through="zoo.Shift"))
    after.add("zoo.Animal", name=char())
    after.add("zoo.Shift", keeper=to("zoo.Keeper"), animal=to("zoo.Animal"), hour=models.IntegerField())


@scenario()
def many_to_many_through_a_model_of_another_app(before, after):
    both(before, after, "zoo.Animal", name=char())
    both(before, after, "staff.Person", name=char())
    after.fields("staff.Person")["feeds"] = models.ManyToManyField("zoo.Animal", through="plan.Meal")
    after.add("plan.Meal", person=to("staff.Person"), animal=to("zoo.Animal"))


@scenario()
def many_to_many_of_itself_through(before, after):
    both(before, after, "net.Node", name=char())
    after.fields("net.Node")["next"] = models.ManyToManyField("net.Node", through="net.Edge")
    after.add("net.Edge", start=to("net.Node", related_name="out"), end=to("net.Node", related_name="into"))


@scenario()
def many_to_many_with_table(before, after):
    both(before, after, "zoo.Animal", name=char())
    both(before, after, "zoo.Food", name=char())
    before.fields("zoo.Animal")["eats"] = models.ManyToManyField("zoo.Food")
    after.fields("zoo.Animal")["eats"] = models.ManyToManyField("zoo.Food", db_table="meals")


@scenario()
def many_to_many_made_a_model(before, after):
    both(before, after, "zoo.Food", name=char())
    both(before, after, "zoo.Animal", name=char())
    before.fields("zoo.Animal")["eats"] = models.ManyToManyField("zoo.Food")
    after.add("zoo.Meal", animal=to("zoo.Animal"), food=to("zoo.Food"))


@scenario()
def through_model_goes_with_its_relation(before, after):
    before.add("zoo.Keeper", name=char(), animals=models.ManyToManyField("zoo.Animal", through="zoo.Shift"))
    after.add("zoo.Keeper", name=char())
    both(before, after, "zoo.Animal", name=char())
    before.add("zoo.Shift", keeper=to("zoo.Keeper"), animal=to("zoo.Animal"))


@scenario()
def child_of_a_new_parent(before, after):
    after.add("zoo.Lion", bases=("zoo.cat",), automatic=False, mane=models.BooleanField())
    after.add("zoo.Cat", name=char())


@scenario()
def child_of_a_parent_abroad(before, after):
    after.add("zoo.Lion", bases=("base.cat",), automatic=False, mane=models.BooleanField())
    after.add("base.Cat", name=char())


@scenario()
def child_and_parent_go(before, after):
    before.add("zoo.Cat", name=char())
    before.add("zoo.Lion", bases=("zoo.cat",), automatic=False, mane=models.BooleanField())


@scenario()
def parent_goes_child_stays_as_a_model(before, after):
    before.add("zoo.Cat", name=char())
    before.add(
        "zoo.Lion",
        bases=("zoo.cat",),
        automatic=False,
        cat_ptr=models.OneToOneField("zoo.Cat", CASCADE, parent_link=True, primary_key=True),
    )
    after.add("zoo.Lion", name=char())


@scenario()
def grandchild(before, after):
    both(before, after, "zoo.Animal", name=char())
    after.add("zoo.Cat", bases=("zoo.animal",), automatic=False, tail=models.BooleanField())
    after.add("zoo.Lion", bases=("zoo.cat",), automatic=False, mane=models.BooleanField())


@scenario()
def field_goes_down_to_a_new_child(before, after):
    before.add("zoo.Animal", name=char(), mane=models.BooleanField(default=False))
    after.add("zoo.Animal", name=char())
    after.add("zoo.Lion", bases=("zoo.animal",), automatic=False, mane=models.BooleanField(default=False))


@scenario()
def mixin_of_no_model(before, after):
    class Noisy:
        pass

    after.add("zoo.Dog", bases=(Noisy, models.Model), name=char())


@scenario()
def proxy_becomes_a_model(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Pet", bases=("zoo.cat",), automatic=False, options={"proxy": True})
    after.add("zoo.Pet", name=char())


@scenario()
def model_becomes_a_proxy(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Pet", name=char())
    after.add("zoo.Pet", bases=("zoo.cat",), automatic=False, options={"proxy": True})


@scenario()
def reference_to_a_new_proxy(before, after):
    both(before, after, "zoo.Cat", name=char())
    after.add("zoo.Pet", bases=("zoo.cat",), automatic=False, options={"proxy": True})
    after.add("home.Owner", pet=to("zoo.Pet"))


@scenario()
def reference_to_a_proxy_abroad(before, after):
    both(before, after, "zoo.Cat", name=char())
    both(before, after, "town.Pet", bases=("zoo.cat",), automatic=False, options={"proxy": True})
    both(before, after, "home.Owner", name=char())
    after.fields("home.Owner")["pet"] = to("town.Pet", null=True)


@scenario()
def proxy_goes(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Pet", bases=("zoo.cat",), automatic=False, options={"proxy": True})


@scenario()
def options_of_a_proxy(before, after):
    both(before, after, "zoo.Cat", name=char())
    both(before, after, "zoo.Pet", bases=("zoo.cat",), automatic=False, options={"proxy": True})
    after.options("zoo.Pet")["verbose_name"] = "pet"


@scenario()
def member_by_setting_in_new_app(before, after):
    after.add("people.Member", name=char())
    after.add("forum.Post", by=to(settings.AUTH_USER_MODEL), text=models.TextField())


@scenario()
def member_by_setting_that_is_there(before, after):
    both(before, after, "people.Member", name=char(), options={"swappable": "AUTH_USER_MODEL"})
    after.add("forum.Post", by=to(settings.AUTH_USER_MODEL), text=models.TextField())


@scenario()
def member_by_setting_is_new_too(before, after):
    after.add("people.Member", name=char(), options={"swappable": "AUTH_USER_MODEL"})
    after.add("people.Badge", of=to(settings.AUTH_USER_MODEL), number=models.IntegerField())


@scenario()
def unmanaged_becomes_managed(before, after):
    before.add("zoo.Old", name=char(), options={"managed": False})
    after.add("zoo.Old", name=char())


@scenario()
def unmanaged_goes(before, after):
    both(before, after, "zoo.New", name=char())
    before.add("zoo.Old", name=char(), options={"managed": False})


@scenario()
def unmanaged_gets_a_field(before, after):
    both(before, after, "zoo.Old", name=char(), options={"managed": False})
    after.fields("zoo.Old")["age"] = models.IntegerField()


@scenario()
def unmanaged_is_referred_to(before, after):
    both(before, after, "zoo.Old", name=char(), options={"managed": False})
    after.add("zoo.New", old=to("zoo.Old"))


@scenario(ask_rename_model=True)
def two_models_renamed(before, after):
    before.add("zoo.Cat", name=char())
    before.add("zoo.Dog", size=models.IntegerField())
    after.add("zoo.Feline", name=char())
    after.add("zoo.Hound", size=models.IntegerField())


@scenario(ask_rename_model=True)
def referrer_and_referred_renamed(before, after):
    before.add("zoo.Cat", name=char())
    before.add("zoo.Owner", cat=to("zoo.Cat"), age=models.IntegerField())
    after.add("zoo.Feline", name=char())
    after.add("zoo.Holder", cat=to("zoo.Feline"), age=models.IntegerField())


@scenario(ask_rename_model=True, ask_rename=True)
def model_and_field_renamed(before, after):
    before.add("zoo.Cat", name=char())
    before.add("zoo.Owner", cat=to("zoo.Cat"), age=models.IntegerField())
    after.add("zoo.Feline", name=char())
    after.add("zoo.Owner", feline=to("zoo.Feline"), age=models.IntegerField())


@scenario(ask_rename_model=True)
def renamed_with_new_field_is_new(before, after):
    before.add("zoo.Cat", name=char())
    after.add("zoo.Feline", name=char(), age=models.IntegerField(default=1))


@scenario(ask_rename_model=True)
def renamed_and_referred_to_from_abroad(before, after):
    before.add("zoo.Cat", name=char())
    before.add("home.Owner", cat=to("zoo.Cat"))
    after.add("zoo.Feline", name=char())
    after.add("home.Owner", cat=to("zoo.Feline"))


@scenario(ask_rename_model=True)
def renamed_with_many_to_many_abroad(before, after):
    before.add("zoo.Cat", name=char())
    before.add("home.Owner", cats=models.ManyToManyField("zoo.Cat"))
    after.add("zoo.Feline", name=char())
    after.add("home.Owner", cats=models.ManyToManyField("zoo.Feline"))


@scenario(ask_rename_model=True)
def renamed_and_newly_referred_to(before, after):
    before.add("zoo.Cat", name=char())
    before.add("home.Owner", name=char())
    after.add("zoo.Feline", name=char())
    after.add("home.Owner", name=char(), cat=to("zoo.Feline", null=True))


@scenario(ask_rename_model=True)
def renamed_base(before, after):
    link = lambda: models.OneToOneField
    before.add("zoo.Cat", name=char())
    before.add("zoo.Lion", bases=("zoo.cat",), automatic=False,
               cat_ptr=link()("zoo.Cat", CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False))
    after.add("zoo.Feline", name=char())
    after.add("zoo.Lion", bases=("zoo.feline",), automatic=False,
              feline_ptr=link()("zoo.Feline", CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False))


@scenario(ask_rename_model=True)
def renamed_with_table_kept(before, after):
    before.add("zoo.Cat", name=char())
    after.add("zoo.Feline", name=char(), options={"db_table": "zoo_cat"})


@scenario(ask_rename_model=True)
def renamed_with_table_of_its_own(before, after):
    before.add("zoo.Cat", name=char(), options={"db_table": "cats"})
    after.add("zoo.Feline", name=char(), options={"db_table": "felines"})


@scenario(ask_rename_model=True)
def renamed_and_another_takes_its_name(before, after):
    before.add("zoo.Cat", name=char())
    after.add("zoo.Feline", name=char())
    after.add("zoo.Cat", size=models.IntegerField())


@scenario(ask_rename=True)
def two_fields_renamed(before, after):
    before.add("zoo.Cat", name=char(), size=models.IntegerField())
    after.add("zoo.Cat", title=char(), weight=models.IntegerField())


@scenario(ask_rename=True)
def fields_of_one_kind_renamed(before, after):
    before.add("zoo.Cat", first=char(), second=char())
    after.add("zoo.Cat", third=char(), fourth=char())


@scenario(ask_rename=True)
def field_renamed_and_another_added(before, after):
    before.add("zoo.Cat", name=char())
    after.add("zoo.Cat", title=char(), nick=char(default=""))


@scenario(ask_rename=True)
def field_renamed_and_altered_is_new(before, after):
    before.add("zoo.Cat", name=char())
    after.add("zoo.Cat", title=char(30, default=""))


@scenario(ask_rename=True)
def primary_key_renamed(before, after):
    before.add("zoo.Cat", name=char(primary_key=True))
    before.add("zoo.Owner", cat=to("zoo.Cat"))
    after.add("zoo.Cat", code=char(primary_key=True))
    after.add("zoo.Owner", cat=to("zoo.Cat"))


@scenario(ask_rename=True)
def referred_field_renamed(before, after):
    before.add("zoo.Cat", code=char(unique=True))
    before.add("zoo.Owner", cat=to("zoo.Cat", to_field="code"))
    after.add("zoo.Cat", slug=char(unique=True))
    after.add("zoo.Owner", cat=to("zoo.Cat", to_field="slug"))


@scenario(ask_rename=True)
def many_to_many_renamed(before, after):
    both(before, after, "zoo.Food", name=char())
    before.add("zoo.Cat", eats=models.ManyToManyField("zoo.Food"))
    after.add("zoo.Cat", likes=models.ManyToManyField("zoo.Food"))


@scenario(ask_rename=True)
def renamed_in_set_and_index(before, after):
    before.add("zoo.Cat", first=char(), second=char(), options={
        "unique_together": {("first", "second")},
        "indexes": [models.Index(fields=["first"], name="cat_first_idx")]})
    after.add("zoo.Cat", name=char(), second=char(), options={
        "unique_together": {("name", "second")},
        "indexes": [models.Index(fields=["name"], name="cat_first_idx")]})


@scenario(ask_rename=True)
def renamed_parent_of_order(before, after):
    both(before, after, "zoo.Cage", name=char())
    before.add("zoo.Cat", cage=to("zoo.Cage"), options={"order_with_respect_to": "cage"})
    after.add("zoo.Cat", house=to("zoo.Cage"), options={"order_with_respect_to": "house"})


@scenario()
def order_goes(before, after):
    both(before, after, "zoo.Cage", name=char())
    before.add("zoo.Cat", cage=to("zoo.Cage"), options={"order_with_respect_to": "cage"})
    after.add("zoo.Cat", cage=to("zoo.Cage"))


@scenario()
def order_changes_its_parent(before, after):
    both(before, after, "zoo.Cage", name=char())
    before.add("zoo.Cat", cage=to("zoo.Cage"), home=to("zoo.Cage", related_name="+"), options={"order_with_respect_to": "cage"})
    after.add("zoo.Cat", cage=to("zoo.Cage"), home=to("zoo.Cage", related_name="+"), options={"order_with_respect_to": "home"})


@scenario()
def new_model_in_order_with_index(before, after):
    both(before, after, "zoo.Cage", name=char())
    after.add("zoo.Cat", cage=to("zoo.Cage"), options={
        "order_with_respect_to": "cage",
        "indexes": [models.Index(fields=["_order"], name="cat_order_idx")]})


@scenario()
def key_becomes_bigger(before, after):
    before.add("zoo.Cat", id=models.AutoField(primary_key=True), name=char())
    after.add("zoo.Cat", id=models.BigAutoField(primary_key=True), name=char())
    both(before, after, "zoo.Owner", cat=to("zoo.Cat"))


@scenario()
def key_of_its_own(before, after):
    before.add("zoo.Cat", name=char())
    after.add("zoo.Cat", name=char(), uuid=models.UUIDField(primary_key=True))


@scenario()
def reference_becomes_the_key(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Chip", cat=to("zoo.Cat"))
    after.add("zoo.Chip", cat=models.OneToOneField("zoo.Cat", CASCADE, primary_key=True))


@scenario()
def reference_becomes_a_column(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Chip", cat=to("zoo.Cat", null=True))
    after.add("zoo.Chip", cat=models.IntegerField(null=True))


@scenario()
def column_becomes_a_reference(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Chip", cat=models.IntegerField(null=True))
    after.add("zoo.Chip", cat=to("zoo.Cat", null=True))


@scenario(ask_rename=True)
def column_with_id_becomes_a_reference(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Chip", cat_id=models.IntegerField(null=True))
    after.add("zoo.Chip", cat=to("zoo.Cat", null=True))


@scenario()
def reference_without_constraint(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Chip", cat=to("zoo.Cat"))
    after.add("zoo.Chip", cat=to("zoo.Cat", db_constraint=False))


@scenario()
def reference_without_index(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("zoo.Chip", cat=to("zoo.Cat"))
    after.add("zoo.Chip", cat=to("zoo.Cat", db_index=False))


@scenario()
def reference_moves_to_a_new_model_abroad(before, after):
    both(before, after, "zoo.Cat", name=char())
    before.add("home.Owner", pet=to("zoo.Cat"))
    after.add("home.Owner", pet=to("farm.Dog"))
    after.add("farm.Dog", name=char())


@scenario()
def circle_goes(before, after):
    before.add("zoo.A", b=to("zoo.B", null=True), name=char())
    before.add("zoo.B", a=to("zoo.A"), name=char())


@scenario()
def circle_of_apps_goes(before, after):
    both(before, after, "one.Stay", name=char())
    both(before, after, "two.Stay", name=char())
    before.add("one.A", b=to("two.B", null=True))
    before.add("two.B", a=to("one.A", null=True))


@scenario()
def chain_goes(before, after):
    before.add("zoo.C", b=to("zoo.B"))
    before.add("zoo.B", a=to("zoo.A"))
    before.add("zoo.A", name=char())


@scenario()
def chain_over_apps_goes(before, after):
    before.add("one.A", b=to("two.B"))
    before.add("two.B", c=to("three.C"))
    before.add("three.C", name=char())


@scenario()
def deleted_and_referrer_loses_its_field(before, after):
    before.add("one.A", name=char(), b=to("two.B"))
    after.add("one.A", name=char())
    before.add("two.B", name=char())
    both(before, after, "two.Other", name=char())


@scenario()
def deleted_and_reference_goes_elsewhere(before, after):
    before.add("one.A", b=to("two.B"))
    after.add("one.A", b=to("two.Other"))
    before.add("two.B", name=char())
    both(before, after, "two.Other", name=char())


@scenario()
def tables_change_names(before, after):
    before.add("zoo.Cat", name=char(), options={"db_table": "one"})
    before.add("zoo.Dog", name=char(), options={"db_table": "two"})
    after.add("zoo.Cat", name=char(), options={"db_table": "three"})
    after.add("zoo.Dog", name=char(), options={"db_table": "one"})


@scenario()
def table_field_objects_and_comment_at_once(before, after):
    before.add("zoo.Cat", name=char(), age=models.IntegerField(), options={"db_table": "one"})
    after.add("zoo.Cat", name=char(), age=models.BigIntegerField(), color=char(null=True), options={
        "db_table": "two",
        "db_table_comment": "Cats",
        "indexes": [models.Index(fields=["color"], name="cat_color_idx")],
        "constraints": [models.CheckConstraint(condition=Q(age__gt=0), name="cat_lives")],
        "unique_together": {("name", "age")}})


@scenario()
def everything_of_a_model_goes_but_its_name(before, after):
    both(before, after, "zoo.Cage", name=char())
    before.add("zoo.Cat", cage=to("zoo.Cage"), name=char(), age=models.IntegerField(), options={
        "db_table": "one", "db_table_comment": "Cats",
        "indexes": [models.Index(fields=["name"], name="cat_name_idx")],
        "constraints": [models.CheckConstraint(condition=Q(age__gt=0), name="cat_lives")],
        "unique_together": {("name", "age")}})
    after.add("zoo.Cat", id=models.AutoField(primary_key=True))


@scenario()
def sets_shrink_and_grow(before, after):
    before.add("zoo.Cat", a=char(), b=char(), c=char(), options={"unique_together": {("a", "b"), ("b", "c")}})
    after.add("zoo.Cat", a=char(), b=char(), c=char(), options={"unique_together": {("a", "c"), ("b", "c")}})


@scenario()
def set_with_new_field_and_gone_field(before, after):
    before.add("zoo.Cat", a=char(), b=models.IntegerField(), options={"unique_together": {("a", "b")}})
    after.add("zoo.Cat", a=char(), c=char(null=True), options={"unique_together": {("a", "c")}})


@scenario()
def set_becomes_a_constraint(before, after):
    before.add("zoo.Cat", a=char(), b=char(), options={"unique_together": {("a", "b")}})
    after.add("zoo.Cat", a=char(), b=char(), options={
        "constraints": [models.UniqueConstraint(fields=["a", "b"], name="cat_a_b")]})


@scenario()
def order_of_a_set_changes(before, after):
    before.add("zoo.Cat", a=char(), b=char(), options={"unique_together": {("a", "b")}})
    after.add("zoo.Cat", a=char(), b=char(), options={"unique_together": {("b", "a")}})


@scenario()
def fields_and_sets_of_two_models(before, after):
    before.add("zoo.Cat", a=char(), b=char(), options={"unique_together": {("a", "b")}})
    before.add("zoo.Dog", a=char(), b=char())
    after.add("zoo.Cat", a=char(), c=char(null=True))
    after.add("zoo.Dog", a=char(), d=char(null=True), options={"unique_together": {("a", "d")}})


@scenario()
def index_and_constraint_over_new_reference(before, after):
    both(before, after, "zoo.Cage", name=char())
    before.add("zoo.Cat", name=char())
    after.add("zoo.Cat", name=char(), cage=to("zoo.Cage", null=True), options={
        "indexes": [models.Index(fields=["cage", "name"], name="cat_cage_idx")],
        "constraints": [models.UniqueConstraint(fields=["cage", "name"], name="cat_cage_uniq")]})


@scenario()
def index_renamed_and_another_added(before, after):
    before.add("zoo.Cat", name=char(), age=models.IntegerField(), options={
        "indexes": [models.Index(fields=["name"], name="cat_one")]})
    after.add("zoo.Cat", name=char(), age=models.IntegerField(), options={
        "indexes": [models.Index(fields=["name"], name="cat_two"), models.Index(fields=["age"], name="cat_one")]})


@scenario()
def kinds_of_unique_rules(before, after):
    before.add("zoo.Cat", name=char(), age=models.IntegerField())
    after.add("zoo.Cat", name=char(), age=models.IntegerField(), options={"constraints": [
        models.UniqueConstraint(fields=["name"], condition=Q(age__gt=3), name="cat_old"),
        models.UniqueConstraint(Upper("name"), name="cat_upper"),
        models.UniqueConstraint(fields=["age"], include=["name"], name="cat_include"),
        models.UniqueConstraint(fields=["name", "age"], deferrable=models.Deferrable.DEFERRED, name="cat_late"),
        models.UniqueConstraint(fields=["age", "name"], nulls_distinct=False, name="cat_nulls"),
        models.CheckConstraint(condition=Q(age__lt=3) | ~Q(name="x"), name="cat_either"),
        models.CheckConstraint(condition=Q(age__range=(1, 5), name__in=["a", "b"]), name="cat_both")]})


@scenario()
def generated_changes(before, after):
    sum_of = lambda number: models.GeneratedField(
        expression=F("a") + number, output_field=models.IntegerField(), db_persist=True)
    before.add("zoo.Cat", a=models.IntegerField(), total=sum_of(1))
    after.add("zoo.Cat", a=models.IntegerField(), total=sum_of(2))


@scenario()
def generated_from_a_new_field(before, after):
    before.add("zoo.Cat", name=char())
    after.add("zoo.Cat", name=char(), a=models.IntegerField(default=0), total=models.GeneratedField(
        expression=F("a") * 2, output_field=models.IntegerField(), db_persist=True))


@scenario()
def generated_goes_with_its_source(before, after):
    before.add("zoo.Cat", name=char(), a=models.IntegerField(default=0), total=models.GeneratedField(
        expression=F("a") * 2, output_field=models.IntegerField(), db_persist=True))
    after.add("zoo.Cat", name=char())


@scenario()
def generated_becomes_plain(before, after):
    before.add("zoo.Cat", name=char(), upper=models.GeneratedField(
        expression=Upper("name"), output_field=char(), db_persist=True))
    after.add("zoo.Cat", name=char(), upper=char(default=""))


@scenario()
def composite_key_is_new(before, after):
    both(before, after, "zoo.Cage", name=char())
    after.add("zoo.Cell", automatic=False, pk=models.CompositePrimaryKey("cage_id", "number"),
              cage=to("zoo.Cage"), number=models.IntegerField())


@scenario()
def many_things_to_be_told(before, after):
    both(before, after, "zoo.Cat", name=char())
    for name in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta"):
        after.fields("zoo.Cat")[name] = models.IntegerField(default=0)


@scenario()
def many_models_to_be_told(before, after):
    both(before, after, "zoo.Cat", name=char())
    for name in ("Antelope", "Buffalo", "Chinchilla", "Dromedary", "Elephant", "Flamingo"):
        after.add(f"zoo.{name}", name=char())


@scenario()
def new_reference_to_a_new_app_and_back(before, after):
    both(before, after, "one.A", name=char())
    after.fields("one.A")["b"] = to("two.B", null=True)
    after.add("two.B", a=to("one.A"))


@scenario()
def apps_refer_crosswise_to_new_models(before, after):
    both(before, after, "one.Old", name=char())
    both(before, after, "two.Old", name=char())
    after.add("one.New", old=to("two.Old"))
    after.add("two.New", old=to("one.Old"))
    after.fields("one.Old")["new"] = to("two.New", null=True)
    after.fields("two.Old")["new"] = to("one.New", null=True)


@scenario()
def one_app_needs_another_twice(before, after):
    both(before, after, "one.A", name=char())
    both(before, after, "two.B", name=char())
    after.fields("one.A")["c"] = to("two.C", null=True)
    after.add("two.C", d=to("one.D"))
    after.add("one.D", e=to("two.E"))
    after.add("two.E", name=char())


@scenario()
def reference_by_unique_field_that_is_new(before, after):
    both(before, after, "one.A", name=char())
    both(before, after, "two.B", name=char())
    after.fields("two.B")["code"] = char(unique=True, null=True)
    after.fields("one.A")["b"] = to("two.B", to_field="code", null=True)


@scenario()
def field_moves_from_one_model_to_the_other(before, after):
    before.add("zoo.Cat", name=char(), age=models.IntegerField(default=0))
    before.add("zoo.Dog", name=char())
    after.add("zoo.Cat", name=char())
    after.add("zoo.Dog", name=char(), age=models.IntegerField(default=0))


@scenario()
def reference_turns_round(before, after):
    before.add("zoo.Cat", name=char(), chip=to("zoo.Chip", null=True))
    before.add("zoo.Chip", code=char())
    after.add("zoo.Cat", name=char())
    after.add("zoo.Chip", code=char(), cat=to("zoo.Cat", null=True))


@scenario()
def dates_of_now(before, after):
    both(before, after, "zoo.Cat", name=char())
    after.fields("zoo.Cat")["made"] = models.DateTimeField(auto_now_add=True)
    after.fields("zoo.Cat")["seen"] = models.DateField(auto_now=True)


@scenario()
def kinds_of_columns(before, after):
    after.add("zoo.All", a=models.BigIntegerField(), b=models.BinaryField(), c=models.BooleanField(),
              d=models.DateField(), e=models.DecimalField(max_digits=5, decimal_places=1),
              f=models.DurationField(), g=models.FileField(), h=models.FloatField(),
              i=models.GenericIPAddressField(), j=models.JSONField(), k=models.PositiveIntegerField(),
              l=models.SlugField(), m=models.SmallIntegerField(), n=models.TimeField(),
              o=models.URLField(), p=models.UUIDField(), q=models.ImageField(),
              r=models.PositiveBigIntegerField(), s=models.PositiveSmallIntegerField())

"""Random projects and random edits of them, each from a seed."""

import random

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from edits import (
    CASCADE, Project, add_to, drop_from, remove_field, remove_model, rename_field, rename_in,
    rename_model, target, used,
)

APPS = ["alpha", "beta", "gamma"]
NAMES = ["Boat", "Crew", "Dock", "Engine", "Flag", "Guest", "Harbor", "Island"]
FIELDS = ["amount", "berth", "color", "depth", "extra", "fee", "grade", "height", "index_no", "joined"]
KINDS = {
    "char": lambda: models.CharField(max_length=30, default="-"),
    "longer": lambda: models.CharField(max_length=60, default="-"),
    "text": lambda: models.TextField(default="-"),
    "int": lambda: models.IntegerField(default=0),
    "big": lambda: models.BigIntegerField(default=0),
    "null": lambda: models.IntegerField(null=True),
    "indexed": lambda: models.IntegerField(default=0, db_index=True),
    "unique": lambda: models.IntegerField(null=True, unique=True),
    "bool": lambda: models.BooleanField(default=False),
    "date": lambda: models.DateField(null=True),
    "server": lambda: models.IntegerField(db_default=7),
    "told": lambda: models.IntegerField(default=0, db_comment="A number"),
    "column": lambda: models.IntegerField(default=0, db_column="special"),
}


class Chance:
    def __init__(self, seed, apps=3):
        self.random = random.Random(seed)
        self.apps = APPS[:apps]
        self.number = 0
        # The questioner says yes to each kind of rename or to none, so that it is asked of no other.
        self.answers = {}

    def one(self, of):
        return self.random.choice(sorted(of))

    def fresh(self, stem):
        self.number += 1
        return f"{stem}_{self.number}"

    def project(self):
        p = Project()
        for _ in range(self.random.randint(2, 5)):
            self.create(p)
        for _ in range(self.random.randint(0, 4)):
            self.attempt(p, [Chance.add_index, Chance.add_constraint, Chance.add_set, Chance.add_relation])
        return p

    def attempt(self, p, edits):
        """Does one of the edits; tells whether it fits."""
        twin = p.copy()
        try:
            self.random.choice(edits)(self, twin)
        except (IndexError, ValueError, KeyError):
            return False
        if twin.models:
            p.models = twin.models
        return bool(twin.models)

    def key(self, p, **wanted):
        return self.one(p.models)

    def plain_fields(self, p, key):
        fields = p.fields(key).items()
        return [name for name, it in fields if it.remote_field is None and not it.primary_key]

    def create(self, p):
        free = [f"{app}.{name}" for app in self.apps for name in NAMES if f"{app}.{name}" not in p.models]
        key = self.one(free)
        fields = self.random.sample(FIELDS, self.random.randint(1, 3))
        kinds = [self.one(KINDS) for _ in fields]
        told = {name: KINDS[kind]() for name, kind in zip(fields, kinds) if kind != "column"}
        p.add(key, **told)
        if len(p.models) > 1 and self.random.random() < 0.6:
            self.relate(p, key)
        return key

    def relate(self, p, key):
        to = self.one(p.models)
        kind = self.random.choice(["key", "key", "null", "one", "many"])
        name = self.fresh("to_" + to.split(".")[1].lower())
        p.fields(key)[name] = {
            "key": lambda: models.ForeignKey(to, CASCADE, related_name="+", default=1),
            "null": lambda: models.ForeignKey(to, models.SET_NULL, null=True, related_name="+"),
            "one": lambda: models.OneToOneField(to, CASCADE, null=True, related_name="+"),
            "many": lambda: models.ManyToManyField(to, related_name="+"),
        }[kind]()

    def add_relation(self, p):
        self.relate(p, self.key(p))

    def add_field(self, p):
        key = self.key(p)
        free = [name for name in FIELDS if name not in p.fields(key)]
        p.fields(key)[self.one(free)] = KINDS[self.one(KINDS)]()

    def remove_field(self, p):
        key = self.key(p)
        remove_field(p, key, self.one([name for name in p.fields(key) if name != "id"]))

    def alter_field(self, p):
        key = self.key(p)
        p.fields(key)[self.one(self.plain_fields(p, key))] = KINDS[self.one(KINDS)]()

    def rename_field(self, p):
        key = self.key(p)
        free = [name for name in FIELDS if name not in p.fields(key)]
        name = self.one(self.plain_fields(p, key))
        if any(used(it) == {name} for it in p.options(key).get("constraints", []) if hasattr(it, "condition")):
            raise IndexError("what is checked keeps its name")
        rename_field(p, key, name, self.one(free))
        self.answers["ask_rename"] = True

    def rename_model(self, p):
        key = self.key(p)
        free = [name for name in NAMES if f"{key.split('.')[0]}.{name}" not in p.models]
        rename_model(p, key, f"{key.split('.')[0]}.{self.one(free)}")
        self.answers["ask_rename_model"] = True

    def delete(self, p):
        remove_model(p, self.key(p))

    def add_index(self, p):
        key = self.key(p)
        names = self.random.sample(self.plain_fields(p, key), 1)
        name = self.fresh("idx")
        kind = self.random.randint(0, 3)
        if kind == 0:
            it = models.Index(Lower(names[0]), name=name) if kind else models.Index(fields=names, name=name)
        elif kind == 1:
            it = models.Index(fields=["-" + names[0]], name=name)
        else:
            it = models.Index(fields=[*names, "id"], name=name)
        add_to(p, key, "indexes", it)

    def add_constraint(self, p):
        key = self.key(p)
        field = self.one(self.plain_fields(p, key))
        name = self.fresh("rule")
        if self.random.random() < 0.5:
            it = models.UniqueConstraint(fields=[field, "id"], name=name)
        else:
            it = models.CheckConstraint(condition=Q((f"{field}__isnull", False)), name=name)
        add_to(p, key, "constraints", it)

    def add_set(self, p):
        key = self.key(p)
        fields = [name for name, it in p.fields(key).items() if not it.many_to_many]
        names = tuple(sorted(self.random.sample(sorted(fields), 2)))
        p.options(key)["unique_together"] = {*p.options(key).get("unique_together", ()), names}

    def remove_set(self, p):
        keys = [key for key in p.models if p.options(key).get("unique_together")]
        del p.options(self.one(keys))["unique_together"]

    def remove_object(self, p):
        key, kind, name = self.object(p)
        drop_from(p, key, kind, name)

    def rename_object(self, p):
        key, kind, name = self.object(p)
        rename_in(p, key, kind, name, self.fresh("other"))

    def object(self, p):
        found = [
            (key, kind, it.name)
            for key, told in p.models.items()
            for kind in ("indexes", "constraints")
            for it in told["options"].get(kind, [])
        ]
        return self.one(found)

    def set_table(self, p):
        p.options(self.key(p))["db_table"] = self.fresh("table")

    def drop_table(self, p):
        del p.options(self.one([key for key in p.models if p.options(key).get("db_table")]))["db_table"]

    def set_comment(self, p):
        p.options(self.key(p))["db_table_comment"] = self.fresh("comment")

    def set_label(self, p):
        p.options(self.key(p))["verbose_name"] = self.fresh("label")

    def order(self, p):
        found = [
            (key, name)
            for key, name, field in p.references()
            if field.many_to_one and not p.options(key).get("order_with_respect_to")
        ]
        key, name = self.one(found)
        p.options(key)["order_with_respect_to"] = name

    EDITS = [
        create, create, add_relation, add_relation, add_field, add_field, add_field, remove_field,
        remove_field, alter_field, alter_field, alter_field, rename_field, rename_field, rename_model,
        delete, add_index, add_constraint, add_set, remove_set, remove_object, remove_object,
        rename_object, set_table, drop_table, set_comment, set_label, order,
    ]

    def edit(self, p, number):
        """Does so many edits of those that fit."""
        while number:
            number -= self.attempt(p, self.EDITS)

"""A project, and what can be done to its models: each edit leads from one project to another."""

import copy

from django.db import models
from django.db.migrations.state import ModelState

CASCADE = models.CASCADE


class Project:
    """Models by `app.Name`: fields, options, bases and managers, in order."""

    def __init__(self):
        self.models = {}

    def copy(self):
        twin = Project()
        twin.models = copy.deepcopy(self.models)
        return twin

    def add(self, key, bases=(), managers=(), options=None, automatic=True, **fields):
        if automatic and not any(field.primary_key for field in fields.values()):
            fields = {"id": models.AutoField(primary_key=True), **fields}
        self.models[key] = {
            "fields": fields,
            "options": dict(options or {}),
            "bases": tuple(bases),
            "managers": list(managers),
        }
        return self

    def fields(self, key):
        return self.models[key]["fields"]

    def options(self, key):
        return self.models[key]["options"]

    def states(self):
        states = []
        for key, told in self.models.items():
            app, name = key.split(".")
            fields = [(name, field.clone()) for name, field in told["fields"].items()]
            options = copy.deepcopy(told["options"])
            bases = told["bases"] or (models.Model,)
            states.append(ModelState(app, name, fields, options, bases, told["managers"]))
        return states

    def references(self):
        """Gives every relation with the model that it is a field of."""
        for key, told in self.models.items():
            for name, field in told["fields"].items():
                if field.remote_field is not None:
                    yield key, name, field


def target(field):
    to = field.remote_field.model
    return to if isinstance(to, str) else to._meta.label


def retargeted(field, before, after):
    """Gives the field with what leads to one model leading to another."""
    _, _, args, kwargs = field.deconstruct()
    for name in ("to", "through"):
        if str(kwargs.get(name, "")).lower() == before.lower():
            kwargs[name] = after
    return type(field)(*args, **kwargs)


def with_options(field, **changed):
    _, _, args, kwargs = field.deconstruct()
    kwargs.update(changed)
    return type(field)(*args, **{name: it for name, it in kwargs.items() if it is not None})


def rename_model(p, before, after):
    order = [(after if key == before else key, told) for key, told in p.models.items()]
    p.models = dict(order)
    for key, name, field in list(p.references()):
        p.fields(key)[name] = retargeted(field, before, after)
    for told in p.models.values():
        told["bases"] = tuple(
            after.lower() if str(base).lower() == before.lower() else base for base in told["bases"]
        )


def rename_field(p, key, before, after):
    fields = p.fields(key)
    for kind in ("indexes", "constraints"):
        for it in p.options(key).get(kind, ()):
            if before in used(it) and before not in getattr(it, "fields", ()):
                raise KeyError("what an expression names keeps its name")
    p.models[key]["fields"] = {(after if name == before else name): it for name, it in fields.items()}
    swap = lambda names: [after if name == before else name for name in names]
    options = p.options(key)
    if "unique_together" in options:
        options["unique_together"] = {tuple(swap(names)) for names in options["unique_together"]}
    if "indexes" in options:
        options["indexes"] = [
            models.Index(fields=swap(it.fields), name=it.name) if it.fields else it
            for it in options["indexes"]
        ]
    if "constraints" in options:
        options["constraints"] = [
            models.UniqueConstraint(fields=swap(it.fields), name=it.name)
            if isinstance(it, models.UniqueConstraint)
            else it
            for it in options["constraints"]
        ]
    if options.get("order_with_respect_to") == before:
        options["order_with_respect_to"] = after


def remove_field(p, key, name):
    del p.fields(key)[name]
    options = p.options(key)
    if "unique_together" in options:
        options["unique_together"] = {it for it in options["unique_together"] if name not in it}
    for kind in ("indexes", "constraints"):
        if kind in options:
            options[kind] = [it for it in options[kind] if name not in used(it)]
    if options.get("order_with_respect_to") == name:
        del options["order_with_respect_to"]


def used(it):
    if isinstance(it, models.CheckConstraint):
        return {str(pair[0]).split("__")[0] for pair in it.condition.children}
    expressions = {part.name for it in it.expressions for part in it.flatten() if isinstance(part, models.F)}
    return expressions | {name.lstrip("-") for name in it.fields}


def remove_model(p, gone):
    del p.models[gone]
    for key, name, field in list(p.references()):
        through = getattr(field.remote_field, "through", None)
        if target(field).lower() == gone.lower() or str(through).lower() == gone.lower():
            remove_field(p, key, name)


def add_to(p, key, kind, it):
    p.options(key).setdefault(kind, [])
    p.options(key)[kind] = [*p.options(key)[kind], it]


def drop_from(p, key, kind, name):
    p.options(key)[kind] = [it for it in p.options(key).get(kind, []) if it.name != name]


def rename_in(p, key, kind, before, after):
    renamed = []
    for it in p.options(key).get(kind, []):
        it = it.clone()
        if it.name == before:
            it.name = after
        renamed.append(it)
    p.options(key)[kind] = renamed

"""Django's states, operations and migrations -> the JSON of the vectors."""

import inspect

from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState


def plain(value):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, type):
        return {"class": value.__name__}
    if isinstance(value, models.Field):
        _, path, args, kwargs = value.deconstruct()
        return thing(path, args, kwargs)
    if hasattr(value, "deconstruct"):
        return thing(*value.deconstruct())
    if callable(value):
        return {"callable": value.__name__}
    return {"repr": repr(value)}


def thing(path, args, kwargs):
    told = {"type": path.rsplit(".", 1)[-1]}
    if args:
        told["args"] = plain(args)
    for name, value in kwargs.items():
        told[name] = value.__name__ if name == "on_delete" else plain(value)
    return told


def model(state):
    fields = [[name, plain(field)] for name, field in state.fields.items()]
    told = {"app": state.app_label, "name": state.name, "fields": fields}
    options = {
        name: value
        for name, value in state.options.items()
        if name not in ("indexes", "constraints") or value
    }
    if options:
        told["options"] = plain(options)
    if state.bases != (models.Model,):
        told["bases"] = plain(state.bases)
    if state.managers:
        told["managers"] = len(state.managers)
    return told


def operation(it):
    name, args, kwargs = it.deconstruct()
    names = list(inspect.signature(type(it)).parameters)
    kwargs = {**dict(zip(names, args)), **kwargs}
    told = {"op": name}
    for key, value in kwargs.items():
        if key == "managers":
            told[key] = len(value)
        elif key == "fields":
            told[key] = [[name, plain(field)] for name, field in value]
        elif key.endswith("operations"):
            told[key] = [operation(inner) for inner in value]
        else:
            told[key] = plain(value)
    return told


def project(states):
    state = ProjectState()
    for it in states:
        state.add_model(it.clone())
    return state


def changes(before, after, answers, graph=None):
    """Gives what the autodetector makes, by app."""
    detector = MigrationAutodetector(
        project(before), project(after), MigrationQuestioner(dict(answers))
    )
    return detector._detect_changes(graph=graph)


def detection(name, before, after, answers, graph=None):
    # The detector changes the states that it is given.
    told = {"before": [model(it) for it in before], "after": [model(it) for it in after]}
    found = changes(before, after, answers, graph)
    migrations = []
    for app in sorted(found):
        for it in found[app]:
            migration = {
                "app": app,
                "name": it.name,
                "initial": bool(it.initial),
                "dependencies": sorted(list(map(str, pair)) for pair in it.dependencies),
                "suggest": it.suggest_name(),
                "operations": [operation(inner) for inner in it.operations],
            }
            migrations.append(migration)
    return {
        "kind": "autodetector",
        "test": name,
        "answers": answers,
        "questioner": "MigrationQuestioner",
        **told,
        "migrations": migrations,
        "rows": [],
    }


def optimization(name, app, operations):
    given = [operation(it) for it in operations]
    fewer = MigrationOptimizer().optimize(list(operations), app)
    return {
        "kind": "optimizer",
        "test": name,
        "app": app,
        "in": given,
        "out": [operation(it) for it in fewer],
        "rows": [],
    }

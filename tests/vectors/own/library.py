"""Scenarios of the detector with authors and books in two apps, each about one thing."""

import datetime
import decimal
import functools
import re
import uuid

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Length, Lower, Now, Upper
from django.db.migrations.state import ModelState
from django.utils.functional import lazystr
from django.utils.deconstruct import deconstructible
from django.contrib.postgres import indexes as pg_indexes

from record import detection

SHELF = []
CASCADE = models.CASCADE


def M(key, /, options=None, bases=None, managers=None, auto=True, **fields):
    app, name = key.split(".")
    if auto and not any(f.primary_key for f in fields.values()):
        fields = {"id": models.AutoField(primary_key=True), **fields}
    return ModelState(
        app, name, list(fields.items()), dict(options or {}), bases or (models.Model,), managers or []
    )


def case(name, before, after, **answers):
    SHELF.append(functools.partial(detection, f"library_{name}", before, after, answers))


def char(n=200, **k):
    return models.CharField(max_length=n, **k)


def fk(to, on_delete=CASCADE, **k):
    return models.ForeignKey(to, on_delete, **k)


def o2o(to, on_delete=CASCADE, **k):
    return models.OneToOneField(to, on_delete, **k)


def m2m(to, **k):
    return models.ManyToManyField(to, **k)


def integer(**k):
    return models.IntegerField(**k)


@deconstructible
class Marker:
    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs

    def __eq__(self, other):
        return isinstance(other, Marker) and (self.args, self.kwargs) == (other.args, other.kwargs)


class ShoutField(models.TextField):
    """A field of one's own, which takes arguments of its own."""

    def __init__(self, volume=1, tags=(), **kwargs):
        self.volume, self.tags = volume, tags
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "volume": self.volume, "tags": self.tags}


class MoneyField(models.DecimalField):
    def __init__(self, **kwargs):
        super().__init__(max_digits=10, decimal_places=2, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits"), kwargs.pop("decimal_places")
        return name, path, args, kwargs


class Mixin:
    pass


def upload_here(instance, filename):
    return filename


def some_default():
    return "x"


author = lambda **k: M("testapp.Author", **k)
named = lambda **k: M("testapp.Author", name=char(), **k)
publisher = lambda **k: M("testapp.Publisher", name=char(100), **k)
book = lambda **k: M("otherapp.Book", author=fk("testapp.Author"), title=char(), **k)

# --- models that come, go and are called otherwise
case("new_models_of_two_apps", [], [author(), M("otherapp.Pony", weight=models.FloatField())])
case("new_model_without_fields", [], [M("testapp.Empty")])
case("new_model_next_to_another", [author()], [author(), publisher()])
case("new_model_key_is_text", [], [M("testapp.Tag", slug=models.SlugField(primary_key=True))])
case(
    "new_model_key_is_uuid",
    [],
    [M("testapp.Tag", id=models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False))],
)
case("delete_two_models", [author(), publisher()], [])
case("delete_model_that_is_referred_to_elsewhere", [author(), book()], [M("otherapp.Book", title=char())])
case("delete_models_of_two_apps", [author(), book()], [])
case("delete_and_create_alike", [named()], [M("testapp.Writer", name=char())])
case("rename_model_yes", [named()], [M("testapp.Writer", name=char())], ask_rename_model=True)
case(
    "rename_model_and_key_type",
    [named()],
    [M("testapp.Writer", id=models.BigAutoField(primary_key=True), name=char())],
    ask_rename_model=True,
)
case(
    "rename_model_and_add_field",
    [named()],
    [M("testapp.Writer", name=char(), age=integer())],
    ask_rename_model=True,
)
case(
    "rename_one_of_two_alike",
    [named(), publisher()],
    [named(), M("testapp.House", name=char(100))],
    ask_rename_model=True,
)
case(
    "rename_two_models",
    [named(), publisher()],
    [M("testapp.Writer", name=char()), M("testapp.House", name=char(100))],
    ask_rename_model=True,
)
case(
    "rename_model_with_table",
    [named(options={"db_table": "authors"})],
    [M("testapp.Writer", name=char(), options={"db_table": "authors"})],
    ask_rename_model=True,
)
case(
    "rename_model_takes_old_table",
    [named()],
    [M("testapp.Writer", name=char(), options={"db_table": "testapp_author"})],
    ask_rename_model=True,
)
case(
    "rename_model_with_self_reference",
    [M("testapp.Author", mentor=fk("testapp.Author", null=True))],
    [M("testapp.Writer", mentor=fk("testapp.Writer", null=True))],
    ask_rename_model=True,
)
case(
    "rename_model_with_many_to_many_to_it",
    [named(), M("otherapp.Book", authors=m2m("testapp.Author"))],
    [M("testapp.Writer", name=char()), M("otherapp.Book", authors=m2m("testapp.Writer"))],
    ask_rename_model=True,
)
case(
    "rename_model_referred_to_in_same_app",
    [named(), M("testapp.Book", author=fk("testapp.Author"))],
    [M("testapp.Writer", name=char()), M("testapp.Book", author=fk("testapp.Writer"))],
    ask_rename_model=True,
)
case(
    "rename_model_with_one_to_one",
    [named(), M("testapp.Profile", author=o2o("testapp.Author"))],
    [M("testapp.Writer", name=char()), M("testapp.Profile", author=o2o("testapp.Writer"))],
    ask_rename_model=True,
)
case(
    "rename_base",
    [named(), M("testapp.Poet", bases=("testapp.Author",), auto=False, style=char())],
    [
        M("testapp.Writer", name=char()),
        M("testapp.Poet", bases=("testapp.Writer",), auto=False, style=char()),
    ],
    ask_rename_model=True,
)
case(
    "rename_child",
    [named(), M("testapp.Poet", bases=("testapp.Author",), auto=False, style=char())],
    [named(), M("testapp.Bard", bases=("testapp.Author",), auto=False, style=char())],
    ask_rename_model=True,
)
case(
    "rename_model_and_its_field_and_reference",
    [named(), book()],
    [M("testapp.Writer", full=char()), M("otherapp.Book", writer=fk("testapp.Writer"), title=char())],
    ask_rename_model=True,
    ask_rename=True,
)
case(
    "rename_model_with_indexes",
    [named(options={"indexes": [models.Index(fields=["name"], name="name_idx")]})],
    [M("testapp.Writer", name=char(), options={"indexes": [models.Index(fields=["name"], name="name_idx")]})],
    ask_rename_model=True,
)
case(
    "rename_model_with_set",
    [named(age=integer(), options={"unique_together": {("name", "age")}})],
    [M("testapp.Writer", name=char(), age=integer(), options={"unique_together": {("name", "age")}})],
    ask_rename_model=True,
)
case(
    "rename_through_and_field",
    [
        author(),
        publisher(),
        M("testapp.Contract", author=fk("testapp.Author"), publisher=fk("testapp.Publisher")),
    ],
    [
        author(),
        publisher(),
        M("testapp.Deal", writer=fk("testapp.Author"), publisher=fk("testapp.Publisher")),
    ],
    ask_rename_model=True,
    ask_rename=True,
)
case(
    "swap_model_names",
    [M("testapp.A", x=integer()), M("testapp.B", y=char())],
    [M("testapp.B", x=integer()), M("testapp.A", y=char())],
    ask_rename_model=True,
    ask_rename=True,
)

# --- fields
for kind, field in {
    "binary": models.BinaryField(null=True),
    "boolean": models.BooleanField(default=False),
    "decimal": models.DecimalField(max_digits=5, decimal_places=1, null=True),
    "duration": models.DurationField(null=True),
    "email": models.EmailField(blank=True, default=""),
    "file": models.FileField(upload_to="files/"),
    "file_function": models.FileField(upload_to=upload_here),
    "filepath": models.FilePathField(path="/tmp", match="x.*"),
    "image": models.ImageField(upload_to="img", blank=True),
    "ip": models.GenericIPAddressField(protocol="ipv4", null=True),
    "json": models.JSONField(default=dict),
    "slug": models.SlugField(unique=True, null=True),
    "url": models.URLField(max_length=300, blank=True),
    "uuid": models.UUIDField(default=uuid.uuid4),
    "positive": models.PositiveSmallIntegerField(default=1),
    "custom": ShoutField(volume=11, tags=("a", "b"), null=True),
    "money": MoneyField(default=decimal.Decimal("1.50")),
    "nullable_text": models.TextField(null=True, blank=True),
    "choices": char(2, choices=[("a", "A"), ("b", "B")], default="a"),
    "db_default": integer(db_default=5),
    "db_default_now": models.DateTimeField(db_default=Now()),
    "comment": char(10, db_comment="What it is", null=True),
    "collation": char(10, db_collation="nocase", null=True),
    "column": char(10, db_column="The Name", null=True),
    "validators": integer(validators=[MinValueValidator(3)], null=True),
    "regex": char(10, validators=[RegexValidator(re.compile("^a", re.IGNORECASE))], null=True),
    "lazy": char(10, verbose_name=lazystr("the name"), help_text=lazystr("help"), null=True),
    "callable_default": char(10, default=some_default),
    "date_default": models.DateField(default=datetime.date(2020, 1, 2)),
    "datetime_default": models.DateTimeField(
        default=datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc)
    ),
    "timedelta_default": models.DurationField(default=datetime.timedelta(days=1)),
    "set_default": char(10, default=frozenset({1, 2})),
    "one_to_one_self": o2o("testapp.Author", null=True),
    "self": fk("self", null=True),
    "many_to_many_self": m2m("self"),
    "many_to_many_asymmetric": m2m("testapp.Author", symmetrical=False),
}.items():
    case(f"add_{kind}_field", [author()], [author(extra=field)])

case(
    "add_fields_to_two_models",
    [author(), publisher()],
    [named(), M("testapp.Publisher", name=char(100), city=char(10, default=""))],
)
case("add_fields_in_two_apps", [author(), book()], [named(), book(year=integer(default=2000))])
case(
    "add_auto_now_and_default",
    [author()],
    [author(seen=models.DateTimeField(auto_now=True), made=models.DateTimeField(auto_now_add=True))],
)
case("add_blank_text", [author()], [author(bio=models.TextField(blank=True), nick=char(10, blank=True))])
case(
    "add_generated_of_old_field",
    [named()],
    [named(loud=models.GeneratedField(expression=Upper("name"), output_field=char(), db_persist=True))],
)
case(
    "alter_source_of_generated",
    [
        named(
            n=integer(),
            d=models.GeneratedField(expression=F("n") + 1, output_field=integer(), db_persist=True),
        )
    ],
    [
        named(
            n=models.BigIntegerField(),
            d=models.GeneratedField(expression=F("n") + 1, output_field=integer(), db_persist=True),
        )
    ],
)
case(
    "alter_generated_output",
    [named(d=models.GeneratedField(expression=Length("name"), output_field=integer(), db_persist=True))],
    [
        named(
            d=models.GeneratedField(
                expression=Length("name"), output_field=models.BigIntegerField(), db_persist=True
            )
        )
    ],
)
case(
    "remove_generated_and_source",
    [
        named(
            n=integer(),
            d=models.GeneratedField(expression=F("n") * 2, output_field=integer(), db_persist=False),
        )
    ],
    [named()],
)
case("rename_field_no", [named()], [M("testapp.Author", names=char())])
case(
    "rename_two_fields",
    [named(age=integer())],
    [M("testapp.Author", names=char(), years=integer())],
    ask_rename=True,
)
case("rename_field_and_alter", [named()], [M("testapp.Author", names=char(100))], ask_rename=True)
case(
    "rename_field_with_column", [named()], [M("testapp.Author", full=char(db_column="name"))], ask_rename=True
)
case(
    "rename_field_that_has_column",
    [M("testapp.Author", name=char(db_column="the_name"))],
    [M("testapp.Author", full=char(db_column="the_name"))],
    ask_rename=True,
)
case(
    "rename_reference",
    [author(), book()],
    [author(), M("otherapp.Book", writer=fk("testapp.Author"), title=char())],
    ask_rename=True,
)
case(
    "rename_many_to_many",
    [author(), M("otherapp.Book", authors=m2m("testapp.Author"))],
    [author(), M("otherapp.Book", writers=m2m("testapp.Author"))],
    ask_rename=True,
)
case(
    "rename_field_in_index",
    [named(options={"indexes": [models.Index(fields=["name"], name="n_idx")]})],
    [M("testapp.Author", full=char(), options={"indexes": [models.Index(fields=["full"], name="n_idx")]})],
    ask_rename=True,
)
case(
    "rename_field_in_unique_constraint",
    [named(options={"constraints": [models.UniqueConstraint(fields=["name"], name="n_uq")]})],
    [
        M(
            "testapp.Author",
            full=char(),
            options={"constraints": [models.UniqueConstraint(fields=["full"], name="n_uq")]},
        )
    ],
    ask_rename=True,
)
case(
    "rename_field_in_check",
    [
        M(
            "testapp.Author",
            age=integer(),
            options={"constraints": [models.CheckConstraint(condition=Q(age__gt=1), name="age_ck")]},
        )
    ],
    [
        M(
            "testapp.Author",
            years=integer(),
            options={"constraints": [models.CheckConstraint(condition=Q(years__gt=1), name="age_ck")]},
        )
    ],
    ask_rename=True,
)
case(
    "rename_to_field_target",
    [
        M("testapp.Author", slug=char(unique=True)),
        M("testapp.Book", author=fk("testapp.Author", to_field="slug")),
    ],
    [
        M("testapp.Author", code=char(unique=True)),
        M("testapp.Book", author=fk("testapp.Author", to_field="code")),
    ],
    ask_rename=True,
)
case(
    "rename_ordered_parent",
    [
        M("testapp.Book", a=integer()),
        M("testapp.Page", book=fk("testapp.Book"), options={"order_with_respect_to": "book"}),
    ],
    [
        M("testapp.Book", a=integer()),
        M("testapp.Page", tome=fk("testapp.Book"), options={"order_with_respect_to": "tome"}),
    ],
    ask_rename=True,
)
case(
    "rename_primary_key",
    [M("testapp.Author", code=char(primary_key=True)), M("testapp.Book", author=fk("testapp.Author"))],
    [M("testapp.Author", isni=char(primary_key=True)), M("testapp.Book", author=fk("testapp.Author"))],
    ask_rename=True,
)
case("remove_fields_of_two_models", [named(), publisher()], [author(), M("testapp.Publisher")])
case(
    "remove_field_with_index",
    [named(options={"indexes": [models.Index(fields=["name"], name="n_idx")]})],
    [author()],
)
case(
    "remove_field_with_constraint",
    [
        M(
            "testapp.Author",
            age=integer(),
            options={"constraints": [models.CheckConstraint(condition=Q(age__gt=0), name="age_ck")]},
        )
    ],
    [author()],
)
case(
    "remove_field_with_set", [named(age=integer(), options={"unique_together": {("name", "age")}})], [named()]
)
case("remove_reference", [author(), book()], [author(), M("otherapp.Book", title=char())])
case(
    "remove_many_to_many",
    [author(), M("otherapp.Book", authors=m2m("testapp.Author"))],
    [author(), M("otherapp.Book")],
)

ALTERED = {
    "to_text": (char(), models.TextField()),
    "to_null": (char(), char(null=True)),
    "to_unique": (char(), char(unique=True)),
    "to_indexed": (char(), char(db_index=True)),
    "not_indexed": (char(db_index=True), char()),
    "to_column": (char(), char(db_column="nom")),
    "no_column": (char(db_column="nom"), char()),
    "default": (char(), char(default="a")),
    "other_default": (char(default="a"), char(default="b")),
    "no_default": (char(default="a"), char()),
    "callable": (char(default=some_default), char(default=uuid.uuid4)),
    "help_text": (char(), char(help_text="x")),
    "choices": (char(), char(choices=[("a", "A")])),
    "validators": (char(), char(validators=[MinValueValidator(1)])),
    "same_validators": (
        char(validators=[RegexValidator(re.compile("^x$"))]),
        char(validators=[RegexValidator(re.compile("^x$"))]),
    ),
    "other_regex": (
        char(validators=[RegexValidator(re.compile("^x$"))]),
        char(validators=[RegexValidator(re.compile("^x$", re.MULTILINE))]),
    ),
    "comment": (char(), char(db_comment="c")),
    "no_comment": (char(db_comment="c"), char()),
    "collation": (char(), char(db_collation="C")),
    "db_default": (integer(), integer(db_default=1)),
    "no_db_default": (integer(db_default=1), integer()),
    "int_to_big": (integer(), models.BigIntegerField()),
    "digits": (
        models.DecimalField(max_digits=5, decimal_places=1),
        models.DecimalField(max_digits=9, decimal_places=2),
    ),
    "custom_arguments": (ShoutField(volume=1), ShoutField(volume=2)),
    "custom_tags": (ShoutField(tags=("a",)), ShoutField(tags=("a", "b"))),
    "custom_same": (ShoutField(tags=["a"]), ShoutField(tags=("a",))),
    "to_custom": (models.TextField(), ShoutField()),
    "null_to_not_with_auto_now": (models.DateTimeField(null=True), models.DateTimeField(auto_now=True)),
    "upload_to": (models.FileField(upload_to="a"), models.FileField(upload_to="b")),
    "marker": (char(default=Marker(1, a=2)), char(default=Marker(1, a=3))),
    "marker_same": (
        char(default=Marker(Marker(1), x=[Marker(2)])),
        char(default=Marker(Marker(1), x=[Marker(2)])),
    ),
    "dict_default": (models.JSONField(default=dict), models.JSONField(default=list)),
    "lazy_label": (char(verbose_name="a"), char(verbose_name=lazystr("a"))),
    "blank": (char(), char(blank=True)),
    "editable": (char(), char(editable=False)),
    "tablespace": (char(), char(db_tablespace="t")),
    "char_to_fk": (char(), fk("testapp.Author", null=True)),
    "fk_to_integer": (fk("testapp.Author"), integer()),
    "fk_to_one_to_one": (fk("testapp.Author"), o2o("testapp.Author")),
    "one_to_one_to_fk": (o2o("testapp.Author"), fk("testapp.Author")),
    "on_delete": (fk("testapp.Author"), fk("testapp.Author", models.PROTECT)),
    "related_name": (fk("testapp.Author"), fk("testapp.Author", related_name="books")),
    "db_constraint": (fk("testapp.Author"), fk("testapp.Author", db_constraint=False)),
    "fk_no_index": (fk("testapp.Author"), fk("testapp.Author", db_index=False)),
    "limit_choices": (fk("testapp.Author"), fk("testapp.Author", limit_choices_to={"id__gt": 1})),
    "fk_null": (fk("testapp.Author"), fk("testapp.Author", null=True)),
    "fk_other_target": (fk("testapp.Author"), fk("testapp.Publisher")),
    "m2m_related_name": (m2m("testapp.Author"), m2m("testapp.Author", related_name="works")),
    "m2m_db_table": (m2m("testapp.Author"), m2m("testapp.Author", db_table="works")),
    "m2m_other_target": (m2m("testapp.Author"), m2m("testapp.Publisher")),
    "m2m_to_fk": (m2m("testapp.Author"), fk("testapp.Author", null=True)),
    "fk_to_m2m": (fk("testapp.Author"), m2m("testapp.Author")),
    "m2m_to_char": (m2m("testapp.Author"), char(default="")),
    "char_to_m2m": (char(), m2m("testapp.Author")),
    "m2m_through": (m2m("testapp.Author"), m2m("testapp.Author", through="otherapp.Link")),
    "m2m_no_through": (m2m("testapp.Author", through="otherapp.Link"), m2m("testapp.Author")),
}
link = lambda: M("otherapp.Link", author=fk("testapp.Author"), book=fk("otherapp.Book"))
for kind, (one, other) in ALTERED.items():
    around = [author(), publisher()]
    around += [link()] if "through" in kind else []
    case(f"alter_{kind}", [*around, M("otherapp.Book", it=one)], [*around, M("otherapp.Book", it=other)])
case(
    "alter_to_field",
    [M("testapp.Author", slug=char(unique=True)), M("testapp.Book", author=fk("testapp.Author"))],
    [
        M("testapp.Author", slug=char(unique=True)),
        M("testapp.Book", author=fk("testapp.Author", to_field="slug")),
    ],
)
case(
    "alter_key_to_big",
    [author(), book()],
    [M("testapp.Author", id=models.BigAutoField(primary_key=True)), book()],
)
case(
    "alter_key_to_other_field",
    [M("testapp.Author", code=char(unique=True))],
    [M("testapp.Author", code=char(primary_key=True))],
)
case(
    "alter_fields_of_two_models",
    [named(), publisher()],
    [M("testapp.Author", name=char(10)), M("testapp.Publisher", name=char(10))],
)
case("null_to_not_null_by_answer", [M("testapp.Author", name=char(null=True))], [named()])

# --- sets, indexes, constraints, options
for name, options in {
    "set": {"unique_together": {("name", "age")}},
    "flat_set": {"unique_together": ("name", "age")},
    "two_sets": {"unique_together": {("name",), ("age", "name")}},
    "index": {"indexes": [models.Index(fields=["name", "-age"], name="a_idx")]},
    "unnamed_index": {"indexes": [models.Index(fields=["name"], name="testapp_aut_name_idx")]},
    "partial_index": {"indexes": [models.Index(fields=["name"], name="p_idx", condition=Q(age__gt=18))]},
    "expression_index": {"indexes": [models.Index(Lower("name").desc(), "age", name="e_idx")]},
    "covering_index": {"indexes": [models.Index(fields=["name"], name="c_idx", include=["age"])]},
    "class_index": {"indexes": [models.Index(fields=["name"], name="o_idx", opclasses=["text_pattern_ops"])]},
    "gin_index": {"indexes": [pg_indexes.GinIndex(fields=["name"], name="gin_idx", fastupdate=False)]},
    "brin_index": {"indexes": [pg_indexes.BrinIndex(fields=["age"], name="brin_idx", pages_per_range=4)]},
    "hash_index": {"indexes": [pg_indexes.HashIndex(fields=["name"], name="hash_idx")]},
    "bloom_index": {"indexes": [pg_indexes.BloomIndex(fields=["name", "age"], name="bloom_idx", length=80)]},
    "tablespace_index": {"indexes": [models.Index(fields=["name"], name="ts_idx", db_tablespace="fast")]},
    "check": {"constraints": [models.CheckConstraint(condition=Q(age__gte=0), name="age_ck")]},
    "check_or": {
        "constraints": [models.CheckConstraint(condition=Q(age__gte=0) | ~Q(name=""), name="or_ck")]
    },
    "check_f": {"constraints": [models.CheckConstraint(condition=Q(age__lt=F("id") * 2), name="f_ck")]},
    "check_message": {
        "constraints": [
            models.CheckConstraint(
                condition=Q(age__gt=0), name="m_ck", violation_error_message="No!", violation_error_code="no"
            )
        ]
    },
    "unique": {"constraints": [models.UniqueConstraint(fields=["name", "age"], name="u_uq")]},
    "unique_condition": {
        "constraints": [models.UniqueConstraint(fields=["name"], condition=Q(age=1), name="uc_uq")]
    },
    "unique_deferrable": {
        "constraints": [
            models.UniqueConstraint(fields=["name"], name="ud_uq", deferrable=models.Deferrable.DEFERRED)
        ]
    },
    "unique_expression": {"constraints": [models.UniqueConstraint(Lower("name"), name="ue_uq")]},
    "unique_nulls": {
        "constraints": [models.UniqueConstraint(fields=["name"], name="un_uq", nulls_distinct=False)]
    },
    "unique_include": {
        "constraints": [models.UniqueConstraint(fields=["name"], name="ui_uq", include=["age"])]
    },
    "index_and_check": {
        "indexes": [models.Index(fields=["name"], name="i_idx")],
        "constraints": [models.CheckConstraint(condition=Q(age__gt=0), name="c_ck")],
    },
    "table": {"db_table": "writers"},
    "comment": {"db_table_comment": "Writers"},
    "table_and_comment": {"db_table": "writers", "db_table_comment": "Writers"},
    "ordering": {"ordering": ["-name"]},
    "labels": {"verbose_name": lazystr("writer"), "verbose_name_plural": "writers", "ordering": ["age"]},
    "tablespace": {"db_tablespace": "slow"},
    "managed": {"managed": False},
    "permissions": {"permissions": [("can_write", "Can write")], "default_permissions": ()},
    "get_latest_by": {"get_latest_by": "age"},
    "base_manager": {
        "base_manager_name": "objects",
        "default_manager_name": "objects",
        "select_on_save": True,
    },
}.items():
    person = lambda **k: M("testapp.Author", name=char(), age=integer(), **k)
    case(f"new_model_with_{name}", [], [person(options=options)])
    if name != "flat_set":
        # Only a whole model may tell one set without a set around it.
        case(f"add_{name}", [person()], [person(options=options)])
    case(f"remove_{name}", [person(options=options)], [person()])
case(
    "change_check_message",
    [
        M(
            "testapp.Author",
            age=integer(),
            options={"constraints": [models.CheckConstraint(condition=Q(age__gt=0), name="c")]},
        )
    ],
    [
        M(
            "testapp.Author",
            age=integer(),
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(age__gt=0), name="c", violation_error_message="m")
                ]
            },
        )
    ],
)
case(
    "rename_constraint",
    [named(options={"constraints": [models.UniqueConstraint(fields=["name"], name="a")]})],
    [named(options={"constraints": [models.UniqueConstraint(fields=["name"], name="b")]})],
)
case(
    "rename_two_indexes",
    [
        named(
            age=integer(),
            options={
                "indexes": [models.Index(fields=["name"], name="a"), models.Index(fields=["age"], name="b")]
            },
        )
    ],
    [
        named(
            age=integer(),
            options={
                "indexes": [models.Index(fields=["name"], name="c"), models.Index(fields=["age"], name="d")]
            },
        )
    ],
)
case(
    "swap_index_names",
    [
        named(
            age=integer(),
            options={
                "indexes": [models.Index(fields=["name"], name="a"), models.Index(fields=["age"], name="b")]
            },
        )
    ],
    [
        named(
            age=integer(),
            options={
                "indexes": [models.Index(fields=["name"], name="b"), models.Index(fields=["age"], name="a")]
            },
        )
    ],
)
case(
    "set_to_constraint",
    [named(age=integer(), options={"unique_together": {("name", "age")}})],
    [
        named(
            age=integer(),
            options={"constraints": [models.UniqueConstraint(fields=["name", "age"], name="uq")]},
        )
    ],
)
case(
    "set_and_new_reference",
    [author(), M("otherapp.Book", title=char())],
    [
        author(),
        M(
            "otherapp.Book",
            title=char(),
            author=fk("testapp.Author", null=True),
            options={"unique_together": {("title", "author")}},
        ),
    ],
)
case(
    "index_and_new_field_and_gone_field",
    [named(options={"indexes": [models.Index(fields=["name"], name="i")]})],
    [author(age=integer(default=0), options={"indexes": [models.Index(fields=["age"], name="i")]})],
)
case("unmanaged_new", [], [author(options={"managed": False})])
case(
    "unmanaged_new_next_to_managed",
    [author()],
    [author(), M("testapp.Shadow", x=integer(), options={"managed": False})],
)
case(
    "unmanaged_gets_field",
    [M("testapp.Shadow", options={"managed": False})],
    [M("testapp.Shadow", x=integer(), options={"managed": False})],
)
case(
    "unmanaged_referred_to",
    [],
    [M("testapp.Shadow", options={"managed": False}), M("otherapp.Book", s=fk("testapp.Shadow"))],
)
case(
    "unmanaged_renamed",
    [M("testapp.Shadow", x=integer(), options={"managed": False})],
    [M("testapp.Ghost", x=integer(), options={"managed": False})],
    ask_rename_model=True,
)
case(
    "unmanaged_index",
    [M("testapp.Shadow", x=integer(), options={"managed": False})],
    [
        M(
            "testapp.Shadow",
            x=integer(),
            options={"managed": False, "indexes": [models.Index(fields=["x"], name="x")]},
        )
    ],
)
case(
    "unmanaged_changed",
    [M("testapp.Shadow", x=integer(), options={"managed": False, "db_table": "a"})],
    [M("testapp.Shadow", x=char(), options={"managed": False, "db_table": "b"})],
)

# --- proxies, bases, managers, swappable models
proxy = {"proxy": True}
case(
    "proxy_new",
    [author()],
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
)
case(
    "proxy_and_base_new",
    [],
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
)
case(
    "proxy_of_other_app_new",
    [author()],
    [author(), M("otherapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
)
case(
    "proxy_gone",
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
    [author()],
)
case(
    "proxy_to_concrete",
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), auto=False, x=integer(null=True))],
)
case(
    "concrete_to_proxy",
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), auto=False)],
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
)
case(
    "proxy_labels",
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
    [
        author(),
        M(
            "testapp.AuthorProxy",
            bases=("testapp.Author",),
            options={**proxy, "verbose_name": "x"},
            auto=False,
        ),
    ],
)
case(
    "proxy_renamed",
    [author(), M("testapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False)],
    [author(), M("testapp.WriterProxy", bases=("testapp.Author",), options=proxy, auto=False)],
    ask_rename_model=True,
)
case(
    "reference_to_proxy",
    [],
    [
        author(),
        M("otherapp.AuthorProxy", bases=("testapp.Author",), options=proxy, auto=False),
        M("thirdapp.Book", author=fk("otherapp.AuthorProxy")),
    ],
)
case(
    "reference_to_proxy_of_proxy",
    [],
    [
        author(),
        M("testapp.P1", bases=("testapp.Author",), options=proxy, auto=False),
        M("testapp.P2", bases=("testapp.P1",), options=proxy, auto=False),
        M("otherapp.Book", author=fk("testapp.P2")),
    ],
)
case(
    "reference_from_base_to_proxy",
    [
        author(),
        M("testapp.P1", bases=("testapp.Author",), options=proxy, auto=False),
        M("otherapp.Book", a=fk("testapp.Author")),
    ],
    [
        author(),
        M("testapp.P1", bases=("testapp.Author",), options=proxy, auto=False),
        M("otherapp.Book", a=fk("testapp.P1")),
    ],
)
case(
    "many_to_many_to_proxy",
    [author(), M("testapp.P1", bases=("testapp.Author",), options=proxy, auto=False), M("otherapp.Book")],
    [
        author(),
        M("testapp.P1", bases=("testapp.Author",), options=proxy, auto=False),
        M("otherapp.Book", a=m2m("testapp.P1")),
    ],
)
case("base_of_other_app", [], [M("testapp.Poet", bases=("zapp.Author",), auto=False), M("zapp.Author")])
case(
    "base_named_link",
    [author()],
    [
        author(),
        M(
            "testapp.Poet",
            bases=("testapp.Author",),
            author_ptr=o2o(
                "testapp.Author", primary_key=True, parent_link=True, auto_created=True, serialize=False
            ),
            style=char(),
        ),
    ],
)
case("base_gone_with_child", [author(), M("testapp.Poet", bases=("testapp.Author",), auto=False)], [])
case("base_and_mixin", [], [M("testapp.Author", bases=(Mixin, models.Model))])
case(
    "base_grandchild",
    [],
    [
        author(),
        M("testapp.Poet", bases=("testapp.Author",), auto=False),
        M("testapp.Bard", bases=("testapp.Poet",), auto=False, lute=char()),
    ],
)
case(
    "field_moves_to_child",
    [named()],
    [author(), M("testapp.Poet", bases=("testapp.Author",), auto=False, name=char())],
)
case(
    "field_moves_to_base",
    [author(), M("testapp.Poet", bases=("testapp.Author",), auto=False, name=char())],
    [named(), M("testapp.Poet", bases=("testapp.Author",), auto=False)],
)
case(
    "bases_change",
    [author(), M("testapp.Poet", x=integer())],
    [author(), M("testapp.Poet", bases=("testapp.Author",), auto=False, x=integer())],
)
case(
    "managers_new",
    [],
    [M("testapp.Author", managers=[("objects", models.Manager()), ("others", models.Manager())])],
)
case("managers_change", [author()], [M("testapp.Author", managers=[("people", models.Manager())])])
case("user_new", [], [M("thirdapp.CustomUser", name=char())])
case(
    "user_by_setting",
    [M("people.Member", name=char())],
    [M("people.Member", name=char()), M("otherapp.Book", owner=fk(settings.AUTH_USER_MODEL), title=char())],
)
case(
    "user_by_setting_is_new",
    [],
    [M("people.Member", name=char()), M("otherapp.Book", owner=fk(settings.AUTH_USER_MODEL), title=char())],
)
case(
    "user_to_other_target",
    [M("people.Member", name=char()), author(), M("otherapp.Book", owner=fk("testapp.Author"))],
    [M("people.Member", name=char()), author(), M("otherapp.Book", owner=fk(settings.AUTH_USER_MODEL))],
)
case(
    "user_many_to_many",
    [M("people.Member", name=char()), M("otherapp.Book")],
    [M("people.Member", name=char()), M("otherapp.Book", readers=m2m(settings.AUTH_USER_MODEL))],
)
case(
    "user_base",
    [M("people.Member", name=char())],
    [M("people.Member", name=char()), M("otherapp.Reader", bases=("people.Member",), auto=False)],
)
case("user_swappable_option", [], [M("people.Member", name=char(), options={"swappable": "AUTH_USER_MODEL"})])
case(
    "user_circle",
    [],
    [
        M("people.Member", team=fk("otherapp.Team", null=True)),
        M("otherapp.Team", owner=fk(settings.AUTH_USER_MODEL)),
    ],
)
case(
    "index_on_order",
    [author(), M("testapp.Page", a=fk("testapp.Author"))],
    [
        author(),
        M(
            "testapp.Page",
            a=fk("testapp.Author"),
            options={"order_with_respect_to": "a", "indexes": [models.Index(fields=["_order"], name="o")]},
        ),
    ],
)
case(
    "set_on_order_gone",
    [
        author(),
        M(
            "testapp.Page",
            a=fk("testapp.Author"),
            options={"order_with_respect_to": "a", "unique_together": {("a", "_order")}},
        ),
    ],
    [author(), M("testapp.Page", a=fk("testapp.Author"))],
)
case(
    "order_other_parent",
    [
        author(),
        M(
            "testapp.Page",
            a=fk("testapp.Author"),
            b=fk("testapp.Author", related_name="+"),
            options={"order_with_respect_to": "a"},
        ),
    ],
    [
        author(),
        M(
            "testapp.Page",
            a=fk("testapp.Author"),
            b=fk("testapp.Author", related_name="+"),
            options={"order_with_respect_to": "b"},
        ),
    ],
)

# --- relations, circles, moves
case(
    "circle_three_models",
    [],
    [M("testapp.A", b=fk("testapp.B")), M("testapp.B", c=fk("testapp.C")), M("testapp.C", a=fk("testapp.A"))],
)
case("circle_many_to_many", [], [M("testapp.A", b=m2m("testapp.B")), M("testapp.B", a=m2m("testapp.A"))])
case(
    "circle_many_to_many_between_apps",
    [],
    [M("testapp.A", b=m2m("otherapp.B")), M("otherapp.B", a=fk("testapp.A"))],
)
case(
    "circle_many_to_many_through_elsewhere",
    [],
    [
        M("testapp.A", bs=m2m("otherapp.B", through="otherapp.Link")),
        M("otherapp.B", x=integer()),
        M("otherapp.Link", a=fk("testapp.A"), b=fk("otherapp.B")),
    ],
)
case(
    "circle_with_existing",
    [author(), M("otherapp.Book", title=char())],
    [author(best=fk("otherapp.Book", null=True)), book()],
)
case(
    "circle_gone_between_apps",
    [M("testapp.A", b=fk("otherapp.B", null=True)), M("otherapp.B", a=fk("testapp.A"))],
    [],
)
case(
    "circle_gone_in_app_with_third",
    [
        M("testapp.A", b=fk("testapp.B")),
        M("testapp.B", a=fk("testapp.A")),
        M("testapp.C", a=fk("testapp.A"), b=fk("testapp.B")),
    ],
    [M("testapp.C")],
)
case(
    "new_model_with_many_to_many_to_existing",
    [author()],
    [author(), M("testapp.Book", authors=m2m("testapp.Author"), lead=fk("testapp.Author", related_name="+"))],
)
case(
    "through_existing_both_ends_new",
    [],
    [
        M(
            "testapp.Book",
            authors=m2m("testapp.Author", through="testapp.Credit", through_fields=("book", "author")),
        ),
        author(),
        M(
            "testapp.Credit",
            book=fk("testapp.Book"),
            author=fk("testapp.Author"),
            editor=fk("testapp.Author", related_name="+"),
        ),
    ],
)
case(
    "through_gone_relation_stays_plain",
    [
        author(),
        M("testapp.Book", authors=m2m("testapp.Author", through="testapp.Credit")),
        M("testapp.Credit", book=fk("testapp.Book"), author=fk("testapp.Author")),
    ],
    [author(), M("testapp.Book")],
)
case("move_model_between_apps", [named()], [M("otherapp.Author", name=char())])
case(
    "move_referred_model",
    [named(), M("testapp.Book", author=fk("testapp.Author"))],
    [M("otherapp.Author", name=char()), M("testapp.Book", author=fk("otherapp.Author"))],
)
case(
    "one_to_one_key",
    [author()],
    [author(), M("testapp.Profile", author=o2o("testapp.Author", primary_key=True), bio=models.TextField())],
)
case("new_reference_to_new_model_elsewhere", [M("otherapp.Book", title=char())], [author(), book()])
case(
    "replace_reference_by_another",
    [author(), publisher(), M("testapp.Book", author=fk("testapp.Author"))],
    [author(), publisher(), M("testapp.Book", publisher=fk("testapp.Publisher"))],
)
case(
    "delete_target_and_replace",
    [author(), M("testapp.Book", author=fk("testapp.Author"))],
    [M("testapp.Writer", x=integer()), M("testapp.Book", writer=fk("testapp.Writer"))],
)
case(
    "foreign_object",
    [M("testapp.A", x=integer(), y=integer(), options={"unique_together": {("x", "y")}})],
    [
        M("testapp.A", x=integer(), y=integer(), options={"unique_together": {("x", "y")}}),
        M(
            "testapp.B",
            x=integer(),
            y=integer(),
            a=models.ForeignObject("testapp.A", CASCADE, from_fields=("x", "y"), to_fields=("x", "y")),
        ),
    ],
)
case(
    "composite_key_new",
    [],
    [M("testapp.Line", pk=models.CompositePrimaryKey("order", "number"), order=integer(), number=integer())],
)
case(
    "composite_key_other_order",
    [M("testapp.Line", pk=models.CompositePrimaryKey("a", "b"), a=integer(), b=integer())],
    [M("testapp.Line", pk=models.CompositePrimaryKey("b", "a"), a=integer(), b=integer())],
)
case(
    "composite_key_of_reference",
    [author()],
    [
        author(),
        M(
            "testapp.Line",
            pk=models.CompositePrimaryKey("author_id", "number"),
            author=fk("testapp.Author"),
            number=integer(),
        ),
    ],
)
case(
    "index_together_to_index",
    [named(age=integer(), options={"index_together": {("name", "age")}})],
    [named(age=integer(), options={"indexes": [models.Index(fields=["name", "age"], name="na_idx")]})],
)
case(
    "index_together_to_index_of_other_order",
    [named(age=integer(), options={"index_together": {("name", "age")}})],
    [named(age=integer(), options={"indexes": [models.Index(fields=["age", "name"], name="na_idx")]})],
)
case(
    "index_together_one_of_two",
    [named(age=integer(), options={"index_together": {("name", "age"), ("age", "id")}})],
    [named(age=integer(), options={"indexes": [models.Index(fields=["name", "age"], name="na_idx")]})],
)

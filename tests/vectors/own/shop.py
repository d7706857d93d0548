"""A shop over three apps, and single edits of it; two or three of them at once make the other scenarios."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from edits import (
    CASCADE, Project, add_to, drop_from, remove_field, remove_model, rename_field, rename_in,
    rename_model, retargeted, with_options,
)


def shop():
    p = Project()
    p.add(
        "shop.Customer",
        name=models.CharField(max_length=40),
        email=models.EmailField(null=True),
        age=models.IntegerField(),
        options={
            "indexes": [models.Index(fields=["name"], name="customer_name_idx")],
            "constraints": [models.CheckConstraint(condition=Q(age__gte=18), name="customer_is_grown")],
        },
    )
    p.add(
        "shop.Product",
        label=models.CharField(max_length=60),
        sku=models.CharField(max_length=12, unique=True),
        price=models.DecimalField(max_digits=8, decimal_places=2),
        weight=models.IntegerField(db_default=1),
    )
    p.add(
        "shop.Purchase",
        customer=models.ForeignKey("shop.Customer", CASCADE),
        number=models.IntegerField(),
        placed=models.DateTimeField(null=True),
        products=models.ManyToManyField("shop.Product"),
        options={"unique_together": {("customer", "number")}},
    )
    p.add(
        "shop.Shelf",
        parent=models.ForeignKey("shop.Shelf", CASCADE, null=True),
        title=models.CharField(max_length=30),
        options={"db_table": "shelves", "db_table_comment": "Where things stand"},
    )
    p.add("stock.Warehouse", city=models.CharField(max_length=30), code=models.IntegerField(db_index=True))
    p.add(
        "stock.Crate",
        product=models.ForeignKey("shop.Product", CASCADE),
        warehouse=models.ForeignKey("stock.Warehouse", CASCADE),
        amount=models.IntegerField(),
        options={
            "indexes": [models.Index(fields=["warehouse", "amount"], name="crate_place_idx")],
            "constraints": [
                models.UniqueConstraint(fields=["product", "warehouse"], name="crate_one_a_place")
            ],
        },
    )
    p.add("mail.Letter", subject=models.CharField(max_length=80), body=models.TextField())
    return p


EDITS = {}
# What the questioner is told where the edit is among those of a scenario.
ANSWERS = {}


def edit(answers=None):
    def remember(function):
        EDITS[function.__name__] = function
        ANSWERS[function.__name__] = answers or {}
        return function

    return remember


RENAMED_FIELD, RENAMED_MODEL = {"ask_rename": True}, {"ask_rename_model": True}


@edit()
def add_null_column(p):
    p.fields("shop.Customer")["phone"] = models.CharField(max_length=20, null=True)


@edit()
def add_column(p):
    p.fields("shop.Product")["color"] = models.CharField(max_length=20, default="red")


@edit()
def add_column_without_default(p):
    p.fields("stock.Warehouse")["area"] = models.IntegerField()


@edit()
def add_column_of_database_default(p):
    p.fields("mail.Letter")["sent"] = models.DateTimeField(db_default=Now())


@edit()
def add_generated(p):
    p.fields("shop.Customer")["lower"] = models.GeneratedField(
        expression=Lower("name"), output_field=models.CharField(max_length=40), db_persist=True
    )


@edit()
def add_reference(p):
    p.fields("shop.Purchase")["gift_for"] = models.ForeignKey("shop.Customer", CASCADE, null=True, related_name="gifts")


@edit()
def add_reference_abroad(p):
    p.fields("shop.Product")["home"] = models.ForeignKey("stock.Warehouse", models.SET_NULL, null=True)


@edit()
def add_one_to_one(p):
    p.fields("mail.Letter")["purchase"] = models.OneToOneField("shop.Purchase", models.PROTECT, null=True)


@edit()
def add_reference_to_field(p):
    p.fields("mail.Letter")["about"] = models.ForeignKey("shop.Product", CASCADE, to_field="sku", null=True)


@edit()
def add_many_to_many(p):
    p.fields("shop.Customer")["liked"] = models.ManyToManyField("shop.Product")


@edit()
def add_many_to_many_of_itself(p):
    p.fields("shop.Product")["similar"] = models.ManyToManyField("self")


@edit()
def add_through(p):
    p.add(
        "shop.Rating",
        customer=models.ForeignKey("shop.Customer", CASCADE),
        product=models.ForeignKey("shop.Product", CASCADE),
        stars=models.IntegerField(),
    )
    p.fields("shop.Customer")["rated"] = models.ManyToManyField("shop.Product", through="shop.Rating")


@edit()
def remove_column(p):
    remove_field(p, "shop.Customer", "email")


@edit()
def remove_indexed_column(p):
    remove_field(p, "shop.Customer", "name")


@edit()
def remove_checked_column(p):
    remove_field(p, "shop.Customer", "age")


@edit()
def remove_reference_in_a_set(p):
    remove_field(p, "shop.Purchase", "customer")


@edit()
def remove_reference_of_objects(p):
    remove_field(p, "stock.Crate", "warehouse")


@edit()
def remove_many_to_many(p):
    remove_field(p, "shop.Purchase", "products")


@edit()
def alter_length(p):
    p.fields("shop.Product")["label"] = models.CharField(max_length=90)


@edit()
def alter_kind(p):
    p.fields("stock.Crate")["amount"] = models.BigIntegerField()


@edit()
def alter_to_null(p):
    p.fields("shop.Customer")["age"] = models.IntegerField(null=True)


@edit()
def alter_to_not_null(p):
    p.fields("shop.Customer")["email"] = models.EmailField(default="-")


@edit()
def alter_unique(p):
    p.fields("stock.Warehouse")["code"] = models.IntegerField(unique=True)


@edit()
def alter_index(p):
    p.fields("shop.Purchase")["number"] = models.IntegerField(db_index=True)


@edit()
def alter_database_default(p):
    p.fields("shop.Product")["weight"] = models.IntegerField(db_default=2)


@edit()
def alter_comment_of_column(p):
    p.fields("mail.Letter")["body"] = models.TextField(db_comment="As it was sent")


@edit()
def alter_column_name(p):
    p.fields("mail.Letter")["subject"] = models.CharField(max_length=80, db_column="topic")


@edit()
def alter_label_only(p):
    p.fields("mail.Letter")["body"] = models.TextField(verbose_name="what it says", blank=True)


@edit()
def alter_on_delete(p):
    field = p.fields("stock.Crate")["product"]
    p.fields("stock.Crate")["product"] = with_options(field, on_delete=models.PROTECT)


@edit()
def alter_target(p):
    p.fields("shop.Purchase")["customer"] = models.ForeignKey("shop.Product", CASCADE)


@edit()
def alter_to_one_to_one(p):
    p.fields("stock.Crate")["product"] = models.OneToOneField("shop.Product", CASCADE)


@edit()
def alter_to_many_to_many(p):
    p.options("shop.Purchase").pop("unique_together", None)
    p.fields("shop.Purchase")["customer"] = models.ManyToManyField("shop.Customer")


@edit()
def alter_from_many_to_many(p):
    p.fields("shop.Purchase")["products"] = models.ForeignKey("shop.Product", CASCADE, null=True)


@edit()
def alter_many_to_many_target(p):
    p.fields("shop.Purchase")["products"] = models.ManyToManyField("shop.Customer")


@edit()
def alter_many_to_many_through(p):
    p.add(
        "shop.Line",
        purchase=models.ForeignKey("shop.Purchase", CASCADE),
        product=models.ForeignKey("shop.Product", CASCADE),
    )
    p.fields("shop.Purchase")["products"] = models.ManyToManyField("shop.Product", through="shop.Line")


@edit()
def new_primary_key(p):
    p.models["mail.Letter"]["fields"] = {
        "code": models.CharField(max_length=10, primary_key=True),
        **{name: it for name, it in p.fields("mail.Letter").items() if name != "id"},
    }


@edit(RENAMED_FIELD)
def rename_column(p):
    rename_field(p, "shop.Product", "label", "title")


@edit(RENAMED_FIELD)
def rename_indexed_column(p):
    rename_field(p, "shop.Customer", "name", "full_name")


@edit(RENAMED_FIELD)
def rename_reference_in_a_set(p):
    rename_field(p, "shop.Purchase", "customer", "buyer")


@edit(RENAMED_FIELD)
def rename_reference_of_objects(p):
    rename_field(p, "stock.Crate", "warehouse", "place")


@edit(RENAMED_FIELD)
def rename_and_keep_column(p):
    rename_field(p, "mail.Letter", "subject", "topic")
    p.fields("mail.Letter")["topic"] = models.CharField(max_length=80, db_column="subject")


@edit()
def rename_denied(p):
    rename_field(p, "mail.Letter", "body", "text")


@edit()
def create_model(p):
    p.add("shop.Coupon", code=models.CharField(max_length=9, unique=True))


@edit()
def create_model_with_all(p):
    p.add(
        "shop.Offer",
        product=models.ForeignKey("shop.Product", CASCADE),
        starts=models.DateField(),
        ends=models.DateField(),
        options={
            "indexes": [models.Index(fields=["starts", "-ends"], name="offer_time_idx")],
            "constraints": [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="offer_lasts")],
            "unique_together": {("product", "starts")},
            "db_table": "offers",
        },
    )


@edit()
def create_two_that_refer(p):
    p.add("mail.Folder", name=models.CharField(max_length=20))
    p.add("mail.Attachment", folder=models.ForeignKey("mail.Folder", CASCADE), size=models.IntegerField())


@edit()
def create_circle(p):
    p.add("mail.Sender", last=models.ForeignKey("mail.Parcel", CASCADE, null=True))
    p.add("mail.Parcel", sender=models.ForeignKey("mail.Sender", CASCADE))


@edit()
def create_circle_of_apps(p):
    p.add("shop.Supplier", main=models.ForeignKey("stock.Depot", CASCADE, null=True))
    p.add("stock.Depot", owner=models.ForeignKey("shop.Supplier", CASCADE))


@edit()
def create_self_reference(p):
    p.add("stock.Zone", within=models.ForeignKey("self", CASCADE, null=True), name=models.CharField(max_length=9))


@edit()
def create_child(p):
    p.add("shop.Book", bases=("shop.product",), automatic=False, pages=models.IntegerField())


@edit()
def create_child_abroad(p):
    p.add(
        "stock.BigCrate",
        bases=("stock.crate",),
        automatic=False,
        crate_ptr=models.OneToOneField(
            "stock.Crate", CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False
        ),
        depth=models.IntegerField(),
    )


@edit()
def create_proxy(p):
    p.add("shop.Regular", bases=("shop.customer",), automatic=False, options={"proxy": True})


@edit()
def create_unmanaged(p):
    p.add("stock.Legacy", tag=models.IntegerField(), options={"managed": False})


@edit()
def create_owner_in_new_app(p):
    p.add("audit.Entry", letter=models.ForeignKey("mail.Letter", CASCADE), text=models.TextField())


@edit()
def delete_leaf(p):
    remove_model(p, "mail.Letter")


@edit()
def delete_referred(p):
    remove_model(p, "shop.Product")


@edit()
def delete_with_objects(p):
    remove_model(p, "stock.Crate")


@edit()
def delete_with_set(p):
    remove_model(p, "shop.Purchase")


@edit()
def delete_self_reference(p):
    remove_model(p, "shop.Shelf")


@edit(RENAMED_MODEL)
def rename_leaf(p):
    rename_model(p, "mail.Letter", "mail.Message")


@edit(RENAMED_MODEL)
def rename_referred(p):
    rename_model(p, "shop.Product", "shop.Article")


@edit(RENAMED_MODEL)
def rename_with_objects(p):
    rename_model(p, "stock.Crate", "stock.Box")


@edit(RENAMED_MODEL)
def rename_self_reference(p):
    rename_model(p, "shop.Shelf", "shop.Rack")


@edit(RENAMED_MODEL)
def rename_with_set(p):
    rename_model(p, "shop.Purchase", "shop.Deal")


@edit()
def rename_model_denied(p):
    rename_model(p, "stock.Warehouse", "stock.Hall")


@edit()
def add_index(p):
    add_to(p, "shop.Product", "indexes", models.Index(fields=["price", "-weight"], name="product_price_idx"))


@edit()
def add_index_of_expression(p):
    add_to(p, "shop.Product", "indexes", models.Index(Lower("label"), name="product_lower_idx"))


@edit()
def add_partial_index(p):
    it = models.Index(fields=["number"], name="purchase_open_idx", condition=Q(placed__isnull=True))
    add_to(p, "shop.Purchase", "indexes", it)


@edit()
def remove_index(p):
    drop_from(p, "shop.Customer", "indexes", "customer_name_idx")


@edit()
def rename_index(p):
    rename_in(p, "stock.Crate", "indexes", "crate_place_idx", "crate_where_idx")


@edit()
def alter_index_fields(p):
    p.options("stock.Crate")["indexes"] = [models.Index(fields=["amount"], name="crate_place_idx")]


@edit()
def add_check(p):
    add_to(p, "stock.Crate", "constraints", models.CheckConstraint(condition=Q(amount__gt=0), name="crate_full"))


@edit()
def add_unique_rule(p):
    it = models.UniqueConstraint(fields=["city", "code"], name="warehouse_known")
    add_to(p, "stock.Warehouse", "constraints", it)


@edit()
def add_partial_unique_rule(p):
    it = models.UniqueConstraint(fields=["email"], condition=Q(age__gt=20), name="customer_mail")
    add_to(p, "shop.Customer", "constraints", it)


@edit()
def remove_check(p):
    drop_from(p, "shop.Customer", "constraints", "customer_is_grown")


@edit()
def remove_unique_rule(p):
    drop_from(p, "stock.Crate", "constraints", "crate_one_a_place")


@edit()
def rename_check(p):
    rename_in(p, "shop.Customer", "constraints", "customer_is_grown", "customer_adult")


@edit()
def alter_check(p):
    p.options("shop.Customer")["constraints"] = [
        models.CheckConstraint(condition=Q(age__gte=21), name="customer_is_grown")
    ]


@edit()
def alter_message_of_check(p):
    p.options("shop.Customer")["constraints"] = [
        models.CheckConstraint(
            condition=Q(age__gte=18), name="customer_is_grown", violation_error_message="too young"
        )
    ]


@edit()
def add_set(p):
    p.options("stock.Warehouse")["unique_together"] = {("city", "code")}


@edit()
def add_second_set(p):
    old = p.options("shop.Purchase").get("unique_together", set())
    p.options("shop.Purchase")["unique_together"] = {*old, ("number", "placed")}


@edit()
def alter_set(p):
    p.options("shop.Purchase")["unique_together"] = {("number", "placed")}


@edit()
def remove_set(p):
    p.options("shop.Purchase").pop("unique_together", None)


@edit()
def set_table(p):
    p.options("mail.Letter")["db_table"] = "post"


@edit()
def change_table(p):
    p.options("shop.Shelf")["db_table"] = "racks"


@edit()
def drop_table_name(p):
    p.options("shop.Shelf").pop("db_table", None)


@edit()
def set_table_with_many_to_many(p):
    p.options("shop.Purchase")["db_table"] = "purchases"


@edit()
def set_comment(p):
    p.options("shop.Customer")["db_table_comment"] = "Who buys"


@edit()
def change_comment(p):
    p.options("shop.Shelf")["db_table_comment"] = "Where goods stand"


@edit()
def drop_comment(p):
    p.options("shop.Shelf").pop("db_table_comment", None)


@edit()
def set_options(p):
    p.options("shop.Customer").update(verbose_name="buyer", ordering=["name"])


@edit()
def let_go_of_table(p):
    p.options("mail.Letter")["managed"] = False


@edit()
def order_rows(p):
    p.options("shop.Purchase")["order_with_respect_to"] = "customer"


@edit()
def order_crates(p):
    p.options("stock.Crate")["order_with_respect_to"] = "warehouse"


@edit()
def move_model(p):
    told = p.models.pop("mail.Letter")
    p.models["post.Letter"] = told


@edit()
def add_manager(p):
    manager = models.Manager()
    p.models["shop.Customer"]["managers"] = [("people", manager)]


@edit()
def bring_in_a_settled_circle(p):
    p.fields("stock.Warehouse")["favourite"] = models.ForeignKey("shop.Product", CASCADE, null=True)
    p.fields("shop.Product")["kept_in"] = models.ForeignKey("stock.Warehouse", CASCADE, null=True)

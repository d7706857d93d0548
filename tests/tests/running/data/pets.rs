//! An app with a value of every type, and a function that writes and reads them.

use modelshift::data::{
    Column, Condition, Date, DateTime, Db, Decimal, Json, Literal, Relation, Result, Time, Timestamp, Uuid,
};
use modelshift::{EmbeddedMigration, Migrations};

mod initial {
    modelshift::migration! {
        app = "pets";

        CreateModel { struct Tag { id: i64, name: String } }
        CreateModel {
            struct Pet {
                id: i64,
                is_fed: bool,
                age: i16,
                weight: f64,
                height: f32,
                #[field(max_length = 80)]
                name: String,
                nickname: Option<String>,
                image: Vec<u8>,
                born: Date,
                wakes: Time,
                seen: DateTime,
                fed_at: DateTime<Utc>,
                chip: Uuid,
                #[field(precision = 8, scale = 2)]
                price: Decimal,
                notes: JsonValue,
                tags: ManyToMany<Tag>,
            }
        }
    }
}

mod work {
    modelshift::migration! {
        depends_on = ["pets.0001_initial"];

        RunRust { forward = work, reverse = () }
    }

    use super::work;
}

/// Returns the migrations of the app.
pub(super) fn migrations() -> Migrations {
    let list: [(&str, EmbeddedMigration); 2] =
        [("0001_initial", initial::MIGRATION), ("0002_work", work::MIGRATION)];
    Migrations::new("pets", &list)
}

row!("pets" Tag { id: i64, name: String });
row!("pets" Pet {
    id: i64,
    is_fed: bool,
    age: i16,
    weight: f64,
    height: f32,
    name: String,
    nickname: Option<String>,
    image: Vec<u8>,
    born: Date,
    wakes: Time,
    seen: DateTime,
    fed_at: Timestamp,
    chip: Uuid,
    price: Decimal,
    notes: Json,
});

const ID: Column<Pet, i64> = Column::new("id");
const AGE: Column<Pet, i16> = Column::new("age");
const NAME: Column<Pet, String> = Column::new("name");
const NICKNAME: Column<Pet, Option<String>> = Column::new("nickname");
const TAGS: Relation<Pet, i64> = Relation::new("tags");

fn pet(age: i16, name: &str) -> Result<Pet> {
    Ok(Pet {
        id: 0,
        is_fed: true,
        age,
        weight: 0.1 + 0.2,
        height: 0.1,
        name: name.to_owned(),
        nickname: None,
        image: vec![0, 39, 92, 255],
        born: Date::new("2020-02-29")?,
        wakes: Time::new("06:30:00.123456")?,
        seen: DateTime::new("2021-01-02 03:04:05")?,
        fed_at: Timestamp::new("2021-01-02 05:04:05.500+02:00")?,
        chip: Uuid::new("67e55044-10b1-426f-9247-bb680e5fe0c8")?,
        price: Decimal::new("1234.50")?,
        notes: serde_json::json!({"likes": ["apples", null, 1.5], "says": "it's \\ \"neigh\" ?"}),
    })
}

async fn work(db: &mut Db<'_>) -> Result {
    let mut first = pet(3, "O'Neil \\ ? é")?;
    first.id = db.insert(&first).await?;
    assert_eq!(db.get::<Pet>(first.id).await?.as_ref(), Some(&first));
    assert_eq!(db.get::<Pet>(first.id + 1).await?, None);
    let named = Pet { nickname: Some(String::new()), age: 7, ..pet(7, "second")? };
    assert_eq!(db.insert_many([named, pet(9, "third")?]).await?, 2);
    conditions(db).await?;
    writing(db).await?;
    relations(db, first.id).await?;
    pages(db).await
}

async fn conditions(db: &mut Db<'_>) -> Result {
    for (condition, wanted) in [
        (Condition::all(), 3),
        (Condition::none(), 0),
        (AGE.gt(3), 2),
        (AGE.le(7).and(NAME.eq("second")), 1),
        (NAME.eq("second").or(AGE.eq(9)), 2),
        (!NAME.like("%third%"), 2),
        (NICKNAME.is_null(), 2),
        (NICKNAME.eq(None), 2),
        (NICKNAME.eq(""), 1),
        (AGE.is_in([3, 9]), 2),
        (AGE.is_in(Vec::<i16>::new()), 0),
    ] {
        assert_eq!(db.count(condition.clone()).await?, wanted, "{condition:?}");
    }
    let oldest = db.find(AGE.ge(7)).collect(db).await?;
    assert_eq!(oldest.iter().map(|pet| pet.age).collect::<Vec<_>>(), [7, 9]);
    Ok(())
}

async fn writing(db: &mut Db<'_>) -> Result {
    let mut all = db.all::<Pet>().collect(db).await?;
    for (number, pet) in all.iter_mut().enumerate() {
        pet.name = format!("pet {number}");
        pet.nickname = (number == 1).then(|| "one".to_owned());
        pet.weight = -123_456.789_012_345;
        pet.notes = Json::Null;
        pet.price = Decimal::new("-0.01")?;
    }
    assert_eq!(db.update_many(&all).await?, 3);
    assert_eq!(db.all::<Pet>().collect(db).await?, all);
    assert_eq!(db.update_where(AGE.gt(3), [AGE.set(AGE + 1), NICKNAME.set("old")]).await?, 2);
    let ages = db.all::<Pet>().collect(db).await?;
    assert_eq!(ages.iter().map(|pet| pet.age).collect::<Vec<_>>(), [3, 8, 10]);
    let gone = Pet { id: 4711, ..all[0].clone() };
    let error = db.update(&gone).await.unwrap_err().to_string();
    assert_eq!(error, "pets.Pet with key 4711: there is no such row to update");
    db.delete(&all[2]).await?;
    assert_eq!(db.delete_where(NAME.eq("pet 1")).await?, 1);
    let found = db.get_or_insert(NAME.eq("pet 0"), gone.clone()).await?;
    assert_eq!(found.id, all[0].id);
    let made = db.get_or_insert(NAME.eq("new"), Pet { id: 0, name: "new".to_owned(), ..gone }).await?;
    assert!(made.id > 0 && db.count(ID.eq(made.id)).await? == 1, "{made:?}");
    let values = [Some(Literal::Text("it's ?".to_owned())), Some(Literal::Int(i128::from(made.id)))];
    assert_eq!(db.execute("UPDATE pets_pet SET name = ? WHERE id = ?", &values).await?, 1);
    let rows = db.fetch("SELECT name, age FROM pets_pet WHERE id = ?", &values[1..]).await?;
    assert_eq!(rows[0].get::<String>("name")?, "it's ?");
    assert_eq!(rows[0].get::<i16>("age")?, 3);
    assert!(rows[0].get::<i16>("aeg").unwrap_err().to_string().contains("`name`, `age`"));
    Ok(())
}

async fn relations(db: &mut Db<'_>, pet: i64) -> Result {
    let mut tags = Vec::new();
    for name in ["a", "b", "c"] {
        tags.push(db.insert(&Tag { id: 0, name: name.to_owned() }).await?);
    }
    db.relate(TAGS, pet, [tags[2], tags[0], tags[2]]).await?;
    db.relate(TAGS, pet, [tags[0]]).await?;
    assert_eq!(db.related(TAGS, pet).await?, [tags[0], tags[2]]);
    db.unrelate(TAGS, pet, [tags[2]]).await?;
    assert_eq!(db.related(TAGS, pet).await?, [tags[0]]);
    db.set_related(TAGS, pet, [tags[1], tags[2]]).await?;
    assert_eq!(db.related(TAGS, pet).await?, [tags[1], tags[2]]);
    Ok(())
}

/// More rows than one page, written while they are read.
async fn pages(db: &mut Db<'_>) -> Result {
    let many = (0..2100).map(|number| pet(100, &format!("{number}"))).collect::<Result<Vec<_>>>()?;
    assert_eq!(db.insert_many(many).await?, 2100);
    let (mut rows, mut seen) = (db.find(AGE.eq(100)), 0);
    loop {
        let mut page = rows.page(db).await?;
        if page.is_empty() {
            break;
        }
        seen += page.len();
        for pet in &mut page {
            pet.age = 101;
        }
        db.update_many(&page).await?;
    }
    assert_eq!((seen, db.count(AGE.eq(101)).await?), (2100, 2100));
    Ok(())
}

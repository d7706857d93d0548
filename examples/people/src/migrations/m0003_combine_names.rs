//! Fills `Person.name` from its two parts, and back.

modelshift::migration! {
    depends_on = ["people.0002_person_name"];

    RunRust { forward = combine_names, reverse = split_names }
}

use models::Person;
use modelshift::data::{Db, Result};

async fn combine_names(db: &mut Db<'_>) -> Result {
    let mut people = db.all::<Person>();
    while let Some(mut person) = people.next(db).await? {
        person.name = format!("{} {}", person.first_name, person.last_name);
        db.update(&person).await?;
    }
    Ok(())
}

async fn split_names(db: &mut Db<'_>) -> Result {
    let mut people = db.all::<Person>();
    while let Some(mut person) = people.next(db).await? {
        if let Some((first, last)) = person.name.split_once(' ') {
            (person.first_name, person.last_name) = (first.to_owned(), last.to_owned());
            db.update(&person).await?;
        }
    }
    Ok(())
}

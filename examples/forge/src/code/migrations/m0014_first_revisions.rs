//! Makes the text of every page its first revision. Written by hand: only a person knows that they are the same.

modelshift::migration! {
    depends_on = ["code.0013_wikirevision_alter_wikipage_body"];

    RunRust { forward = copy_bodies, reverse = restore_bodies }
}

use models::{WikiPage, WikiRevision};
use modelshift::data::{Db, Result};

async fn copy_bodies(db: &mut Db<'_>) -> Result {
    let mut pages = db.find(WikiPage::COLUMNS.body.is_not_null());
    while let Some(page) = pages.next(db).await? {
        let (page, body, written_at) = (page.id, page.body.unwrap_or_default(), page.updated_at);
        db.insert(&WikiRevision { id: 0, page, author: None, body, written_at }).await?;
    }
    Ok(())
}

/// The newest revision of a page comes last, and so is the one that stays.
async fn restore_bodies(db: &mut Db<'_>) -> Result {
    let mut revisions = db.all::<WikiRevision>();
    while let Some(revision) = revisions.next(db).await? {
        let body = WikiPage::COLUMNS.body.set(revision.body);
        db.update_where(WikiPage::COLUMNS.id.eq(revision.page), [body]).await?;
    }
    Ok(())
}

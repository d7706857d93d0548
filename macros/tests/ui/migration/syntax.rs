mod first {
    modelshift::migration! {
        depends_on = ["blog"];
        AddFeld(Post) { rating: i32 }
        AddField(Post) { #[field(new)] rating: i32 }
        AddField(Post) { rating: Foo }
        AddField { rating: i32 }
        AddField(Post) { rating: i32, stars: i32 }
        RenameField(Post: a = b);
        RenameModel(Post, Article);
        RemoveIndex(Post: title_idx);
        AddIndex(Post) { index(fields(title)) }
        AddIndex(Post) { unique(fields(title)) }
        AddConstraint(Post) { check(rating >= 0) }
        RunSql { reverse = () }
        RunSql { forward = sql }
        Frobnicate(Post);
    }
}

mod second {
    modelshift::migration! {
        CreateModel { #[model(new)] struct Post { id: i64, #[field(backfill = 0, skip)] rating: i32 } }
        CreateModel { enum Post { A } }
        DeleteModel(Post), DeleteModel(Author)
    }
}

fn main() {
    // The constants are there in spite of the errors.
    let _ = (first::MIGRATION, second::MIGRATION);
}

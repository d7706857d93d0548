//! Migrates the database at start-up, as a service does, and then uses it.

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example prints for a person")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://forge.sqlite3".to_owned());
    for line in forge::run(&url).await? {
        println!("{line}");
    }
    Ok(())
}

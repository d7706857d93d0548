//! Migrates the database of `DATABASE_URL`, and answers requests at port 3000.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://web.sqlite3".to_owned());
    let pool = web::database(&url).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, web::router(pool)).await?;
    Ok(())
}

//! The service over HTTP: each test has a migrated database and a server of its own.

use std::error::Error;
use std::net::SocketAddr;

use modelshift::testing;
use modelshift::testing::TestDatabase;
use sqlx::SqlitePool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Starts the service on a new database.
async fn started() -> Result<(TestDatabase, SqlitePool, SocketAddr), Box<dyn Error>> {
    let database = testing::database_at("sqlite://web.sqlite3", web::migrations::all()).await?;
    let pool = SqlitePool::connect(database.url()).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, web::router(pool.clone())).into_future());
    Ok((database, pool, address))
}

/// Sends a request, and returns the status and the body.
async fn ask(address: SocketAddr, request: &str, body: &str) -> Result<(u16, String), Box<dyn Error>> {
    let mut stream = TcpStream::connect(address).await?;
    let length = body.len();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer has a head")?;
    let status = head.split(' ').nth(1).ok_or("an answer has a status")?.parse()?;
    Ok((status, body.to_owned()))
}

#[tokio::test]
async fn what_is_posted_is_listed() -> Result<(), Box<dyn Error>> {
    let (database, pool, address) = started().await?;
    assert_eq!(ask(address, "GET /posts", "").await?, (200, "[]".to_owned()));
    for (title, author) in [("On Cards", "Ada"), ("On Looms", "Ada")] {
        let body = serde_json::json!({ "title": title, "author": author }).to_string();
        assert_eq!(ask(address, "POST /posts", &body).await?.0, 201);
    }
    let (status, body) = ask(address, "GET /posts", "").await?;
    let expected = r#"[{"id":1,"title":"On Cards","author":1},{"id":2,"title":"On Looms","author":1}]"#;
    assert_eq!((status, body.as_str()), (200, expected));
    pool.close().await;
    database.close().await?;
    Ok(())
}

#[tokio::test]
async fn a_start_migrates_the_database() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/web.sqlite3", folder.path().display());
    for _ in 0..2 {
        let pool = web::database(&url).await?;
        let posts: Vec<web::models::Post> = sqlx::query_as("SELECT * FROM web_post").fetch_all(&pool).await?;
        assert_eq!(posts, []);
        pool.close().await;
    }
    Ok(())
}

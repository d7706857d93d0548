//! A web service: axum for requests, sqlx for queries, modelshift for the tables.

pub mod migrations;
pub mod models;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use modelshift::Migrator;
use serde::Deserialize;
use sqlx::SqlitePool;

use crate::models::Post;

/// Migrates the database, and connects to it.
///
/// # Errors
/// If a migration fails, or the database does not answer.
pub async fn database(url: &str) -> Result<SqlitePool, Box<dyn std::error::Error>> {
    Migrator::connect(url).await?.with(migrations::all()).migrate().await?;
    Ok(SqlitePool::connect(url).await?)
}

/// Returns the routes of the service.
pub fn router(pool: SqlitePool) -> Router {
    Router::new().route("/posts", get(posts).post(write)).with_state(pool)
}

async fn posts(State(pool): State<SqlitePool>) -> Result<Json<Vec<Post>>, StatusCode> {
    let posts = sqlx::query_as("SELECT * FROM web_post ORDER BY id").fetch_all(&pool).await;
    posts.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// A post that a person writes.
#[derive(Debug, Deserialize)]
struct Draft {
    title: String,
    author: String,
}

async fn write(
    State(pool): State<SqlitePool>,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, Json<Post>), StatusCode> {
    let post = written(&pool, &draft).await;
    post.map(|post| (StatusCode::CREATED, Json(post))).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn written(pool: &SqlitePool, draft: &Draft) -> Result<Post, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO web_author (name) VALUES (?) ON CONFLICT DO NOTHING")
        .bind(&draft.author)
        .execute(&mut *transaction)
        .await?;
    let insert =
        "INSERT INTO web_post (title, author_id) SELECT ?, id FROM web_author WHERE name = ? RETURNING *";
    let post =
        sqlx::query_as(insert).bind(&draft.title).bind(&draft.author).fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(post)
}

//! Calls a function of a migration.

use std::future::Future as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use super::data_link::DataLink;
use crate::data;
use crate::data::{Call, Db};
use crate::session::Session;

/// Calls a function on a session, and returns how many rows it wrote. A panic of it is an error like others.
///
/// # Errors
/// What the function returns, or the message of its panic.
pub(crate) async fn call<S: Session>(mut link: DataLink<'_, S>, function: Call) -> data::Result<u64> {
    let result = poll(&mut link, function).await;
    link.end(result).await
}

async fn poll<S: Session>(link: &mut DataLink<'_, S>, function: Call) -> data::Result {
    let mut db = Db::new(link);
    let mut future = std::pin::pin!(async { function(&mut db).await });
    std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(panicked(panic.as_ref()))))
    })
    .await
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> data::Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    data::Error::new(format!("it panicked: {}", text.unwrap_or("without a message")))
}

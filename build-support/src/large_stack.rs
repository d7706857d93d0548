//! Runs code on a stack that is large enough to parse every source file.

use std::panic::resume_unwind;
use std::thread;

use modelshift_syntax::nesting::STACK_FOR_SOURCE;

/// Runs a function on a stack that is large enough for source within the nesting limit, and returns its value.
///
/// If the system cannot allocate such a stack, the function runs on the current one.
pub(crate) fn run<T: Send>(function: impl Fn() -> T + Sync) -> T {
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("modelshift".to_owned()).stack_size(STACK_FOR_SOURCE);
        match builder.spawn_scoped(scope, &function) {
            Ok(started) => started.join().unwrap_or_else(|payload| resume_unwind(payload)),
            Err(_) => function(),
        }
    })
}

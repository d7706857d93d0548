//! A stack that is large enough for every source file that is parsed.

use std::panic::resume_unwind;
use std::thread;

use modelshift_syntax::nesting::STACK_FOR_SOURCE;

/// Runs a function on a stack on which source within the limit of nesting can be read, and returns its value.
///
/// Where the system has no room for such a stack, it runs on the one that is there.
pub(crate) fn run<T: Send>(function: impl Fn() -> T + Sync) -> T {
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("modelshift".to_owned()).stack_size(STACK_FOR_SOURCE);
        match builder.spawn_scoped(scope, &function) {
            Ok(started) => started.join().unwrap_or_else(|payload| resume_unwind(payload)),
            Err(_) => function(),
        }
    })
}

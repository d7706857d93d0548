//! Collects errors, so that all mistakes of a struct are reported at once.

use std::fmt::Display;

use proc_macro2::Span;

/// The errors met so far.
///
/// A context that is dropped with errors in it, and was never asked for them, is a fault of ours: tests panic then.
#[derive(Debug, Default)]
pub(crate) struct Ctxt {
    errors: Option<syn::Error>,
    count: usize,
    is_checked: bool,
}

impl Ctxt {
    /// Notes an error at a place.
    pub(crate) fn error(&mut self, at: Span, message: impl Display) {
        self.push(syn::Error::new(at, message));
    }

    /// Notes an error, or several that were combined.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.count += 1;
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// Returns the number of errors met so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Notes the error of a result, and returns its value.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Returns the value where no error was met, else all errors as one.
    pub(crate) fn finish<T>(mut self, value: Option<T>) -> syn::Result<T> {
        self.is_checked = true;
        match (self.errors.take(), value) {
            (Some(errors), _) => Err(errors),
            (None, Some(value)) => Ok(value),
            // A value is only ever missing after an error, which the first arm has.
            (None, None) => Err(syn::Error::new(Span::call_site(), "the item could not be read")),
        }
    }
}

#[cfg(test)]
impl Drop for Ctxt {
    fn drop(&mut self) {
        let is_lost = self.errors.is_some() && !self.is_checked;
        assert!(!is_lost || std::thread::panicking(), "errors were collected and never looked at");
    }
}

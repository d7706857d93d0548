//! How deep source may nest.
//!
//! A parser calls itself for each level of nesting, and every walk over what it returns does so too, so that source
//! without a limit ends the process by a stack overflow. The tokens are measured first, without recursion.

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// How many levels an expression may have: operators, calls and tests, one inside the other.
pub const MAX_EXPRESSION_LEVELS: usize = 200;

/// How deep tokens may nest.
///
/// Measured with unoptimized code: a level of brackets or generics takes at most 45 KiB of the stack, a token of one
/// unbroken expression at most 2 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The levels of brackets, generics and prefix operators.
    levels: usize,
    /// The tokens of an expression that no bracket, comma or semicolon ends.
    tokens: usize,
}

impl Limit {
    /// The limit for models, migrations and answers, which the compiler's own thread reads (8 MiB).
    pub const MODEL: Self = Self { levels: 96, tokens: 1_500 };
    /// The same for a whole item, so that a field or an attribute with too many levels is refused at its own place.
    pub const ITEM: Self = Self { levels: 112, tokens: 1_600 };
    /// The limit for whole source files, which [`STACK_FOR_SOURCE`] is made for.
    pub const SOURCE: Self = Self { levels: 2_000, tokens: 40_000 };
}

/// The size in bytes of a stack on which source within [`Limit::SOURCE`] can be read.
pub const STACK_FOR_SOURCE: usize = 512 << 20;

/// Checks that tokens do not nest deeper than the limit.
///
/// The input of macros is not checked, since it is not parsed.
///
/// # Errors
/// The place where they nest deeper, and what to write instead.
pub fn check(tokens: TokenStream, limit: Limit) -> syn::Result<()> {
    let mut open = vec![Level::of(tokens, 0, 0)];
    while let Some(level) = open.last_mut() {
        let Some(token) = level.rest.next() else {
            open.pop();
            continue;
        };
        let span = token.span();
        let inside = level.pass(token);
        let (levels, tokens) = (level.levels(), level.tokens());
        if levels > limit.levels || tokens > limit.tokens {
            return Err(too_deep(span, limit, levels > limit.levels));
        }
        open.extend(inside.map(|inside| Level::of(inside, levels, tokens)));
    }
    Ok(())
}

/// Returns the tokens of text that does not nest deeper than the limit.
///
/// # Errors
/// Text that is not Rust, and as [`check`].
pub(crate) fn tokens(text: &str, limit: Limit) -> syn::Result<TokenStream> {
    let tokens: TokenStream = text.parse()?;
    check(tokens.clone(), limit)?;
    Ok(tokens)
}

/// Parses a source file that nests no deeper than [`Limit::SOURCE`].
///
/// # Errors
/// As [`syn::parse_file`], and [`check`].
pub fn parse_file(text: &str) -> syn::Result<syn::File> {
    let (shebang, text) = without_shebang(text.strip_prefix('\u{feff}').unwrap_or(text));
    let file = syn::parse2::<syn::File>(tokens(text, Limit::SOURCE)?)?;
    Ok(syn::File { shebang, ..file })
}

/// Splits off the first line of a script; the line break stays, so that line numbers stay.
fn without_shebang(text: &str) -> (Option<String>, &str) {
    match text.strip_prefix("#!") {
        // `#![…]` is an attribute.
        Some(rest) if !rest.trim_start().starts_with('[') => {
            let end = text.find('\n').unwrap_or(text.len());
            (Some(text[..end].to_owned()), &text[end..])
        }
        Some(_) | None => (None, text),
    }
}

fn too_deep(span: Span, limit: Limit, by_levels: bool) -> syn::Error {
    let message = if by_levels {
        format!("this nests deeper than {} levels; write it with fewer brackets or generics", limit.levels)
    } else {
        format!(
            "this expression has more than {} tokens; write it in parts, such as several rules",
            limit.tokens
        )
    };
    syn::Error::new(span, message)
}

/// The tokens between two brackets.
struct Level {
    rest: IntoIter,
    /// The levels and tokens around.
    around: (usize, usize),
    /// The generics that are open, as far as `<` and `>` show it.
    generics: usize,
    /// The prefix operators, arrows, assignments and words in a row since the last end of an expression.
    prefixes: usize,
    /// The tokens since the last end of an expression.
    run: usize,
    before: Before,
    /// The character before, where it belongs to the same operator.
    joint: Option<char>,
}

/// What stands before a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The start of an expression, or an operator.
    Start,
    /// A word, which may be the name of something or begin an expression.
    Word,
    /// A constant, or something between brackets.
    Operand,
    /// A name and `!`, or `macro_rules!` and a name: a macro's input is next.
    Macro,
    /// A block, which may end an item.
    Block,
}

impl Level {
    fn of(tokens: TokenStream, levels: usize, run: usize) -> Self {
        Self {
            rest: tokens.into_iter(),
            around: (levels, run),
            generics: 0,
            prefixes: 0,
            run: 0,
            before: Before::Start,
            joint: None,
        }
    }

    fn levels(&self) -> usize {
        self.around.0 + self.generics + self.prefixes + 1
    }

    fn tokens(&self) -> usize {
        self.around.1 + self.run
    }

    /// Counts a token; returns the tokens between its brackets, if a parser reads them.
    fn pass(&mut self, token: TokenTree) -> Option<TokenStream> {
        self.run += 1;
        let joint = self.joint.take();
        match token {
            TokenTree::Group(group) => {
                let is_input = self.before == Before::Macro;
                let is_block = group.delimiter() == Delimiter::Brace;
                self.before = if is_block { Before::Block } else { Before::Operand };
                (!is_input).then(|| group.stream())
            }
            TokenTree::Ident(ident) => {
                self.word(&ident);
                None
            }
            TokenTree::Literal(_) => {
                self.before = Before::Operand;
                None
            }
            TokenTree::Punct(punct) => {
                self.punct(&punct, joint);
                None
            }
        }
    }

    fn word(&mut self, ident: &Ident) {
        let (is_else, is_cast) = (ident == "else", ident == "as");
        match self.before {
            // `macro_rules! name { … }`
            Before::Macro => return,
            Before::Block if !is_else => self.end(),
            Before::Word if !is_cast => self.prefixes += 1,
            Before::Block | Before::Word | Before::Start | Before::Operand => {}
        }
        self.before = if is_else || is_cast { Before::Start } else { Before::Word };
    }

    fn punct(&mut self, punct: &Punct, joint: Option<char>) {
        let before = std::mem::replace(&mut self.before, Before::Start);
        let first = (punct.spacing() == Spacing::Joint && joint.is_none()).then(|| punct.as_char());
        match (punct.as_char(), joint) {
            (';' | '#', _) => self.end(),
            (',', _) => self.end_part(),
            // Neither `!=` nor a negation.
            ('!', None) if before == Before::Word && first.is_none() => self.before = Before::Macro,
            ('>', Some('-')) => self.prefixes += 1,
            ('<', _) => {
                self.generics += 1;
                self.joint = first;
            }
            ('>', _) => {
                self.generics = self.generics.saturating_sub(1);
                self.joint = first;
            }
            // `a && b` and `a || b` stand in no generics, so that a `<` before was a comparison.
            ('&', Some('&')) | ('|', Some('|')) => self.generics = 0,
            ('=', None) if first.is_none() => self.prefixes += 1,
            ('=', _) => self.joint = first,
            ('.' | '?' | ':' | '\'', _) | (_, Some(_)) => {}
            (_, None) if before == Before::Start => self.prefixes += 1,
            (_, None) => self.joint = first,
        }
    }

    /// Ends an item or a statement.
    fn end(&mut self) {
        self.end_part();
        self.generics = 0;
    }

    /// Ends a part of a list, which may stand between generics.
    fn end_part(&mut self) {
        (self.run, self.prefixes, self.before) = (0, 0, Before::Start);
    }
}

#[cfg(test)]
mod tests;

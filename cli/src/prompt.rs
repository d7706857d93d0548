//! Asks a person: options by number, values in source syntax, yes or no.

use std::io::{BufRead, Write};

use modelshift_schema::answers::{Answer, Subject};
use modelshift_schema::expr::Expr;
use modelshift_schema::question::{Question, SuggestedAnswer};
use modelshift_syntax::answers::read_value;

/// The person cancelled, or the input ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cancelled;

/// Asks on one stream, and reads answers from another one.
#[derive(Debug)]
pub(crate) struct Prompt<R, W> {
    input: R,
    output: W,
}

impl<R: BufRead, W: Write> Prompt<R, W> {
    pub(crate) fn new(input: R, output: W) -> Self {
        Self { input, output }
    }

    /// Asks a question of the detector; the last option is to cancel.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(crate) fn question(
        &mut self,
        place: &str,
        question: &Question,
    ) -> Result<(Subject, Answer), Cancelled> {
        self.say(&format!("question[{}]: {place}: {}\n", question.code(), question.summary()))?;
        let offers: Vec<SuggestedAnswer> =
            question.suggestions().into_iter().filter_map(|it| it.answer).collect();
        for (position, offer) in offers.iter().enumerate() {
            self.say(&format!(" {}) {}\n", position + 1, offer.meaning))?;
        }
        self.say(&format!(" {}) none of these: leave, and write it into the struct\n", offers.len() + 1))?;
        let chosen = self.option(offers.len() + 1)?;
        let Some(SuggestedAnswer { about, mut answer, value, .. }) = offers.into_iter().nth(chosen - 1)
        else {
            return Err(Cancelled);
        };
        if let Some(sample) = value {
            // `…` is a placeholder for a value that only a person knows.
            answer.backfill = Some(self.value(Some(sample.as_str()).filter(|sample| !sample.contains('…')))?);
        }
        Ok((about, answer))
    }

    /// Asks for a number from 1 to `last` until it is valid.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(crate) fn option(&mut self, last: usize) -> Result<usize, Cancelled> {
        self.say("Select an option: ")?;
        loop {
            match self.line()?.parse::<usize>() {
                Ok(number) if (1..=last).contains(&number) => return Ok(number),
                Ok(_) | Err(_) => self.say(&format!("Select an option, a number from 1 to {last}: "))?,
            }
        }
    }

    /// Asks for a value until it is valid; an empty line selects the offered value.
    ///
    /// # Errors
    /// [`Cancelled`], also if the answer is `exit`.
    pub(crate) fn value(&mut self, offered: Option<&str>) -> Result<Expr, Cancelled> {
        self.say("A value in source syntax, such as `0`, `\"none\"` or `now()`; `exit` to leave.\n")?;
        loop {
            match offered {
                Some(offered) => self.say(&format!("[{offered}] >>> "))?,
                None => self.say(">>> ")?,
            }
            let line = self.line()?;
            let text = match (line.as_str(), offered) {
                ("exit", _) => return Err(Cancelled),
                ("", Some(offered)) => offered,
                ("", None) => {
                    self.say("Please give a value, or `exit` to leave.\n")?;
                    continue;
                }
                (text, _) => text,
            };
            match read_value(text) {
                Ok(value) => return Ok(value),
                Err(message) => self.say(&format!("{message}\n"))?,
            }
        }
    }

    /// Asks for yes or no until it is one of them; an empty line selects the default.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(crate) fn confirm(&mut self, question: &str, default: Option<bool>) -> Result<bool, Cancelled> {
        let hint = match default {
            Some(true) => "[Y/n]",
            Some(false) => "[y/N]",
            None => "[y/n]",
        };
        self.say(&format!("{question} {hint} "))?;
        loop {
            match (self.line()?.to_lowercase().as_str(), default) {
                ("y" | "yes", _) => return Ok(true),
                ("n" | "no", _) => return Ok(false),
                ("", Some(default)) => return Ok(default),
                _ => self.say("Please answer yes or no: ")?,
            }
        }
    }

    fn say(&mut self, text: &str) -> Result<(), Cancelled> {
        let said = self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush());
        said.map_err(|_| Cancelled)
    }

    fn line(&mut self) -> Result<String, Cancelled> {
        let mut line = String::new();
        match self.input.read_line(&mut line) {
            Ok(0) | Err(_) => {
                self.say("\nCancelled.\n")?;
                Err(Cancelled)
            }
            Ok(_) => Ok(line.trim().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use modelshift_schema::question::{MissingValue, QuestionKind};

    use super::*;

    /// Returns what is answered to these lines, and what was said.
    fn talk<T>(lines: &str, ask: impl FnOnce(&mut Prompt<&[u8], &mut Vec<u8>>) -> T) -> (T, String) {
        let mut said = Vec::new();
        let answer = ask(&mut Prompt::new(lines.as_bytes(), &mut said));
        (answer, String::from_utf8(said).unwrap())
    }

    #[test]
    fn q_005_an_empty_line_takes_what_is_offered() {
        let (value, said) = talk("\n", |prompt| prompt.value(Some("0")));
        assert_eq!(value, Ok(Expr::int(0)));
        assert!(said.contains("[0] >>> "), "{said}");
    }

    #[test]
    fn q_006_without_an_offer_it_is_asked_again_until_exit() {
        let (value, said) = talk("\nexit\n", |prompt| prompt.value(None));
        assert_eq!(value, Err(Cancelled));
        assert!(said.contains("Please give a value, or `exit` to leave."), "{said}");
    }

    #[test]
    fn q_007_what_cannot_be_read_is_told_and_asked_again() {
        let (value, said) = talk("1 +\nfrobnicate(1)\n7\n", |prompt| prompt.value(None));
        assert_eq!(value, Ok(Expr::int(7)));
        assert!(said.contains("unknown function `frobnicate`"), "{said}");
        assert_eq!(said.matches(">>> ").count(), 3);
    }

    #[test]
    fn q_009_and_q_010_yes_or_no() {
        for (lines, expect) in [("\nwhat\nn\n", false), ("\nwhat\ny\n", true)] {
            let (answer, said) = talk(lines, |prompt| prompt.confirm("Join?", None));
            assert_eq!((answer, said.matches("yes or no").count()), (Ok(expect), 2), "{said}");
        }
        let (yes, said) = talk("\n", |prompt| prompt.confirm("Join?", Some(true)));
        assert_eq!((yes, said.as_str()), (Ok(true), "Join? [Y/n] "));
        assert_eq!(talk("\n", |prompt| prompt.confirm("Join?", Some(false))).0, Ok(false));
    }

    #[test]
    fn q_011_an_option_is_asked_for_until_it_is_one() {
        let (option, said) = talk("10\ngarbage\n1\n", |prompt| prompt.option(3));
        assert_eq!(option, Ok(1));
        assert_eq!(said.matches("a number from 1 to 3").count(), 2);
    }

    #[test]
    fn q_012_where_nobody_answers_it_is_cancelled() {
        let (option, said) = talk("", |prompt| prompt.option(3));
        assert_eq!(option, Err(Cancelled));
        assert_eq!(said, "Select an option: \nCancelled.\n");
    }

    #[test]
    fn a_question_is_asked_with_every_offer() {
        let missing = MissingValue {
            sample: "0".to_owned(),
            unique: false,
            key: false,
            reference: None,
            may_be_another_model: false,
        };
        let kind = QuestionKind::RenamedField { candidates: vec!["age".into()], missing: Some(missing) };
        let question = Question { model: "blog.Author".parse().unwrap(), field: Some("years".into()), kind };
        let ask = |lines| talk(lines, |prompt| prompt.question("src/models.rs:7:9", &question));
        let about: Subject = "blog.Author.years".parse().unwrap();
        let (answer, said) = ask("1\n");
        assert_eq!(answer, Ok((about.clone(), Answer::renamed_from("age"))));
        assert_eq!(
            said,
            "question[MS0106]: src/models.rs:7:9: `Author.years` is new and `age` is gone: renamed, or another field?\n \
             1) renamed from `age`: the values stay\n \
             2) a new field, a value for existing rows, used once\n \
             3) none of these: leave, and write it into the struct\nSelect an option: "
        );
        let (answer, _) = ask("2\n5\n");
        assert_eq!(answer, Ok((about, Answer { backfill: Some(Expr::int(5)), ..Answer::new() })));
        assert_eq!(ask("3\n").0, Err(Cancelled));
    }
}

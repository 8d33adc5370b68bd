use std::collections::BTreeMap;

use super::promise::Promise;

/// The verdict on each promise.
#[derive(Debug, Default)]
pub(crate) struct Verdicts(BTreeMap<Promise, Verdict>);

/// The checks of one promise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// How often it was checked. Never: nobody knows.
    pub(crate) looked: u64,
    /// How often it was broken.
    pub(crate) broken: u64,
    /// The first violations, in words.
    pub(crate) examples: Vec<String>,
}

impl Verdicts {
    /// The number of examples that are kept of each.
    const EXAMPLES_MAX: usize = 5;

    pub(super) fn note(&mut self, promise: Promise, violation: Option<String>) {
        let verdict = self.0.entry(promise).or_default();
        verdict.looked += 1;
        if let Some(example) = violation {
            verdict.broken += 1;
            if verdict.examples.len() < Self::EXAMPLES_MAX {
                verdict.examples.push(example);
            }
        }
    }

    /// The verdict on this promise.
    pub(crate) fn of(&self, promise: Promise) -> Verdict {
        self.0.get(&promise).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_looked_at_is_neither_kept_nor_broken() {
        assert_eq!(Verdicts::default().of(Promise::SalesAgree), Verdict::default());
    }

    #[test]
    fn one_look_that_finds_something_breaks_it() {
        let mut verdicts = Verdicts::default();
        verdicts.note(Promise::MoneyExact, Some("a point is gone".into()));
        (0..9).for_each(|_| verdicts.note(Promise::MoneyExact, None));
        let verdict = verdicts.of(Promise::MoneyExact);
        assert_eq!((verdict.looked, verdict.broken, verdict.examples.len()), (10, 1, 1));
    }

    #[test]
    fn examples_are_bounded() {
        let mut verdicts = Verdicts::default();
        (0..1_000).for_each(|n| verdicts.note(Promise::MoneyExact, Some(n.to_string())));
        assert_eq!(verdicts.of(Promise::MoneyExact).examples, ["0", "1", "2", "3", "4"]);
    }
}

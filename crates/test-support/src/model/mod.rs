//! Random sequences of operations on two implementations, which must answer and end alike.
//!
//! [`run_both`] plays the same operations, drawn from a seed, on a reference and on a subject. Commands carry their ids,
//! so both give the same ones. Instants are not compared, and time is moved in steps so long that the moments which a
//! real clock adds by itself decide nothing.

mod dice;
mod ending;
mod knowledge;
mod operation;
mod perform;
mod side;
mod verdict;

use std::collections::BTreeMap;
use std::fmt;

use crate::Fixture;
use dice::Dice;
use ending::ending;
use knowledge::Knowledge;
use side::Side;

/// Two implementations did not answer or end alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    /// The seed, to see it again.
    pub seed: u64,
    /// After how many operations.
    pub step: usize,
    /// What was asked.
    pub asked: String,
    /// What the reference said.
    pub reference: String,
    /// What the subject said.
    pub subject: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, step, asked, reference, subject } = self;
        write!(f, "seed {seed}, step {step}: {asked}\n reference: {reference}\n   subject: {subject}")
    }
}

/// What happened when two implementations agreed: how often each kind of answer came, such as `hold SeatTaken`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// How often, by kind of answer.
    pub answers: BTreeMap<String, usize>,
}

/// Plays the operations of a seed on two fresh implementations.
///
/// # Errors
/// [`Divergence`] at the first answer, or the first fact of the end, in which they differ.
pub async fn run_both(
    reference: &dyn Fixture,
    subject: &dyn Fixture,
    seed: u64,
    steps: usize,
) -> Result<Run, Divergence> {
    let mut dice = Dice::new(seed);
    let (reference, subject) = (Side::set_up(reference).await, Side::set_up(subject).await);
    let mut knowledge = Knowledge::default();
    let mut run = Run::default();
    for step in 1..=steps {
        let operation = knowledge.next_operation(&mut dice);
        let expected = perform::perform(&reference, &operation).await;
        let verdict = perform::perform(&subject, &operation).await;
        if verdict != expected {
            return Err(Divergence {
                seed,
                step,
                asked: format!("{operation:?}"),
                reference: expected.told,
                subject: verdict.told,
            });
        }
        *run.answers.entry(expected.kind.clone()).or_default() += 1;
        knowledge.learn(&operation, &expected);
    }
    let differ =
        |asked: String, reference, subject| Divergence { seed, step: steps, asked, reference, subject };
    let (expected, ended) = (ending(&reference).await, ending(&subject).await);
    for ((asked, expected), (_, ended)) in expected.iter().zip(&ended) {
        if expected != ended {
            return Err(differ(format!("in the end, {asked}"), expected.clone(), ended.clone()));
        }
    }
    Ok(run)
}

//! The circuit breaker of a source: after failures in a row its system is left alone for a while, then tried with one
//! call. So callers are told at once instead of waiting for a deadline, and a system that comes up is not run over.
//!
//! Only what says something about the *system* counts: it cannot be reached, or it does not answer in time. Refusals
//! are answers, and what hangs on one user's credentials says nothing about the others.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use puente_sources::SourceError;
use tokio::time::Instant;

/// Failures in a row that open the circuit.
const THRESHOLD: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Whether calls go to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    /// All of them.
    Closed,
    /// None for this long.
    Open(Duration),
    /// The next one, to see how it is.
    Trying,
}

/// How a source's calls have gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitHealth {
    /// Whether calls go there.
    pub state: CircuitState,
    /// Failures since the last answer.
    pub failures: u32,
    /// How long ago the last answer came; `None` if none came yet.
    pub answered: Option<Duration>,
    /// How long ago the last failure was, and what it was, as agents were told.
    pub failed: Option<(Duration, String)>,
}

/// A circuit breaker.
#[derive(Default)]
pub(crate) struct Circuit(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
    pause: Duration,
    /// A call is under way that decides.
    trying: bool,
    answered: Option<Instant>,
    failed: Option<(Instant, String)>,
}

/// The right to make a call. Dropped without an outcome, it counts for nothing.
pub(crate) struct Pass<'a> {
    circuit: &'a Circuit,
    is_trial: bool,
}

impl Circuit {
    /// Lets a call through, or says how long the source is left alone.
    pub(crate) fn enter(&self) -> Result<Pass<'_>, Duration> {
        let mut state = self.lock();
        let Some(until) = state.open_until else { return Ok(Pass { circuit: self, is_trial: false }) };
        let left = until.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            return Err(left);
        }
        if std::mem::replace(&mut state.trying, true) {
            return Err(FIRST_PAUSE);
        }
        Ok(Pass { circuit: self, is_trial: true })
    }

    /// How it is.
    pub(crate) fn health(&self) -> CircuitHealth {
        let state = self.lock();
        let left = state.open_until.map(|until| until.saturating_duration_since(Instant::now()));
        CircuitHealth {
            state: match left {
                None => CircuitState::Closed,
                Some(left) if left.is_zero() => CircuitState::Trying,
                Some(left) => CircuitState::Open(left),
            },
            failures: state.failures,
            answered: state.answered.map(|at| at.elapsed()),
            failed: state.failed.as_ref().map(|(at, message)| (at.elapsed(), message.clone())),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Takes the outcome into account; `source` is for the log.
    pub(crate) fn note<T>(&self, source: &str, outcome: &Result<T, SourceError>) {
        let mut state = self.circuit.lock();
        match outcome {
            Err(error @ (SourceError::Unavailable { .. } | SourceError::TimedOut { .. })) => {
                state.fail(source, self.is_trial, error.to_string());
            }
            Err(SourceError::Cancelled | SourceError::Definition(_)) => {}
            _ => {
                if state.open_until.is_some() {
                    tracing::info!(source, "a source answers again");
                }
                *state = State { answered: Some(Instant::now()), failed: state.failed.take(), ..State::default() };
            }
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_trial {
            self.circuit.lock().trying = false;
        }
    }
}

impl State {
    fn fail(&mut self, source: &str, is_trial: bool, message: String) {
        self.failures = self.failures.saturating_add(1);
        self.failed = Some((Instant::now(), message));
        // Calls that were under way when it opened do not lengthen the pause.
        if is_trial || (self.open_until.is_none() && self.failures >= THRESHOLD) {
            self.pause = if self.pause.is_zero() { FIRST_PAUSE } else { (self.pause * 2).min(LONGEST_PAUSE) };
            self.open_until = Some(Instant::now() + self.pause);
            tracing::warn!(source, failures = self.failures, pause = ?self.pause, "a source is left alone for a while");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(circuit: &Circuit) {
        circuit
            .enter()
            .unwrap_or_else(|_| panic!("it is open"))
            .note::<()>("s", &Err(SourceError::TimedOut { limit_ms: 1 }));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_open_it_and_an_answer_closes_it() {
        let circuit = Circuit::default();
        for _ in 1..THRESHOLD {
            fail(&circuit);
        }
        circuit.enter().ok().unwrap().note::<()>("s", &Err(SourceError::failed("no such order")));
        assert_eq!(circuit.health().failures, 0, "a refusal is an answer");
        for _ in 0..THRESHOLD {
            fail(&circuit);
        }
        assert_eq!(circuit.enter().err(), Some(FIRST_PAUSE));
        assert_eq!(circuit.health().state, CircuitState::Open(FIRST_PAUSE));

        tokio::time::advance(FIRST_PAUSE).await;
        let trial = circuit.enter().ok().unwrap();
        assert!(circuit.enter().is_err(), "one call tries");
        drop(trial);
        fail(&circuit);
        assert_eq!(circuit.enter().err(), Some(FIRST_PAUSE * 2));
        tokio::time::advance(FIRST_PAUSE * 2).await;
        circuit.enter().ok().unwrap().note("s", &Ok(()));
        assert_eq!(circuit.health().state, CircuitState::Closed);
        assert!(circuit.enter().is_ok() && circuit.enter().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_do_not_grow_for_ever() {
        let circuit = Circuit::default();
        for _ in 0..THRESHOLD {
            fail(&circuit);
        }
        for _ in 0..10 {
            tokio::time::advance(LONGEST_PAUSE).await;
            fail(&circuit);
        }
        assert_eq!(circuit.enter().err(), Some(LONGEST_PAUSE));
    }
}

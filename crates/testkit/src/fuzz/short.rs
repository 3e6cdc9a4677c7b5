//! A target's corpus, and mutations of it: always the same, and enough to find what is near.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{corpus, mutation};

/// So many mutations are tried.
const CASES: usize = 10_000;

/// Gives the target everything.
pub fn run(name: &str, target: fn(&[u8])) {
    let corpus = corpus::read(name);
    assert!(!corpus.is_empty(), "{name} has no corpus");
    give(name, target, b"");
    for input in &corpus {
        give(name, target, input);
    }
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..CASES {
        give(name, target, &mutation::of(&corpus, &mut rng));
    }
}

fn give(name: &str, target: fn(&[u8]), input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(input))) {
        let line = corpus::write(input);
        eprintln!(
            "{name}: found by this input, to be added to tests/fuzz/seeds/{name}.txt:\n{line}"
        );
        resume_unwind(panic);
    }
}

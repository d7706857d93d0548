//! A sequence that fails -> a shorter one that still does.

use crate::campaign::caught;
use crate::laws::Law;
use crate::sequence::{Sequence, Turn};

/// Drops edits, and builds, while the same law fails.
pub(crate) fn minimise(mut sequence: Sequence, law: Law) -> Sequence {
    loop {
        let smaller =
            candidates(&sequence).into_iter().find(|it| caught(it).is_err_and(|fault| fault.law == law));
        match smaller {
            Some(smaller) => sequence = smaller,
            None => return sequence,
        }
    }
}

fn candidates(sequence: &Sequence) -> Vec<Sequence> {
    let turns = &sequence.turns;
    let of = |turns: Vec<Turn>| Sequence { turns, ..sequence.clone() };
    let mut smaller = Vec::new();
    let mut width = turns.len() / 2;
    while width > 0 {
        for start in (0..turns.len()).step_by(width) {
            let rest =
                turns.iter().enumerate().filter(|(position, _)| !(start..start + width).contains(position));
            smaller.push(of(rest.map(|(_, turn)| *turn).collect()));
        }
        width /= 2;
    }
    for position in (0..turns.len()).filter(|position| turns[*position].builds) {
        let mut turns = turns.clone();
        turns[position].builds = false;
        smaller.push(of(turns));
    }
    smaller.retain(|it| !it.turns.is_empty());
    smaller
}

//! A picture of migrations -> text with lines between them, the newest first, as `git log --graph` draws commits.

use std::fmt::Write as _;

use super::{Picture, printable};

/// The lines that are open at one place: each leads to the box of this position.
type Lanes = Vec<Option<usize>>;

/// Returns the text.
pub(super) fn print(picture: &Picture) -> String {
    if picture.boxes.is_empty() {
        return "(no migrations)\n".to_owned();
    }
    let mut text = String::new();
    let mut lanes: Lanes = Vec::new();
    for (position, it) in picture.boxes.iter().enumerate().rev() {
        let lane = lane_of(&mut lanes, position);
        let merged: Vec<usize> =
            (0..lanes.len()).filter(|at| *at != lane && lanes[*at] == Some(position)).collect();
        let notes: Vec<String> = it.notes.iter().map(|note| printable(note)).collect();
        let notes = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join(", ")) };
        let mark = if it.is_outside { '○' } else { '●' };
        let applied = it.applied.map(|it| format!("{} ", it.mark())).unwrap_or_default();
        let name = format!("{applied}{}.{}", printable(&it.app), printable(&it.name));
        let _ = writeln!(text, "{} {name}{notes}", row(&lanes, lane, mark, &merged, '┘'));
        for at in merged {
            lanes[at] = None;
        }
        lanes[lane] = None;
        let parents: Vec<usize> =
            picture.arrows.iter().filter(|arrow| arrow.to == position).map(|arrow| arrow.from).collect();
        open(&mut text, &mut lanes, lane, &parents);
        while lanes.last() == Some(&None) {
            lanes.pop();
        }
    }
    text
}

/// Returns the first lane that leads to a box, or a free one.
fn lane_of(lanes: &mut Lanes, position: usize) -> usize {
    if let Some(at) = lanes.iter().position(|it| *it == Some(position)) {
        return at;
    }
    let at = free(lanes);
    lanes[at] = Some(position);
    at
}

/// Returns a lane without a line.
fn free(lanes: &mut Lanes) -> usize {
    if let Some(at) = lanes.iter().position(Option::is_none) {
        return at;
    }
    lanes.push(None);
    lanes.len() - 1
}

/// Begins the lines to what a migration depends on: the last of it goes on in its lane, and each other one in a lane of its
/// own, on the row below.
fn open(text: &mut String, lanes: &mut Lanes, lane: usize, parents: &[usize]) {
    let known = |lanes: &Lanes, parent: usize| lanes.iter().position(|it| *it == Some(parent));
    let mut branches = Vec::new();
    for parent in parents.iter().rev() {
        if let Some(at) = known(lanes, *parent) {
            branches.push((at, true));
        } else if lanes[lane].is_none() {
            lanes[lane] = Some(*parent);
        } else {
            let at = free(lanes);
            lanes[at] = Some(*parent);
            branches.push((at, false));
        }
    }
    if branches.is_empty() {
        return;
    }
    let goes_on = lanes[lane].is_some();
    let ends = branches.iter().map(|(at, _)| *at).chain([lane]);
    let (first, last) = (ends.clone().min().unwrap_or(lane), ends.max().unwrap_or(lane));
    let mut drawn = String::new();
    for (at, it) in lanes.iter().enumerate() {
        let branch = branches.iter().find(|(branch, _)| *branch == at);
        let (left, right) = (at > first, at < last);
        drawn.push(match (branch, left && right) {
            _ if at == lane => corner([goes_on, true, left, right]),
            (Some((_, was_open)), _) => corner([true, *was_open, left, right]),
            (None, true) => {
                if it.is_some() {
                    '┼'
                } else {
                    '─'
                }
            }
            (None, false) => {
                if it.is_some() {
                    '│'
                } else {
                    ' '
                }
            }
        });
        drawn.push(if at >= first && right { '─' } else { ' ' });
    }
    let _ = writeln!(text, "{}", drawn.trim_end());
}

/// Returns the character with lines that go down, up, to the left and to the right.
fn corner(lines: [bool; 4]) -> char {
    match lines {
        [true, true, true, true] => '┼',
        [true, true, true, false] => '┤',
        [true, true, false, true] => '├',
        [true, false, true, true] => '┬',
        [true, false, true, false] => '┐',
        [true, false, false, true] => '┌',
        [false, true, true, true] => '┴',
        [false, true, true, false] => '┘',
        [false, true, false, true] => '└',
        [true, true, false, false] => '│',
        [false, false, _, _] | [true, false, false, false] | [false, true, false, false] => '─',
    }
}

/// Returns the row of a box, with the lines that end in it.
fn row(lanes: &Lanes, lane: usize, mark: char, merged: &[usize], end: char) -> String {
    let last = merged.last().copied().unwrap_or(lane);
    let mut drawn = String::new();
    for (at, it) in lanes.iter().enumerate() {
        drawn.push(if at == lane {
            mark
        } else if merged.contains(&at) {
            if at == last { end } else { '┴' }
        } else {
            match (it.is_some(), at > lane && at < last) {
                (true, true) => '┼',
                (false, true) => '─',
                (true, false) => '│',
                (false, false) => ' ',
            }
        });
        drawn.push(if at >= lane && at < last { '─' } else { ' ' });
    }
    drawn.trim_end().to_owned()
}

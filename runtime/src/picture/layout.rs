//! Where boxes stand: in rows, each below all from which an arrow leads to it, but for circles.

use super::{Picture, Subject};

/// The height of a box.
pub(super) const HEIGHT: usize = 34;
const BETWEEN_ROWS: usize = 46;
const BETWEEN_BOXES: usize = 24;
const MARGIN: usize = 12;
/// The width of a character of the font, in tenths.
const CHARACTER: usize = 78;
/// How far from the left of a box arrows begin and end, if it is wide enough.
const FROM_LEFT: usize = 44;
/// The most boxes of tables in one row.
const MOST_IN_ROW: usize = 8;

/// A box at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
}

impl Place {
    /// Returns where arrows begin and end: not far from the left, so that they are straight between boxes of one column.
    pub(super) fn end(&self) -> usize {
        self.x + (self.width / 2).min(FROM_LEFT)
    }
}

/// The places of all boxes, in their order, and the size of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) places: Vec<Place>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Returns the layout of a picture, whose boxes have these texts.
pub(super) fn layout(picture: &Picture, texts: &[String]) -> Layout {
    let widths: Vec<usize> = texts.iter().map(|text| width(text)).collect();
    let ranks = ranks(picture);
    let lanes = lanes(picture);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); ranks.iter().max().map_or(0, |last| last + 1)];
    for (position, rank) in ranks.iter().enumerate() {
        rows[*rank].push(position);
    }
    for row in &mut rows {
        row.sort_by_key(|position| (lanes[*position], *position));
    }
    let rows: Vec<Vec<usize>> = match picture.subject {
        Subject::Migrations => rows,
        Subject::Tables => rows.iter().flat_map(|row| row.chunks(MOST_IN_ROW).map(<[_]>::to_vec)).collect(),
    };
    let lefts = match picture.subject {
        Subject::Migrations => lefts(&rows, &lanes, &widths),
        Subject::Tables => Vec::new(),
    };
    let mut places = vec![Place::default(); widths.len()];
    let mut right = MARGIN;
    for (number, row) in rows.iter().enumerate() {
        let mut x = MARGIN;
        for position in row {
            // A box of an app never stands left of the app's own column.
            x = x.max(lefts.get(lanes[*position]).copied().unwrap_or(MARGIN));
            let width = widths[*position];
            places[*position] = Place { x, y: MARGIN + number * (HEIGHT + BETWEEN_ROWS), width };
            x += width + BETWEEN_BOXES;
            right = right.max(x);
        }
    }
    let height = rows.len() * (HEIGHT + BETWEEN_ROWS) + MARGIN;
    Layout { places, width: right + MARGIN, height }
}

fn width(text: &str) -> usize {
    let characters: usize = text.chars().map(|it| if it > '\u{1100}' { 2 } else { 1 }).sum();
    characters * CHARACTER / 10 + 24
}

/// Returns the number of each box's app, in the order in which the apps appear first.
fn lanes(picture: &Picture) -> Vec<usize> {
    let mut lanes = vec![0; picture.boxes.len()];
    for (lane, (_, boxes)) in picture.apps().into_iter().enumerate() {
        for position in boxes {
            lanes[position] = lane;
        }
    }
    lanes
}

/// Returns where the column of each app begins: behind the widest row of the one before.
fn lefts(rows: &[Vec<usize>], lanes: &[usize], widths: &[usize]) -> Vec<usize> {
    let mut wanted = vec![0; lanes.iter().max().map_or(0, |last| last + 1)];
    for row in rows {
        let mut of_row = vec![0; wanted.len()];
        for position in row {
            of_row[lanes[*position]] += widths[*position] + BETWEEN_BOXES;
        }
        for (wanted, width) in wanted.iter_mut().zip(of_row) {
            *wanted = (*wanted).max(width);
        }
    }
    let begins = wanted.iter().scan(MARGIN, |x, width| {
        let begin = *x;
        *x += width;
        Some(begin)
    });
    begins.collect()
}

/// Returns the row of each box. In a circle, the first box comes first.
fn ranks(picture: &Picture) -> Vec<usize> {
    let count = picture.boxes.len();
    let mut open = vec![0_usize; count];
    let mut leads_to: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in picture.arrows.iter().map(|arrow| downwards(picture, arrow.from, arrow.to)) {
        if from != to {
            open[to] += 1;
            leads_to[from].push(to);
        }
    }
    let (mut ranks, mut is_done) = (vec![0; count], vec![false; count]);
    let mut ready: Vec<usize> = (0..count).filter(|it| open[*it] == 0).collect();
    for next in 0..count {
        // Only a circle leaves nothing that is ready.
        if ready.is_empty() && !is_done[next] {
            ready.push(next);
        }
        while let Some(position) = ready.pop() {
            if std::mem::replace(&mut is_done[position], true) {
                continue;
            }
            for to in &leads_to[position] {
                if is_done[*to] {
                    continue;
                }
                ranks[*to] = ranks[*to].max(ranks[position] + 1);
                open[*to] -= 1;
                if open[*to] == 0 {
                    ready.push(*to);
                }
            }
        }
    }
    ranks
}

/// Returns the ends of an arrow from above to below: a table stands below those that it refers to.
fn downwards(picture: &Picture, from: usize, to: usize) -> (usize, usize) {
    match picture.subject {
        Subject::Migrations => (from, to),
        Subject::Tables => (to, from),
    }
}

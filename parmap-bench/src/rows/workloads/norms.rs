//! The Euclidean norms of a matrix's rows.

use std::hint::black_box;

use parmap::parmap;

use super::judged;
use crate::{contest::Contest, peers::Peer, report::Findings, rows::Ask};

const ROWS: usize = 2_000;
const WIDTH: usize = 500;

fn norm(row: &[f64]) -> f64 {
    row.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[parmap]
fn norms(row: &[f64]) -> f64 {
    norm(row)
}

/// Measures it.
pub(crate) fn run(ask: Ask) -> Findings {
    let matrix: Vec<f64> = (0..ROWS * WIDTH).map(|i| (i as f64).sin()).collect();
    let matrix = || black_box(&matrix[..]);
    let plain = || matrix().chunks_exact(WIDTH).map(norm).collect::<Vec<_>>();
    let mut contest =
        Contest::new(format!("{ROWS} rows of {WIDTH}"), plain).enter("parmap", || norms(matrix().chunks_exact(WIDTH)));
    for peer in Peer::all(25) {
        contest = contest.enter(peer.name(), move || {
            let matrix = matrix();
            peer.map(matrix.len() / WIDTH, |i| norm(&matrix[i * WIDTH..][..WIDTH]))
        });
    }
    judged([contest.run(ask.time, |a, b| a == b)])
}

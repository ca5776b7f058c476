//! Functions that are annotated with the feature `annotated`, and are as they stand without.

use std::{collections::BTreeMap, fmt, num::ParseIntError, ops::Range};

/// A number that is scaled.
#[cfg_attr(feature = "annotated", parmap::parmap(global = by, chunksize = 25, processes = 4))]
#[must_use]
pub fn times(x: u64, by: u64) -> u64 {
    x.wrapping_mul(by)
}

/// The sum of a section.
#[cfg_attr(feature = "annotated", parmap::parmap(global = data))]
#[must_use]
pub fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
    data.get(section).map_or(0.0_f64, |values| values.iter().sum())
}

/// A number for a line.
///
/// # Errors
///
/// If there is none in it.
#[cfg_attr(feature = "annotated", parmap::parmap(try))]
pub fn parse(line: &str) -> Result<u64, ParseIntError> {
    let trimmed = line.trim();
    let number = trimmed.parse::<u64>()?;
    Ok(number)
}

/// The first word, or nothing.
#[cfg_attr(feature = "annotated", parmap::parmap(try, reduce = (usize::MIN, usize::wrapping_add)))]
#[must_use]
pub fn first_length(line: &str) -> Option<usize> {
    let word = line.split_whitespace().next()?;
    Some(word.len())
}

/// Changes a cell.
#[cfg_attr(feature = "annotated", parmap::parmap(global = by))]
pub fn scale(cell: &mut f64, by: f64) {
    *cell *= by;
}

/// Takes a pair apart.
#[cfg_attr(feature = "annotated", parmap::parmap(reduce = max))]
#[must_use]
pub fn larger((left, right): (u64, u64)) -> u64 {
    left.max(right)
}

/// With a place, and a buffer of its own.
#[cfg_attr(
    feature = "annotated",
    parmap::parmap(index = place, local(seen = Vec::new()), fold = (u64::MIN, u64::wrapping_add))
)]
#[must_use]
pub fn placed(value: u64, place: usize, seen: &mut Vec<u64>) -> u64 {
    seen.clear();
    seen.push(value);
    seen.get(place).copied().unwrap_or_default()
}

/// Of one expression, with a place.
#[cfg_attr(feature = "annotated", parmap::parmap(index = place))]
#[must_use]
pub fn numbered(value: usize, place: usize) -> usize {
    value.wrapping_add(place)
}

/// Of one expression, with what it leaves unused.
#[cfg_attr(feature = "annotated", parmap::parmap(index = _place, local(_seen = Vec::new())))]
#[must_use]
pub fn left_unused(value: &str, _place: usize, _seen: &mut Vec<u64>) -> usize {
    value.len()
}

/// Of any type.
#[cfg_attr(feature = "annotated", parmap::parmap(global = (rows, show)))]
pub fn shown<'rows, T, F, const N: usize>(row: usize, rows: &'rows [[T; N]], show: F) -> (Option<&'rows T>, String)
where
    T: fmt::Display + Sync,
    F: Fn(&T) -> String + Sync,
{
    let first = rows.get(row).and_then(|cells| cells.first());
    (first, first.map_or_else(String::new, &show))
}

/// Leaves early.
#[cfg_attr(feature = "annotated", parmap::parmap(global = (table, default)))]
#[must_use]
pub fn looked_up<'table>(key: &str, table: &'table BTreeMap<String, String>, default: &'table str) -> &'table str {
    if key.is_empty() {
        return default;
    }
    match table.get(key) {
        Some(value) => value,
        None => default,
    }
}

/// Recurses.
#[cfg_attr(feature = "annotated", parmap::parmap)]
#[must_use]
pub fn depth(tree: &Tree) -> usize {
    tree.children.iter().map(depth).max().unwrap_or_default().saturating_add(1_usize)
}

/// What has branches.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Tree {
    /// The branches.
    pub children: Vec<Self>,
}

impl Tree {
    /// One branch.
    #[cfg_attr(feature = "annotated", parmap::parmap(processes = self.children.len()))]
    #[must_use]
    pub fn child(&self, place: usize) -> Option<&Self> {
        self.children.get(place)
    }

    /// Not of a tree.
    #[cfg_attr(feature = "annotated", parmap::parmap(chunksize = 2))]
    #[must_use]
    pub fn leaf(_place: usize) -> Self {
        Self::default()
    }

    /// Not for others.
    #[cfg_attr(feature = "annotated", parmap::parmap(global = more, reduce = sum))]
    pub(crate) fn weight(&self, place: usize, more: usize) -> usize {
        self.children.get(place).map_or(0_usize, |child| child.children.len()).saturating_add(more)
    }
}

/// Calls what is not for others.
#[must_use]
pub fn weigh(tree: &Tree) -> usize {
    tree.weight(0_usize, 1_usize)
}

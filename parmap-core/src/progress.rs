//! `progress`: a bar on standard error.
//!
//! It counts items that are done, not batches. The bar is indicatif's; without the feature `progress` there is none.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, which is drawn only where that is a terminal.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// With these words in front, if any; nothing is drawn before the first item is done.
    pub(crate) fn new(label: &str) -> Self {
        let bar = ProgressBar::no_length();
        bar.set_message(label.to_owned());
        Progress { bar }
    }

    /// Notes how many items there are, if that is known.
    pub(crate) fn expect(&self, items: Option<usize>) {
        let template = match items {
            Some(items) => {
                self.bar.set_length(items as u64);
                "{msg} {wide_bar} {human_pos}/{human_len} [{elapsed}<{eta}, {per_sec}]"
            }
            None => "{msg} {spinner} {human_pos} [{elapsed}, {per_sec}]",
        };
        // The templates are right, as a test sees; a bar in another style would be no reason to fail.
        self.bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    }

    /// Notes that so many more items are done.
    pub(crate) fn add(&self, items: usize) {
        self.bar.inc(items as u64);
    }

    /// Leaves the bar as it is: full, if all items are done.
    pub(crate) fn leave(&self) {
        self.bar.abandon();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_counts_items() {
        for items in [None, Some(5)] {
            let progress = Progress::new("counting");
            progress.expect(items);
            progress.add(2);
            progress.add(3);
            progress.leave();
            assert_eq!((progress.bar.position(), progress.bar.length()), (5, items.map(|items| items as u64)));
        }
    }
}

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

    use crate::{
        Settings,
        pipeline::{Map, Plain, source, takes},
        site::{Options, Site},
        tried, with,
    };

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

    #[test]
    fn a_pipeline_counts_what_its_source_yielded() {
        static SITE: Site = Site::new("counted");
        for items in [0, 1, 1_000, 100_000_u64] {
            for settings in [Settings::new().processes(1), Settings::new().processes(2), Settings::new().shuffle(1)] {
                let options = Options::new(&SITE).progress("counting");
                let bar = options.progress.clone().expect("it was asked for").bar;
                let pipe = source::<_, (), _, _>((0..items).filter(|x| *x < items));
                // Of what a stage leaves out the bar counts what went in.
                let stage =
                    takes(crate::pipeline::item(&pipe), |x: u64| x.checked_sub(1), crate::pipeline::FilterMap, Plain);
                let pipe = pipe.par(stage);
                let stage = takes(
                    crate::pipeline::item(&pipe),
                    |x| (0..x % 1_000).fold(x, |x, y| x ^ std::hint::black_box(y)),
                    Map,
                    Plain,
                );
                let count = with(settings, || pipe.and_par(stage).count().run_by_default(options, tried::Plain));
                assert_eq!((bar.position(), count as u64), (items, items.saturating_sub(1)));
                assert!(bar.is_finished());
            }
        }
    }
}

//! Methods of one's own type, annotated: a thermocouple's calibration table, looked up for one reading or a million.
//!
//! `&self` is shared by all items like a global, and the options may mention it. The caller passes one item and gets
//! one result, or passes a collection and gets a `Vec` in its order.
//!
//! ```text
//! cargo run --release --example methods
//! ```
#![forbid(unsafe_code)]

use std::{cmp::Ordering::Greater, error::Error};

use parmap::parmap;

/// Voltages and the temperatures that they mean, read by linear interpolation.
struct Thermocouple {
    /// In millivolts, strictly ascending, as many as there are `degrees`.
    millivolts: Vec<f64>,
    /// In degrees Celsius.
    degrees: Vec<f64>,
    /// How many threads may work on one call, 0 for all cores.
    processes: usize,
}

impl Thermocouple {
    /// # Errors
    ///
    /// If there are fewer than two points, or their voltages are not strictly ascending.
    fn new(points: &[(f64, f64)], processes: usize) -> Result<Self, String> {
        if points.len() < 2 {
            return Err(format!("a calibration needs at least 2 points, and there are {}", points.len()));
        }
        if let Some(i) = (1..points.len()).find(|&i| points[i].0.partial_cmp(&points[i - 1].0) != Some(Greater)) {
            return Err(format!("the voltage of point {i} is not above that of the point before"));
        }
        let (millivolts, degrees) = points.iter().copied().unzip();
        Ok(Thermocouple { millivolts, degrees, processes })
    }

    /// The temperature that a reading means, `None` outside the calibrated range. An item is a reading.
    #[parmap(processes = self.processes)]
    fn celsius(&self, millivolts: f64) -> Option<f64> {
        let last = self.millivolts.len() - 1;
        if !(self.millivolts[0]..=self.millivolts[last]).contains(&millivolts) {
            return None;
        }
        let above = self.millivolts.partition_point(|&known| known < millivolts).clamp(1, last);
        let (v0, v1) = (self.millivolts[above - 1], self.millivolts[above]);
        let (t0, t1) = (self.degrees[above - 1], self.degrees[above]);
        Some(t0 + (t1 - t0) * (millivolts - v0) / (v1 - v0))
    }

    /// The highest temperature of a window of readings, `None` if the sensor failed in it: a reading out of range or a
    /// temperature above `ceiling`. An item is a window.
    #[parmap(global = ceiling, processes = self.processes)]
    fn peak(&self, window: &[f64], ceiling: f64) -> Option<f64> {
        let mut peak = f64::NEG_INFINITY;
        for &millivolts in window {
            // A call with one item from inside an item: the plain method.
            let celsius = self.celsius(millivolts)?;
            if celsius > ceiling {
                return None;
            }
            peak = peak.max(celsius);
        }
        Some(peak)
    }
}

/// Type K with its cold junction at 0 degrees Celsius, every 100 degrees (NIST ITS-90 tables).
const TYPE_K: [(f64, f64); 14] = [
    (0.0, 0.0),
    (4.096, 100.0),
    (8.138, 200.0),
    (12.209, 300.0),
    (16.397, 400.0),
    (20.644, 500.0),
    (24.905, 600.0),
    (29.129, 700.0),
    (33.275, 800.0),
    (37.326, 900.0),
    (41.276, 1000.0),
    (45.119, 1100.0),
    (48.838, 1200.0),
    (52.410, 1300.0),
];

/// Readings of a furnace that heats up and cools down. Every 70,001st time the wire is loose and the reading too high.
fn readings(count: u32) -> Vec<f64> {
    (0..count).map(|i| if i % 70_001 == 70_000 { 99.0 } else { 24.0 - 22.0 * (f64::from(i) * 2e-5).cos() }).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let sensor = Thermocouple::new(&TYPE_K, 0)?;
    let readings = readings(1_000_000);

    // One item: the method as it was before the annotation.
    let first: Option<f64> = sensor.celsius(readings[0]);
    // Many items: the same name, in parallel, in order.
    let all: Vec<Option<f64>> = sensor.celsius(&readings);

    let one_by_one: Vec<Option<f64>> = readings.iter().map(|&reading| sensor.celsius(reading)).collect();
    assert_eq!(all[0], first);
    assert_eq!(all, one_by_one);

    // An item may be a borrowed part of something: here windows of 10,000 readings.
    let peaks: Vec<Option<f64>> = sensor.peak(readings.chunks(10_000), 1250.0);
    for (peak, window) in peaks.iter().zip(readings.chunks(10_000)) {
        assert_eq!(*peak, sensor.peak(window, 1250.0));
    }

    let known: Vec<f64> = all.iter().copied().flatten().collect();
    let failed = peaks.iter().filter(|peak| peak.is_none()).count();
    println!("first reading   {} mV means {:.1} degrees Celsius", readings[0], first.ok_or("it is out of range")?);
    println!("readings        {}, of which {} out of range", all.len(), all.len() - known.len());
    println!("lowest          {:.1} degrees Celsius", known.iter().copied().fold(f64::INFINITY, f64::min));
    println!("highest         {:.1} degrees Celsius", known.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    println!("windows         {}, of which {failed} with a failure of the sensor", peaks.len());
    println!("Many at once agree with one by one.");
    Ok(())
}

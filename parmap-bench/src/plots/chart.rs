//! How a plot is drawn: lines over two axes, a title above and a legend beside them.
//!
//! A contender has the same colour in all plots.

use std::{error::Error, ops::Range, path::Path};

use plotters::{
    coord::{
        Shift,
        ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter},
    },
    prelude::*,
};

/// Of a plot, in pixels.
const SIZE: (u32, u32) = (800, 500);
/// What the title takes of its height, and the legend of its width.
const TITLE: u32 = 44;
const LEGEND: u32 = 150;
/// Between two entries of the legend, and how long the sample of a line is.
const ENTRY: i32 = 22;
const SAMPLE: i32 = 26;
/// Most steps of an axis.
const STEPS: f64 = 12.0;
/// The file names the font, and whoever shows it has one.
const FONT: &str = "sans-serif";
const GRID: RGBColor = RGBColor(225, 225, 225);
/// The contenders' colours. Red is parmap's alone.
const COLOURS: [(&str, RGBColor); 11] = [
    ("parmap", RGBColor(214, 39, 40)),
    ("loop", BLACK),
    ("rayon", RGBColor(31, 119, 180)),
    ("rayon, min_len", RGBColor(120, 190, 235)),
    ("orx", RGBColor(44, 160, 44)),
    ("paralight", RGBColor(148, 103, 189)),
    ("chili", RGBColor(140, 86, 75)),
    ("threads", RGBColor(127, 127, 127)),
    ("OpenMP static", RGBColor(255, 127, 14)),
    ("OpenMP dynamic", RGBColor(200, 180, 20)),
    ("OpenMP guided", RGBColor(23, 190, 207)),
];

/// What drawing and writing come to.
pub(super) type Drawn = Result<(), Box<dyn Error>>;

/// The values from one end of an axis to the other, and how they are written.
#[derive(Clone)]
pub(super) struct Axis {
    name: &'static str,
    range: Range<f64>,
    is_log: bool,
    label: fn(f64) -> String,
}

impl Axis {
    pub(super) fn linear(name: &'static str, range: Range<f64>) -> Self {
        Axis { name, range, is_log: false, label: |value| format!("{value:.1}") }
    }

    /// From a power of ten to another, so that the range is on it.
    pub(super) fn log(name: &'static str, range: Range<f64>, label: fn(f64) -> String) -> Self {
        let (start, end) = (range.start.log10().floor(), range.end.log10().ceil());
        Axis { name, range: power(start)..power(end.max(start + 1.0)), is_log: true, label }
    }

    /// The least and the largest that is on it.
    pub(super) fn ends(&self) -> [f64; 2] {
        [self.range.start, self.range.end]
    }

    /// Where a value is, from 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let scaled = |value: f64| if self.is_log { value.log10() } else { value };
        let [start, end] = self.ends().map(scaled);
        (scaled(value) - start) / (end - start)
    }
}

/// A power of ten: the number that one would write, and not one that differs in the last bit.
fn power(exponent: f64) -> f64 {
    format!("1e{exponent}").parse().expect("it is a number")
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        start + (f64::from(end - start) * self.place(*value)).round() as i32
    }

    /// Powers of ten, or multiples of a step that is easy to read.
    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        let [start, end] = self.ends();
        if self.is_log {
            let first = start.log10().round();
            (0..).map(|number| power(first + f64::from(number))).take_while(|value| *value <= end).collect()
        } else {
            let steps = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];
            let step = steps.into_iter().find(|step| (end - start) / step < STEPS).unwrap_or(100.0);
            (0..).map(|number| start + step * f64::from(number)).take_while(|value| *value <= end).collect()
        }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        (self.label)(*value)
    }
}

/// What a contender's points are joined by.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) points: Vec<(f64, f64)>,
    /// Whether the points are so few that each is shown.
    pub(super) dots: bool,
}

impl Line {
    fn style(&self) -> ShapeStyle {
        let known = COLOURS.iter().find(|(name, _)| *name == self.name);
        let colour = known.map_or(BLACK, |(_, colour)| *colour);
        colour.stroke_width(if self.name == "parmap" { 4 } else { 2 })
    }
}

/// A value to compare with: a dashed line from left to right.
pub(super) struct Level {
    pub(super) name: String,
    pub(super) value: f64,
}

/// What is drawn.
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) lines: Vec<Line>,
    pub(super) levels: Vec<Level>,
}

impl Chart {
    /// Writes it to a file.
    pub(super) fn draw(&self, file: &Path) -> Drawn {
        let root = SVGBackend::new(file, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (title, below) = root.split_vertically(TITLE);
        title.draw(&Text::new(self.title.as_str(), (16, 14), (FONT, 19)))?;
        let (lines, legend) = below.split_horizontally(SIZE.0 - LEGEND);
        self.draw_lines(&lines)?;
        self.draw_legend(&legend)?;
        root.present()?;
        Ok(())
    }

    fn draw_lines(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Drawn {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_top(0)
            .margin_right(24)
            .x_label_area_size(48)
            .y_label_area_size(80)
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        chart
            .configure_mesh()
            .x_desc(self.x.name)
            .y_desc(self.y.name)
            .label_style((FONT, 14))
            .axis_desc_style((FONT, 15))
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .draw()?;
        for level in &self.levels {
            let ends = self.x.ends().map(|end| (end, level.value));
            chart.draw_series(DashedLineSeries::new(ends, 6, 4, BLACK.stroke_width(1)))?;
        }
        // parmap is among the first, and so above the others.
        for line in self.lines.iter().rev() {
            chart.draw_series(LineSeries::new(line.points.iter().copied(), line.style()))?;
            if line.dots {
                chart.draw_series(line.points.iter().map(|point| Circle::new(*point, 3, line.style().filled())))?;
            }
        }
        Ok(())
    }

    fn draw_legend(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Drawn {
        let name = |height, name: &str| Text::new(name.to_owned(), (SAMPLE + 8, height - 7), (FONT, 14));
        let mut heights = (0..).map(|number| 10 + ENTRY * number);
        for (line, height) in self.lines.iter().zip(&mut heights) {
            area.draw(&PathElement::new([(0, height), (SAMPLE, height)], line.style()))?;
            area.draw(&name(height, line.name))?;
        }
        for (level, height) in self.levels.iter().zip(&mut heights) {
            for start in [0, 10, 20] {
                area.draw(&PathElement::new([(start, height), (start + 6, height)], BLACK.stroke_width(1)))?;
            }
            area.draw(&name(height, &level.name))?;
        }
        Ok(())
    }
}

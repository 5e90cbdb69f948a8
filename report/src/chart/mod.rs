//! Charts, drawn by plotters into strings: one chart a file, each a function of plain series. Only
//! flame graphs, which have no axes, are written without it.
//!
//! A chart is drawn once, with placeholder colours (roles), and spelled twice: inline in
//! HTML, where style sheets colour it for light and dark, and as a file of its own with literal
//! colours on white. No font is read: text is placed by its anchor and set in the reader's font.
//!
//! A chart is 480 units wide, so that its text is readable in a column of a phone; a flame graph,
//! which takes a whole page, 1200.

mod answered;
mod drawing;
mod ecdf;
mod failing;
mod flame;
mod frame;
mod heat;
mod ink;
mod knee;
mod offered;
mod over_time;
mod percentiles;
mod runs;
mod scale;
mod shift;
mod spectrum;
mod usage;

pub use answered::{AnsweredChart, AnsweredPoint};
pub use drawing::Drawing;
pub use ecdf::EcdfChart;
pub use failing::FailingChart;
pub use flame::{FlameChart, FlameChartBar, FlameColor, PACKAGE_COLORS};
pub use heat::{HeatCell, HeatChart, HeatKind};
pub use knee::{KneeChart, KneeSpan};
pub use offered::{OfferedChart, RatePoint};
pub use over_time::{OverTimeChart, TimePoint, TimeSeries};
pub use percentiles::{PercentileLine, PercentileLines};
pub use runs::RunsChart;
pub use shift::{ShiftChart, ShiftPoint};
pub use spectrum::{SpectrumChart, SpectrumSeries, TargetMark};
pub use usage::{UsageChart, UsageLine, UsageUnit};

//! Estimators and tests, as pure functions of numbers. Floats live here and nowhere else.

mod batch_means;
mod benjamini_hochberg;
mod difference;
mod dispersion;
mod e_divisive;
mod holm;
mod line;
mod newcombe;
mod paired;
mod power;
mod quantile;
mod t_distribution;
mod variance_ratio;
mod wilson;

pub use batch_means::{
    BatchMeans, FEW as FEW_WINDOWS, MANY as MANY_WINDOWS, batch_means, requests_needed,
};
pub use benjamini_hochberg::benjamini_hochberg;
pub use difference::{Difference, NoiseFloor, RunMean, Spread, Within, difference, mean_of_runs};
pub use dispersion::dispersion;
pub use e_divisive::{ChangePoint, FEWEST_VALUES, change_points};
pub use holm::{HolmStep, holm};
pub use line::Line;
pub use newcombe::newcombe;
pub use paired::paired_difference;
pub use power::{expected, runs_needed};
pub(crate) use quantile::is_beyond;
pub use quantile::{OverOffered, Quantile, spectrum};
pub use t_distribution::{t_quantile, two_sided_p};
pub use wilson::{trials_needed, wilson};

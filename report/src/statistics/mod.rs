//! Estimators and tests, as pure functions of numbers. Floats live here and nowhere else.

mod batch_means;
mod benjamini_hochberg;
mod difference;
mod dispersion;
mod holm;
mod newcombe;
mod quantile;
mod t_distribution;
mod wilson;

pub use batch_means::{
    BatchMeans, FEW as FEW_WINDOWS, MANY as MANY_WINDOWS, batch_means, requests_needed,
};
pub use benjamini_hochberg::benjamini_hochberg;
pub use difference::{Difference, NoiseFloor, RunMean, difference};
pub use dispersion::dispersion;
pub use holm::{HolmStep, holm};
pub use newcombe::newcombe;
pub use quantile::{OverOffered, Quantile, spectrum};
pub use t_distribution::{t_quantile, two_sided_p};
pub use wilson::{trials_needed, wilson};

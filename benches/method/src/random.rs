//! Draws that are the same in every run of the program.

/// Draws from one seed.
pub(crate) struct Random {
    uniform: fastrand::Rng,
    spare: Option<f64>,
}

impl Random {
    pub(crate) fn of(seed: u64) -> Self {
        Self {
            uniform: fastrand::Rng::with_seed(seed),
            spare: None,
        }
    }

    /// Of the standard normal distribution, by Marsaglia's polar method (1964).
    pub(crate) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let [u, v] = [0, 1].map(|_| 2.0 * self.uniform.f64() - 1.0);
            let s: f64 = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * s.ln() / s).sqrt();
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.uniform.usize(..n)
    }

    /// Changes the order.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        self.uniform.shuffle(things);
    }
}

//! Faults as a value: any number of them, with spaces between.

use crate::faults::FaultSpec;
use crate::keys::{Form, Value, quoted};

impl Value for Vec<FaultSpec> {
    fn forms() -> Vec<Form> {
        vec![Form::any(
            "FAULTS",
            "faults with spaces between, such as latency=100ms,share=5%",
        )]
    }

    fn parse(text: &str) -> Option<Self> {
        text.split_whitespace()
            .map(|fault| fault.parse().ok())
            .collect()
    }

    fn to_toml(&self) -> Option<String> {
        let faults: Vec<_> = self.iter().map(FaultSpec::text).collect();
        (!faults.is_empty()).then(|| quoted(&faults.join(" ")))
    }

    fn unset() -> Option<Self> {
        Some(Vec::new())
    }

    fn why_not(text: &str) -> Option<String> {
        let wrong: Vec<_> = text
            .split_whitespace()
            .filter_map(|fault| {
                let mistakes = fault.parse::<FaultSpec>().err()?;
                Some(format!("{fault}: {}", mistakes.replace('\n', ", ")))
            })
            .collect();
        Some(wrong.join("; "))
    }
}

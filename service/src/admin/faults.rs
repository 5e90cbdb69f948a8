//! Faults on purpose: `GET`, `PUT` and `DELETE` of `/debug/faults`.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::{Deserialize, Serialize};

use super::refused;
use crate::app::Live;
use crate::failure::Failure;
use crate::faults::{FaultSpec, FaultView};
use crate::http::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// As in the settings, one each.
    faults: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct FaultsView {
    faults: Vec<FaultView>,
}

pub(super) async fn show(State(app): State<Live>) -> Json<FaultsView> {
    let faults = app.faults.view();
    Json(FaultsView { faults })
}

/// Switches the faults of the body on, and all others off.
pub(super) async fn set(
    State(app): State<Live>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<FaultsView>, Problem> {
    let Json(wanted) = wanted.map_err(|error| refused(error.body_text()))?;
    let mut specs = Vec::new();
    let mut mistakes = Vec::new();
    for text in &wanted.faults {
        match text.parse::<FaultSpec>() {
            Ok(spec) => specs.push(spec),
            Err(error) => mistakes.push(format!("fault \"{text}\": {error}")),
        }
    }
    if !mistakes.is_empty() {
        return Err(refused(mistakes.join("\n")));
    }
    app.faults.set(specs).await.map_err(Failure::from)?;
    Ok(show(State(app)).await)
}

pub(super) async fn clear(State(app): State<Live>) -> Json<FaultsView> {
    app.faults.clear();
    show(State(app)).await
}

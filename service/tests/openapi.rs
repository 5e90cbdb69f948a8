//! The OpenAPI document against the service that serves it.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use challenge_service::http::{HttpState, public_router};
use challenge_service::observe::{Observer, RequestLog};
use challenge_service::player::Identity;
use challenge_service::readiness::Readiness;
use challenge_service::service::Service;
use challenge_service::settings::LoggedRequests;
use serde_json::{Value, json};
use support::player::days;
use support::{Answer, Running, complete, settings, start};
use tokio_util::sync::CancellationToken;

const DOCUMENT: &str = "/challenge/openapi.json";

/// A path with one of its methods, in capitals.
type Operation = (String, String);

async fn document(service: &Running) -> Value {
    let answer = service.call("GET", DOCUMENT, "", None).await;
    assert_eq!(
        (answer.status, answer.content_type.as_str()),
        (200, "application/json")
    );
    answer.json()
}

fn documented(document: &Value) -> BTreeSet<Operation> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| (path.clone(), method.to_uppercase()))
    });
    operations.collect()
}

/// What a router answers. It does not list its routes, but it does show them when debugged.
fn routed(router: &axum::Router) -> BTreeSet<Operation> {
    let shown = format!("{router:?}");
    let (shown, _) = shown.split_once("fallback_router").unwrap();
    let (methods, paths) = shown.split_once("node: Node").unwrap();
    let field = |text: &str, before: &str, after: &str| {
        let (_, rest) = text.split_once(before).unwrap();
        rest.split_once(after).unwrap().0.to_owned()
    };
    let mut methods_of = BTreeMap::new();
    for route in methods.split("RouteId(").skip(1) {
        let (id, _) = route.split_once(')').unwrap();
        let allowed = field(route, "Bytes(b\"", "\")");
        methods_of.insert(id.to_owned(), allowed);
    }
    let mut operations = BTreeSet::new();
    for route in paths.split("RouteId(").skip(1) {
        let (id, _) = route.split_once(')').unwrap();
        let path = field(route, "\"", "\"");
        // HEAD comes with GET by itself.
        for method in methods_of[id].split(',').filter(|method| *method != "HEAD") {
            operations.insert((path.clone(), method.to_owned()));
        }
    }
    operations
}

#[tokio::test]
async fn every_route_is_documented_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let bound = Service::bind(settings(directory.path())).await.unwrap();
    let players = public_router(HttpState {
        app: bound.app.clone(),
        observer: Observer::new(
            bound.app.metrics.clone(),
            RequestLog::new(LoggedRequests::Problems, Duration::MAX),
        ),
        identity: Identity::MockUser,
        readiness: Readiness {
            app: bound.app.clone(),
            events: None,
            stop: CancellationToken::new(),
        },
    });
    let answered = routed(&players);
    let listed = ("/challenge/v1/challenges".to_owned(), "GET".to_owned());
    assert!(answered.contains(&listed), "{answered:?}");
    let service = start(|_| ()).await;
    assert_eq!(answered, documented(&document(&service).await));
}

/// The schemas of a document, each of which allows no field that it does not name.
struct Schemas {
    document: Value,
    checked: BTreeSet<Operation>,
}

impl Schemas {
    fn new(mut document: Value) -> Self {
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        let parts: BTreeSet<String> = schemas
            .values()
            .flat_map(|schema| schema["allOf"].as_array().cloned().unwrap_or_default())
            .filter_map(|part| {
                let name = part["$ref"].as_str()?.rsplit('/').next()?;
                Some(name.to_owned())
            })
            .collect();
        for (name, schema) in schemas {
            // A part of another schema sees the fields of that one too.
            if schema["type"] == "object" && !parts.contains(name) || !schema["allOf"].is_null() {
                schema["unevaluatedProperties"] = json!(false);
            }
        }
        Self {
            document,
            checked: BTreeSet::new(),
        }
    }

    /// Checks an answer against what the document promises for it.
    fn check(&mut self, method: &str, path: &str, answer: &Answer) {
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let responses = &operation["responses"];
        let response = match &responses[answer.status.to_string()] {
            Value::Null => &responses["default"],
            response => response,
        };
        let (kind, _) = answer
            .content_type
            .split_once(';')
            .unwrap_or((&answer.content_type, ""));
        let schema = &response["content"][kind]["schema"];
        assert!(
            schema.is_object(),
            "{method} {path} promises no {kind} with {}",
            answer.status
        );
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": self.document["components"],
            "allOf": [schema],
        });
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&root)
            .unwrap();
        let body = if kind.ends_with("json") {
            answer.json()
        } else {
            json!(String::from_utf8(answer.body.to_vec()).unwrap())
        };
        let errors: Vec<_> = validator
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{method} {path}: {errors:#?}");
        if answer.status == 200 {
            let operation = (path.to_owned(), method.to_owned());
            self.checked.insert(operation);
        }
    }
}

#[tokio::test]
async fn real_answers_are_as_the_document_says() {
    let service = start(|_| ()).await;
    let document = document(&service).await;
    let mut schemas = Schemas::new(document.clone());
    let active = "/challenge/v1/challenges/{challenge}/goals/{goal}/active";
    let claim = "/challenge/v1/challenges/{challenge}/goals/{goal}/claim";
    let batch = "/challenge/v1/challenges/{challenge}/goals/batch-select";
    let random = "/challenge/v1/challenges/{challenge}/goals/random-select";
    let rotation = "/challenge/v1/challenges/{challenge}/rotation";
    let on = json!({ "isActive": true });
    let goals = json!({ "goalIds": ["goal-01-02", "goal-01-03"] });
    let wrong = json!({ "goalIds": ["goal-01-02", "goal-01-02", "goal-99-99"] });
    let by_lot = json!({ "count": 2 });
    for (method, path, goal, body, status) in [
        ("GET", "/healthz", "", None, 200),
        ("GET", "/readyz", "", None, 200),
        ("GET", "/metrics", "", None, 200),
        ("GET", DOCUMENT, "", None, 200),
        ("GET", "/challenge/v1/challenges", "", None, 200),
        ("POST", "/challenge/v1/challenges/initialize", "", None, 200),
        ("PUT", active, "goal-01-50", Some(&on), 200),
        ("PUT", active, "goal-99-99", Some(&on), 404),
        ("PUT", active, "goal-01-50", None, 415),
        ("POST", claim, "goal-01-50", None, 409),
        ("POST", batch, "", Some(&goals), 200),
        ("POST", batch, "", Some(&wrong), 422),
        ("POST", random, "", Some(&by_lot), 200),
        ("GET", rotation, "", None, 200),
        // With rows of all kinds.
        ("GET", "/challenge/v1/challenges", "", None, 200),
    ] {
        let url = path
            .replace("{challenge}", "challenge-01")
            .replace("{goal}", goal);
        let answer = service.call(method, &url, "ann", body).await;
        assert_eq!(answer.status, status, "{method} {path}");
        schemas.check(method, path, &answer);
    }
    // With goals of all kinds.
    let of_days = start(|settings| settings.catalogue = Some(days())).await;
    let list = "/challenge/v1/challenges";
    let answer = of_days.call("GET", list, "ann", None).await;
    schemas.check("GET", list, &answer);

    let kinds = &document["components"]["schemas"]["Kind"]["enum"];
    let all = json!(["absolute", "increment", "increment-once-a-day", "daily"]);
    assert_eq!(kinds, &all);
    complete(&service, "ann", "challenge-01", "goal-01-50").await;
    let url = claim
        .replace("{challenge}", "challenge-01")
        .replace("{goal}", "goal-01-50");
    let claimed = service.call("POST", &url, "ann", None).await;
    assert_eq!(claimed.status, 200);
    schemas.check("POST", claim, &claimed);
    assert_eq!(schemas.checked, documented(&document));
}

//! An HTTP request with its places, ready to be filled any number of times.

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use http::{Method, Uri};

use super::USER_AGENT_OF_BRUNT;
use super::cookies::Jar;
use super::decode::ACCEPTED;
use super::escape;
use super::failure::Failure;
use super::http::HttpRequest;
use super::unfit::Unfit;
use crate::scenario::{Body, Fill, HttpSettings, Template};

const NO_JSON: &str = "write a JSON document, with quotes around places of texts: \
                       {\"id\": \"${user}\"}; what is no JSON is a text";

pub(super) struct HttpTemplate {
    base: String,
    method: Method,
    path: Template,
    query: Vec<(String, Template)>,
    headers: Vec<(HeaderName, Template)>,
    /// Headers of every request, where those above do not say otherwise.
    fixed: HeaderMap,
    bearer: Option<Template>,
    body: Body,
    redirects: u64,
}

/// What an action calls, as its scenario has it.
pub(super) struct HttpParts<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a Template,
    pub(super) query: &'a [(String, Template)],
    pub(super) headers: &'a [(HeaderName, Template)],
    pub(super) body: &'a Body,
    pub(super) redirects: u64,
}

impl HttpTemplate {
    pub(super) fn new(
        base: &str,
        settings: &HttpSettings,
        parts: &HttpParts<'_>,
        bearer: Option<&Template>,
    ) -> Self {
        let mut fixed = own_headers(settings);
        if let Some(kind) = parts.body.content_type() {
            fixed.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, _) in parts.headers {
            fixed.remove(name);
        }
        Self {
            base: base.trim_end_matches('/').to_owned(),
            method: parts.method.clone(),
            path: parts.path.clone(),
            query: parts.query.to_vec(),
            headers: parts.headers.to_vec(),
            fixed,
            bearer: bearer.cloned(),
            body: parts.body.clone(),
            redirects: parts.redirects,
        }
    }

    pub(super) fn prepare<'a>(
        &self,
        fill: &impl Fn(&str) -> Fill<'a>,
        jar: Option<Jar>,
    ) -> Result<HttpRequest, Failure> {
        let wrong = |what: &str| Failure::new("protocol", format!("the {what} cannot be sent"));
        let mut headers = self.fixed.clone();
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(value.render(fill)).map_err(|_| wrong("header"))?;
            headers.append(name, value);
        }
        if let Some(token) = &self.bearer {
            headers.insert(AUTHORIZATION, authorization(token, fill)?);
        }
        let body = match &self.body {
            Body::Empty => Bytes::new(),
            Body::Json(json) => json.render_as(escape::json, fill).into(),
            Body::Text(text) => text.render(fill).into(),
            Body::Form(form) => pairs(form, fill).into(),
            Body::File(bytes) => bytes.clone(),
        };
        let uri = self.uri(fill).ok_or_else(|| wrong("path"))?;
        let method = self.method.clone();
        Ok(HttpRequest::new(
            method,
            uri,
            headers,
            body,
            self.redirects,
            jar,
        ))
    }

    fn uri<'a>(&self, fill: &impl Fn(&str) -> Fill<'a>) -> Option<Uri> {
        let mut uri = format!("{}{}", self.base, self.path.render_as(escape::path, fill));
        if !self.query.is_empty() {
            uri.push(if uri.contains('?') { '&' } else { '?' });
            uri.push_str(&pairs(&self.query, fill));
        }
        uri.parse().ok()
    }

    /// All that cannot be sent of the request that `fill` fills.
    pub(super) fn unfit<'a>(&self, fill: &impl Fn(&str) -> Fill<'a>) -> Vec<Unfit> {
        let mut unfit = Vec::new();
        if self.uri(fill).is_none() {
            unfit.push(Unfit {
                setting: "http",
                what: format!("http: {:?} is no path of a URL", self.path.to_string()),
                hint: "write what cannot stand there in percent-encoding, such as %20 for a blank"
                    .to_owned(),
            });
        } else if self.path.render_as(escape::path, fill).contains('#') {
            unfit.push(Unfit {
                setting: "http",
                what: "http: what follows a # is not sent".to_owned(),
                hint: "leave it out, or write %23".to_owned(),
            });
        }
        unfit.extend(unfit_headers("headers", &self.headers, fill));
        unfit.extend(unfit_bearer(self.bearer.as_ref(), fill));
        if let Body::Json(json) = &self.body {
            let text = json.render_as(escape::json, fill);
            if let Err(error) = serde_json::from_str::<serde_json::Value>(&text) {
                unfit.push(Unfit {
                    setting: "json",
                    // It says what was expected and where, and quotes nothing.
                    what: format!("json: {error}"),
                    hint: NO_JSON.to_owned(),
                });
            }
        }
        unfit
    }
}

/// Those of the headers of `setting` that cannot be sent, as `fill` fills them.
pub(super) fn unfit_headers<'a>(
    setting: &'static str,
    headers: &[(HeaderName, Template)],
    fill: &impl Fn(&str) -> Fill<'a>,
) -> Vec<Unfit> {
    let headers = headers.iter();
    let unfit = headers.filter(|(_, value)| HeaderValue::try_from(value.render(fill)).is_err());
    unfit
        .map(|(name, _)| Unfit {
            setting,
            what: format!("{setting}: {name} has a line break, or another control character"),
            hint: "leave it out: no header can hold it".to_owned(),
        })
        .collect()
}

/// The token, if it cannot be sent.
pub(super) fn unfit_bearer<'a>(
    token: Option<&Template>,
    fill: &impl Fn(&str) -> Fill<'a>,
) -> Option<Unfit> {
    let unsendable = token.is_some_and(|token| authorization(token, fill).is_err());
    unsendable.then(|| Unfit {
        setting: "bearer",
        what: "bearer: the token has a line break, or another control character".to_owned(),
        hint: "look at what it is taken from: its end may be one".to_owned(),
    })
}

/// What the generator says of itself.
pub(super) fn own_headers(settings: &HttpSettings) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let own = HeaderValue::from_static(USER_AGENT_OF_BRUNT);
    headers.insert(USER_AGENT, own);
    if settings.compression {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED));
    }
    headers
}

/// `Bearer TOKEN` (RFC 6750), marked so that nothing prints it.
pub(super) fn authorization<'a>(
    token: &Template,
    fill: &impl Fn(&str) -> Fill<'a>,
) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.render(fill)))
        .map_err(|_| Failure::new("protocol", "the bearer token cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Names and values as forms and queries have them.
fn pairs<'a>(pairs: &[(String, Template)], fill: &impl Fn(&str) -> Fill<'a>) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        text.append_pair(name, &value.render(fill));
    }
    text.finish()
}

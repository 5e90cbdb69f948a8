//! Cookies of users (RFC 6265): one jar each, whichever thread sends for the user, and one for each
//! session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cookie_store::CookieStore;
use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

/// Users are spread over this many locks, so that threads rarely meet.
const PARTS: u64 = 64;

/// The cookies of one user.
#[derive(Clone, Default)]
pub(super) struct Jar(Arc<Mutex<CookieStore>>);

/// The jars of all users, by their number.
pub(super) struct Jars(Vec<Mutex<HashMap<u64, Jar>>>);

impl Default for Jars {
    fn default() -> Self {
        Self((0..PARTS).map(|_| Mutex::default()).collect())
    }
}

impl Jars {
    pub(super) fn of(&self, user: u64) -> Jar {
        let mut part = lock(&self.0[(user % PARTS) as usize]);
        part.entry(user).or_default().clone()
    }
}

impl Jar {
    /// Another jar with the same cookies.
    pub(super) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(lock(&self.0).clone())))
    }

    /// Puts the cookies for `url` into the request's headers.
    pub(super) fn fill(&self, url: &Url, headers: &mut HeaderMap) {
        let mut cookies = String::new();
        for (name, value) in lock(&self.0).get_request_values(url) {
            let separator = if cookies.is_empty() { "" } else { "; " };
            cookies.push_str(separator);
            cookies.push_str(name);
            cookies.push('=');
            cookies.push_str(value);
        }
        match HeaderValue::try_from(cookies) {
            Ok(value) if !value.is_empty() => headers.insert(COOKIE, value),
            _ => headers.remove(COOKIE),
        };
    }

    /// Keeps what a response from `url` sets.
    pub(super) fn keep(&self, url: &Url, headers: &HeaderMap) {
        if !headers.contains_key(SET_COOKIE) {
            return;
        }
        let mut store = lock(&self.0);
        for cookie in headers.get_all(SET_COOKIE) {
            // As in a browser, a cookie that cannot be read or does not belong here is dropped.
            if let Ok(text) = cookie.to_str() {
                let _ = store.parse(text, url);
            }
        }
    }
}

/// A panic between two changes of a jar leaves it whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

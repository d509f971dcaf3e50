//! The token endpoint (Docker token specification; its OAuth2 form over POST).

use base::Secret;
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use http_kit::{Body, Failure, Response};
use opctx::{Caller, Origin};
use serde_json::json;

use crate::api::RegistryApi;
use crate::caller::given;
use crate::query::Query;
use crate::reply::{Refusal, Reply};

const FORM_BYTES: usize = 64 * 1024;

impl RegistryApi {
    /// Answers `/auth/token`: who presents a credential gets a token, who presents none gets nobody's.
    pub(crate) async fn token(&self, parts: Parts, body: Body, origin: Origin) -> Response {
        let request = origin.request;
        let realm = self.names.base(&parts);
        let outcome = match parts.method {
            Method::GET => self.token_get(&parts, origin).await,
            Method::POST => self.token_post(&parts, body, origin).await,
            _ => Err(Refusal::not_allowed()),
        };
        outcome.unwrap_or_else(|refusal| {
            let mut response = refusal.render(&request);
            if response.status() == StatusCode::UNAUTHORIZED
                && let Ok(value) = HeaderValue::try_from(format!("Basic realm=\"{realm}/auth/token\""))
            {
                response.headers_mut().insert(WWW_AUTHENTICATE, value);
            }
            response
        })
    }

    async fn token_get(&self, parts: &Parts, origin: Origin) -> Result<Response, Refusal> {
        let query = Query::parse(parts.uri.query().unwrap_or_default())?;
        let caller = self.identify(given(parts)?, &origin).await?;
        self.token_reply(caller, origin, &query).await
    }

    async fn token_post(&self, parts: &Parts, body: Body, origin: Origin) -> Result<Response, Refusal> {
        let body = http_kit::timed(body, http_kit::BodyTimes::default());
        let bytes = http_kit::read(body, FORM_BYTES)
            .await
            .map_err(|error| Failure::new(error.kind(), "UNSUPPORTED", error.to_string()))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::invalid("UNSUPPORTED", "the form is no text"))?;
        let form = Query::parse(text)?;
        let needed = |name: &'static str| -> Result<String, Refusal> {
            let missing = || Refusal::invalid("UNSUPPORTED", format!("the field `{name}` is missing"));
            form.one(name)?.map(str::to_owned).ok_or_else(missing)
        };
        let caller = match form.one("grant_type")? {
            Some("password") => {
                let secret = Secret::new(needed("password")?);
                self.identify_form(Some(needed("username")?), secret, &origin).await?
            }
            Some("refresh_token") => self.identify_form(None, Secret::new(needed("refresh_token")?), &origin).await?,
            _ => self.identify(given(parts)?, &origin).await?,
        };
        self.token_reply(caller, origin, &form).await
    }

    async fn token_reply(&self, caller: Caller, origin: Origin, asked: &Query) -> Result<Response, Refusal> {
        let ctx = self.contexts.context(caller, origin);
        let issued = self.registry.token_issue(&ctx, asked.one("service")?, &asked.all("scope")).await?;
        let token = issued.token.expose();
        let body = json!({
            "token": token,
            "access_token": token,
            "expires_in": issued.expires_in_secs,
            "issued_at": issued.issued_at,
        });
        Ok(Reply::json(StatusCode::OK, "application/json", &body).header(CACHE_CONTROL, "no-store").done())
    }
}

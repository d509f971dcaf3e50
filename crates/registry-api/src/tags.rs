//! Lists: tags and the catalog.

use base::{PageLimit, PageToken, RepositoryName};
use http::header::LINK;
use http::{Method, StatusCode};
use http_kit::Response;
use registry::RepositoryFilter;
use serde_json::json;

use crate::api::{Call, RegistryApi};
use crate::reply::{Refusal, Reply};

/// The longest page; whoever does not ask gets it too and is told where the next one begins.
const PAGE: usize = 10_000;

fn link(path: &str, n: usize, last: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("n", &n.to_string())
        .append_pair("last", last)
        .finish();
    format!("<{path}?{query}>; rel=\"next\"")
}

impl RegistryApi {
    pub(crate) async fn tags(&self, call: &Call, name: &RepositoryName) -> Result<Response, Refusal> {
        if !matches!(call.parts.method, Method::GET | Method::HEAD) {
            return Err(Refusal::not_allowed());
        }
        let limit = call.query.parsed::<usize>("n")?.unwrap_or(PAGE).min(PAGE);
        let last = call.query.one("last")?.map(str::to_owned);
        // One more than asked tells whether there is another page.
        let mut tags = self.registry.tag_names(&call.ctx, name, last, limit + 1).await?;
        let more = tags.len() > limit;
        tags.truncate(limit);
        let reply = Reply::json(StatusCode::OK, "application/json", &json!({ "name": name, "tags": tags }));
        Ok(match tags.last() {
            Some(last) if more => reply.header(LINK, link(&format!("/v2/{name}/tags/list"), limit, last)),
            Some(_) | None => reply,
        }
        .done())
    }

    pub(crate) async fn catalog(&self, call: &Call) -> Result<Response, Refusal> {
        if !matches!(call.parts.method, Method::GET | Method::HEAD) {
            return Err(Refusal::not_allowed());
        }
        let asked = call.query.parsed::<usize>("n")?;
        let limit = PageLimit::clamped(Some(asked.unwrap_or(PageLimit::MAX)));
        let last = call.query.one("last")?.map(|last| PageToken(last.to_owned()));
        let page = self.registry.repository_list(&call.ctx, RepositoryFilter::default(), limit, last).await?;
        let names: Vec<&str> = page.items.iter().map(|one| one.row.name.as_str()).collect();
        let reply = Reply::json(StatusCode::OK, "application/json", &json!({ "repositories": names }));
        Ok(match &page.next {
            Some(next) => reply.header(LINK, link("/v2/_catalog", limit.get(), &next.0)),
            None => reply,
        }
        .done())
    }
}

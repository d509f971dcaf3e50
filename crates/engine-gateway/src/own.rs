//! What the gateway answers itself: `_ping`, version, info, login.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use engine_spec::{ApiVersion, AuthConfig};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA, SERVER};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_kit::{Body, Response};
use identity::Credential;
use serde_json::{Value, json};
use workloads::{Kind, Sight};

use crate::decide::Decided;
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};
use crate::relay::{json as answer, passed};

/// The newest API version whose routes and fields are in our tables.
const OURS: u8 = 51;
/// What an engine of the oldest release served speaks; advertised while no engine answers.
const OLDEST_ENGINE: u8 = 41;
/// How long what is known of the engine counts before it is asked again, behind the answer.
const FRESH: Duration = Duration::from_secs(5);
/// How long the very first question may take.
const FIRST: Duration = Duration::from_secs(2);

const API_VERSION: HeaderName = HeaderName::from_static("api-version");
const OSTYPE: HeaderName = HeaderName::from_static("ostype");
const EXPERIMENTAL: HeaderName = HeaderName::from_static("docker-experimental");
const BUILDER_VERSION: HeaderName = HeaderName::from_static("builder-version");
const SWARM: HeaderName = HeaderName::from_static("swarm");

/// What headers tell about the engine.
#[derive(Debug)]
struct Known {
    at: Instant,
    api: ApiVersion,
    api_text: HeaderValue,
    os: HeaderValue,
    swarm: HeaderValue,
}

/// What is known of the engine, asked again from time to time behind the answers.
#[derive(Debug, Default)]
pub(crate) struct EngineState {
    known: ArcSwapOption<Known>,
    asking: AtomicBool,
}

impl Gateway {
    /// Answers a health check; the headers tell clients which version to speak.
    pub(crate) async fn ping(self: &Arc<Self>, method: &Method) -> Response {
        // Without an engine the gateway is there all the same, so nobody waits long and only one does.
        if self.state.known.load().is_none() && !self.state.asking.swap(true, Ordering::AcqRel) {
            let _ = tokio::time::timeout(FIRST, self.refresh()).await;
            self.state.asking.store(false, Ordering::Release);
        } else {
            self.refresh_behind();
        }
        let body = if *method == Method::HEAD { Body::empty() } else { Body::from("OK") };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        self.own_headers(headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store, must-revalidate"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        // Classic builds are what is open.
        headers.insert(BUILDER_VERSION, HeaderValue::from_static("1"));
        if let Some(known) = &*self.state.known.load() {
            headers.insert(SWARM, known.swarm.clone());
        }
        response
    }

    /// Writes the headers that every answer of the Docker API has.
    pub(crate) fn own_headers(&self, headers: &mut HeaderMap) {
        headers.insert(SERVER, HeaderValue::from_static("Holdfast"));
        headers.insert(EXPERIMENTAL, HeaderValue::from_static("false"));
        match &*self.state.known.load() {
            Some(known) => {
                headers.insert(API_VERSION, known.api_text.clone());
                headers.insert(OSTYPE, known.os.clone());
            }
            None => {
                headers.insert(API_VERSION, HeaderValue::from_static("1.41"));
                headers.insert(OSTYPE, HeaderValue::from_static("linux"));
            }
        }
    }

    /// Returns the version advertised: the smaller of ours and the engine's.
    pub(crate) async fn advertised(&self) -> ApiVersion {
        if self.state.known.load().is_none() {
            let _ = tokio::time::timeout(FIRST, self.refresh()).await;
        }
        self.state.known.load().as_ref().map_or_else(|| version(OLDEST_ENGINE), |known| known.api)
    }

    fn refresh_behind(self: &Arc<Self>) {
        let stale = self.state.known.load().as_ref().is_none_or(|known| known.at.elapsed() > FRESH);
        if stale && !self.state.asking.swap(true, Ordering::AcqRel) {
            let gateway = Arc::clone(self);
            tokio::spawn(async move {
                let _ = tokio::time::timeout(FIRST, gateway.refresh()).await;
                gateway.state.asking.store(false, Ordering::Release);
            });
        }
    }

    async fn refresh(&self) {
        let (Ok(about), Ok(info)) = tokio::join!(self.workloads.ask("/version"), self.workloads.ask("/info")) else {
            return;
        };
        let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let engine = text(&about, "/ApiVersion").and_then(|text| ApiVersion::parse(&text).ok());
        let api = engine.unwrap_or_else(|| version(OLDEST_ENGINE)).min(version(OURS));
        let os = text(&about, "/Os").unwrap_or_else(|| "linux".to_owned());
        let swarm = swarm_header(&info);
        let header = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        let known = Known { at: Instant::now(), api, api_text: header(&api.to_string()), os: header(&os), swarm };
        self.state.known.store(Some(Arc::new(known)));
    }

    /// Answers `docker version`.
    pub(crate) async fn version(&self, asked: &Asked) -> Result<Response, Error> {
        let mut about = self.workloads.ask("/version").await?;
        let advertised = self.advertised().await.to_string();
        let shown = &self.options.version_shown;
        let details = json!({
            "ApiVersion": advertised, "MinAPIVersion": "1.24", "Os": about.get("Os"), "Arch": about.get("Arch"),
            "Experimental": "false",
        });
        let own = json!({ "Name": "Holdfast", "Version": shown, "Details": details });
        if let Some(about) = about.as_object_mut() {
            about.insert("Platform".to_owned(), json!({ "Name": "Holdfast" }));
            about.insert("Version".to_owned(), json!(shown));
            about.insert("ApiVersion".to_owned(), json!(advertised));
            about.insert("MinAPIVersion".to_owned(), json!("1.24"));
            let components = about.entry("Components").or_insert_with(|| json!([]));
            if let Some(components) = components.as_array_mut() {
                if !asked.ctx.is_admin() {
                    components.clear();
                }
                components.insert(0, own);
            }
        }
        Ok(answer(&about))
    }

    /// Answers `docker info`: the engine's view for administrators, the caller's own counts for others.
    pub(crate) async fn info(&self, asked: &Asked) -> Result<Response, Error> {
        let mut info = self.workloads.ask("/info").await?;
        if !asked.ctx.is_admin() {
            engine_spec::filter::info_strip(&mut info);
            self.own_counts(asked, &mut info).await?;
        }
        if let Some(info) = info.as_object_mut() {
            info.insert("ServerVersion".to_owned(), json!(self.options.version_shown));
        }
        Ok(answer(&info))
    }

    async fn own_counts(&self, asked: &Asked, info: &mut Value) -> Result<(), Error> {
        let mut sight = Sight::new(&asked.ctx);
        let containers = self.workloads.ask("/containers/json?all=1").await?;
        let (mut running, mut paused, mut stopped) = (0, 0, 0);
        for container in containers.as_array().into_iter().flatten() {
            if sight.sees_item(Kind::Container, container) {
                match container.get("State").and_then(Value::as_str) {
                    Some("running") => running += 1,
                    Some("paused") => paused += 1,
                    _ => stopped += 1,
                }
            }
        }
        if let Some(info) = info.as_object_mut() {
            info.insert("Containers".to_owned(), json!(running + paused + stopped));
            info.insert("ContainersRunning".to_owned(), json!(running));
            info.insert("ContainersPaused".to_owned(), json!(paused));
            info.insert("ContainersStopped".to_owned(), json!(stopped));
        }
        Ok(())
    }

    /// Answers `docker login`: for our registry by ourselves, for others by the engine.
    pub(crate) async fn auth(self: &Arc<Self>, asked: &Asked, body: Body) -> Result<Response, Error> {
        let mut incoming: Incoming = self.incoming(asked, body).await?;
        let auth = incoming.canonical.as_ref().map(|body| AuthConfig::from_value(&body.value)).unwrap_or_default();
        let address = auth.server_address.clone().unwrap_or_default();
        let bare = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        if !self.is_our_registry(bare.split('/').next().unwrap_or_default()) {
            let mut decided = Decided::default();
            self.decide(asked, &mut incoming, &mut decided).await?;
            return Ok(passed(self.send(&asked.call, incoming, &decided).await?));
        }
        let (Some(user), Some(password)) = (auth.username, auth.password) else {
            return Err(Error::Unauthenticated(format!("login to {bare}: a user name and a password are needed")));
        };
        let presented = Credential::Basic { user, password };
        match self.identity.authenticate(presented, asked.ctx.origin()).await {
            Ok(_) => Ok(answer(&json!({ "IdentityToken": "", "Status": "Login Succeeded" }))),
            Err(error) => Err(Error::SignIn(error)),
        }
    }
}

fn version(minor: u8) -> ApiVersion {
    ApiVersion::from_minor(minor).unwrap_or(ApiVersion::MIN)
}

/// `active/manager`, `inactive`, …, as newer engines say it.
fn swarm_header(info: &Value) -> HeaderValue {
    let state = info.pointer("/Swarm/LocalNodeState").and_then(Value::as_str).unwrap_or("inactive");
    let manages = info.pointer("/Swarm/ControlAvailable").and_then(Value::as_bool).unwrap_or_default();
    match (state, manages) {
        ("active", true) => HeaderValue::from_static("active/manager"),
        ("active", false) => HeaderValue::from_static("active/worker"),
        (state, _) => HeaderValue::from_str(state).unwrap_or(HeaderValue::from_static("inactive")),
    }
}

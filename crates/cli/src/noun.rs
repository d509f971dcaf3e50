//! The operator's nouns, one file each.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod bundle;
pub(crate) mod collection;
pub(crate) mod grant;
pub(crate) mod member;
pub(crate) mod node;
pub(crate) mod organization;
pub(crate) mod repository;
pub(crate) mod role;
pub(crate) mod service;
pub(crate) mod session;
pub(crate) mod status;
pub(crate) mod team;
pub(crate) mod token;
pub(crate) mod user;

use std::future::Future;

use anyhow::Result;
use api_model::ListView;
use client::{Client, Error};

use crate::args::Global;
use crate::output::Output;

/// What every noun's functions need.
#[derive(Debug)]
pub(crate) struct Operator {
    /// The server.
    pub(crate) client: Client,
    /// How to print.
    pub(crate) output: Output,
    /// What holds for every command.
    pub(crate) global: Global,
}

impl Operator {
    /// Connects as the flags and the remembered sign-in say.
    pub(crate) fn new(global: &Global) -> Result<Self> {
        let client = crate::connect::connect(global)?;
        Ok(Self { client, output: Output::of(global), global: global.clone() })
    }

    /// Returns the name given, or the caller's own.
    pub(crate) async fn user_or_self(&self, user: Option<String>) -> Result<String> {
        match user {
            Some(user) => Ok(user),
            None => Ok(self.client.me_view().await?.name.to_string()),
        }
    }

    /// Asks before something that cannot be undone.
    pub(crate) fn confirm(&self, question: &str) -> Result<()> {
        crate::ask::confirm(&self.global, question)
    }
}

/// Query parameters that are collected.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// Adds a parameter that is given.
pub(crate) fn given(parameters: &mut Parameters, name: &'static str, value: Option<impl ToString>) {
    if let Some(value) = value {
        parameters.push((name, value.to_string()));
    }
}

/// Reads all pages of a list.
pub(crate) async fn every<T, F>(parameters: &Parameters, page: impl Fn(Parameters) -> F) -> Result<Vec<T>>
where
    F: Future<Output = Result<ListView<T>, Error>>,
{
    let mut items = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut parameters = parameters.clone();
        parameters.push(("limit", "1000".to_owned()));
        given(&mut parameters, "page_token", token);
        let list = page(parameters).await?;
        items.extend(list.items);
        match list.next_page_token {
            Some(next) => token = Some(next.0),
            None => return Ok(items),
        }
    }
}

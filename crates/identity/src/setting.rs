//! Settings.

use base::RoleId;
use opctx::{ObjectRef, OpContext};
use serde_json::Value;
use state::control::Command;
use state::control::sessions::SessionPolicy;
use state::control::settings::{self, SettingSet, names};

use crate::error::Error;
use crate::guard;
use crate::identity::Identity;

/// The settings that anybody signed in may read: clients need them.
const OPEN: [&str; 5] =
    [names::CLUSTER, names::EXTERNAL_NAMES, names::SCHEDULE_ON_ALL_NODES, names::CONTROL_URL, names::REGISTRY_URL];

impl Identity {
    /// Lists all settings; for administrators.
    ///
    /// # Errors
    /// If the caller is none.
    pub async fn setting_list(&self, ctx: &OpContext) -> Result<Vec<(String, Value)>, Error> {
        guard::admin(ctx, "setting_list", &ObjectRef::new("setting", ""))?;
        self.read("setting_list", settings::every).await
    }

    /// Returns a setting; `None` if it is not set.
    ///
    /// # Errors
    /// If the caller may not read it.
    pub async fn setting_view(&self, ctx: &OpContext, name: &str) -> Result<Option<Value>, Error> {
        if ctx.is_admin() || OPEN.contains(&name) {
            if !ctx.is_admin() {
                guard::signed_in(ctx)?;
            }
        } else {
            guard::admin(ctx, "setting_view", &ObjectRef::new("setting", name))?;
        }
        let name = name.to_owned();
        self.read("setting_view", move |conn| settings::get(conn, &name)).await
    }

    /// Sets a setting, or removes it; for administrators.
    ///
    /// # Errors
    /// If the caller is none, there is no such setting, or the value is not one for it.
    pub async fn setting_set(&self, ctx: &OpContext, name: &str, value: Option<Value>) -> Result<(), Error> {
        let object = ObjectRef::new("setting", name);
        guard::admin(ctx, "setting_set", &object)?;
        if let Some(value) = &value {
            check(name, value)?;
        } else if name == names::CLUSTER {
            return Err(Error::invalid("the cluster's id never changes"));
        }
        let set = SettingSet { name: name.to_owned(), value, only_if_absent: false };
        self.write(ctx, "setting_set", object, Command::SettingSet(set)).await?;
        Ok(())
    }
}

/// Refuses what is not a value of the setting, and settings that there are not.
fn check(name: &str, value: &Value) -> Result<(), Error> {
    let fits = match name {
        names::CLUSTER => return Err(Error::invalid("the cluster's id never changes")),
        names::SCHEDULE_ON_ALL_NODES | names::CREATE_REPOSITORY_BY_PUSH => value.is_boolean(),
        names::EXTERNAL_NAMES => value.as_array().is_some_and(|names| {
            !names.is_empty() && names.len() <= 64 && names.iter().all(|name| name.as_str().is_some_and(is_name))
        }),
        names::CONTROL_URL | names::REGISTRY_URL => {
            value.as_str().and_then(|url| url.strip_prefix("https://")).is_some_and(is_name)
        }
        names::DEFAULT_NEW_USER_ROLE => value.as_str().is_some_and(|role| role.parse::<RoleId>().is_ok()),
        names::SESSIONS => serde_json::from_value::<SessionPolicy>(value.clone()).is_ok_and(|policy| {
            // UCP's bounds: at least ten minutes, renewed at most until five minutes are left.
            (600..=10 * 365 * 86_400).contains(&policy.lifetime_secs)
                && (0..=policy.lifetime_secs - 300).contains(&policy.renewal_secs)
                && policy.per_user <= 10_000
        }),
        names::VERSION_SHOWN => value.as_str().is_some_and(|text| text.len() <= 64 && text.is_ascii()),
        _ => return Err(Error::not_found("setting", name)),
    };
    if fits { Ok(()) } else { Err(Error::invalid(format!("that is not a value for the setting `{name}`"))) }
}

/// A host name or address with or without a port.
fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

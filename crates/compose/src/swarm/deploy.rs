//! `deploy`: mode, resources, restarts, updates, placement.

use serde_json::{Map, Value, json};

use super::Options;
use crate::model::{Deploy, Resources, ResourcesLimit, Service, StackClient, UpdateConfig};
use crate::notes::Notes;

pub(super) fn mode(service: &Service, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    let deploy = service.deploy.as_ref();
    let replicas = deploy.and_then(|deploy| deploy.replicas);
    let word = deploy.and_then(|deploy| deploy.mode.as_deref()).unwrap_or_default();
    let jobs = options.client != StackClient::V20_10;
    let counted = |name: &str, mut settings: Map<String, Value>| {
        settings.retain(|_, value| !value.is_null());
        json!({ name: settings })
    };
    match word {
        "" | "replicated" => counted("Replicated", Map::from_iter([("Replicas".to_owned(), json!(replicas))])),
        "replicated-job" if jobs => counted(
            "ReplicatedJob",
            Map::from_iter([
                ("MaxConcurrent".to_owned(), json!(replicas)),
                ("TotalCompletions".to_owned(), json!(replicas)),
            ]),
        ),
        "global" | "global-job" if word == "global" || jobs => {
            if replicas.is_some() {
                let modes = if jobs { "replicated or replicated-job mode" } else { "replicated mode" };
                notes.service_error(
                    service,
                    "deploy.replicas",
                    "GLOBAL_REPLICAS",
                    format!("replicas can only be used with {modes}"),
                );
            }
            if word == "global" { json!({ "Global": {} }) } else { json!({ "GlobalJob": {} }) }
        }
        other => {
            notes.service_error(service, "deploy.mode", "DEPLOY_MODE", format!("unknown mode: {other}"));
            Value::Null
        }
    }
}

pub(super) fn resources(service: &Service, notes: &mut Notes<'_>) -> Value {
    let none = Resources::default();
    let resources = service.deploy.as_ref().and_then(|deploy| deploy.resources.as_deref()).unwrap_or(&none);
    let mut all = Map::new();
    if let Some(limits) = &resources.limits {
        let mut side = amounts(service, "limits", limits, notes);
        if let Some(pids) = limits.pids.filter(|pids| *pids != 0) {
            side.insert("Pids".to_owned(), json!(pids));
        }
        all.insert("Limits".to_owned(), Value::Object(side));
    }
    if let Some(reservations) = &resources.reservations {
        let mut side = amounts(service, "reservations", reservations, notes);
        let generic: Vec<Value> = reservations
            .generic_resources
            .iter()
            .map(|resource| json!({ "DiscreteResourceSpec": { "Kind": resource.kind, "Value": resource.value } }))
            .collect();
        if !generic.is_empty() {
            side.insert("GenericResources".to_owned(), Value::Array(generic));
        }
        all.insert("Reservations".to_owned(), Value::Object(side));
    }
    Value::Object(all)
}

fn amounts(service: &Service, side: &str, limit: &ResourcesLimit, notes: &mut Notes<'_>) -> Map<String, Value> {
    let mut amounts = Map::new();
    if let Some(text) = limit.cpus.as_ref().filter(|text| !text.is_empty()) {
        match nano_cpus(text) {
            Ok(0) => {}
            Ok(cpus) => {
                amounts.insert("NanoCPUs".to_owned(), json!(cpus));
            }
            Err(message) => notes.service_error(service, &format!("deploy.resources.{side}.cpus"), "CPUS", message),
        }
    }
    if let Some(memory) = limit.memory.filter(|memory| memory.0 != 0) {
        amounts.insert("MemoryBytes".to_owned(), json!(memory.0));
    }
    amounts
}

/// Reads a number of CPUs exactly: billionths are the finest.
pub(super) fn nano_cpus(text: &str) -> Result<i64, String> {
    let wrong = || format!("failed to parse {text} as a rational number");
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.strip_prefix('+').unwrap_or(text)), |rest| (-1, rest));
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| wrong())?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty()
        || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return Err(wrong());
    }
    let fraction = fraction.trim_end_matches('0');
    let value: i128 = if whole.is_empty() && fraction.is_empty() {
        0
    } else {
        format!("{whole}{fraction}").parse().map_err(|_| wrong())?
    };
    let places = i32::try_from(fraction.len()).map_err(|_| wrong())?;
    let shift = 9_i32.checked_add(exponent).and_then(|shift| shift.checked_sub(places)).ok_or_else(wrong)?;
    let precise = || "value is too precise".to_owned();
    let scaled = if shift >= 0 {
        10_i128.checked_pow(shift.unsigned_abs()).and_then(|factor| value.checked_mul(factor)).ok_or_else(wrong)?
    } else {
        let factor = 10_i128.checked_pow(shift.unsigned_abs()).ok_or_else(precise)?;
        if value % factor != 0 {
            return Err(precise());
        }
        value / factor
    };
    i64::try_from(scaled * sign).map_err(|_| wrong())
}

pub(super) fn restart_policy(service: &Service, notes: &mut Notes<'_>) -> Value {
    if let Some(policy) = service.deploy.as_ref().and_then(|deploy| deploy.restart_policy.as_ref()) {
        return json!({
            "Condition": policy.condition,
            "Delay": policy.delay.map(|delay| delay.0),
            "MaxAttempts": policy.max_attempts,
            "Window": policy.window.map(|window| window.0),
        });
    }
    let Some(restart) = service.restart.as_deref().filter(|restart| !restart.is_empty()) else { return Value::Null };
    let (name, count) = match restart.split_once(':') {
        None => (restart, None),
        Some((name, count)) => match count.parse::<i64>() {
            Ok(count) if count >= 0 => (name, u64::try_from(count).ok().filter(|count| *count > 0)),
            _ => {
                notes.service_error(service, "restart", "RESTART", "maximum retry count must be a positive integer");
                return Value::Null;
            }
        },
    };
    match name {
        "" | "no" => Value::Null,
        "always" | "unless-stopped" => json!({ "Condition": "any", "MaxAttempts": count }),
        // The client writes the number even where the file has none.
        "on-failure" => json!({ "Condition": "on-failure", "MaxAttempts": count.unwrap_or_default() }),
        other => {
            notes.service_error(service, "restart", "RESTART", format!("unknown restart policy: {other}"));
            Value::Null
        }
    }
}

pub(super) fn update_config(config: Option<&UpdateConfig>) -> Value {
    let Some(config) = config else { return Value::Null };
    let mut all = json!({
        "Parallelism": config.parallelism.unwrap_or(1),
        "FailureAction": config.failure_action,
        "MaxFailureRatio": number(config.max_failure_ratio.unwrap_or_default()),
        "Order": config.order.clone().unwrap_or_default(),
    });
    for (key, value) in [("Delay", config.delay), ("Monitor", config.monitor)] {
        if let Some(value) = value.filter(|value| value.0 != 0) {
            all[key] = json!(value.0);
        }
    }
    all
}

/// Go writes a whole float without a point.
fn number(value: f64) -> Value {
    match crate::units::whole_number(value) {
        Some(whole) if value.fract() == 0.0 => json!(whole),
        _ => json!(value),
    }
}

pub(super) fn placement(deploy: Option<&Deploy>) -> Value {
    let Some(placement) = deploy.and_then(|deploy| deploy.placement.as_ref()) else { return json!({}) };
    let preferences: Vec<Value> = placement
        .preferences
        .iter()
        .map(|preference| json!({ "Spread": { "SpreadDescriptor": preference.spread.clone().unwrap_or_default() } }))
        .collect();
    let mut all = json!({ "Constraints": placement.constraints, "Preferences": preferences });
    if let Some(count) = placement.max_replicas_per_node.filter(|count| *count != 0) {
        all["MaxReplicas"] = json!(count);
    }
    all
}

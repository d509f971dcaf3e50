//! `ports`: `[[ip:][published]:]target[/protocol]`, with ranges.

use super::{Context, entry};
use crate::diagnostic::Diagnostic;
use crate::model::{Client, Position};
use crate::tree::{Map, Node, Trail, Value};

/// What a short form says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Short {
    pub(crate) host_ip: Option<String>,
    /// First and last published port.
    pub(crate) published: Option<(u16, u16)>,
    /// First and last container port.
    pub(crate) target: (u16, u16),
    pub(crate) protocol: String,
    /// Whether the protocol is written, and not made up.
    pub(crate) names_protocol: bool,
}

/// Reads a short form; the error says what is wrong.
pub(crate) fn parse_short(text: &str) -> Result<Short, String> {
    let (address, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let protocol = protocol.to_ascii_lowercase();
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return Err(format!("`{protocol}` is not a protocol: tcp, udp or sctp"));
    }
    let (rest, target) = address.rsplit_once(':').map_or((None, address), |(rest, target)| (Some(rest), target));
    let target = range(target)?;
    let (host_ip, published) = match rest {
        None => (None, None),
        Some(rest) => match rest.rsplit_once(':') {
            None => (None, Some(rest)),
            Some((ip, published)) => (Some(host_ip(ip)?), Some(published)),
        },
    };
    let published = match published {
        None | Some("") => None,
        Some(published) => Some(range(published)?),
    };
    if let Some(published) = published {
        let is_equal = published.1 - published.0 == target.1 - target.0;
        if !is_equal && target.0 != target.1 {
            return Err("the two ranges of ports are not of the same length".to_owned());
        }
    }
    Ok(Short { host_ip, published, target, protocol, names_protocol: text.contains('/') })
}

fn range(text: &str) -> Result<(u16, u16), String> {
    let port = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number { text.parse::<u16>().ok() } else { None };
        number.ok_or_else(|| format!("`{text}` is not a port: 0 to 65535"))
    };
    let (start, end) = match text.split_once('-') {
        Some((start, end)) => (port(start)?, port(end)?),
        None => (port(text)?, port(text)?),
    };
    if start > end { Err(format!("the range {start}-{end} ends before it begins")) } else { Ok((start, end)) }
}

fn host_ip(text: &str) -> Result<String, String> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let without_zone = bare.split_once('%').map_or(bare, |(address, _)| address);
    if bare.is_empty() || without_zone.parse::<std::net::IpAddr>().is_ok() {
        return Ok(bare.to_owned());
    }
    Err(format!("`{text}` is not an IP address"))
}

pub(super) fn to_long(node: &mut Node, path: &Trail<'_>, context: &mut Context<'_>) {
    let Value::List(list) = &mut node.value else { return };
    let mut ports = Vec::with_capacity(list.len());
    for (index, item) in std::mem::take(list).into_iter().enumerate() {
        let path = path.index(index);
        let text = match &item.value {
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            _ => {
                ports.push(item);
                continue;
            }
        };
        match parse_short(&text) {
            Ok(short) => unfold(&short, item.at, &path, context, &mut ports),
            Err(reason) => {
                let error = Diagnostic::error("INVALID_PORT", format!("`{text}` cannot be read: {reason}"));
                context.sink.push(
                    item.at,
                    &path,
                    error.expected("[[ip:]published:]target[/protocol], such as 8080:80"),
                );
            }
        }
    }
    node.value = Value::List(ports);
}

fn unfold(short: &Short, at: Position, path: &Trail<'_>, context: &mut Context<'_>, ports: &mut Vec<Node>) {
    let is_single = short.target.0 == short.target.1;
    let is_spread = is_single && short.published.is_some_and(|(start, end)| start != end);
    // One container port and a range of published ones: the stack client publishes each, the others any free one.
    let published_each = is_spread && context.is_stack();
    let count = match short.published {
        Some((start, end)) if published_each => usize::from(end - start) + 1,
        _ => usize::from(short.target.1 - short.target.0) + 1,
    };
    if count > *context.ports_left {
        let error = Diagnostic::error("TOO_LARGE", "the ranges of ports unfold to too many ports");
        return context.sink.push(at, path, error);
    }
    *context.ports_left -= count;
    for offset in 0..count {
        let offset = u16::try_from(offset).unwrap_or(u16::MAX);
        let target = if published_each { short.target.0 } else { short.target.0.saturating_add(offset) };
        let published = short.published.map(|(start, end)| {
            if is_spread && !published_each {
                (start, end)
            } else {
                (start.saturating_add(offset), start.saturating_add(offset))
            }
        });
        ports.push(long(short, target, published, at, context.client));
    }
}

fn long(short: &Short, target: u16, published: Option<(u16, u16)>, at: Position, client: Client) -> Node {
    let mut map = Map::new();
    let mut put = |key: &'static str, value: Value| map.extend([entry(key, Node::new(value, at))]);
    if client != Client::ComposeV1_29 {
        put("mode", Value::Text("ingress".to_owned()));
    }
    if let Some(ip) = short.host_ip.clone().filter(|ip| !ip.is_empty()) {
        put("host_ip", Value::Text(ip));
    }
    put("target", Value::Integer(i64::from(target)));
    if let Some((start, end)) = published {
        let text = if start == end { start.to_string() } else { format!("{start}-{end}") };
        put("published", Value::Text(text));
    }
    // docker-compose 1.29 prints a protocol only where one is written.
    if short.names_protocol || client != Client::ComposeV1_29 {
        put("protocol", Value::Text(short.protocol.clone()));
    }
    Node::map(map, at)
}

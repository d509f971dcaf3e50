//! kompose's labels for jobs that the clock begins: `kompose.cronjob.*`.

use super::super::object::{CronJobSpec, JobSpec, JobTemplate, Manifest, Object, ObjectMeta};
use super::super::pod::PodTemplate;
use super::super::sink::Sink;
use super::super::stack::DraftService;
use super::PREFIX;

/// When a job is begun, and how.
#[derive(Debug, Default)]
pub(in crate::kubernetes) struct Cron {
    pub(super) schedule: Option<String>,
    pub(super) concurrency: Option<&'static str>,
    pub(super) backoff_limit: Option<u32>,
}

impl Cron {
    /// Takes a label; the error says what is expected.
    pub(super) fn take(&mut self, key: &str, value: &str) -> Result<(), &'static str> {
        match key {
            "cronjob.schedule" if is_schedule(value) => self.schedule = Some(value.trim().to_owned()),
            "cronjob.schedule" => return Err("write five fields such as `*/5 * * * *`, or `@daily`"),
            "cronjob.concurrency_policy" => {
                self.concurrency = match value.to_ascii_lowercase().as_str() {
                    "allow" => Some("Allow"),
                    "forbid" => Some("Forbid"),
                    "replace" => Some("Replace"),
                    _ => return Err("write `Allow`, `Forbid` or `Replace`"),
                };
            }
            _ => {
                let limit = value.parse::<u32>().ok().filter(|limit| i32::try_from(*limit).is_ok());
                self.backoff_limit = Some(limit.ok_or("write a number of retries")?);
            }
        }
        Ok(())
    }

    /// Says whether the service is begun by the clock.
    pub(in crate::kubernetes) fn is_asked(&self) -> bool {
        self.schedule.is_some()
    }

    /// kompose makes a CronJob of what is not kept running only, and forgets the schedule of all else.
    pub(super) fn check(&self, service: &DraftService, sink: &mut Sink<'_>) {
        if self.is_asked() && service.ending().is_none() {
            let message = format!("`{PREFIX}cronjob.schedule` is for services that end, and this one is kept running");
            sink.error(
                "INVALID_LABEL",
                &service.spot("labels"),
                message,
                "write `restart: \"no\"` or `restart: on-failure`",
            );
        } else if !self.is_asked() && (self.concurrency.is_some() || self.backoff_limit.is_some()) {
            let message = format!("`{PREFIX}cronjob.*` means nothing without `{PREFIX}cronjob.schedule`");
            sink.warning("NO_EQUIVALENT", &service.spot("labels"), message, "");
        }
    }

    /// Makes the CronJob.
    pub(in crate::kubernetes) fn object(&self, metadata: ObjectMeta, template: PodTemplate) -> Object {
        let job = JobSpec { parallelism: None, completions: None, backoff_limit: self.backoff_limit, template };
        let spec = CronJobSpec {
            schedule: self.schedule.clone().unwrap_or_default(),
            concurrency_policy: self.concurrency,
            job_template: JobTemplate { spec: job },
        };
        Object::CronJob(Manifest { api_version: "batch/v1", kind: "CronJob", metadata, spec })
    }
}

/// Five fields of the characters that cron has, or one of its words.
fn is_schedule(text: &str) -> bool {
    const WORDS: &[&str] = &["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    let is_field = |field: &str| field.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*,-/?".contains(&byte));
    WORDS.contains(&text.trim()) || text.split_whitespace().count() == 5 && text.split_whitespace().all(is_field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_five_fields_or_are_a_word() {
        for text in ["* * * * *", "*/5 0-6 1,15 JAN MON", "@daily", " 1 2 3 4 5 "] {
            assert!(is_schedule(text), "{text}");
        }
        for text in ["", "* * * *", "* * * * * *", "@often", "* * * * é", "a;b * * * *"] {
            assert!(!is_schedule(text), "{text}");
        }
    }
}

//! What the gateway writes into a body: where a thing lies, ids for names, volumes made on the way.

use engine_spec::{Placement, Route, Schema, image_set, pin};
use serde_json::{Value, json};
use workloads::{Kind, Placed};

use crate::decide::Decided;
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};

impl Gateway {
    /// Writes placement and ids into the body, and makes named volumes first, so that they lie where the rest does.
    pub(crate) async fn place(&self, asked: &Asked, incoming: &mut Incoming, decided: &Decided) -> Result<(), Error> {
        let Some(canonical) = &mut incoming.canonical else { return Ok(()) };
        for (place, id) in &decided.pins {
            pin(&mut canonical.value, place, id);
        }
        if let Some(placed) = &decided.placed {
            placement(placed, decided).apply(canonical.schema, &mut canonical.value);
        } else if canonical.schema == Schema::ServiceSpec {
            // What only administrators reach stays so, whatever label its image would give to its containers.
            let nowhere = (workloads::ACCESS_LABEL.to_owned(), String::new());
            let placement = Placement { labels: vec![nowhere], constraints: Vec::new() };
            placement.apply(canonical.schema, &mut canonical.value);
        } else if matches!(canonical.schema, Schema::SecretSpec | Schema::ConfigSpec) {
            Placement::default().apply(canonical.schema, &mut canonical.value);
        }
        if asked.call.route == Route::ContainerCreate {
            let driver = canonical.value.pointer("/HostConfig/VolumeDriver").and_then(Value::as_str);
            let driver = driver.filter(|driver| !driver.is_empty()).map(str::to_owned);
            for name in &decided.new_volumes {
                self.volume_make(asked, name, driver.as_deref(), decided).await?;
            }
            self.image_pin(asked, &mut canonical.value).await?;
        }
        Ok(())
    }

    /// Makes a named volume; one that came to be meanwhile must lie in the same place.
    async fn volume_make(
        &self,
        asked: &Asked,
        name: &str,
        driver: Option<&str>,
        decided: &Decided,
    ) -> Result<(), Error> {
        let Some(placed) = &decided.placed else { return Ok(()) };
        let body = json!({ "Name": name, "Driver": driver.unwrap_or("local"), "Labels": placed.labels });
        let made = self.workloads.post("/volumes/create", &body).await?;
        let home = Kind::Volume.home(&asked.ctx.snapshot().policy, &made, Kind::Volume.labels_of(&made));
        if home.collection() == Some(&placed.collection) {
            return Ok(());
        }
        Err(Error::Forbidden(format!("the volume `{name}` is not yours to use")))
    }

    /// Turns a reference that may be the beginning of an id into the whole id that was decided on.
    async fn image_pin(&self, asked: &Asked, body: &mut Value) -> Result<(), Error> {
        if asked.ctx.is_admin() {
            return Ok(());
        }
        let text = body.get("Image").and_then(Value::as_str).unwrap_or_default().to_owned();
        let may_be_id = engine_spec::ImageRef::new(&text).is_ok_and(|image| image.may_be_id());
        if may_be_id && let Some(local) = self.image_local(&text).await? {
            image_set(Schema::ContainerCreate, body, &local.id);
        }
        Ok(())
    }

    /// Removes a service and the credentials that were made for it.
    pub(crate) async fn service_remove(
        &self,
        asked: &Asked,
        incoming: Incoming,
        decided: &Decided,
    ) -> Result<http_kit::Response, Error> {
        let response = self.send(&asked.call, incoming, decided).await?;
        if response.status().is_success()
            && let Some(service) = &decided.object
            && let Err(error) = self.workloads.credentials_end(&asked.ctx, &service.id, None).await
        {
            // The reconciler deletes them; the service itself is gone.
            let service = &service.id;
            tracing::warn!(service.id = %service, "pull credentials of a removed service stay for now: {}", base::chain(&error));
        }
        Ok(crate::relay::passed(response))
    }
}

fn placement(placed: &Placed, decided: &Decided) -> Placement {
    let labels = placed.labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Placement { labels, constraints: decided.constraints.clone() }
}

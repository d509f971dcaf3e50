//! Images: pulling, pushing, tagging, committing.

use access::Operation as Op;

use super::Target;
use super::collect::Collector;
use crate::query::Query;
use crate::reference::{ImageRef, ObjectRef};

impl Collector<'_> {
    /// Makes an operation on the image of a path the main one.
    pub(super) fn on_image(&mut self, operation: Op, name: &ObjectRef) {
        let target = self.image("name", name.as_str()).map_or(Target::Root, Target::Image);
        self.main(operation, target);
    }

    pub(super) fn registry_of(&mut self, name: &ObjectRef) {
        if let Ok(image) = ImageRef::new(name.as_str())
            && let Some(host) = image.host()
        {
            self.registry(host);
        }
    }

    pub(super) fn image_push(&mut self, name: &ObjectRef, query: &Query) {
        let image = self.image("name", name.as_str()).and_then(|image| match query.non_empty("tag") {
            Some(tag) => self.tagged(&image, tag),
            None => Some(image),
        });
        if let Some(host) = image.as_ref().and_then(ImageRef::host) {
            self.registry(host);
        }
        self.main(Op::ImagePush, image.map_or(Target::Root, Target::Image));
    }

    /// Judges a tag: what it names is read, where it points from now on is written.
    pub(super) fn image_tag(&mut self, name: &ObjectRef, query: &Query) {
        self.on_image(Op::ImageTag, name);
        let Some(repository) = query.non_empty("repo") else { return self.malformed("repo", "it is missing") };
        self.image_name(repository, query.non_empty("tag"));
    }

    /// Asks for the right to write a name.
    pub(super) fn image_name(&mut self, repository: &str, tag: Option<&str>) {
        let image = self.image("repo", repository).and_then(|image| match tag {
            Some(tag) => self.tagged(&image, tag),
            None => Some(image),
        });
        match image {
            Some(ImageRef::Id(_)) => self.malformed("repo", "an id cannot be written as a name"),
            Some(image) => self.need(Op::ImageTag, Target::ImageName(image)),
            None => {}
        }
    }

    fn tagged(&mut self, image: &ImageRef, tag: &str) -> Option<ImageRef> {
        match image.with_tag(tag) {
            Ok(image) => Some(image),
            Err(error) => {
                self.malformed("tag", error.to_string());
                None
            }
        }
    }

    /// Judges `images/create`: a pull, or an import of bytes or of a URL.
    pub(super) fn image_create(&mut self, query: &Query) {
        match (query.non_empty("fromImage"), query.non_empty("fromSrc")) {
            (Some(image), None) => self.pull(image, query.non_empty("tag")),
            (None, Some(source)) => {
                self.main(Op::ImageLoad, Target::Root);
                if source != "-" {
                    self.admin("an import from a URL makes the engine fetch it");
                }
                if let Some(repository) = query.non_empty("repo") {
                    self.image_name(repository, query.non_empty("tag"));
                }
            }
            _ => self.malformed("fromImage", "exactly one of fromImage and fromSrc must be given"),
        }
    }

    fn pull(&mut self, name: &str, tag: Option<&str>) {
        // The engine takes a digest in `tag` as well.
        let text = match tag {
            Some(tag) if tag.contains(':') => format!("{name}@{tag}"),
            _ => name.to_owned(),
        };
        let image = self.image("fromImage", &text).and_then(|image| match tag {
            Some(tag) if !tag.contains(':') => self.tagged(&image, tag),
            _ => Some(image),
        });
        match image {
            Some(ImageRef::Id(_)) => self.malformed("fromImage", "an id cannot be pulled"),
            Some(image) => {
                if let Some(host) = image.host() {
                    self.registry(host);
                }
                self.main(Op::ImageCreate, Target::Image(image));
            }
            None => self.main(Op::ImageCreate, Target::Root),
        }
    }

    pub(super) fn commit(&mut self, query: &Query) {
        self.main(Op::ImageCommit, Target::Root);
        if let Some(container) = self.object("container", query.text("container").unwrap_or_default()) {
            self.need(Op::ContainerExport, Target::Container(container));
        }
        if let Some(repository) = query.non_empty("repo") {
            self.image_name(repository, query.non_empty("tag"));
        }
    }
}

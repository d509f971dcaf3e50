//! What matching asks of a database of advisories.

use crate::advisory::{Advisory, Affect, Epss, Kev, Namespace};

/// A database of advisories, as matching sees it.
pub trait AdvisorySource {
    /// Why a look-up failed.
    type Error;

    /// Returns everything that is said of packages of exactly this name, in any order; empty if nothing is.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn affects(&self, namespace: &Namespace, name: &str) -> Result<Vec<Affect>, Self::Error>;

    /// Returns whether a feed for this namespace is in here at all: without one, silence proves nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn covers(&self, namespace: &Namespace) -> Result<bool, Self::Error>;

    /// Returns the records of one vulnerability, of every source: those with this id and those that name it as an
    /// alias, in any order.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn records(&self, id: &str) -> Result<Vec<Advisory>, Self::Error>;

    /// Returns how one CVE is exploited: known to be, or likely to be. A source that keeps no such scores knows of none.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn exploitation(&self, cve: &str) -> Result<(Option<Kev>, Option<Epss>), Self::Error> {
        let _ = cve;
        Ok((None, None))
    }

    /// Returns the CPEs that Red Hat's statements call a content set by; empty if it is not known.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn repository_cpes(&self, content_set: &str) -> Result<Vec<String>, Self::Error> {
        let _ = content_set;
        Ok(Vec::new())
    }
}

impl<S: AdvisorySource + ?Sized> AdvisorySource for &S {
    type Error = S::Error;

    fn affects(&self, namespace: &Namespace, name: &str) -> Result<Vec<Affect>, S::Error> {
        (**self).affects(namespace, name)
    }

    fn covers(&self, namespace: &Namespace) -> Result<bool, S::Error> {
        (**self).covers(namespace)
    }

    fn records(&self, id: &str) -> Result<Vec<Advisory>, S::Error> {
        (**self).records(id)
    }

    fn exploitation(&self, cve: &str) -> Result<(Option<Kev>, Option<Epss>), S::Error> {
        (**self).exploitation(cve)
    }

    fn repository_cpes(&self, content_set: &str) -> Result<Vec<String>, S::Error> {
        (**self).repository_cpes(content_set)
    }
}

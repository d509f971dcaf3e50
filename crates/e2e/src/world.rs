//! One engine, one server, and the people who use them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use testkit::{Docker, Engine, Ran, Server, ServerBuilder};

/// A real engine (a Swarm of one) with a server beside it, and an administrator.
#[derive(Debug)]
pub struct World {
    /// The server; dropped before the engine.
    pub server: Server,
    /// The administrator.
    pub admin: Person,
    /// The engine.
    pub engine: Engine,
}

/// Somebody with a home folder, signed in at the command line, with a client bundle.
#[derive(Debug)]
pub struct Person {
    /// The account's name.
    pub name: String,
    /// The docker client that uses the bundle.
    pub docker: Docker,
    home: tempfile::TempDir,
}

impl Person {
    /// Returns the home folder; `bundle/` holds the client bundle.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns the client bundle's folder.
    #[must_use]
    pub fn bundle(&self) -> PathBuf {
        self.home.path().join("bundle")
    }
}

impl World {
    /// Starts everything, or says that `test` is skipped and why.
    ///
    /// # Errors
    /// If a part does not come up.
    pub fn start_for(test: &str, program: &str) -> Result<Option<Self>> {
        Self::start_with(test, program, &[])
    }

    /// Starts everything with further arguments for the server.
    ///
    /// # Errors
    /// If a part does not come up.
    pub fn start_with(test: &str, program: &str, arguments: &[&str]) -> Result<Option<Self>> {
        let Some(engine) = Engine::start_for(test)? else { return Ok(None) };
        engine.swarm_init()?;
        testkit::import_busybox(&engine.docker(), "busybox:1")?;
        // The server listens where the engine, in a host of its own, can reach it as a registry.
        let server = ServerBuilder::new(program)
            .address(engine.host().outer_address().into())
            .engine(engine.socket())
            .arguments(&["--engine-certs-dir", &engine_certs_dir(&engine)])
            .arguments(arguments)
            .start()?;
        let admin = person(&server, "admin", server.password())?;
        Ok(Some(Self { server, admin, engine }))
    }

    /// Runs the operator's command line as the administrator.
    ///
    /// # Errors
    /// With both streams, if it does not end with 0.
    pub fn cli(&self, arguments: &[&str]) -> Result<String> {
        self.server.cli(self.admin.home(), arguments)
    }

    /// Runs the operator's command line as somebody.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn cli_as(&self, person: &Person, arguments: &[&str]) -> Result<Ran> {
        self.server.cli_run(person.home(), arguments)
    }

    /// Makes a user, signs them in, and fetches their client bundle.
    ///
    /// # Errors
    /// If the server refuses any of it.
    pub fn user(&self, name: &str) -> Result<Person> {
        let file = self.admin.home().join("new-password");
        let password = format!("{name} has a long password");
        fs_err::write(&file, &password)?;
        self.cli(&["user", "create", name, "--password-file", &file.display().to_string()])?;
        person(&self.server, name, &password)
    }

    /// Returns an image's full name in the server's registry.
    #[must_use]
    pub fn image(&self, repository: &str) -> String {
        format!("{}/{repository}", self.server.authority())
    }

    /// Signs a person's docker client in to the registry.
    ///
    /// # Errors
    /// If docker or the server refuses.
    pub fn docker_login(&self, person: &Person) -> Result<()> {
        let password = fs_err::read_to_string(person.home().join("password"))?;
        let arguments = ["login", &self.server.authority(), "-u", &person.name, "--password-stdin"];
        let ran = person.docker.run_with_input(&arguments, password.as_bytes())?;
        if ran.success { Ok(()) } else { anyhow::bail!("docker login: {}", ran.all()) }
    }
}

/// The engine sees a private `/etc/docker`: its agent writes there through the engine's own root.
fn engine_certs_dir(engine: &Engine) -> String {
    engine
        .process_id()
        .map_or_else(|| "/etc/docker/certs.d".to_owned(), |process| format!("/proc/{process}/root/etc/docker/certs.d"))
}

fn person(server: &Server, name: &str, password: &str) -> Result<Person> {
    let home = tempfile::Builder::new().prefix("hf-home-").tempdir()?;
    server.login(home.path(), name, password).with_context(|| format!("signing {name} in"))?;
    let bundle = home.path().join("bundle");
    server.cli(home.path(), &["bundle", "create", &bundle.display().to_string()])?;
    Ok(Person { name: name.to_owned(), docker: server.docker(&bundle), home })
}

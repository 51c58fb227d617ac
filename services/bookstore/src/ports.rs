//! The ports of all parts, taken before anything else happens.

use std::fmt;
use std::net::SocketAddr;

use graph_host::exit::causes;
use graph_host::serving::{CannotListen, listen};
use tokio::net::TcpListener;

/// The name of the front door among the parts.
pub const GATEWAY: &str = "gateway";

/// The address of each part, by its name: [`GATEWAY`], those of BFFs such as `web-bff`, and those of services.
#[derive(Clone, Debug)]
pub struct Addresses(pub Vec<(&'static str, SocketAddr)>);

impl Addresses {
    /// The address of a part, when there is such a part.
    pub fn at(&self, name: &str) -> Option<SocketAddr> {
        self.0.iter().find(|(one, _)| *one == name).map(|(_, address)| *address)
    }
}

/// The ports of all parts, by their names.
pub struct Ports(Vec<(&'static str, TcpListener)>);

/// Some ports could not be had: all of them are named.
#[derive(Debug)]
pub struct PortsTaken(Vec<CannotListen>);

impl fmt::Display for PortsTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(|one| causes(one)).collect();
        f.write_str(&all.join("; "))
    }
}

impl std::error::Error for PortsTaken {}

impl Ports {
    /// Takes the ports of these addresses, each with the name of its setting.
    ///
    /// # Errors
    /// [`PortsTaken`], which names all that are not free.
    pub fn take(wanted: &Addresses, setting: impl Fn(&str) -> String) -> Result<Self, PortsTaken> {
        let (mut ports, mut taken) = (Vec::new(), Vec::new());
        for (name, address) in &wanted.0 {
            match listen(&setting(name), *address) {
                Ok(port) => ports.push((*name, port)),
                Err(error) => taken.push(error),
            }
        }
        if taken.is_empty() { Ok(Self(ports)) } else { Err(PortsTaken(taken)) }
    }

    /// The addresses, with the real port where port 0 was wanted.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn addresses(&self) -> std::io::Result<Addresses> {
        let all = self.0.iter().map(|(name, port)| Ok((*name, port.local_addr()?)));
        Ok(Addresses(all.collect::<std::io::Result<_>>()?))
    }

    /// Each port with the name of its part.
    pub(crate) fn into_iter(self) -> impl Iterator<Item = (&'static str, TcpListener)> {
        self.0.into_iter()
    }
}

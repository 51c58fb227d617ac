//! From where a request comes: the address of its client, also when it came through others.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};
use ipnet::IpNet;

/// The header in which a BFF tells a service the address of its client.
pub const CLIENT_ADDRESS: HeaderName = HeaderName::from_static("x-client-address");
/// The header in which load balancers tell it: each appends the address from which the request came to it.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection on which a request came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The load balancers and BFFs that are believed when they say for whom they ask.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl std::str::FromStr for Proxies {
    type Err = String;

    /// Addresses and networks, with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let one = |text: &str| text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        let all = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        let all =
            all.map(|text| one(text).ok_or_else(|| format!("{text:?} is no address or network, such as 10.0.0.0/8")));
        Ok(Self(all.collect::<Result<_, _>>()?))
    }
}

impl Proxies {
    fn know(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client of `request`; nothing when it came by no connection. Whom a BFF asks for is believed when it
    /// is known or on this machine; load balancers must be known.
    pub(crate) fn client(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.extensions().get::<Peer>()?.0.to_canonical();
        let told = || header(request.headers(), &CLIENT_ADDRESS)?.parse().ok();
        if let Some(told) = Some(peer).filter(|peer| peer.is_loopback() || self.know(*peer)).and_then(|_| told()) {
            return Some(told);
        }
        let mut address = peer;
        let all = header(request.headers(), &FORWARDED_FOR).unwrap_or_default();
        for before in all.rsplit(',').map(|one| one.trim().parse::<IpAddr>()) {
            match before {
                Ok(before) if self.know(address) => address = before.to_canonical(),
                _ => break,
            }
        }
        Some(address)
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()
}

/// The header that tells a service the address of the client.
pub fn told(address: IpAddr) -> Option<HeaderValue> {
    HeaderValue::try_from(address.to_string()).ok()
}

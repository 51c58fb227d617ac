//! All that tells and hears, running.

use store::{Db, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::amqp::{Publisher, consume};
use crate::outbox::{Outbox, Transport};
use crate::receiver::{Handlers, Receiver};
use crate::relay::{Carrier, Relay};
use crate::retries;
use crate::routes::Routes;

/// A service, where events are concerned.
pub struct Station {
    service: &'static str,
    db: Db,
    outbox: Outbox,
    receiver: Receiver,
}

impl Station {
    /// A service over its database, whose events travel so.
    ///
    /// # Errors
    /// A sentence, when it does not hear just what the table of routes says.
    pub fn new(service: &'static str, db: Db, handlers: Handlers, transport: &Transport) -> Result<Self, String> {
        let mut heard: Vec<_> = handlers.events().collect();
        let mut routed: Vec<_> = Routes::heard_by(service).collect();
        heard.sort_unstable();
        routed.sort_unstable();
        if heard != routed {
            return Err(format!("the {service} service hears {heard:?}, and graph/events/routes.txt says {routed:?}"));
        }
        let outbox = Outbox::new(service, transport);
        let receiver = Receiver::new(service, db.clone(), handlers, outbox.clone());
        Ok(Self { service, db, outbox, receiver })
    }

    /// Where the service puts what it tells.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// What the service hears with.
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    fn hears(&self) -> bool {
        Routes::heard_by(self.service).next().is_some()
    }
}

/// Relays and receivers at work.
pub struct Running {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Running {
    /// Starts all that `stations` need to tell and to hear. What another transport left goes first, so nothing should be told
    /// before.
    ///
    /// # Errors
    /// [`StoreError`] when a database is not there.
    pub async fn start(stations: &[Station], transport: &Transport) -> Result<Self, StoreError> {
        let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
        for station in stations.iter().filter(|station| !station.outbox.targets().is_empty()) {
            station.outbox.take_over(&station.db).await?;
        }
        for station in stations {
            for target in station.outbox.targets() {
                let carrier = match transport {
                    Transport::Amqp(url) => Carrier::Amqp(Box::new(Publisher::new(url.clone(), station.service))),
                    _ => match stations.iter().find(|other| other.service == target.name) {
                        Some(hearer) => Carrier::Receiver(hearer.receiver.clone()),
                        None => continue,
                    },
                };
                let (service, db) = (station.service, station.db.clone());
                let relay = Relay { service, target: target.name, db, carrier, wake: target.wake.clone() };
                tasks.spawn(relay.run(stop.clone()));
            }
            if !station.hears() || matches!(transport, Transport::None) {
                continue;
            }
            tasks.spawn(retries::run(station.receiver.clone(), stop.clone()));
            if let Transport::Amqp(url) = transport {
                tasks.spawn(consume(url.clone(), station.receiver.clone(), stop.clone()));
            }
        }
        Ok(Self { tasks, stop })
    }

    /// Stops; what is at work is ended first.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

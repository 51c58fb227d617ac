//! Two services of a test: one tells that accounts are removed, the other notes what it heard.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use events::{Emitted, Envelope, Event, Handlers, Handling, Outbox, Running, Station, Transport, changing, never};
use serde::{Deserialize, Serialize};
use store::{Connection, Db, migrate, on, read, write};
use testkit::{Database, Kind};

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What is told: the `n`th change of an account.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Removed {
    pub account: String,
    pub n: i64,
}

impl Event for Removed {
    const TYPE: &'static str = "AccountRemoved";

    fn subject(&self) -> String {
        self.account.clone()
    }
}

/// How the one who hears behaves: it fails so many times at these changes, or for ever.
#[derive(Clone, Default)]
pub struct Behaviour(Arc<std::sync::Mutex<HashMap<(String, i64), u32>>>);

/// A failure that is for ever.
pub const FOR_EVER: u32 = u32::MAX;

impl Behaviour {
    pub fn fail_at(&self, account: &str, n: i64, times: u32) {
        self.0.lock().unwrap().insert((account.to_owned(), n), times);
    }

    pub fn heal(&self) {
        self.0.lock().unwrap().clear();
    }

    fn judge(&self, event: &Removed) -> diesel::QueryResult<()> {
        match self.0.lock().unwrap().get_mut(&(event.account.clone(), event.n)) {
            Some(&mut FOR_EVER) => Err(never("it can never be")),
            Some(times) if *times > 0 => {
                *times -= 1;
                Err(diesel::result::Error::NotFound)
            }
            _ => Ok(()),
        }
    }
}

/// The two services, over databases of their own.
pub struct Pair {
    pub teller: Db,
    pub hearer: Db,
    pub behaviour: Behaviour,
    _databases: [Database; 2],
}

impl Pair {
    pub async fn open(kind: Kind) -> Self {
        let databases = [Database::new(kind), Database::new(kind)];
        let urls = databases.each_ref().map(|database| database.url().parse().unwrap());
        for url in &urls {
            migrate(url, events::MIGRATIONS).await.unwrap();
        }
        let [teller, hearer] = urls.map(|url| Db::open(&url).unwrap());
        for sql in [
            "CREATE TABLE accounts (account VARCHAR(64) NOT NULL PRIMARY KEY, n BIGINT NOT NULL)",
            "CREATE TABLE bystanders (n BIGINT NOT NULL)",
        ] {
            execute(&teller, sql).await;
        }
        let number = match kind {
            Kind::Sqlite => "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
            Kind::MariaDb => "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
        };
        execute(&hearer, &format!("CREATE TABLE heard (at {number}, account VARCHAR(64) NOT NULL, n BIGINT NOT NULL)"))
            .await;
        Self { teller, hearer, behaviour: Behaviour::default(), _databases: databases }
    }

    /// One process of each service.
    pub fn stations(&self, transport: &Transport) -> [Station; 2] {
        let behaviour = self.behaviour.clone();
        let handlers = Handlers::default().on("AccountRemoved", handler(move |event| behaviour.judge(event)));
        let teller = Station::new("accounts", self.teller.clone(), Handlers::default(), transport).unwrap();
        [teller, Station::new("reviews", self.hearer.clone(), handlers, transport).unwrap()]
    }

    /// Starts one process of each; gives where the teller tells.
    pub async fn start(&self, transport: &Transport) -> (Outbox, Running) {
        let stations = self.stations(transport);
        (stations[0].outbox().clone(), Running::start(&stations, transport).await.unwrap())
    }

    /// Changes an account by one, and tells so.
    pub async fn change(&self, outbox: &Outbox, account: &str) -> Result<(), store::StoreError> {
        change(&self.teller, outbox, account).await
    }

    /// What was heard, in this order: of which account, and which change.
    pub async fn heard(&self) -> Vec<(String, i64)> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            account: String,
            #[diesel(sql_type = BigInt)]
            n: i64,
        }
        let rows = read!(&self.hearer, |connection| {
            diesel::sql_query("SELECT account, n FROM heard ORDER BY at").load::<Row>(connection).await
        });
        rows.await.unwrap().into_iter().map(|row| (row.account, row.n)).collect()
    }

    /// The rows of a table of one of the databases.
    pub async fn count(&self, db: &Db, table: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            number: i64,
        }
        let sql = format!("SELECT COUNT(*) AS number FROM {table}");
        let row = read!(db, |connection| diesel::sql_query(&*sql).get_result::<Row>(connection).await);
        row.await.unwrap().number
    }

    /// Waits until so much was heard, and nothing is left to be carried.
    pub async fn settle(&self, number: usize) {
        let started = Instant::now();
        loop {
            let (heard, left) = (self.heard().await.len(), self.count(&self.teller, "outbox").await);
            if heard >= number && left == 0 {
                break;
            }
            assert!(started.elapsed() < PATIENCE, "{heard} of {number} were heard, {left} are in the outbox");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// That each account's changes were heard once, and in order; gives how many that were.
    pub async fn assert_in_order(&self) -> usize {
        let heard = self.heard().await;
        let mut last: HashMap<&str, i64> = HashMap::new();
        for (account, n) in &heard {
            let before = last.insert(account, *n).unwrap_or_default();
            assert_eq!(*n, before + 1, "of {account}: {heard:?}");
        }
        heard.len()
    }
}

/// Changes an account by one, and tells so.
pub async fn change(db: &Db, outbox: &Outbox, account: &str) -> Result<(), store::StoreError> {
    let changed = changing!(db, outbox, |connection, out| {
        let n = next((&mut *connection).into(), account).await?;
        out.emit(&Removed { account: account.to_owned(), n })
    });
    changed.await
}

/// The number of the account's next change; its row is held until the end of the transaction.
async fn next(mut connection: Connection<'_>, account: &str) -> diesel::QueryResult<i64> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let insert = match &connection {
        Connection::MySql(_) => "INSERT INTO accounts VALUES (?, 1) ON DUPLICATE KEY UPDATE n = n + 1",
        Connection::Sqlite(_) => "INSERT INTO accounts VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
    };
    let insert = diesel::sql_query(insert).bind::<Text, _>(account);
    on!(connection.again(), |inner| insert.execute(inner))?;
    let read = diesel::sql_query("SELECT n FROM accounts WHERE account = ?").bind::<Text, _>(account);
    on!(connection, |inner| read.get_result::<Row>(inner)).map(|row| row.n)
}

/// Notes an event once it was judged to be good.
pub fn handler(
    judge: impl Fn(&Removed) -> diesel::QueryResult<()> + Send + Sync + 'static,
) -> impl for<'a> Fn(&'a Envelope, Connection<'a>, &'a mut Emitted) -> Handling<'a> + Send + Sync + 'static {
    let judge = Arc::new(judge);
    move |event, mut connection, _| {
        let judge = Arc::clone(&judge);
        Box::pin(async move {
            let removed: Removed = event.data()?;
            let insert = diesel::sql_query("INSERT INTO heard (account, n) VALUES (?, ?)");
            let insert = insert.bind::<Text, _>(&removed.account).bind::<BigInt, _>(removed.n);
            on!(connection.again(), |inner| insert.execute(inner))?;
            // Its effect is there already: it must be taken back when this fails.
            judge(&removed)
        })
    }
}

pub async fn execute(db: &Db, sql: &str) {
    write!(db, |connection| diesel::sql_query(sql).execute(connection).await).await.unwrap();
}

/// Events travel within this process.
pub fn within() -> Transport {
    Transport::InProcess(vec!["accounts", "reviews"])
}

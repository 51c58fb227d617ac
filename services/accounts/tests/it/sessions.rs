//! Sessions and their refresh tokens, on both databases.

use std::net::IpAddr;

use accounts::store::{Bucket, Refreshed, SESSIONS_MAX, hash_of};
use diesel_async::RunQueryDsl;
use store::Db;
use testkit::MariaDb;

use crate::kit::{add, email, ended, on_each};

fn token(refreshed: Refreshed) -> String {
    match refreshed {
        Refreshed::Done(_, opened) => opened.refresh_token,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_one_that_comes_again_ends_its_session() {
    on_each(async |store, _| {
        let id = add(store, "rocket@example.com").await;
        let one = store.open_session(&id, "a hash").await.unwrap().unwrap();
        let other = store.open_session(&id, "a hash").await.unwrap().unwrap();
        let second = token(store.refresh(&one.refresh_token).await.unwrap());
        let third = token(store.refresh(&second).await.unwrap());
        // What never was a token ends nothing.
        let first = if third.starts_with('A') { "B" } else { "A" };
        let altered = format!("{first}{}", &third[1..]);
        for unknown in ["", "x", &*altered, &hash_of(&third)] {
            assert_eq!(store.refresh(unknown).await.unwrap(), Refreshed::Unknown, "{unknown}");
        }
        assert_eq!(ended(store).await, [""; 0]);
        assert_eq!(store.refresh(&second).await.unwrap(), Refreshed::Reused);
        for dead in [&third, &second, &one.refresh_token] {
            assert_eq!(store.refresh(dead).await.unwrap(), Refreshed::Unknown);
        }
        assert_eq!(ended(store).await, [one.session]);
        token(store.refresh(&other.refresh_token).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_that_race_with_one_token_one_gets_a_pair_and_the_session_ends() {
    on_each(async |store, _| {
        let id = add(store, "rocket@example.com").await;
        for _ in 0..5 {
            let opened = store.open_session(&id, "a hash").await.unwrap().unwrap();
            let racing = (0..20).map(|_| {
                let (store, token) = (store.clone(), opened.refresh_token.clone());
                tokio::spawn(async move { store.refresh(&token).await.unwrap() })
            });
            let mut pairs = Vec::new();
            for one in racing.collect::<Vec<_>>() {
                if let Refreshed::Done(_, next) = one.await.unwrap() {
                    pairs.push(next.refresh_token);
                }
            }
            assert_eq!(pairs.len(), 1);
            assert_eq!(store.refresh(&pairs[0]).await.unwrap(), Refreshed::Unknown, "its session has ended");
            assert!(ended(store).await.contains(&opened.session));
        }
        assert_eq!(store.sessions(vec![id]).await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_sessions_are_open_and_the_least_recently_used_goes_first() {
    on_each(async |store, _| {
        let id = add(store, "rocket@example.com").await;
        for _ in 0..SESSIONS_MAX + 3 {
            store.open_session(&id, "a hash").await.unwrap().unwrap();
        }
        assert_eq!(store.sessions(vec![id.clone()]).await.unwrap().len(), SESSIONS_MAX);
        assert_eq!(ended(store).await.len(), 3);
        let open = store.sessions(vec![id]).await.unwrap().remove(0).id;
        assert!(store.end_session(&open).await.unwrap() && !store.end_session(&open).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_sets_a_password_anew_once_and_ends_the_sessions() {
    on_each(async |store, _| {
        let id = add(store, "rocket@example.com").await;
        let opened = store.open_session(&id, "a hash").await.unwrap().unwrap();
        let (first, second) = (store.ask_reset(&id).await.unwrap(), store.ask_reset(&id).await.unwrap());
        assert!(!store.reset(&first, "hash 1").await.unwrap(), "only the last link is good");
        let racing = (0..8).map(|nth| {
            let (store, token) = (store.clone(), second.clone());
            tokio::spawn(async move { store.reset(&token, &format!("hash {nth}")).await.unwrap() })
        });
        let mut done = 0;
        for one in racing.collect::<Vec<_>>() {
            done += usize::from(one.await.unwrap());
        }
        assert_eq!(done, 1);
        assert!(store.password(&id).await.unwrap().unwrap().starts_with("hash "));
        assert_eq!(ended(store).await, [opened.session]);
        assert_eq!(store.reset_of(&second).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_any_number_that_race_only_so_many_guess_and_others_have_their_own() {
    on_each(async |store, _| {
        let rocket = email("rocket@example.com");
        let racing = (0..40).map(|_| {
            let (store, rocket) = (store.clone(), rocket.clone());
            tokio::spawn(async move { store.take(Bucket::Email(&rocket)).await.unwrap() })
        });
        let mut taken = 0;
        for one in racing.collect::<Vec<_>>() {
            match one.await.unwrap() {
                Ok(()) => taken += 1,
                Err(wait) => assert!((1..=31).contains(&wait), "{wait}"),
            }
        }
        assert_eq!(taken, 10);
        store.give_back(Bucket::Email(&rocket)).await.unwrap();
        assert_eq!(store.take(Bucket::Email(&rocket)).await.unwrap(), Ok(()));
        assert!(store.take(Bucket::Email(&email("ROCKET@example.com"))).await.unwrap().is_err(), "case is no way out");
        assert_eq!(store.take(Bucket::Email(&email("groot@example.com"))).await.unwrap(), Ok(()));

        // Whoever signed in from an address before is not locked out by others.
        let (home, away): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let id = add(store, "rocket@example.com").await;
        store.note_address(&rocket, &id, home).await.unwrap();
        assert!(store.knows(&rocket, home).await.unwrap() && !store.knows(&rocket, away).await.unwrap());
        assert_eq!(store.take(Bucket::Known(&rocket, home)).await.unwrap(), Ok(()));
        let network = ["2001:db8::1", "2001:db8::2"].map(|one| one.parse::<IpAddr>().unwrap());
        for _ in 0..100 {
            assert_eq!(store.take(Bucket::Address(network[0])).await.unwrap(), Ok(()));
        }
        assert!(store.take(Bucket::Address(network[1])).await.unwrap().is_err(), "a network is one client");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_run_out_is_good_no_more_and_goes() {
    on_each(async |store, database| {
        let db = Db::open(&database.url().parse().unwrap()).unwrap();
        let run = async |sql: &'static str| {
            store::write!(&db, |connection| diesel::sql_query(sql).execute(connection).await).await.unwrap()
        };
        let id = add(store, "rocket@example.com").await;
        let (opened, link) =
            (store.open_session(&id, "a hash").await.unwrap().unwrap(), store.ask_reset(&id).await.unwrap());
        assert_eq!(run("UPDATE refresh_tokens SET expires_at = 1").await, 1);
        assert_eq!(store.refresh(&opened.refresh_token).await.unwrap(), Refreshed::Unknown);
        run("UPDATE password_resets SET expires_at = 1").await;
        assert_eq!((store.reset_of(&link).await.unwrap(), store.reset(&link, "hash").await.unwrap()), (None, false));
        let other = store.open_session(&id, "a hash").await.unwrap().unwrap();
        run("UPDATE sessions SET ends_at = 1").await;
        assert_eq!(store.refresh(&other.refresh_token).await.unwrap(), Refreshed::Unknown);
        assert_eq!(store.sessions(vec![id.clone()]).await.unwrap(), []);
        // The next session takes all that away.
        store.end_session(&opened.session).await.unwrap();
        run("UPDATE ended_sessions SET ended_at_ms = 1").await;
        run("UPDATE refresh_tokens SET expires_at = 1").await;
        store.open_session(&id, "a hash").await.unwrap().unwrap();
        let left = async |sql: &'static str| {
            store::read!(&db, |connection| diesel::sql_query(sql).get_results::<Count>(connection).await).await.unwrap()
                [0]
            .n
        };
        for (sql, n) in [
            ("SELECT COUNT(*) AS n FROM sessions", 1),
            ("SELECT COUNT(*) AS n FROM refresh_tokens", 1),
            ("SELECT COUNT(*) AS n FROM ended_sessions", 0),
            ("SELECT COUNT(*) AS n FROM password_resets", 0),
        ] {
            assert_eq!(left(sql).await, n, "{sql}");
        }
    })
    .await;
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_database() {
    on_each(async |store, database| {
        let id = add(store, "rocket@example.com").await;
        let opened = store.open_session(&id, "a hash").await.unwrap().unwrap();
        let next = token(store.refresh(&opened.refresh_token).await.unwrap());
        let secrets = [opened.refresh_token, next, store.ask_reset(&id).await.unwrap()];
        let dump = match database.url().strip_prefix("sqlite://") {
            Some(file) => ["", "-wal"].map(|end| std::fs::read(format!("{file}{end}")).unwrap_or_default()).concat(),
            None => {
                let tables = ["accounts", "sessions", "refresh_tokens", "ended_sessions", "password_resets"];
                let all =
                    tables.map(|table| MariaDb::shared().run(&format!("SELECT * FROM {}.{table}", database.name())));
                all.concat().into_bytes()
            }
        };
        let dump = String::from_utf8_lossy(&dump);
        assert!(dump.contains("rocket@example.com") && dump.contains(&hash_of(&secrets[1])), "it is the right dump");
        assert!(secrets.iter().all(|secret| !dump.contains(secret)));
    })
    .await;
}

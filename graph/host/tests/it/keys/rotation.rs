//! Keys that change, and places that do not give them.

use std::time::Duration;

use graph_host::tokens::{Keyring, Pace, Source, Tokens};
use jsonwebtoken::Algorithm;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::kit::{Answer, EAGER, Pair, Server, set, status, tokens_at};

/// Keys that are looked up all the time.
const RESTLESS: Pace = Pace { every: Duration::from_millis(20), rest: Duration::from_millis(20) };
/// Keys that are looked up once, and then no more.
const LAZY: Pace = Pace { every: Duration::from_secs(3600), rest: Duration::from_secs(3600) };

fn pair(kid: &str) -> Pair {
    Pair::new(Algorithm::EdDSA, kid)
}

/// Waits until requests with a token are answered by `wanted`.
async fn until(tokens: &std::sync::Arc<Tokens>, token: &str, wanted: u16) {
    for _ in 0..1000 {
        if status(tokens, token).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the token was never answered by {wanted}");
}

#[tokio::test]
async fn a_file_is_read_again_when_it_changes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("jwks.json");
    let (old, new) = (pair("old"), pair("new"));
    std::fs::write(&path, set(&[&old])).unwrap();
    let tokens = tokens_at(path.to_str().unwrap(), RESTLESS, None);
    assert_eq!(status(&tokens, &old.token()).await, 200);
    for broken in ["", "{", "[]", r#"{"keys": 7}"#, &set(&vec![&old; 33]), &" ".repeat(70_000)] {
        std::fs::write(&path, broken).unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(status(&tokens, &old.token()).await, 200, "the old keys stay");
    }
    std::fs::remove_file(&path).unwrap();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(status(&tokens, &old.token()).await, 200);
    let next = folder.path().join("next.json");
    std::fs::write(&next, set(&[&new])).unwrap();
    std::fs::rename(&next, &path).unwrap();
    until(&tokens, &new.token(), 200).await;
    assert_eq!(status(&tokens, &old.token()).await, 401, "also a token that was verified before");
    std::fs::write(&path, r#"{"keys": []}"#).unwrap();
    until(&tokens, &new.token(), 401).await;
}

#[tokio::test]
async fn a_file_that_holds_no_keys_is_a_wrong_setting() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("jwks.json");
    let watch = || Keyring::watch(Source::File(path.clone()), LAZY).err();
    assert!(watch().unwrap().contains("cannot be read"));
    std::fs::write(&path, "no JSON").unwrap();
    assert!(watch().unwrap().contains("no JWK Set"));
    for wrong in ["", "ftp://h/x", "http://", "https:///x", "http://user:pass@h/x"] {
        assert!(wrong.parse::<Source>().is_err(), "{wrong:?}");
    }
    let url: Source = "https://h/x?key=secret".parse().unwrap();
    assert_eq!(url.to_string(), "https://h/x");
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_at_once() {
    let (old, new) = (pair("old"), pair("new"));
    let server = Server::start(Answer::Set(set(&[&old]))).await;
    let tokens = tokens_at(&server.url(), EAGER, None);
    assert_eq!(status(&tokens, &old.token()).await, 200, "the first request waits for the first look");
    server.answer(Answer::Set(set(&[&old, &new])));
    assert_eq!(status(&tokens, &new.token()).await, 200);
    assert_eq!(status(&tokens, &old.token()).await, 200);
    assert_eq!(server.fetches(), 2, "one at the start and one for the new key");
    server.answer(Answer::Set(set(&[&new])));
    assert_eq!(status(&tokens, &pair("unknown").token()).await, 401);
    assert_eq!(status(&tokens, &old.token()).await, 401, "a key that was taken back");
}

#[tokio::test]
async fn a_url_is_fetched_again_from_time_to_time() {
    let (old, new) = (pair("one"), pair("one"));
    let server = Server::start(Answer::Set(set(&[&old]))).await;
    let tokens = tokens_at(&server.url(), RESTLESS, None);
    until(&tokens, &old.token(), 200).await;
    server.answer(Answer::Set(set(&[&new])));
    until(&tokens, &new.token(), 200).await;
    assert_eq!(status(&tokens, &old.token()).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_unknown_keys_is_one_look() {
    let known = pair("known");
    let server = Server::start(Answer::Set(set(&[&known]))).await;
    let tokens = tokens_at(&server.url(), LAZY, None);
    let forger = pair("x");
    let burst: Vec<_> = (0..1000)
        .map(|n| {
            let (tokens, token) = (tokens.clone(), forger.token_named(Some(&n.to_string())));
            tokio::spawn(async move { status(&tokens, &token).await })
        })
        .collect();
    for request in burst {
        assert_eq!(request.await.unwrap(), 401);
    }
    assert_eq!(server.fetches(), 1);
    assert_eq!(status(&tokens, &known.token()).await, 200);
    assert_eq!(status(&tokens, &forger.token()).await, 401);
    assert_eq!(server.fetches(), 1, "nobody gets another look during the rest");
}

#[tokio::test]
async fn whatever_a_url_answers_the_old_keys_stay() {
    let known = pair("known");
    let server = Server::start(Answer::Set(set(&[&known]))).await;
    let tokens = tokens_at(&server.url(), EAGER, None);
    assert_eq!(status(&tokens, &known.token()).await, 200);
    for answer in [
        Answer::Status(500),
        Answer::Status(302),
        Answer::Status(204),
        Answer::Set("<html>".to_owned()),
        Answer::Set("{}".to_owned()),
        Answer::Set(set(&vec![&known; 33])),
        Answer::Endless,
        Answer::Hang,
    ] {
        server.answer(answer);
        let before = server.fetches();
        assert_eq!(status(&tokens, &pair("unknown").token()).await, 401);
        assert!(server.fetches() > before);
        assert_eq!(status(&tokens, &known.token()).await, 200);
    }
}

#[tokio::test]
async fn a_url_that_is_away_at_first_is_asked_until_it_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let known = pair("known");
    let tokens = tokens_at(&format!("http://{address}/jwks.json"), RESTLESS, None);
    assert_eq!(status(&tokens, &known.token()).await, 401);
    let _server = Server::on(TcpListener::bind(address).await.unwrap(), Answer::Set(set(&[&known])));
    until(&tokens, &known.token(), 200).await;
}

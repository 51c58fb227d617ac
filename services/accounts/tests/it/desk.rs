//! The desk: what a sign-in costs whoever tries, and whoever waits.

use std::time::Duration;

use accounts::account::Password;
use accounts::desk::{Desk, SignIn};
use accounts::hashing::{Hasher, NotHashed};
use accounts::letters::Letters;
use accounts::signing::{Signer, rotate};
use accounts::store::now_s;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::kit::{account, on_each};

fn password(text: &str) -> Password {
    Password::claimed(text.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_costs_as_much_work_as_a_wrong_password() {
    on_each(async |store, _| {
        let desk = Desk::new(store.clone(), "bookstore", Letters::into(None)).unwrap();
        desk.sign_up(account("rocket@example.com"), None).await.unwrap().unwrap();
        let of = async |email: &str, text: &str| {
            let before = desk.work();
            let answer = desk.sign_in(email, password(text), None).await.unwrap();
            (desk.work() - before, matches!(answer, SignIn::Wrong))
        };
        let (right, wrong) =
            (of("rocket@example.com", "raccoons are fine").await, of("rocket@example.com", "no").await);
        assert_eq!((right.1, wrong.1), (false, true));
        let long = "x".repeat(100_000);
        for (email, text) in [("groot@example.com", "no"), ("no address", "no"), ("rocket@example.com", &*long)] {
            assert_eq!(of(email, text).await, (wrong.0, true), "{email}");
        }
        assert!(wrong.0 == right.0 && wrong.0 == 2 * 19 * 1024);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_waits_and_whoever_knows_the_password_does_not() {
    on_each(async |store, _| {
        let desk = Desk::new(store.clone(), "bookstore", Letters::into(None)).unwrap();
        let (home, away) = ("10.0.0.1".parse().ok(), "10.0.0.2".parse().ok());
        desk.sign_up(account("rocket@example.com"), home).await.unwrap().unwrap();
        let sign_in = async |text: &str, from| desk.sign_in("rocket@example.com", password(text), from).await.unwrap();
        for _ in 0..10 {
            assert!(matches!(sign_in("a guess", away).await, SignIn::Wrong));
        }
        let work = desk.work();
        assert!(matches!(sign_in("a guess", away).await, SignIn::Wait(1..=30)));
        assert!(matches!(sign_in("raccoons are fine", away).await, SignIn::Wait(_)), "not even the right one");
        assert_eq!(desk.work(), work, "what is not tried is not hashed");
        // From where its holder signs in they still can, as often as they like.
        for _ in 0..15 {
            assert!(matches!(sign_in("raccoons are fine", home).await, SignIn::Done(_)));
        }
        // An address without an account is treated the same.
        for nth in 0..11 {
            let answer = desk.sign_in("groot@example.com", password("a guess"), None).await.unwrap();
            assert_eq!(matches!(answer, SignIn::Wait(_)), nth == 10);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_its_bounds_hashing_is_refused_and_who_left_costs_nothing() {
    let hasher = Hasher::start().unwrap();
    let threads = std::thread::available_parallelism().unwrap().get().div_euclid(2).max(1);
    let jobs: Vec<_> = (0..threads * 40)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash(password("raccoons are fine")).await })
        })
        .collect();
    let (mut busy, mut hashed) = (0, 0);
    for job in jobs {
        match job.await.unwrap() {
            Ok(hash) => {
                assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
                hashed += 1;
            }
            Err(NotHashed::Busy) => busy += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(busy > 0 && hashed >= threads * 32 && hashed <= threads * 34, "{hashed} hashed, {busy} refused");
    let before = hasher.work();
    let left: Vec<_> = (0..threads * 10).map(|_| hasher.hash(password("raccoons are fine"))).collect();
    for job in left {
        let _ = tokio::time::timeout(Duration::from_micros(1), job).await;
    }
    let hash = hasher.hash(password("raccoons are fine")).await.unwrap();
    assert!((hasher.work() - before) / (2 * 19 * 1024) <= 1 + u64::try_from(threads).unwrap() * 2);
    assert!(hasher.verify(password("raccoons are fine"), Some(hash.clone())).await.unwrap());
    assert!(!hasher.verify(password("raccoons are Fine"), Some(hash)).await.unwrap());
    assert!(!hasher.verify(password("raccoons are fine"), Some("no hash".to_owned())).await.unwrap());
}

/// The claims of a token, checked with one of `keys`.
fn claims(token: &str, keys: &Value) -> Option<Value> {
    let keys: JwkSet = serde_json::from_value(keys.clone()).unwrap();
    let key = keys.find(&decode_header(token).unwrap().kid.unwrap())?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_issuer(&["bookstore"]);
    Some(decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims)
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_checked_with_the_keys_that_are_told() {
    on_each(async |store, _| {
        let signer = Signer::new(store.clone(), "bookstore");
        let token = signer.token("rocket", "seller", Some("a session")).await.unwrap();
        let keys = signer.public_keys().await.unwrap();
        let claims = claims(&token, &keys).unwrap();
        assert_eq!(
            (&claims["sub"], &claims["roles"][0], &claims["sid"]),
            (&"rocket".into(), &"seller".into(), &"a session".into())
        );
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
        assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() == 36));
        let key = &keys["keys"][0];
        assert!(key.get("d").is_none(), "the private part is nobody's business");
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, key["x"], key["y"]);
        use sha2::{Digest, Sha256};
        assert_eq!(key["kid"], BASE64URL_NOPAD.encode(&Sha256::digest(members)), "RFC 7638");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_once_have_one_key_and_a_new_one_is_told_before_it_signs() {
    on_each(async |store, _| {
        let racing = (0..8).map(|_| {
            let signer = Signer::new(store.clone(), "bookstore");
            tokio::spawn(async move { signer.public_keys().await.unwrap() })
        });
        let mut told = Vec::new();
        for one in racing.collect::<Vec<_>>() {
            told.push(one.await.unwrap());
        }
        assert!(told.iter().all(|keys| *keys == told[0] && keys["keys"].as_array().unwrap().len() == 1));
        let (kid, from) = rotate(store).await.unwrap();
        assert!((from - now_s() - 120).abs() <= 2);
        let signer = Signer::new(store.clone(), "bookstore");
        let keys = signer.public_keys().await.unwrap();
        assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
        let token = signer.token("rocket", "buyer", None).await.unwrap();
        assert_ne!(decode_header(&token).unwrap().kid, Some(kid), "nobody need know it yet");
        assert!(claims(&token, &told[0]).is_some(), "who knows only the first key takes what is signed now");
    })
    .await;
}

/// Other addresses can have the same small letters: the Kelvin sign is a k then. A letter goes to whoever has the account.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_to_the_address_of_the_account_and_not_to_one_like_it() {
    on_each(async |store, _| {
        let folder = tempfile::TempDir::new().unwrap();
        let desk = Desk::new(store.clone(), "bookstore", Letters::into(Some(folder.path().to_owned()))).unwrap();
        desk.sign_up(account("rocket@example.com"), None).await.unwrap().unwrap();
        desk.ask_reset("roc\u{212a}et@example.com");
        let letter = async || loop {
            let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
            if let Some(file) = files.into_iter().find(|file| file.extension().is_some_and(|end| end == "eml")) {
                return std::fs::read_to_string(file).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let letter = tokio::time::timeout(Duration::from_secs(10), letter()).await.unwrap();
        assert!(letter.contains("To: rocket@example.com") && !letter.contains('\u{212a}'), "{letter}");
    })
    .await;
}

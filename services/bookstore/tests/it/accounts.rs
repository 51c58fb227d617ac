//! Accounts, as people and apps use them, on both databases.

use std::time::{Duration, Instant};

use graph_host::identity::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, on_each, with};
use crate::people::PASSWORD;

/// How long it may take until an ended session is good nowhere any more.
const EVERYWHERE_WITHIN: Duration = Duration::from_secs(2);

fn account(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "name": "Rocket", "role": "seller"})
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// Holds that a token is refused by every part within the time.
async fn is_refused_everywhere(store: &Bookstore, token: &str) {
    let since = Instant::now();
    let graph = json!({"query": "{ __schema { queryType { name } } }"});
    loop {
        let mut refused = 0;
        for part in ["books", "customers", "accounts", "reviews"] {
            let app = App::new(format!("http://{}", store.at(part))).with_token(token);
            refused += usize::from(app.post("/graphql", &graph).await.status == 401);
        }
        for (part, client_type) in [("web-bff", "Web"), ("mobile-bff", "iOS"), ("gateway", "Android")] {
            let app = App::new(format!("http://{}", store.at(part))).of_type(client_type).with_token(token);
            refused += usize::from(app.get("/books?limit=1").await.status == 401);
        }
        if refused == 7 {
            return;
        }
        assert!(since.elapsed() < EVERYWHERE_WITHIN, "{refused} of 7 parts refuse it");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_up_in_and_out() {
    on_each(async |store| {
        let app = store.nobody("Web");
        let made = app.post("/signup", &account("Rocket@example.com")).await;
        assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.text);
        let made = made.json();
        let names: Vec<&String> = made.as_object().unwrap().keys().collect();
        assert_eq!(names, ["accessToken", "account", "expiresIn", "refreshToken", "tokenType"]);
        assert_eq!((&made["tokenType"], &made["expiresIn"]), (&json!("Bearer"), &json!(900)));
        assert_eq!((text(&made["account"], "role"), text(&made["account"], "email")), ("seller", "Rocket@example.com"));
        let id = text(&made["account"], "id");

        let taken = app.post("/signup", &account("rocket@EXAMPLE.com")).await;
        taken.is_problem(409, &["sign in"]);
        assert_eq!(taken.json()["code"], "ALREADY_EXISTS");
        let signed_in = app.post("/signin", &json!({"email": "ROCKET@example.com", "password": PASSWORD})).await;
        assert_eq!(signed_in.status, 200, "{}", signed_in.text);
        let tokens = signed_in.json();
        let own = app.with_token(text(&tokens, "accessToken"));
        let seen = own.get(&format!("/accounts/{id}")).await.json();
        let names: Vec<&String> = seen.as_object().unwrap().keys().collect();
        assert_eq!(names, ["createdAt", "email", "emailVerified", "id", "name", "role", "sessions"]);
        assert_eq!((seen["sessions"].as_array().unwrap().len(), &seen["emailVerified"]), (2, &json!(false)));
        let mobile = own.of_type("iOS").get("/accounts?email=rocket@example.com").await;
        mobile.is(200, &json!({"id": id, "email": "Rocket@example.com", "name": "Rocket", "role": "seller"}));

        let next = app.post("/token", &json!({"refreshToken": tokens["refreshToken"]})).await;
        assert_eq!(next.status, 200);
        let again = app.post("/token", &json!({"refreshToken": tokens["refreshToken"]})).await;
        again.is_problem(401, &["sign in again"]);
        assert_eq!(
            (again.json()["code"].as_str(), again.header("www-authenticate")),
            (Some("INVALID_CREDENTIALS"), "Bearer")
        );
        app.post("/token", &json!({"refreshToken": next.json()["refreshToken"]})).await.is_problem(401, &[]);
        is_refused_everywhere(store, text(&tokens, "accessToken")).await;
        is_refused_everywhere(store, text(&next.json(), "accessToken")).await;

        // The session that signing up began is another one.
        let first = app.with_token(text(&made, "accessToken"));
        assert_eq!(first.get(&format!("/accounts/{id}")).await.json()["sessions"].as_array().unwrap().len(), 1);
        let out = Answer::to(first.request(Method::GET, "/signout")).await;
        assert_eq!((out.status, &*out.text), (204, ""));
        is_refused_everywhere(store, text(&made, "accessToken")).await;
        app.post("/token", &json!({"refreshToken": made["refreshToken"]})).await.is_problem(401, &[]);
        store.app("Web").post("/signout", &json!({})).await.is_problem(400, &["no session"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_get_one_answer_and_who_guesses_waits() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.nobody("Android");
    app.post("/signup", &account("rocket@example.com")).await;
    let sign_in =
        async |email: &str, password: &str| app.post("/signin", &json!({"email": email, "password": password})).await;
    let without_id = |answer: &Answer| with(&answer.json(), json!({"requestId": null}));
    let (wrong, unknown) = (sign_in("rocket@example.com", "no").await, sign_in("groot@example.com", "no").await);
    assert_eq!((wrong.status, without_id(&wrong)), (401, without_id(&unknown)));
    assert_eq!(wrong.json()["code"], "INVALID_CREDENTIALS");
    for email in ["rocket@example.com", "groot@example.com"] {
        let mut last = sign_in(email, "no").await;
        for _ in 0..10 {
            last = sign_in(email, "no").await;
        }
        last.is_problem(429, &["try again in"]);
        let wait: u64 = last.header("retry-after").parse().unwrap();
        assert!((1..=30).contains(&wait) && last.json()["code"] == "RATE_LIMITED", "{wait}");
    }
    // What a client says of its address is not believed.
    let spoofed = app
        .request(Method::POST, "/signin")
        .header("x-forwarded-for", "10.9.8.7")
        .header("x-client-address", "10.9.8.7");
    let body = json!({"email": "rocket@example.com", "password": PASSWORD}).to_string();
    let spoofed = spoofed.header("content-type", "application/json").body(body);
    Answer::to(spoofed).await.is_problem(429, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_sign_up_is_told_at_once() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.nobody("Web");
    let refused =
        app.post("/signup", &json!({"email": "x", "password": "password", "name": " ", "role": "buyer"})).await;
    refused.is_problem(400, &["email", "password is one of the commonest", "name"]);
    let pointers: Vec<Value> =
        refused.json()["errors"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
    assert_eq!(pointers, ["/email", "/name", "/password"]);
    for (change, word) in [
        (json!({"role": "admin"}), "role"),
        (json!({"role": "SELLER"}), "role must be one of buyer, seller, admin"),
        (json!({"password": "1234567"}), "8 to 128"),
        (json!({"password": "rocket@example.com"}), "must not be the e-mail address"),
        (json!({"isAdmin": true}), "isAdmin"),
    ] {
        app.post("/signup", &with(&account("rocket@example.com"), change)).await.is_problem(400, &[word]);
    }
    app.post("/signup", &json!([])).await.is_problem(400, &["JSON object"]);
    assert_eq!(app.post("/signup", &account("rocket@example.com")).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_changed_by_its_holder_and_by_admins() {
    on_each(async |store| {
        let person = store.person("Web", Role::Buyer, "rocket@example.com").await;
        let (admin, path) = (store.app("Web"), format!("/accounts/{}", person.id));
        let seen = person.app.get(&path).await;
        let put = async |app: &App, body: Value| app.put(&path, &body).await;
        let own = json!({"email": "rocket@example.com", "name": "Raccoon"});
        assert_eq!(put(&person.app, own.clone()).await.json()["name"], "Raccoon");
        let stale = person.app.request(Method::PUT, &path).header("if-match", seen.header("etag"));
        Answer::to(stale.header("content-type", "application/json").body(own.to_string())).await.is_problem(412, &[]);
        // What was read can be sent back.
        assert_eq!(put(&person.app, person.app.get(&path).await.json()).await.status, 200);
        put(&person.app, with(&own, json!({"role": "admin"}))).await.is_problem(403, &["admin"]);
        put(&person.app, with(&own, json!({"password": "raccoons are better"})))
            .await
            .is_problem(400, &["currentPassword"]);
        let long = json!({"currentPassword": "x".repeat(129)});
        put(&person.app, with(&own, long)).await.is_problem(400, &["currentPassword must have at most 128"]);
        let wrong = json!({"password": "raccoons are better", "currentPassword": "no"});
        put(&person.app, with(&own, wrong)).await.is_problem(400, &["currentPassword"]);
        let right = json!({"password": "raccoons are better", "currentPassword": PASSWORD});
        assert_eq!(put(&person.app, with(&own, right)).await.status, 200);
        is_refused_everywhere(store, text(&person.tokens, "accessToken")).await;
        let sign_in = async |password: &str| {
            store.nobody("Web").post("/signin", &json!({"email": "rocket@example.com", "password": password})).await
        };
        assert_eq!((sign_in(PASSWORD).await.status, sign_in("raccoons are better").await.status), (401, 200));

        let promoted = put(&admin, with(&own, json!({"role": "seller"}))).await.json();
        assert_eq!((&promoted["role"], promoted["sessions"].as_array().unwrap().len()), (&json!("seller"), 0));
        let made = admin.post("/accounts", &json!({"email": "groot@example.com", "name": "Groot"})).await;
        assert_eq!((made.status, &made.json()["role"]), (201, &json!("buyer")), "{}", made.text);
        assert_eq!(admin.get(made.header("location")).await.json(), made.json());
        admin
            .post("/accounts", &json!({"email": "GROOT@example.com", "name": "Groot"}))
            .await
            .is_problem(422, &["address"]);
        put(&admin, json!({"email": "groot@example.com", "name": "R"})).await.is_problem(422, &["address"]);

        let mine = store.nobody("Web").with_token(text(&sign_in("raccoons are better").await.json(), "accessToken"));
        let exported = mine.get(&format!("{path}/export")).await;
        assert_eq!((exported.status, exported.header("cache-control"), exported.header("etag")), (200, "no-store", ""));
        assert_eq!(exported.json()["email"], "rocket@example.com");
        assert_eq!(mine.delete(&path).await.status, 204);
        assert_eq!(sign_in("raccoons are better").await.status, 401);
        admin.get(&path).await.is_problem(404, &[]);
        admin.delete(&path).await.is_problem(404, &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ends_of_sessions_are_heard_of_and_when_not_that_is_told() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let accounts = App::new(format!("http://{}", store.at("accounts")));
    let person = store.person("Web", Role::Buyer, "rocket@example.com").await;
    let ended = accounts.get("/.well-known/ended-sessions").await;
    assert_eq!((ended.status, ended.header("cache-control"), &ended.json()["sessions"]), (200, "no-store", &json!([])));
    let since = ended.json()["until"].as_i64().unwrap();
    person.app.post("/signout", &json!({})).await;
    // The database is asked once for all who ask within a quarter of a second.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let told = accounts.get(&format!("/.well-known/ended-sessions?since={since}")).await.json();
    assert_eq!(told["sessions"].as_array().unwrap().len(), 1);
    accounts.get("/.well-known/ended-sessions?since=x").await.is_problem(400, &["since"]);
    let door = App::new(format!("http://{}", store.at("gateway")));
    let keys = door.get("/.well-known/jwks.json").await;
    assert_eq!((keys.status, keys.json()["keys"].as_array().unwrap().len()), (200, 1));
    let about = door.get("/.well-known/openid-configuration").await.json();
    assert_eq!(
        (text(&about, "issuer"), &about["id_token_signing_alg_values_supported"][0]),
        ("bookstore", &json!("ES256"))
    );
    let told = App::new(text(&about, "jwks_uri").trim_end_matches("/.well-known/jwks.json").to_owned());
    assert_eq!(told.get("/.well-known/jwks.json").await.json(), keys.json());
}

/// Somebody who has a link sets their password anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_anew_by_a_letter() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = Bookstore::open_in(Kind::Sqlite, folder.path()).await;
    let (app, person) = (store.nobody("Web"), store.person("Web", Role::Buyer, "rocket@example.com").await);
    for email in ["groot@example.com", "nobody", "rocket@example.com"] {
        let asked = app.post("/password-resets", &json!({"email": email})).await;
        assert_eq!((asked.status, &*asked.text), (202, ""), "nobody is told who has an account");
    }
    let letters = || -> Vec<String> {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        let letters = files.filter(|file| file.extension().is_some_and(|end| end == "eml"));
        letters.map(|file| std::fs::read_to_string(file).unwrap()).collect()
    };
    let since = Instant::now();
    while letters().is_empty() && since.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let [letter] = &letters()[..] else { panic!("{:?}", letters()) };
    assert!(letter.contains("To: rocket@example.com"), "{letter}");
    let is_token =
        |line: &&str| line.len() == 43 && line.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let token = letter.lines().find(is_token).unwrap();
    let path = format!("/password-resets/{token}");
    app.put(&path, &json!({"password": "password"})).await.is_problem(400, &["commonest"]);
    assert_eq!(app.put(&path, &json!({"password": "raccoons are better"})).await.status, 204);
    app.put(&path, &json!({"password": "raccoons are best"})).await.is_problem(404, &["no longer good"]);
    is_refused_everywhere(&store, text(&person.tokens, "accessToken")).await;
    let sign_in = app.post("/signin", &json!({"email": person.email, "password": "raccoons are better"})).await;
    let app = app.with_token(text(&sign_in.json(), "accessToken"));
    assert_eq!(app.get(&format!("/accounts/{}", person.id)).await.json()["emailVerified"], true);
}

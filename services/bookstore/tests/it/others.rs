//! What belongs to others is not reached: by number, e-mail, cursor, batch, alias, entity, tag, key or by asking at once.

use graph_host::identity::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, book};
use crate::people::Person;

async fn two(store: &Bookstore) -> (Person, Person) {
    (
        store.person("Web", Role::Buyer, "mine@example.com").await,
        store.person("Web", Role::Seller, "theirs@example.com").await,
    )
}

fn graph(store: &Bookstore, person: &Person) -> App {
    let token = person.tokens["accessToken"].as_str().unwrap();
    App::new(format!("http://{}", store.at("accounts"))).with_token(token)
}

/// Holds an answer to say nothing of somebody.
#[track_caller]
fn hides(answer: &Answer, other: &Person) {
    for secret in [&other.email, &"Rocket".to_owned()] {
        assert!(!answer.text.contains(secret.as_str()), "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_id_e_mail_batch_alias_and_entity() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (me, other) = two(&store).await;
    let graph = graph(&store, &me);
    let (mine, theirs) = (&me.id, &other.id);
    let ask = async |query: String| graph.post("/graphql", &json!({"query": query})).await;
    for query in [
        format!("{{ account(id: \"{theirs}\") {{ email name sessions {{ id }} }} }}"),
        format!("{{ account(id: \"{}\") {{ email name }} }}", theirs.to_uppercase()),
        format!("{{ a: account(id: \"{theirs}\") {{ x: email y: name }} }}"),
        format!("{{ accountsById(ids: [\"{theirs}\", \"{theirs}\"]) {{ email }} }}"),
        format!("{{ accountsByEmail(emails: [\"{}\", \"THEIRS@example.com\"]) {{ name }} }}", other.email),
        format!(
            "{{ _entities(representations: [{{__typename: \"Account\", id: \"{theirs}\"}}]) {{ ... on Account {{ email name }} }} }}"
        ),
        format!(
            "query ($id: ID = \"{theirs}\") {{ account(id: $id) {{ ...F }} }} fragment F on Account {{ email name }}"
        ),
        "{ accounts(last: 1) { nodes { email } } }".to_owned(),
        "{ accounts(first: 50) { edges { cursor node { name } } totalCount } }".to_owned(),
        format!("{{ accounts(first: 5, after: \"{mine}\") {{ nodes {{ email }} }} }}"),
    ] {
        hides(&ask(query).await, &other);
    }
    let both = ask(format!("{{ accountsById(ids: [\"{theirs}\", \"{mine}\"]) {{ email }} }}")).await.json();
    assert_eq!(both, json!({"data": {"accountsById": [null, {"email": me.email}]}}), "among others one's own is found");
    for mutation in [
        format!("updateAccount(id: \"{theirs}\", input: {{email: \"new@example.com\", name: \"N\"}})"),
        format!("deleteAccount(id: \"{theirs}\")"),
    ] {
        let answer = ask(format!("mutation {{ {mutation} {{ ... on Refused {{ refusal }} }} }}")).await;
        assert!(answer.text.contains("NOT_FOUND"), "{}", answer.text);
    }
    assert_eq!(other.app.get(&format!("/accounts/{theirs}")).await.json()["email"], other.email);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_tag_and_by_idempotency_key() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (me, other) = two(&store).await;
    let path = format!("/accounts/{}", other.id);
    let seen = other.app.get(&path).await;
    for header in ["if-none-match", "if-match"] {
        for tag in [seen.header("etag"), "*"] {
            let answer = Answer::to(me.app.request(Method::GET, &path).header(header, tag)).await;
            answer.is_problem(404, &[]);
            hides(&answer, &other);
            Answer::to(me.app.request(Method::DELETE, &path).header("if-match", tag)).await.is_problem(404, &[]);
        }
    }
    // A key is whose it is: the same one with the same body makes each their own review.
    let review = json!({"stars": 4, "title": "Good", "text": "It has a beginning and an end."});
    let post = async |person: &Person| {
        let request = person.app.request(Method::POST, "/books/1/reviews").header("idempotency-key", "the-same-key");
        Answer::to(request.header("content-type", "application/json").body(review.to_string())).await
    };
    let (mine, theirs) = (post(&me).await, post(&other).await);
    assert_eq!((mine.status, theirs.status), (201, 201), "{}", theirs.text);
    assert_eq!((&mine.json()["author"], &theirs.json()["author"]), (&json!(me.id), &json!(other.id)));
    let admin = store.app("Web");
    let account = json!({"email": "new@example.com", "name": "N"}).to_string();
    let create = async |app: &App| {
        let request = app
            .request(Method::POST, "/accounts")
            .header("idempotency-key", "k")
            .header("content-type", "application/json");
        Answer::to(request.body(account.clone())).await
    };
    assert_eq!(create(&admin).await.status, 201);
    create(&me.app).await.is_problem(403, &[]);
    assert_eq!(create(&admin).await.status, 201);
}

/// Many who ask for the same at once share what is fetched with none but themselves.
#[tokio::test(flavor = "multi_thread")]
async fn by_asking_at_once() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (me, other) = two(&store).await;
    let asked = (0..200).map(|nth| {
        let (app, is_mine) = if nth % 2 == 0 { (me.app.clone(), true) } else { (other.app.clone(), false) };
        let path = if nth % 4 < 2 { format!("/accounts/{}", me.id) } else { format!("/accounts?email={}", me.email) };
        tokio::spawn(async move { (is_mine, app.get(&path).await) })
    });
    for one in asked.collect::<Vec<_>>() {
        let (is_mine, answer) = one.await.unwrap();
        match is_mine {
            true => assert_eq!(answer.json()["email"], me.email),
            false => {
                answer.is_problem(404, &[]);
                assert!(!answer.text.contains("Rocket"));
            }
        }
    }
    let reviews = (0..20).map(|nth| {
        let app = if nth % 2 == 0 { me.app.clone() } else { other.app.clone() };
        tokio::spawn(async move { app.delete("/books/1/reviews").await.status })
    });
    for one in reviews.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), 404, "nobody has a review of it");
    }
}

/// A token says who somebody is only as far as its issuer may.
#[tokio::test(flavor = "multi_thread")]
async fn by_a_token_of_the_wrong_kind() {
    use data_encoding::BASE64URL_NOPAD;
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    let store = Bookstore::open(Kind::Sqlite).await;
    let me = store.person("Web", Role::Buyer, "mine@example.com").await;
    let app = store.nobody("Web");
    let access = me.tokens["accessToken"].as_str().unwrap();
    let refused = async |token: &str| app.with_token(token).get("/books?limit=1").await.status == 401;
    assert!(!refused(access).await);
    assert!(refused(me.tokens["refreshToken"].as_str().unwrap()).await, "a refresh token is no access token");
    let exp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() + 600;
    let secret = EncodingKey::from_secret(crate::kit::SECRET.as_bytes());
    // Who holds the secret cannot speak for the issuer of accounts, in whatever algorithm.
    let claims = json!({"iss": "bookstore", "sub": me.id, "roles": ["admin"], "exp": exp});
    assert!(refused(&encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap()).await);
    // Nor does the other issuer give roles to others than its own subjects.
    let claims = json!({"iss": "cmu.edu", "sub": me.id, "roles": ["admin"], "exp": exp});
    assert!(refused(&encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap()).await);
    let parts: Vec<&str> = access.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(parts[1].as_bytes()).unwrap()).unwrap();
    claims["roles"] = json!(["admin"]);
    let altered = BASE64URL_NOPAD.encode(claims.to_string().as_bytes());
    assert!(refused(&format!("{}.{altered}.{}", parts[0], parts[2])).await);
    let none = BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
    for signature in ["", parts[2]] {
        assert!(refused(&format!("{none}.{altered}.{signature}")).await);
    }
    let claims = json!({"iss": "bookstore", "sub": me.id, "exp": exp});
    assert!(refused(&encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap()).await);
}

/// A seller changes the books that they sell, and nobody else's; admins change all.
#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_changed_by_who_sells_it() {
    crate::kit::on_each(async |store| {
        let (mut mine, theirs) = (store.person("Web", Role::Seller, "mine@example.com").await, book("2"));
        let other = store.person("iOS", Role::Seller, "theirs@example.com").await;
        let admin = store.app("Web");
        assert_eq!(mine.app.post("/books", &book("1")).await.status, 201);
        assert_eq!(other.app.post("/books", &theirs).await.status, 201);
        assert_eq!(admin.post("/books", &book("3")).await.status, 201);
        for isbn in ["2", "3"] {
            let path = format!("/books/{isbn}");
            for answer in [mine.app.put(&path, &book(isbn)).await, mine.app.delete(&path).await] {
                answer.is_problem(403, &["not yours"]);
            }
            // Nor with its tag, or a wrong one.
            for tag in [admin.get(&path).await.header("etag"), "\"x\""] {
                let guarded = mine.app.request(Method::DELETE, &path).header("if-match", tag);
                Answer::to(guarded).await.is_problem(403, &["not yours"]);
            }
        }
        mine.app.delete("/books/4").await.is_problem(404, &[]);
        assert_eq!(mine.app.put("/books/1", &crate::kit::with(&book("1"), json!({"price": 1.5}))).await.status, 200);
        let stale = mine.app.request(Method::DELETE, "/books/1").header("if-match", "\"x\"");
        Answer::to(stale).await.is_problem(412, &[]);
        assert_eq!(admin.put("/books/1", &book("1")).await.status, 200, "and it stays the seller's");
        mine.app = mine.app.of_type("Android");
        assert_eq!(mine.app.delete("/books/1").await.status, 204);
        assert_eq!(other.app.post("/books", &book("1")).await.status, 201, "it is whose it is made anew by");
        mine.app.delete("/books/1").await.is_problem(403, &[]);
    })
    .await;
}

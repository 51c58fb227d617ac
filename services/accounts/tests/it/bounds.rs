//! What an account may be, and that the graph tells it.

use accounts::account::{Draft, Email, NewAccount, Password};
use accounts::graph::sdl;
use graph_check::bounds::bounds;

fn refused(password: &str) -> Option<&'static str> {
    Password::try_new(password.to_owned(), Some(&Email::try_new("Rocket.Raccoon@example.com").unwrap())).err()
}

#[test]
fn a_password_is_long_enough_and_neither_common_nor_the_address() {
    for good in ["raccoons are fine", "ääääääää", &"é".repeat(128), "correcthorsebatterystaple!", "Tr0ub4dor&3"]
    {
        assert_eq!(refused(good), None, "{good}");
    }
    for short in ["", "1234567", "äääääää", &"é".repeat(129)] {
        assert_eq!(refused(short), Some("must have 8 to 128 characters"), "{short}");
    }
    for common in ["password", "PASSWORD", "Password123", "12345678", "qwertyuiop", "iloveyou"] {
        assert!(refused(common).is_some_and(|what| what.contains("commonest")), "{common}");
    }
    for address in ["rocket.raccoon@example.com", "ROCKET.RACCOON@EXAMPLE.COM", "Rocket.Raccoon"] {
        assert_eq!(refused(address), Some("must not be the e-mail address"), "{address}");
    }
}

#[test]
fn a_password_is_shown_by_nothing() {
    let password = Password::claimed("raccoons are fine".to_owned());
    assert!(!format!("{password:?}").contains("raccoons"));
}

#[test]
fn all_faults_are_named_at_once() {
    let password = Some(Password::claimed("short".to_owned()));
    let draft = Draft { email: "nobody".to_owned(), name: " ".to_owned(), role: None, password };
    let refused = NewAccount::try_new(draft).unwrap_err();
    let fields: Vec<&str> = refused.fields.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["email", "name", "password"]);
}

#[test]
fn an_address_that_gets_longer_in_small_letters_is_refused_rather_than_cut() {
    let long = format!("{}@{}.example", "İ".repeat(60), ["İ".repeat(20), "İ".repeat(20)].join("."));
    assert!(
        Email::try_new(&long).is_ok_and(|email| email.key().chars().count() <= 254) || Email::try_new(&long).is_err()
    );
    let label = "İ".repeat(31);
    let too_long = format!("{label}@{label}.{label}.{label}.net");
    assert!(too_long.chars().count() <= 254 && Email::try_new(&too_long).is_err_and(|what| what.contains("e-mail")));
}

#[test]
fn the_bounds_in_the_graph_are_those_of_accounts() {
    let told = bounds(&sdl(), "SignUpInput").unwrap();
    let lengths: Vec<String> = told.iter().map(|(field, bound)| format!("{field} {bound:?}")).collect();
    let all = lengths.join("; ");
    for part in ["password", "8", "128", "name", "200", "email", "254"] {
        assert!(all.contains(part), "{part} is not told: {all}");
    }
    let of_account = bounds(&sdl(), "AccountInput").unwrap();
    let shared = |field: &str| told.iter().filter(|(name, _)| name == field).all(|one| of_account.contains(one));
    assert!(["email", "name", "password"].into_iter().all(shared), "{of_account:?}");
}

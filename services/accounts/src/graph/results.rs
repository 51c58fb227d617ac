//! The expected outcomes of a mutation, as types.

use async_graphql::SimpleObject;
use graph_serve::outcome::{IdempotencyKeyReused, InvalidInput, Refusal, Refused};
use graph_serve::refused;

use super::types::{Account, GuestToken, Tokens};

/// Somebody is signed in.
#[derive(SimpleObject)]
pub struct SignedIn {
    /// What shows who they are.
    pub tokens: Tokens,
}

/// Somebody may look around.
#[derive(SimpleObject)]
pub struct GuestAdmitted {
    /// What shows that.
    pub token: GuestToken,
}

/// A session has ended.
#[derive(SimpleObject)]
pub struct SignedOut {
    /// Its id.
    pub session: String,
}

/// If the address has an account, its holder is sent a link.
#[derive(SimpleObject)]
pub struct PasswordResetRequested {
    /// The address, as it was given.
    pub email: String,
}

/// The password is another one, and all sessions have ended.
#[derive(SimpleObject)]
pub struct PasswordReset {
    /// The id of the account.
    pub account: String,
}

/// The account is stored.
#[derive(SimpleObject)]
pub struct AccountSaved {
    /// The account as it is now.
    pub account: Account,
}

/// The account is gone, with all that belonged to it.
#[derive(SimpleObject)]
pub struct AccountDeleted {
    /// The id that it had.
    pub id: String,
}

refused! {
    /// The address has an account; nothing was stored.
    AccountExists = Exists("There is an account with this e-mail address already; sign in with it.") {}
    /// The address and the password do not belong together, or the token is not, or no longer, good.
    WrongCredentials = Credentials("{what}") {
        /// What does not fit.
        #[graphql(skip)]
        what: String,
    }
    /// There is nothing that the token could set anew: it was used, or has run out.
    PasswordResetNotFound = NotFound("This link is no longer good; ask for another one.") {}
    /// The token is of no session that could end.
    InvalidSession = Invalid("This token is of no session; it is good until it runs out by itself.") {}
    /// There is no such account, or it is another person's; nothing was changed.
    AccountNotFound = NotFound("There is no account with the id {id}.") {
        /// The id.
        id: String,
    }
    /// The account has none of the versions that it had to have; nothing was changed.
    AccountChanged = Changed("The account was changed since it was read; read it again, then try again.") {}
    /// It is an admin's to do; nothing was changed.
    AccountNotAllowed = NotAllowed("Only an admin can change the role of an account.") {}
    /// Another account has the address; nothing was stored.
    EmailTaken = Taken("Another account has this e-mail address.") {}
}

/// It was tried too often of late; nothing was done.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct TooManyAttempts {
    /// What all outcomes have in which nothing was done.
    #[graphql(flatten)]
    pub refused: Refused,
    /// After how many seconds it can be tried again.
    pub retry_after: u32,
}

impl TooManyAttempts {
    /// After this many seconds it can be tried again.
    pub fn new(retry_after: u32) -> Self {
        let message = format!("There were too many attempts; please try again in {retry_after} s.");
        Self { refused: Refused { message, refusal: Refusal::TooMany }, retry_after }
    }
}

graph_serve::outcomes! {
    /// What signing up can lead to.
    SignUpResult = Done(SignedIn) | Exists(AccountExists) | Invalid(InvalidInput);
    /// What signing in can lead to.
    SignInResult = Done(SignedIn) | Wrong(WrongCredentials) | TooMany(TooManyAttempts);
    /// What a refresh token can lead to.
    RefreshResult = Done(SignedIn) | Wrong(WrongCredentials);
    /// What signing out can lead to.
    SignOutResult = Done(SignedOut) | Invalid(InvalidSession);
    /// What asking for a link can lead to.
    RequestPasswordResetResult = Done(PasswordResetRequested) | Invalid(InvalidInput);
    /// What setting a password anew can lead to.
    ResetPasswordResult = Done(PasswordReset) | NotFound(PasswordResetNotFound) | Invalid(InvalidInput);
    /// What adding an account can lead to.
    CreateAccountResult =
        Saved(AccountSaved) | Taken(EmailTaken) | Invalid(InvalidInput) | KeyReused(IdempotencyKeyReused);
    /// What changing an account can lead to.
    UpdateAccountResult =
        Saved(AccountSaved)
        | Taken(EmailTaken)
        | NotFound(AccountNotFound)
        | Changed(AccountChanged)
        | NotAllowed(AccountNotAllowed)
        | TooMany(TooManyAttempts)
        | Invalid(InvalidInput);
    /// What removing an account can lead to.
    DeleteAccountResult = Deleted(AccountDeleted) | NotFound(AccountNotFound) | Changed(AccountChanged);
}

//! Signing up, in and out, and changing accounts.

use async_graphql::{Context, ID, Object, Result};
use graph_host::auth::Caller;
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::outcome::{IdempotencyKeyReused, InvalidField, InvalidInput};
use graph_serve::rights::whose;
use store::{Added, Guarded, KeyedRequest, versions};

use super::results::{
    AccountChanged, AccountDeleted, AccountExists, AccountNotAllowed, AccountNotFound, AccountSaved,
    CreateAccountResult, DeleteAccountResult, EmailTaken, GuestAdmitted, InvalidSession, PasswordReset,
    PasswordResetNotFound, PasswordResetRequested, RefreshResult, RequestPasswordResetResult, ResetPasswordResult,
    SignInResult, SignOutResult, SignUpResult, SignedIn, SignedOut, TooManyAttempts, UpdateAccountResult,
    WrongCredentials,
};
use super::types::{
    self, Account, AccountInput, GuestToken, NewPasswordInput, PasswordResetInput, RefreshInput, SECRET_LENGTH,
    SignInInput, SignUpInput,
};
use crate::account::{EMAIL_MAX, Email, Password};
use crate::desk::{Desk, Fault, Guess, SignIn};
use crate::store::{AccountStore, Changes, Columns, Key, Replaced};

/// What is said of an address and a password that do not belong together, whether the address has an account or not.
const WRONG: &str = "The e-mail address and the password do not belong together.";

/// Signing up, in and out, and changing accounts.
pub struct Mutation;

/// Signing up, in and out, and changing accounts.
#[Object]
impl Mutation {
    /// Makes an account and signs its holder in.
    async fn sign_up(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who wants an account.")] input: SignUpInput,
    ) -> Result<SignUpResult> {
        let account = match input.account() {
            Ok(account) => account,
            Err(invalid) => return Ok(SignUpResult::Invalid(invalid)),
        };
        let (desk, caller) = (context.data::<Desk>()?, context.data::<Caller>()?);
        Ok(match desk.sign_up(account, caller.address).await? {
            Some(signed_in) => SignUpResult::Done(SignedIn { tokens: signed_in.into() }),
            None => SignUpResult::Exists(AccountExists::new()),
        })
    }

    /// Signs somebody in. An unknown address gets the same answer as a wrong password, after the same work; who guesses waits.
    async fn sign_in(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who wants to be signed in.")] input: SignInInput,
    ) -> Result<SignInResult> {
        let (desk, caller) = (context.data::<Desk>()?, context.data::<Caller>()?);
        let password = Password::claimed(input.password);
        Ok(match desk.sign_in(&input.email, password, caller.address).await? {
            SignIn::Done(signed_in) => SignInResult::Done(SignedIn { tokens: (*signed_in).into() }),
            SignIn::Wrong => SignInResult::Wrong(WrongCredentials::new(WRONG)),
            SignIn::Wait(seconds) => SignInResult::TooMany(TooManyAttempts::new(seconds)),
        })
    }

    /// Makes new tokens. A refresh token is good once: one that comes again ends its session (RFC 9700).
    async fn refresh(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What makes the next tokens.")] input: RefreshInput,
    ) -> Result<RefreshResult> {
        Ok(match context.data::<Desk>()?.refresh(&input.refresh_token).await? {
            Some(signed_in) => RefreshResult::Done(SignedIn { tokens: signed_in.into() }),
            None => {
                let what = "The refresh token is not, or no longer, good; sign in again.";
                RefreshResult::Wrong(WrongCredentials::new(what))
            }
        })
    }

    /// Lets somebody look around without an account.
    async fn guest(&self, context: &Context<'_>) -> Result<GuestAdmitted> {
        Ok(GuestAdmitted { token: GuestToken::new(context.data::<Desk>()?.guest().await?) })
    }

    /// Has a link sent to the holder of an address, by which they can set their password anew. Nobody is told whether the
    /// address has an account.
    async fn request_password_reset(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose password it is.")] input: PasswordResetInput,
    ) -> Result<RequestPasswordResetResult> {
        if input.email.chars().count() > EMAIL_MAX {
            let what = format!("must have at most {EMAIL_MAX} characters");
            return Ok(RequestPasswordResetResult::Invalid(invalid("email", &what)));
        }
        context.data::<Desk>()?.ask_reset(&input.email);
        Ok(RequestPasswordResetResult::Done(PasswordResetRequested { email: input.email }))
    }

    /// Sets a password anew. All sessions of the account end.
    async fn reset_password(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token in the link.", directive = Constraint::apply(Bounds::lengths(SECRET_LENGTH, SECRET_LENGTH)))]
        token: String,
        #[graphql(desc = "The new password.")] input: NewPasswordInput,
    ) -> Result<ResetPasswordResult> {
        let (store, desk) = (context.data::<AccountStore>()?, context.data::<Desk>()?);
        let not_found = || Ok(ResetPasswordResult::NotFound(PasswordResetNotFound::new()));
        let Some(account) = store.reset_of(&token).await? else { return not_found() };
        let email = Columns { email: true, ..Columns::default() };
        let rows = store.find(Key::Ids(vec![account.clone()]), None, email).await?;
        let email = rows.into_iter().next().and_then(|row| Email::try_new(row.email.as_deref()?).ok());
        let password = match Password::try_new(input.password, email.as_ref()) {
            Ok(password) => password,
            Err(what) => return Ok(ResetPasswordResult::Invalid(invalid("password", what))),
        };
        let hash = desk.hasher.hash(password).await.map_err(Fault::from)?;
        match store.reset(&token, &hash).await? {
            true => Ok(ResetPasswordResult::Done(PasswordReset { account })),
            false => not_found(),
        }
    }

    /// Ends the session of the caller: neither its access tokens nor its refresh token are good any more, anywhere, within two
    /// seconds.
    async fn sign_out(&self, context: &Context<'_>) -> Result<SignOutResult> {
        let Some(session) = context.data::<Caller>()?.who.session.clone() else {
            return Ok(SignOutResult::Invalid(InvalidSession::new()));
        };
        context.data::<AccountStore>()?.end_session(&session).await?;
        Ok(SignOutResult::Done(SignedOut { session: session.to_string() }))
    }

    /// Adds an account.
    async fn create_account(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The account.")] input: AccountInput,
        #[graphql(
            desc = "Sent again with the same key and input, within a day, it gives the first answer again; up to 255 visible ASCII characters, such as a UUID."
        )]
        idempotency_key: Option<String>,
    ) -> Result<CreateAccountResult> {
        let account = match input.account() {
            Ok(account) => account,
            Err(invalid) => return Ok(CreateAccountResult::Invalid(invalid)),
        };
        // Not the password, of which nothing is kept but what is slow to make.
        let said = (account.email.written(), &account.name, account.role);
        let request = KeyedRequest::read(context, "createAccount", idempotency_key, &said)?;
        let hash = match account.password.clone() {
            Some(password) => Some(context.data::<Desk>()?.hasher.hash(password).await.map_err(Fault::from)?),
            None => None,
        };
        let store = context.data::<AccountStore>()?;
        Ok(match store.add(&account, hash.as_deref(), request.as_ref()).await? {
            Added::New(row) => CreateAccountResult::Saved(AccountSaved { account: Account::from(row) }),
            Added::Taken => CreateAccountResult::Taken(EmailTaken::new()),
            Added::KeyReused => CreateAccountResult::KeyReused(IdempotencyKeyReused::new()),
        })
    }

    /// Changes an account: everybody their own, admins all. Another password or role ends its sessions.
    async fn update_account(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the account.", directive = Constraint::apply(types::id()))] id: ID,
        #[graphql(desc = "The account as it shall be.")] input: AccountInput,
        #[graphql(desc = "Only when the account has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<UpdateAccountResult> {
        let (whose, versions, id) = (whose(context)?, versions(if_version)?, id.to_lowercase());
        let current = input.current_password.clone().map(Password::claimed);
        let account = match input.account() {
            Ok(account) => account,
            Err(invalid) => return Ok(UpdateAccountResult::Invalid(invalid)),
        };
        let (store, desk) = (context.data::<AccountStore>()?, context.data::<Desk>()?);
        let not_found = |id: &str| Ok(UpdateAccountResult::NotFound(AccountNotFound::new(id)));
        if !whose.is_of(&id) {
            return not_found(&id);
        }
        if let Some(owner) = whose.owner() {
            let rows = store.find(Key::Ids(vec![id.clone()]), Some(owner), Columns::ALL).await?;
            let Some(before) = rows.into_iter().next() else { return not_found(&id) };
            if account.role.is_some_and(|role| before.role.as_deref() != Some(role.name())) {
                return Ok(UpdateAccountResult::NotAllowed(AccountNotAllowed::new()));
            }
            if account.password.is_some() {
                let wrong =
                    || UpdateAccountResult::Invalid(invalid("currentPassword", "must be the password as it is"));
                let email = before.email.as_deref().and_then(|email| Email::try_new(email).ok());
                let (Some(current), Some(email)) = (current, email) else { return Ok(wrong()) };
                match desk.guess(&email, current, context.data::<Caller>()?.address).await? {
                    Guess::Right(_) => {}
                    Guess::Wrong => return Ok(wrong()),
                    Guess::Wait(seconds) => return Ok(UpdateAccountResult::TooMany(TooManyAttempts::new(seconds))),
                }
            }
        }
        let password = match account.password {
            Some(password) => Some(desk.hasher.hash(password).await.map_err(Fault::from)?),
            None => None,
        };
        let changes = Changes { email: account.email, name: account.name, role: account.role, password };
        Ok(match store.replace(&id, &changes, versions.as_deref()).await? {
            Replaced::Done(row) => UpdateAccountResult::Saved(AccountSaved { account: Account::from(*row) }),
            Replaced::Taken => UpdateAccountResult::Taken(EmailTaken::new()),
            Replaced::NotFound => return not_found(&id),
            Replaced::Changed => UpdateAccountResult::Changed(AccountChanged::new()),
        })
    }

    /// Removes an account with all that belongs to it: everybody their own, admins all. Its sessions end.
    async fn delete_account(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the account.", directive = Constraint::apply(types::id()))] id: ID,
        #[graphql(desc = "Only when the account has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<DeleteAccountResult> {
        let (whose, versions, id) = (whose(context)?, versions(if_version)?, id.to_lowercase());
        let removed = match whose.is_of(&id) {
            true => context.data::<AccountStore>()?.remove(&id, versions.as_deref()).await?,
            false => Guarded::NotFound,
        };
        Ok(match removed {
            Guarded::Done(()) => DeleteAccountResult::Deleted(AccountDeleted { id }),
            Guarded::NotFound => DeleteAccountResult::NotFound(AccountNotFound::new(id)),
            Guarded::Changed => DeleteAccountResult::Changed(AccountChanged::new()),
        })
    }
}

/// The refusal of one field.
fn invalid(field: &str, what: &str) -> InvalidInput {
    InvalidInput::new(vec![InvalidField { field: field.to_owned(), message: what.to_owned() }])
}

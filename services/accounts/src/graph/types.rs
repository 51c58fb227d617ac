//! What an account looks like in the graph.

use std::time::{Duration, UNIX_EPOCH};

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::outcome::{InvalidField, InvalidInput};
use graph_serve::select::read;
use store::Version;

use crate::account::{Draft, EMAIL_MAX, NAME_MAX, NewAccount, PASSWORD_LENGTHS, Password, Role};
use crate::desk::SignedIn;
use crate::signing::TOKEN_FOR_S;
use crate::store::{AccountRow, AccountStore, SESSIONS_MAX, SessionRow};

/// The kind of the tokens (RFC 6750).
const BEARER: &str = "Bearer";

/// The length of a refresh token and of one for a new password, in characters.
pub(super) const SECRET_LENGTH: usize = 43;

pub(super) fn email() -> Bounds {
    Bounds::up_to(EMAIL_MAX).format("email")
}

pub(super) fn id() -> Bounds {
    Bounds::default().format("uuid")
}

fn password() -> Bounds {
    Bounds::lengths(*PASSWORD_LENGTHS.start(), *PASSWORD_LENGTHS.end())
}

fn date_time() -> Bounds {
    Bounds::default().format("date-time")
}

/// The time so many seconds after the beginning of 1970.
fn timestamp(seconds: i64) -> String {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}

/// Somebody who buys, sells or looks after the bookstore.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) row: AccountRow,
    /// Those that are open, when they were asked for.
    pub(super) sessions: Option<Vec<Session>>,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self { row, sessions: None }
    }
}

/// Somebody who buys, sells or looks after the bookstore.
#[Object]
impl Account {
    /// The id of the account, a UUID: the subject of its tokens.
    #[graphql(directive = Constraint::apply(id()))]
    async fn id(&self) -> Result<ID> {
        read(self.row.id.as_deref().map(ID::from))
    }

    /// The version: an opaque text that is another one after every change, for `ifVersion` of a mutation. Sessions that begin
    /// and end are changes too.
    async fn version(&self) -> Result<ID> {
        read(self.row.version.map(Version::id))
    }

    /// The e-mail address; case does not make another one.
    #[graphql(directive = Constraint::apply(email()))]
    async fn email(&self) -> Result<&str> {
        read(self.row.email.as_deref())
    }

    /// What they are called.
    #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
    async fn name(&self) -> Result<&str> {
        read(self.row.name.as_deref())
    }

    /// What they are to the bookstore.
    async fn role(&self) -> Result<Role> {
        read(self.row.role.as_deref().and_then(Role::named))
    }

    /// When the account was made (RFC 3339, in UTC).
    #[graphql(directive = Constraint::apply(date_time()))]
    async fn created_at(&self) -> Result<String> {
        read(self.row.created_at.map(timestamp))
    }

    /// Whether its holder has shown that letters to the address reach them.
    async fn email_verified(&self) -> Result<bool> {
        read(self.row.email_verified)
    }

    /// The sessions that are open, up to 20, the latest first.
    #[graphql(directive = Constraint::apply(Bounds::lengths(0, SESSIONS_MAX)))]
    async fn sessions(&self, context: &Context<'_>) -> Result<Vec<Session>> {
        if let Some(sessions) = &self.sessions {
            return Ok(sessions.clone());
        }
        let id = read(self.row.id.clone())?;
        let sessions = context.data::<AccountStore>()?.sessions(vec![id]).await?;
        Ok(sessions.into_iter().map(Session::from).collect())
    }
}

/// From signing in until signing out.
#[derive(Clone, Debug, SimpleObject)]
pub struct Session {
    /// The id of the session, a UUID: `sid` of its tokens.
    #[graphql(directive = Constraint::apply(id()))]
    id: ID,
    /// When it began (RFC 3339, in UTC).
    #[graphql(directive = Constraint::apply(date_time()))]
    created_at: String,
    /// When it ends at the latest.
    #[graphql(directive = Constraint::apply(date_time()))]
    ends_at: String,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self { id: row.id.into(), created_at: timestamp(row.created_at), ends_at: timestamp(row.ends_at) }
    }
}

/// What shows who somebody is.
#[derive(SimpleObject)]
pub struct Tokens {
    /// Who that is.
    account: Account,
    /// The token to be sent with each request: a JWT (RFC 7519).
    #[graphql(directive = Constraint::apply(Bounds::lengths(1, 4096)))]
    access_token: String,
    /// What makes the next tokens, once. Used again, it ends its session.
    #[graphql(directive = Constraint::apply(Bounds::lengths(SECRET_LENGTH, SECRET_LENGTH)))]
    refresh_token: String,
    /// `Bearer`.
    #[graphql(directive = Constraint::apply(Bounds::up_to(6)))]
    token_type: &'static str,
    /// For how many seconds the access token is good.
    #[graphql(directive = Constraint::apply(Bounds::from(1)))]
    expires_in: i64,
}

impl From<SignedIn> for Tokens {
    fn from(SignedIn { account, access_token, refresh_token }: SignedIn) -> Self {
        let account = Account::from(account);
        Self { account, access_token, refresh_token, token_type: BEARER, expires_in: TOKEN_FOR_S }
    }
}

/// What shows that somebody only looks around.
#[derive(SimpleObject)]
pub struct GuestToken {
    /// The token to be sent with each request: a JWT (RFC 7519).
    #[graphql(directive = Constraint::apply(Bounds::lengths(1, 4096)))]
    access_token: String,
    /// `Bearer`.
    #[graphql(directive = Constraint::apply(Bounds::up_to(6)))]
    token_type: &'static str,
    /// For how many seconds it is good.
    #[graphql(directive = Constraint::apply(Bounds::from(1)))]
    expires_in: i64,
}

impl GuestToken {
    pub(super) fn new(access_token: String) -> Self {
        Self { access_token, token_type: BEARER, expires_in: TOKEN_FOR_S }
    }
}

/// Who wants an account.
#[derive(InputObject)]
pub struct SignUpInput {
    /// The e-mail address.
    #[graphql(directive = Constraint::apply(email()))]
    email: String,
    /// A password of 8 to 128 characters, which is none of the commonest and not the address.
    #[graphql(directive = Constraint::apply(password()))]
    password: String,
    /// What they are called.
    #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
    name: String,
    /// What they want to be: a buyer, which they are when they do not say, or a seller.
    role: Option<Role>,
}

impl SignUpInput {
    /// The account to be made.
    pub(super) fn account(self) -> std::result::Result<NewAccount, InvalidInput> {
        let Self { email, password, name, role } = self;
        if role == Some(Role::Admin) {
            let what = "must be that of a buyer or a seller".to_owned();
            return Err(InvalidInput::new(vec![InvalidField { field: "role".to_owned(), message: what }]));
        }
        NewAccount::try_new(Draft { email, name, role, password: Some(Password::claimed(password)) })
    }
}

/// Who wants to be signed in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address of an account.
    #[graphql(directive = Constraint::apply(Bounds::up_to(EMAIL_MAX)))]
    pub(super) email: String,
    /// Its password.
    #[graphql(directive = Constraint::apply(Bounds::up_to(*PASSWORD_LENGTHS.end())))]
    pub(super) password: String,
}

/// What makes the next tokens.
#[derive(InputObject)]
pub struct RefreshInput {
    /// The refresh token that came with the last tokens.
    #[graphql(directive = Constraint::apply(Bounds::lengths(SECRET_LENGTH, SECRET_LENGTH)))]
    pub(super) refresh_token: String,
}

/// Whose password is to be set anew.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// The e-mail address of the account.
    #[graphql(directive = Constraint::apply(Bounds::up_to(EMAIL_MAX)))]
    pub(super) email: String,
}

/// A password in the place of one that was forgotten.
#[derive(InputObject)]
pub struct NewPasswordInput {
    /// A password of 8 to 128 characters, which is none of the commonest.
    #[graphql(directive = Constraint::apply(password()))]
    pub(super) password: String,
}

/// What an account shall be.
#[derive(InputObject)]
pub struct AccountInput {
    /// The e-mail address.
    #[graphql(directive = Constraint::apply(email()))]
    email: String,
    /// What they are called.
    #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
    name: String,
    /// What they are to the bookstore; as it was, or a buyer, when it is not said. Only admins change it.
    role: Option<Role>,
    /// Another password of 8 to 128 characters, which is none of the commonest and not the address; it ends all sessions.
    #[graphql(directive = Constraint::apply(password()))]
    password: Option<String>,
    /// The password as it is: who changes their own has to know it.
    #[graphql(directive = Constraint::apply(Bounds::up_to(*PASSWORD_LENGTHS.end())))]
    pub(super) current_password: Option<String>,
}

impl AccountInput {
    /// The account as it shall be.
    pub(super) fn account(self) -> std::result::Result<NewAccount, InvalidInput> {
        let Self { email, name, role, password, current_password } = self;
        let most = *PASSWORD_LENGTHS.end();
        if current_password.is_some_and(|current| current.chars().count() > most) {
            let (field, message) = ("currentPassword".to_owned(), format!("must have at most {most} characters"));
            return Err(InvalidInput::new(vec![InvalidField { field, message }]));
        }
        NewAccount::try_new(Draft { email, name, role, password: password.map(Password::claimed) })
    }
}

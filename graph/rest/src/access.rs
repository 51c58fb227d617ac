//! Who may use a BFF: whose token is good, how often, and from which sites; and how much a BFF takes on.

use std::sync::Arc;
use std::time::Duration;

use graph_host::cors::Cors;
use graph_host::load::Load;
use graph_host::rates::{Rate, Rates};
use graph_host::rights::Rights;
use graph_host::settings::Mistakes;
use graph_host::tokens::Tokens;

/// The settings of the BFFs alone.
#[derive(clap::Args, Clone, Debug)]
pub struct AccessArgs {
    /// Sites whose pages may use the BFFs: origins (scheme, host and port) with commas between them, or *;
    /// none unless set
    #[arg(long, env = "CORS_ORIGINS", global = true)]
    pub cors_origins: Option<String>,
    /// Requests that each subject may send in a time, such as 100/60s; as many as it likes unless set
    #[arg(long, env = "RATE_LIMIT", global = true)]
    pub rate_limit: Option<String>,
    /// How old an answer may be that is given again while a service is away, such as 60s; none is unless set
    #[arg(long, env = "STALE_READS", global = true)]
    pub stale_reads: Option<String>,
}

/// The oldest answer that can be allowed.
const STALE_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Who may use a BFF, and how much it takes on.
#[derive(Clone)]
pub struct Access {
    /// Whose token is good.
    pub tokens: Arc<Tokens>,
    /// How often each of them may ask, when that is limited. BFFs that share it count together.
    pub rates: Option<Arc<Rates>>,
    /// From which sites, when there are any.
    pub cors: Option<Cors>,
    /// How much it takes on.
    pub load: Load,
    /// How old answers may be that it gives again while a service is away, when it may do so at all.
    pub stale: Option<Duration>,
    /// Who may do what; what the table of rights says unless this says otherwise.
    pub rights: Option<Arc<Rights>>,
}

impl From<Arc<Tokens>> for Access {
    /// Everybody with a good token, as often as they like, from no site; and as much as usual.
    fn from(tokens: Arc<Tokens>) -> Self {
        Self { tokens, rates: None, cors: None, load: Load::default(), stale: None, rights: None }
    }
}

impl AccessArgs {
    /// What these settings add to `tokens` and `load`; what is wrong is noted in `mistakes`.
    pub fn read(&self, tokens: Option<Arc<Tokens>>, load: Option<Load>, mistakes: &mut Mistakes) -> Option<Access> {
        let cors = mistakes.check("CORS_ORIGINS", self.cors_origins.as_deref().unwrap_or_default(), Cors::read);
        let limited = |text: &str| Rates::try_new(text.parse::<Rate>()?);
        let rates = match self.rate_limit.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => mistakes.check("RATE_LIMIT", text, limited).map(|rates| Some(Arc::new(rates))),
            None => Some(None),
        };
        let stale = match self.stale_reads.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => mistakes.check("STALE_READS", text, |text| match humantime::parse_duration(text) {
                Ok(age) if age <= STALE_MAX => Ok(Some(age)),
                _ => Err("is not a time up to a day, such as 60s"),
            }),
            None => Some(None),
        };
        Some(Access { tokens: tokens?, rates: rates?, cors: cors?, load: load?, stale: stale?, rights: None })
    }
}

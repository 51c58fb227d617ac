//! The limits as settings.

use graph_host::settings::Mistakes;

use super::Limits;

/// The largest limit of the depth.
const DEPTH_MAX: u64 = 30;

/// The settings of the cost ceiling.
#[derive(clap::Args, Clone, Debug)]
pub struct LimitArgs {
    /// Bytes of a GraphQL document
    #[arg(long, env = "GRAPH_LIMIT_BYTES", default_value = "65536", global = true)]
    graph_limit_bytes: String,
    /// Tokens of a GraphQL document
    #[arg(long, env = "GRAPH_LIMIT_TOKENS", default_value = "5000", global = true)]
    graph_limit_tokens: String,
    /// How deep the fields of a GraphQL document may be nested
    #[arg(long, env = "GRAPH_LIMIT_DEPTH", default_value = "20", global = true)]
    graph_limit_depth: String,
    /// Fields of a GraphQL document, those of a fragment counted wherever it is spread
    #[arg(long, env = "GRAPH_LIMIT_FIELDS", default_value = "2000", global = true)]
    graph_limit_fields: String,
    /// Aliases of a GraphQL document, counted likewise
    #[arg(long, env = "GRAPH_LIMIT_ALIASES", default_value = "100", global = true)]
    graph_limit_aliases: String,
    /// Directives of a GraphQL document, counted likewise
    #[arg(long, env = "GRAPH_LIMIT_DIRECTIVES", default_value = "50", global = true)]
    graph_limit_directives: String,
    /// Fields at the root of a GraphQL document, each of which is a query of its own
    #[arg(long, env = "GRAPH_LIMIT_ROOT_FIELDS", default_value = "20", global = true)]
    graph_limit_root_fields: String,
    /// Rows that a GraphQL document may lead to: the sizes of its pages, multiplied down the tree
    #[arg(long, env = "GRAPH_LIMIT_ROWS", default_value = "10000", global = true)]
    graph_limit_rows: String,
    /// Values of an answer: the fields of its rows, multiplied down the tree
    #[arg(long, env = "GRAPH_LIMIT_VALUES", default_value = "30000", global = true)]
    graph_limit_values: String,
    /// Values of a request, in variables and arguments; a variable counts wherever it is used, 64 bytes of text as one
    #[arg(long, env = "GRAPH_LIMIT_INPUTS", default_value = "10000", global = true)]
    graph_limit_inputs: String,
    /// Fields of each selection of a GraphQL document, again for each fragment around them
    #[arg(long, env = "GRAPH_LIMIT_COMPARISONS", default_value = "10000", global = true)]
    graph_limit_comparisons: String,
    /// Bytes of a name or a number in a GraphQL document
    #[arg(long, env = "GRAPH_LIMIT_NAME_BYTES", default_value = "200", global = true)]
    graph_limit_name_bytes: String,
    /// Bytes of the rows in the answer to a GraphQL document
    #[arg(long, env = "GRAPH_LIMIT_ANSWER_BYTES", default_value = "16777216", global = true)]
    graph_limit_answer_bytes: String,
}

impl LimitArgs {
    /// The limits; what is wrong is noted in `mistakes`.
    pub fn read(&self, mistakes: &mut Mistakes) -> Option<Limits> {
        let depth = mistakes.check("GRAPH_LIMIT_DEPTH", &self.graph_limit_depth, depth);
        let mut number = |name: &str, text: &str| mistakes.check(name, text, positive);
        let bytes = number("GRAPH_LIMIT_BYTES", &self.graph_limit_bytes);
        let tokens = number("GRAPH_LIMIT_TOKENS", &self.graph_limit_tokens);
        let fields = number("GRAPH_LIMIT_FIELDS", &self.graph_limit_fields);
        let aliases = number("GRAPH_LIMIT_ALIASES", &self.graph_limit_aliases);
        let directives = number("GRAPH_LIMIT_DIRECTIVES", &self.graph_limit_directives);
        let root_fields = number("GRAPH_LIMIT_ROOT_FIELDS", &self.graph_limit_root_fields);
        let rows = number("GRAPH_LIMIT_ROWS", &self.graph_limit_rows);
        let values = number("GRAPH_LIMIT_VALUES", &self.graph_limit_values);
        let inputs = number("GRAPH_LIMIT_INPUTS", &self.graph_limit_inputs);
        let comparisons = number("GRAPH_LIMIT_COMPARISONS", &self.graph_limit_comparisons);
        let name_bytes = number("GRAPH_LIMIT_NAME_BYTES", &self.graph_limit_name_bytes);
        let answer_bytes = number("GRAPH_LIMIT_ANSWER_BYTES", &self.graph_limit_answer_bytes);
        Some(Limits {
            bytes: bytes?,
            tokens: tokens?,
            depth: depth?,
            fields: fields?,
            aliases: aliases?,
            directives: directives?,
            root_fields: root_fields?,
            rows: rows?,
            values: values?,
            inputs: inputs?,
            comparisons: comparisons?,
            name_bytes: name_bytes?,
            answer_bytes: answer_bytes?,
            ..Limits::default()
        })
    }
}

fn positive(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("is not a number above 0")
}

/// The library goes no deeper than 32 selections, and its parser's stack grows with the depth.
fn depth(text: &str) -> Result<u64, &'static str> {
    positive(text).ok().filter(|depth| *depth <= DEPTH_MAX).ok_or("is not a number from 1 to 30")
}

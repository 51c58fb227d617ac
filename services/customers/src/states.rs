//! The states and territories of the United States, by their two-letter codes (USPS Publication 28, appendix B).

/// The 50 states, the District of Columbia, and the inhabited territories, sorted.
const CODES: [&str; 56] = [
    "AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI", "IA", "ID", "IL", "IN", "KS",
    "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY",
    "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY",
];

/// Whether `code` is a state or a territory.
pub(crate) fn is_state(code: &str) -> bool {
    CODES.binary_search(&code).is_ok()
}

/// What the code of a state or a territory looks like (ECMA-262).
pub(crate) fn pattern() -> String {
    format!("^({})$", CODES.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_sorted_and_found() {
        assert!(CODES.is_sorted());
        assert!(CODES.iter().all(|code| is_state(code)));
    }

    #[test]
    fn other_codes_are_not() {
        for code in ["", "XX", "pa", "Pa", "PAA", "P", "ZZ", "ON"] {
            assert!(!is_state(code), "{code:?} was accepted");
        }
    }
}

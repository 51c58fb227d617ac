//! Numbers that whoever runs a test can choose.

/// The number in the environment variable `name`, or `default`.
pub fn number(name: &str, default: u64) -> u64 {
    let Some(text) = std::env::var_os(name) else { return default };
    let number = text.to_str().and_then(|text| text.parse().ok());
    number.unwrap_or_else(|| panic!("{name} is not a number: {}", text.display()))
}

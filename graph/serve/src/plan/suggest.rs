//! What somebody may have meant who asked for a field that is not there.

use super::Types;

/// How many letters may be missing, too many or wrong in a name.
const WRONG_MAX: usize = 3;

/// The name that is most like the one that the compiler complains about, as the rest of the sentence. A compiler that puts it
/// in other words leaves us without a suggestion, which is a test.
pub(super) fn field(types: &Types, complaint: &str) -> Option<String> {
    let mut parts = complaint.split('`');
    let ("type ", ty, " does not have a field ", name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?)
    else {
        return None;
    };
    if !types.explore {
        return None;
    }
    let wrong = |field: &&str| strsim::osa_distance(&field.to_lowercase(), &name.to_lowercase());
    let nearest = types.fields(ty).min_by_key(wrong).filter(|field| wrong(field) <= WRONG_MAX.min(name.len() / 2))?;
    Some(format!("; did you mean `{nearest}`?"))
}

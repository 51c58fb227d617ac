//! The times at which can be delivered: three a day, on each of the next fourteen days.

use std::ops::RangeInclusive;

/// For how many days times are offered, from tomorrow on.
pub const DAYS: i64 = 14;
/// The hours of a day (UTC) at which deliveries begin.
pub const HOURS: [i64; 3] = [9, 13, 17];
/// How many deliveries of one time there can be in one city.
pub const CAPACITIES: RangeInclusive<i64> = 1..=1_000_000;

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

/// All times that are offered at `now`, the first first. Both are in milliseconds since 1970.
pub fn offered(now: i64) -> impl Iterator<Item = i64> {
    let today = now - now.rem_euclid(DAY);
    (1..=DAYS).flat_map(move |day| HOURS.into_iter().map(move |hour| today + day * DAY + hour * HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_a_day_from_tomorrow_on_for_fourteen_days() {
        for now in [0, 1, DAY - 1, DAY, 1_764_547_200_000, 1_764_633_599_999] {
            let all: Vec<i64> = offered(now).collect();
            assert_eq!(all.len(), 42);
            assert!(all.windows(2).all(|two| two[0] < two[1]), "{all:?}");
            assert!(all[0] > now && all[0] - now <= DAY + 9 * HOUR, "{now}: {}", all[0]);
            assert!(all[41] - now <= 14 * DAY + 17 * HOUR);
        }
    }
}

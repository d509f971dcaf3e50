//! The histogram in which the store's log counts how long its writes take.
//!
//! The log's crate `chunked-wal` names the registry's `base2histogram`, which builds the scales of all sixteen widths, 26 MiB of tables
//! that stay in memory, though the log only uses the one of width three. This crate stands in for it with what the log calls, and
//! computes a bucket's bounds instead of keeping them. It goes when the registry's builds a scale when it is asked for.

/// Bits of a value that choose its bucket: the highest that is set, and two below it. A bucket is so at most a quarter of its lowest
/// value wide.
const WIDTH: u32 = 3;
/// Buckets of one power of two.
const GROUP: usize = 1 << (WIDTH - 1);
/// Buckets in all: values below `GROUP` have one each, then a group for each power of two up to 2⁶³.
const BUCKETS: usize = GROUP * (u64::BITS - WIDTH + 2) as usize;

/// Counts values by their magnitude.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    samples: u64,
    buckets: Box<[u64; BUCKETS]>,
}

/// Values below which a share of what was counted lies, each to within a quarter; 0 where nothing was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PercentileStats {
    /// How many values were counted.
    pub samples: u64,
    /// Half are at most this.
    pub p50: u64,
    /// Nine of ten are at most this.
    pub p90: u64,
    /// 99 of 100 are at most this.
    pub p99: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { samples: 0, buckets: Box::new([0; BUCKETS]) }
    }
}

impl Histogram {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        self.samples += 1;
        self.buckets[bucket(value)] += 1;
    }

    /// Returns the usual percentiles of what was counted.
    #[must_use]
    pub fn percentile_stats(&self) -> PercentileStats {
        PercentileStats {
            samples: self.samples,
            p50: self.percentile(50),
            p90: self.percentile(90),
            p99: self.percentile(99),
        }
    }

    /// Returns the middle of the bucket in which the value of this rank lies.
    fn percentile(&self, percent: u128) -> u64 {
        let rank = (u128::from(self.samples) * percent).div_ceil(100);
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate().filter(|(_, count)| **count > 0) {
            seen += u128::from(*count);
            if seen >= rank {
                let lowest = lowest(index);
                return lowest + (highest(index) - lowest) / 2;
            }
        }
        0
    }
}

/// Returns the bucket of a value.
#[expect(clippy::cast_possible_truncation, reason = "what is left of the value is below 2 * GROUP")]
fn bucket(value: u64) -> usize {
    let bits = u64::BITS - value.leading_zeros();
    let shift = bits.saturating_sub(WIDTH);
    GROUP * shift as usize + (value >> shift) as usize
}

/// Returns the lowest value of a bucket.
fn lowest(index: usize) -> u64 {
    let shift = (index / GROUP).saturating_sub(1);
    ((index - shift * GROUP) as u64) << shift
}

fn highest(index: usize) -> u64 {
    if index + 1 == BUCKETS { u64::MAX } else { lowest(index + 1) - 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_counted_is_zero() {
        assert_eq!(Histogram::default().percentile_stats(), PercentileStats::default());
    }

    #[test]
    fn buckets_meet_without_a_gap() {
        assert_eq!((lowest(0), bucket(0)), (0, 0));
        assert_eq!((highest(BUCKETS - 1), bucket(u64::MAX)), (u64::MAX, BUCKETS - 1));
        for index in 0..BUCKETS {
            assert_eq!((bucket(lowest(index)), bucket(highest(index))), (index, index));
        }
    }

    proptest! {
        #[test]
        fn percentiles_are_within_a_quarter(mut values in prop::collection::vec(any::<u64>(), 1..200)) {
            let mut histogram = Histogram::default();
            values.iter().for_each(|value| histogram.record(*value));
            values.sort_unstable();
            let stats = histogram.percentile_stats();
            prop_assert_eq!(stats.samples, values.len() as u64);
            for (percent, found) in [(50, stats.p50), (90, stats.p90), (99, stats.p99)] {
                let exact = values[(values.len() * percent).div_ceil(100) - 1];
                prop_assert!(exact.abs_diff(found) <= exact / 4, "{percent}: {found} for {exact}");
            }
        }
    }
}

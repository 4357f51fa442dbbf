//! The value map: what each state is worth, which way it points, and who wrote it.

use crate::agents::table::TableView;
use crate::rl::policy::greedy_mask;
use crate::rl::td::max_value;

/// One number each per state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueMap {
    /// Greatest action value; `None` while the row is all zero and was never moved by news.
    pub value: Vec<Option<f64>>,
    /// Bit mask of greedy actions; 0 while the row has no opinion.
    pub arrows: Vec<u8>,
    /// Share of the shown value that imagined updates wrote, 0 to 1.
    pub imagined_share: Vec<f64>,
    /// Imagined updates so far.
    pub imagined: Vec<u64>,
}

impl ValueMap {
    /// Reads it out of a table.
    pub fn of(table: &TableView) -> Self {
        let mut map = Self::default();
        for state in 0..table.states() {
            let row = table.row(state);
            let tally = &table.tally[state * table.actions..][..table.actions];
            let best = max_value(row);
            let arg = row.iter().position(|&q| q == best).unwrap_or(0);
            map.value.push(row.iter().any(|&q| q != 0.0).then_some(best));
            map.arrows.push(greedy_mask(row));
            map.imagined_share.push(tally[arg].share);
            map.imagined.push(tally.iter().map(|t| t.imagined).sum());
        }
        map
    }

    /// States that point somewhere.
    pub fn arrow_count(&self) -> usize {
        self.arrows.iter().filter(|&&mask| mask != 0).count()
    }

    /// Least and greatest value shown; `None` while there is no news.
    pub fn range(&self) -> Option<(f64, f64)> {
        let mut known = self.value.iter().flatten().filter(|v| v.is_finite());
        let first = *known.next()?;
        Some(known.fold((first, first), |(lo, hi), &v| (lo.min(v), hi.max(v))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::Tally;

    #[test]
    fn no_news_is_not_the_lowest_value() {
        let mut tally = vec![Tally::default(); 12];
        tally[5] = Tally { real: 1, imagined: 3, share: 0.75 };
        let table = TableView {
            actions: 4,
            q: vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0],
            tally,
            known_pairs: None,
        };
        let map = ValueMap::of(&table);
        assert_eq!(map.value, [None, Some(0.5), Some(0.0)]);
        assert_eq!(map.arrows, [0, 0b0010, 0b1101]);
        assert_eq!(map.imagined_share, [0.0, 0.75, 0.0]);
        assert_eq!((map.arrow_count(), map.imagined[1]), (2, 3));
        assert_eq!(map.range(), Some((0.0, 0.5)));
    }
}

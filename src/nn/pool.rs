//! Slices that passes through networks use again. A pass needs a few of the same lengths as the
//! one before; fetching them from the allocator and clearing them costs as much as a small product.

use std::cell::RefCell;

/// Slices that a thread keeps.
const KEPT: usize = 32;
/// Numbers of the longest one kept.
const LONGEST: usize = 1 << 16;

thread_local! {
    static FREE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// `count` numbers, whatever they are: somebody writes over all of them.
pub fn take(count: usize) -> Vec<f32> {
    // The newest is the likeliest to be in the cache.
    let known = FREE.with_borrow_mut(|free| {
        let at = free.iter().rposition(|slice| slice.len() == count)?;
        Some(free.remove(at))
    });
    known.unwrap_or_else(|| vec![0.0; count])
}

/// Leaves a slice for whoever needs one of its length.
pub fn give(slice: Vec<f32>) {
    if slice.is_empty() || slice.len() > LONGEST {
        return;
    }
    FREE.with_borrow_mut(|free| {
        if free.len() == KEPT {
            free.remove(0);
        }
        free.push(slice);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_given_back_is_taken_again_and_few_are_kept() {
        let mut mine = take(1237);
        assert_eq!(mine, vec![0.0; 1237]);
        mine[5] = 3.0;
        let place = mine.as_ptr();
        give(mine);
        give(vec![1.0; LONGEST + 1]);
        assert_eq!(take(1236).len(), 1236);
        let again = take(1237);
        assert_eq!((again.as_ptr(), again[5]), (place, 3.0));
        (0..2 * KEPT).for_each(|_| give(vec![0.0; 7]));
        assert_eq!(FREE.with_borrow(Vec::len), KEPT);
    }
}

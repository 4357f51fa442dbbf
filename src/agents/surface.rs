//! What an agent thinks any place of a world of numbers is worth, for pictures.

use std::fmt::Debug;
use std::sync::Arc;

/// A value for whatever may be seen, whether or not anybody has been there.
pub trait ValueSurface: Debug + Send + Sync {
    /// The value of seeing `seen`, in units of the return.
    fn value(&self, seen: &[f32]) -> f64;

    /// The values of many, each `wide` numbers in a row.
    fn values(&self, seen: &[f32], wide: usize) -> Vec<f64> {
        seen.chunks(wide).map(|seen| self.value(seen)).collect()
    }

    /// The derivatives of the value after every number of `seen`; `None` where they are not known.
    fn slope(&self, _seen: &[f32]) -> Option<Vec<f64>> {
        None
    }
}

/// A shared copy of one at one moment. Two are equal if they are the same copy.
#[derive(Clone, Debug)]
pub struct Surface(pub Arc<dyn ValueSurface>);

impl PartialEq for Surface {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What an agent thought once.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// Updates of its value until then.
    pub updates: u64,
    /// What it thought.
    pub surface: Surface,
}

//! What an agent thinks any place of a world of numbers is worth, for pictures.

use std::fmt::Debug;
use std::sync::Arc;

/// A value for whatever may be seen, whether or not anybody has been there.
pub trait ValueSurface: Debug + Send + Sync {
    /// The value of seeing `seen`, in units of the return.
    fn value(&self, seen: &[f32]) -> f64;
}

/// A shared copy of one at one moment. Two are equal if they are the same copy.
#[derive(Clone, Debug)]
pub struct Surface(pub Arc<dyn ValueSurface>);

impl PartialEq for Surface {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

//! What models with too little room got right, for pictures.

pub use crate::agents::low_rank::fit::{Fit, FitView, LOSSES};
pub use crate::models::model_loss::ModelLoss;

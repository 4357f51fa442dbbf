//! What a network model is trained by.

crate::choice! {
    /// The loss of a prediction of the next state.
    pub enum ModelLoss {
        /// Squared error: the model should know the state.
        Squared = "mse", "squared error";
        /// Gaussian likelihood: a second network says how far the first may be off.
        Likelihood = "likelihood", "likelihood";
        /// The value of the prediction should be that of the state (Farahmand 2018).
        Vaml = "vaml", "VAML";
        /// Squared error, weighed by the value's gradient in each dimension (Voelcker et al. 2022).
        Vagram = "vagram", "VaGraM";
        /// Squared error along the value's gradient: the unbounded form, with a valley.
        Unbounded = "vagram-unbounded", "VaGraM, unbounded";
    }
}

impl ModelLoss {
    /// Whether it asks for the value's gradient at the state that was really reached.
    pub fn weighs_by_slope(self) -> bool {
        matches!(self, Self::Vagram | Self::Unbounded)
    }

    /// Whether it asks the value at all.
    pub fn asks_the_value(self) -> bool {
        self.weighs_by_slope() || self == Self::Vaml
    }

    /// Name on the screen.
    pub fn label(self) -> &'static str {
        Self::CHOICES[self as usize].label
    }
}

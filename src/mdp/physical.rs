//! Words for worlds of numbers: what is seen, what is done, and where things really are.
//!
//! An agent sees a [`Vector`] in 32 bits and may steer with a [`Control`]; the world itself is a
//! [`Body`] in 64 bits, which can be read and set.

use std::ops::Deref;

use super::{Action, Observed, Simulator, State};
use crate::base::digest::Digest;

/// Defines a small vector of numbers that is copied, not allocated.
macro_rules! numbers {
    ($(#[$doc:meta])* $name:ident, $number:ty, $most:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct $name {
            len: u8,
            values: [$number; $most],
        }

        impl $name {
            /// Most numbers it can hold.
            pub const MOST: usize = $most;

            /// A copy of these numbers.
            ///
            /// # Panics
            /// With more than [`Self::MOST`] of them.
            #[inline]
            pub fn new(numbers: &[$number]) -> Self {
                let mut values = [0.0; $most];
                values[..numbers.len()].copy_from_slice(numbers);
                Self { len: numbers.len() as u8, values }
            }

            /// Whether all of them are numbers.
            pub fn is_finite(&self) -> bool {
                self.iter().all(|x| x.is_finite())
            }

            /// Adds them to a fingerprint.
            pub fn digest(&self, digest: &mut Digest) {
                self.iter().for_each(|&x| digest.number(f64::from(x)));
            }
        }

        impl Deref for $name {
            type Target = [$number];

            #[inline]
            fn deref(&self) -> &[$number] {
                &self.values[..usize::from(self.len)]
            }
        }
    };
}

numbers! {
    /// What an agent sees of a world of numbers, at most 16 of them.
    Vector, f32, 16
}

numbers! {
    /// What an agent does where it steers: a force or a torque, at most 4 numbers.
    Control, f64, 4
}

numbers! {
    /// Where things are and how fast they move: the physical state, at most 4 numbers in the units
    /// of [`Physical::dimensions`].
    Body, f64, 4
}

impl Observed for Vector {
    #[inline]
    fn state(&self) -> Option<State> {
        None
    }

    fn numbers(&self) -> Option<&[f32]> {
        Some(self)
    }

    fn digest(&self, digest: &mut Digest) {
        Self::digest(self, digest);
    }
}

/// One number of a physical state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dimension {
    /// In texts and at axes, e.g. `angle θ`.
    pub name: &'static str,
    /// One word for files, e.g. `theta`.
    pub key: &'static str,
    /// Unit, e.g. `rad/s`.
    pub unit: &'static str,
    /// What pictures show of it, from and to.
    pub range: (f64, f64),
    /// It is an angle: a full turn comes back to the same place.
    pub turns: bool,
}

/// An angle in `[-π, π)`: within half a turn either way, as Gymnasium has it.
pub fn wrap(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    (angle + PI).rem_euclid(TAU) - PI
}

/// What follows an action from a physical state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Next {
    /// The physical state afterwards.
    pub body: Body,
    /// Reward.
    pub reward: f64,
    /// The task is over.
    pub terminated: bool,
}

/// A world whose state is a few numbers, and which can be asked what follows from any of them: the
/// true dynamics.
pub trait Physical: Simulator<Obs = Vector> {
    /// The numbers of its state.
    fn dimensions(&self) -> &'static [Dimension];
    /// Where [`Physical::place`] can put it, in words.
    fn allowed(&self) -> &'static str;
    /// Begins an episode in `body`; `None` if it cannot be there.
    fn place(&mut self, body: Body) -> Option<()>;
    /// What an agent sees there.
    fn see(&self, body: &Body) -> Vector;
    /// Where the one stands who sees this; angles come back in `[-π, π]`.
    fn locate(&self, seen: &[f32]) -> Body;
    /// What follows `action`. Knows no time limit.
    fn follow(&self, body: &Body, action: Self::Action) -> Next;
}

/// A world that is steered with numbers.
pub trait Steered: Physical<Action = Control> {
    /// Least and greatest value of each number of an action. What lies beyond acts like the
    /// nearest that is allowed.
    fn limits(&self) -> (Control, Control);
}

/// A world whose reward is known as a function of what is seen and done.
pub trait KnownReward: Physical {
    /// The reward for seeing `seen`, doing `action` and then seeing `next`; `None` where that does
    /// not determine it.
    fn reward(&self, seen: &[f32], action: Self::Action, next: &[f32]) -> Option<f64>;
}

/// An action of either kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// One of a few.
    Chosen(Action),
    /// Numbers.
    Steered(Control),
}

/// An action that may be told as a [`Deed`].
pub trait Doable: Copy {
    /// The action; `None` if it is of the other kind.
    fn of(deed: Deed) -> Option<Self>;
}

impl Doable for Action {
    fn of(deed: Deed) -> Option<Self> {
        match deed {
            Deed::Chosen(action) => Some(action),
            Deed::Steered(_) => None,
        }
    }
}

impl Doable for Control {
    fn of(deed: Deed) -> Option<Self> {
        match deed {
            Deed::Steered(control) => Some(control),
            Deed::Chosen(_) => None,
        }
    }
}

/// The true dynamics without their type, for pictures.
pub trait Motion: std::fmt::Debug + Send + Sync {
    /// As [`Physical::see`].
    fn see(&self, body: &Body) -> Vector;
    /// As [`Physical::locate`].
    fn locate(&self, seen: &[f32]) -> Body;
    /// As [`Physical::follow`]; `None` for a deed that cannot be done here.
    fn follow(&self, body: &Body, deed: Deed) -> Option<Next>;
}

impl<W> Motion for W
where
    W: Physical<Action: Doable> + std::fmt::Debug + Sync,
{
    fn see(&self, body: &Body) -> Vector {
        Physical::see(self, body)
    }

    fn locate(&self, seen: &[f32]) -> Body {
        Physical::locate(self, seen)
    }

    fn follow(&self, body: &Body, deed: Deed) -> Option<Next> {
        Some(Physical::follow(self, body, W::Action::of(deed)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_hold_what_they_were_given() {
        let seen = Vector::new(&[1.0, -2.0, 0.5]);
        assert_eq!((seen.len(), seen[1], seen.state()), (3, -2.0, None));
        assert_ne!(seen, Vector::new(&[1.0, -2.0, 0.5, 0.0]), "its length is part of it");
        assert!(seen.is_finite() && !Vector::new(&[f32::NAN]).is_finite());
        assert!(Control::default().is_empty());
    }

    #[test]
    fn every_bit_of_what_is_seen_is_in_the_fingerprint() {
        let of = |x: f32| {
            let mut digest = Digest::default();
            Observed::digest(&Vector::new(&[0.25, x]), &mut digest);
            digest.finish()
        };
        assert_eq!(of(1.0), of(1.0));
        assert_ne!(of(1.0), of(1.0 + f32::EPSILON));
    }
}

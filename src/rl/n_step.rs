//! Targets of a model that is unrolled along what really happened (Schrittwieser et al. 2020).

/// What happened in an episode, or in the part of one that was kept.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    /// `[T]`: `rewards[t]` came after the action at `t`.
    pub rewards: &'a [f64],
    /// Whether the task ended after the last of them; otherwise it was only cut off there.
    pub terminated: bool,
}

impl Happened<'_> {
    /// `G_t = sum_{i<n} gamma^i u_{t+i} + gamma^n v_{t+n}`, with `value_at(t)` for what a search
    /// found at `t`. Past the end of a task everything is worth 0; past a cut nothing is known.
    /// Where fewer than `n` rewards are left, a task that was cut off is continued by the value
    /// of what was seen last, `value_at(T)`.
    pub fn value(
        &self,
        at: usize,
        steps: usize,
        gamma: f64,
        value_at: impl Fn(usize) -> f64,
    ) -> Option<f64> {
        let length = self.rewards.len();
        if at >= length {
            return self.terminated.then_some(0.0);
        }
        let until = (at + steps).min(length);
        let beyond = if until == length && self.terminated { 0.0 } else { value_at(until) };
        let rewards = self.rewards[at..until].iter().rev();
        Some(rewards.fold(beyond, |gain, reward| reward + gamma * gain))
    }

    /// The reward that the `k`-th step of an unrolling from `t` should predict, `k >= 1`: that of
    /// the step from `t + k - 1` to `t + k`. Past the end of a task it is 0; past a cut nothing is
    /// known.
    pub fn reward(&self, at: usize, k: usize) -> Option<f64> {
        let known = self.rewards.get(at + k - 1).copied();
        known.or(self.terminated.then_some(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REWARDS: [f64; 4] = [1.0, 0.0, 2.0, 8.0];

    fn happened(terminated: bool) -> Happened<'static> {
        Happened { rewards: &REWARDS, terminated }
    }

    /// Searches found 10, 20, 30, 40 on the way, and 50 where it was cut off.
    fn found(at: usize) -> f64 {
        10.0 * (at + 1) as f64
    }

    #[test]
    fn targets_by_hand() {
        let value = |at, n, terminated| happened(terminated).value(at, n, 0.5, found);
        // 1 + 0/2 + 30/4.
        assert_eq!(value(0, 2, false), Some(8.5));
        assert_eq!(value(0, 2, true), Some(8.5), "the end is further away than two steps");
        // 2 + 8/2, and then 50/4 only where the task was not over.
        assert_eq!(value(2, 2, true), Some(6.0));
        assert_eq!(value(2, 2, false), Some(18.5));
        assert_eq!(value(3, 5, true), Some(8.0));
        assert_eq!(value(3, 5, false), Some(33.0));
        assert_eq!([value(4, 2, true), value(9, 2, true)], [Some(0.0); 2], "absorbing");
        assert_eq!([value(4, 2, false), value(9, 2, false)], [None; 2], "nobody knows");
    }

    #[test]
    fn the_reward_of_step_k_is_the_one_that_led_there() {
        let reward = |k, terminated| happened(terminated).reward(1, k);
        assert_eq!([1, 2, 3].map(|k| reward(k, true)), [Some(0.0), Some(2.0), Some(8.0)]);
        assert_eq!(reward(4, true), Some(0.0), "absorbing");
        assert_eq!(reward(4, false), None, "nobody knows");
    }
}

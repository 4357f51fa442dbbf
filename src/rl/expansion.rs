//! Model-based value expansion (Feinberg et al. 2018, arXiv 1803.00101): trust a model for `H`
//! steps and a value for what comes after.
//!
//! Indices are those of the paper: one real step is number `-1`, it leads to `s_0`; imagined steps
//! `0..H` lead to `s_H`. In slices the real step comes first, so that entry `t + 1` belongs to
//! step `t`. `discounts` are gamma, or 0 where the task ends, so that no equation needs a flag.

/// `V_H(s_0) = sum_{t<H} gamma^t r_t + gamma^H V(s_H)`, part by part.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// `[H]`: `gamma^t r_t`, what the model says.
    pub near: Vec<f64>,
    /// `gamma^H V(s_H)`, what the value says; 0 once the task has ended.
    pub far: f64,
}

impl Stack {
    /// The parts of `rewards[H]` under `discounts[H]`, then `tail`.
    pub fn of(rewards: &[f64], discounts: &[f64], tail: f64) -> Self {
        let mut weight = 1.0;
        let part = |(reward, discount): (&f64, &f64)| {
            let part = weight * reward;
            weight *= discount;
            part
        };
        let near = rewards.iter().zip(discounts).map(part).collect();
        Self { near, far: weight * tail }
    }

    /// `V_H(s_0)`.
    pub fn value(&self) -> f64 {
        self.near.iter().sum::<f64>() + self.far
    }

    /// Share of the model in the sizes of all parts, 0 to 1; `None` where every part is 0.
    pub fn share_of_model(&self) -> Option<f64> {
        let near: f64 = self.near.iter().map(|part| part.abs()).sum();
        let all = near + self.far.abs();
        (all > 0.0).then(|| near / all)
    }
}

/// Horner's rule from the tail back to the real step, in place: on entry `y[H + 1]` holds rewards,
/// on return `y_t = r_t + discount_t y_{t+1}` with `y_H = tail`.
#[inline]
pub fn targets(y: &mut [f64], discounts: &[f64], tail: f64) {
    let mut next = tail;
    for (y, discount) in y.iter_mut().zip(discounts).rev() {
        next = *y + discount * next;
        *y = next;
    }
}

/// What each step weighs in the critic's loss, `[H + 1]`: `sum_t weight_t (Q(s_t, a_t) - y_t)^2`.
/// `goes_on` says of each step whether the task goes on after it: a discount of 0 alone ends nothing.
///
/// With the TD-k trick every depth counts, each `1 / H` as in the paper's equation, and nothing
/// after an end of the task. Without it only the real step does. At `H = 0` both are the plain
/// error of a critic.
pub fn loss_weights(goes_on: &[bool], td_k: bool, weights: &mut [f64]) {
    let horizon = goes_on.len() - 1;
    weights.fill(0.0);
    weights[0] = 1.0;
    if td_k && horizon > 0 {
        let share = 1.0 / horizon as f64;
        for (weight, before) in weights.iter_mut().zip(reached(goes_on)) {
            *weight = if before { share } else { 0.0 };
        }
    }
}

/// Whether each step is taken at all: nothing before it has ended the task.
fn reached(goes_on: &[bool]) -> impl Iterator<Item = bool> {
    let mut alive = true;
    goes_on.iter().map(move |&goes_on| {
        let before = alive;
        alive &= goes_on;
        before
    })
}

/// The critic's loss of one expansion: `sum_t weight_t (q_t - y_t)^2`.
pub fn critic_loss(q: &[f64], y: &[f64], weights: &[f64]) -> f64 {
    q.iter().zip(y).zip(weights).map(|((q, y), weight)| weight * (q - y) * (q - y)).sum()
}

/// `[S]`: the value of a reward process after one more imagined step, `R + gamma P V`.
///
/// `model` is `[S * S]` row by row, `rewards` `[S]`, `values` `[S]`. Applied `H` times to a tail it
/// is the value expansion of every state at once.
pub fn expand(model: &[f64], rewards: &[f64], gamma: f64, values: &[f64]) -> Vec<f64> {
    let backed = |row: &[f64]| row.iter().zip(values).map(|(p, v)| p * v).sum::<f64>();
    let rows = model.chunks(values.len());
    rewards.iter().zip(rows).map(|(reward, row)| reward + gamma * backed(row)).collect()
}

/// Root of the mean squared difference; 0 for nothing.
pub fn rms_error(a: &[f64], b: &[f64]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
    (squares.sum::<f64>() / a.len().max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} and {b}");
    }

    #[test]
    fn a_stack_by_hand() {
        // 1 + 0.5 * 2 + 0.25 * 4 = 3
        let stack = Stack::of(&[1.0, 2.0], &[0.5, 0.5], 4.0);
        assert_eq!(stack, Stack { near: vec![1.0, 1.0], far: 1.0 });
        close(stack.value(), 3.0);
        close(stack.share_of_model().unwrap(), 2.0 / 3.0);
        assert_eq!(Stack::of(&[], &[], 7.0).value(), 7.0, "H = 0 is the value itself");
        assert_eq!(Stack::of(&[0.0], &[0.0], 7.0).share_of_model(), None);
        // The task ends with the first step: neither the second one nor the tail count.
        assert_eq!(Stack::of(&[1.0, 2.0], &[0.0, 0.5], 4.0).value(), 1.0);
    }

    #[test]
    fn targets_by_hand() {
        // y_1 = 3 + 0.9 * 10 = 12; y_0 = 2 + 0.9 * 12 = 12.8; y_-1 = 1 + 0.9 * 12.8 = 12.52
        let mut y = [1.0, 2.0, 3.0];
        targets(&mut y, &[0.9; 3], 10.0);
        close(y[0], 12.52);
        close(y[1], 12.8);
        close(y[2], 12.0);
        // The real step ended the task.
        let mut y = [1.0, 2.0, 3.0];
        targets(&mut y, &[0.0, 0.9, 0.9], 10.0);
        assert_eq!(y[0], 1.0);
    }

    #[test]
    fn the_first_imagined_target_is_the_value_of_the_stack() {
        let (rewards, discounts) = ([-1.0, 0.5, 2.0, -3.0], [0.9, 0.9, 0.0, 0.9]);
        let mut y = rewards;
        targets(&mut y, &discounts, 5.0);
        close(y[0], Stack::of(&rewards, &discounts, 5.0).value());
    }

    #[test]
    fn weights_of_the_terms() {
        let of = |goes_on: &[bool], td_k| {
            let mut weights = vec![9.0; goes_on.len()];
            loss_weights(goes_on, td_k, &mut weights);
            weights
        };
        assert_eq!(of(&[true], true), [1.0]);
        assert_eq!(of(&[true], false), [1.0]);
        assert_eq!(of(&[true; 5], true), [0.25; 5], "one over H, for H + 1 terms");
        assert_eq!(of(&[true; 3], false), [1.0, 0.0, 0.0]);
        assert_eq!(of(&[false, true, true], true), [0.5, 0.0, 0.0]);
        assert_eq!(of(&[true, false, true], true), [0.5, 0.5, 0.0]);
        // 1/2 (1 + 4) with two imagined steps, the last of them past the end.
        close(critic_loss(&[1.0, 0.0, 9.0], &[0.0, 2.0, 0.0], &[0.5, 0.5, 0.0]), 2.5);
    }

    #[test]
    fn with_an_exact_model_an_error_of_the_tail_shrinks_by_gamma_a_step() {
        // A ring of four states; the value is exact but for 5.
        let (gamma, n) = (0.9, 4);
        let rewards = [1.0, -2.0, 0.5, 3.0];
        let mut model = vec![0.0; n * n];
        (0..n).for_each(|s| model[s * n + (s + 1) % n] = 1.0);
        let mut exact = vec![0.0; n];
        (0..2000).for_each(|_| exact = expand(&model, &rewards, gamma, &exact));
        let mut values: Vec<f64> = exact.iter().map(|v| v + 5.0).collect();
        let mut errors = Vec::new();
        for _ in 0..=10 {
            errors.push(rms_error(&values, &exact));
            values = expand(&model, &rewards, gamma, &values);
        }
        for (horizon, error) in [(0, 5.0), (1, 4.5), (2, 4.05), (5, 2.952), (10, 1.743)] {
            assert!((errors[horizon] - error).abs() < 5e-4, "{horizon}: {}", errors[horizon]);
        }
    }

    #[test]
    fn expanding_all_states_at_once_is_a_stack_of_each() {
        let (gamma, rewards, tail) = (0.8, [1.0, 2.0, 4.0], [10.0, 20.0, 30.0]);
        // 0 to 1 to 2 to 0.
        let model = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let twice = expand(&model, &rewards, gamma, &expand(&model, &rewards, gamma, &tail));
        let stack = Stack::of(&[1.0, 2.0], &[gamma; 2], 30.0);
        close(twice[0], stack.value());
    }
}

//! The equations of tree search, as small pure functions.
//!
//! Notation: `N` visits of the node, `n` visits of the action, `q` its value, all rows `[A]`.

/// Least difference of values that is told from none where values are rescaled.
pub const LEAST_SPAN: f64 = 1e-8;

/// The same for the range of a whole tree over values that a network learns: differences smaller
/// than this are its noise, not an opinion (LightZero has a dial for it, `value_delta_max`).
pub const LEAST_TREE_SPAN: f64 = 0.05;

/// `softmax` of logits that may be minus infinity; false, and all zero, where all of them are.
#[inline]
pub fn softmax(logits: &[f64], out: &mut [f64]) -> bool {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY {
        out.fill(0.0);
        return false;
    }
    if logits.iter().all(|&l| l == top) {
        // The usual case of tables: nothing is known, nothing need be computed.
        out.fill(1.0 / logits.len() as f64);
        return true;
    }
    let mut sum = 0.0;
    for (p, &logit) in out.iter_mut().zip(logits) {
        *p = (logit - top).exp();
        sum += *p;
    }
    out.iter_mut().for_each(|p| *p /= sum);
    true
}

/// Exploration of UCT: `c sqrt(ln N / n)` (Kocsis & Szepesvari 2006), given `ln N`.
#[inline]
pub fn uct_exploration(c: f64, ln_node_visits: f64, visits: f64) -> f64 {
    c * (ln_node_visits / visits).sqrt()
}

/// The part of pUCT's exploration that all actions share:
/// `sqrt(N) (c1 + ln((N + c2 + 1) / c2))` (Schrittwieser et al. 2020, appendix B).
#[inline]
pub fn puct_weight(node_visits: f64, c1: f64, c2: f64) -> f64 {
    node_visits.sqrt() * (c1 + ((node_visits + c2 + 1.0) / c2).ln())
}

/// Exploration of pUCT: `P(a) weight / (1 + n)`.
#[inline]
pub fn puct_exploration(prior: f64, weight: f64, visits: f64) -> f64 {
    prior * weight / (1.0 + visits)
}

/// Value of a node from its evaluation and the values of the actions visited (Danihelka et al.
/// 2022, appendix D): `(v + sum n * mean of q under the prior) / (1 + sum n)`.
#[inline]
pub fn mixed_value(raw_value: f64, prior: &[f64], visits: &[u32], q: &[f64]) -> f64 {
    let (mut all, mut mass, mut weighted) = (0.0, 0.0, 0.0);
    for ((&p, &n), &q) in prior.iter().zip(visits).zip(q) {
        if n > 0 {
            let p = p.max(f64::MIN_POSITIVE);
            all += f64::from(n);
            mass += p;
            weighted += p * q;
        }
    }
    let mean = if mass > 0.0 { weighted / mass } else { 0.0 };
    (raw_value + all * mean) / (1.0 + all)
}

/// `sigma(q) = (c_visit + max n) c_scale q` (Danihelka et al. 2022, eq. 8), the factor of `q`.
#[inline]
pub fn sigma_factor(c_visit: f64, c_scale: f64, visits: &[u32]) -> f64 {
    let most = visits.iter().copied().max().unwrap_or(0);
    (c_visit + f64::from(most)) * c_scale
}

/// The visit counts that sequential halving looks at, simulation by simulation (Karnin et al.
/// 2013; Danihelka et al. 2022): in phase `i` each of the `m_i` survivors of `considered` gets
/// `max(1, budget / (ceil(log2 considered) m_i))` visits, then half of them survive, at least 2.
pub fn considered_visits(considered: usize, budget: usize) -> Vec<u32> {
    if considered <= 1 {
        return (0..budget as u32).collect();
    }
    let phases = considered.next_power_of_two().trailing_zeros() as usize;
    let (mut sequence, mut survivors, mut visits) = (Vec::new(), considered, 0);
    while sequence.len() < budget {
        for _ in 0..(budget / (phases * survivors)).max(1) {
            sequence.extend(std::iter::repeat_n(visits, survivors));
            visits += 1;
        }
        survivors = (survivors / 2).max(2);
    }
    sequence.truncate(budget);
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequential_halving_by_hand_and_as_published() {
        // The sequences of mctx's own tests.
        let eight = considered_visits(8, 24);
        let mut want = vec![0; 8];
        want.extend([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
        assert_eq!(eight, want);
        assert_eq!(considered_visits(8, 13), [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2]);
        let seven = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8];
        assert_eq!(considered_visits(7, 24), seven);
        assert_eq!(considered_visits(1, 5), [0, 1, 2, 3, 4]);
        assert_eq!(considered_visits(0, 3), [0, 1, 2]);
        // 16 visits, 4 actions: 2 phases; 2 visits to each of 4, then 4 to each of 2.
        assert_eq!(considered_visits(4, 16), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn puct_by_hand() {
        // N = 10, n = 3, P = 0.5, c1 = 1.25, c2 = 19652.
        let exploration = puct_exploration(0.5, puct_weight(10.0, 1.25, 19652.0), 3.0);
        assert!((exploration - 0.49433).abs() < 5e-6, "{exploration}");
    }

    #[test]
    fn uct_by_hand() {
        // sqrt(2) sqrt(ln 8 / 2) = sqrt(ln 8) = 1.442027.
        let exploration = uct_exploration(2.0_f64.sqrt(), 8.0_f64.ln(), 2.0);
        assert!((exploration - 1.442_027).abs() < 1e-6);
    }

    #[test]
    fn the_mixed_value_by_hand() {
        // v = 1; actions 0 and 2 visited once and three times, worth 2 and 4, priors 0.2 and 0.3:
        // mean (0.4 + 1.2) / 0.5 = 3.2; (1 + 4 * 3.2) / 5 = 2.76.
        let mixed = mixed_value(1.0, &[0.2, 0.5, 0.3], &[1, 0, 3], &[2.0, 99.0, 4.0]);
        assert!((mixed - 2.76).abs() < 1e-12);
        assert_eq!(mixed_value(1.5, &[0.5, 0.5], &[0, 0], &[0.0, 0.0]), 1.5);
        assert!((sigma_factor(50.0, 0.1, &[3, 7, 1]) - 5.7).abs() < 1e-12);
    }

    #[test]
    fn softmax_leaves_out_what_is_impossible() {
        let mut out = [9.0; 3];
        assert!(softmax(&[0.0, f64::NEG_INFINITY, 3.0_f64.ln()], &mut out));
        assert!((out[0] - 0.25).abs() < 1e-15 && out[1] == 0.0);
        assert!(softmax(&[7.0; 3], &mut out));
        assert_eq!(out, [1.0 / 3.0; 3]);
        assert!(!softmax(&[f64::NEG_INFINITY; 3], &mut out));
        assert_eq!(out, [0.0; 3]);
    }
}

//! AB: the smallest world in which a model tells more than the returns (Sutton & Barto, example
//! 6.4). A leads to B and pays nothing; B ends and pays 1, most of the time.

use super::process::{Law, LawError, Process, graph};
use crate::mdp::Outcome;

crate::params! {
    /// Dials of AB.
    pub struct AbConfig {
        /// Probability that B pays 1 instead of 0.
        pays: f64 = 0.75 => { "B pays 1", "probability", Restart, Float { min: 0.0, max: 1.0, log: false } },
        /// Probability that an episode starts in A instead of B.
        start_a: f64 = 0.125 => { "Starts in A", "probability", Restart, Float { min: 0.0, max: 1.0, log: false } },
        /// Steps after which an episode is cut off; 0 means never.
        max_steps: u32 = 0 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
    }
}

/// Builds the world: state 0 is A, 1 is B, 2 the end.
pub fn ab(config: &AbConfig) -> Result<Process, LawError> {
    let to =
        |probability, reward, next| Outcome { probability, reward, next, terminated: next == 2 };
    let possible = |o: &Outcome| o.probability > 0.0;
    let pays = [to(config.pays, 1.0, 2), to(1.0 - config.pays, 0.0, 2)];
    let outcomes =
        vec![vec![to(1.0, 0.0, 1)], pays.into_iter().filter(possible).collect(), Vec::new()];
    let starts = [(0, config.start_a), (1, 1.0 - config.start_a)];
    let starts: Vec<_> = starts.into_iter().filter(|s| s.1 > 0.0).collect();
    let names = ["A", "B", "end"].map(str::to_owned).to_vec();
    let places = vec![[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]];
    let scene = graph(places, names, &["go"], &outcomes, &starts);
    let law = Law { actions: 1, outcomes, starts, bad_ends: Vec::new(), scene };
    Process::new(law, config.max_steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Tabular as _;
    use crate::mdp::scene::{Node, Scene, Scenic as _};

    #[test]
    fn the_law_is_that_of_the_example() {
        let world = ab(&AbConfig::default()).unwrap();
        assert_eq!(world.law().starts, [(0, 0.125), (1, 0.875)]);
        let a = world.outcomes(0, 0);
        assert_eq!((a[0].next, a[0].reward, a[0].terminated), (1, 0.0, false));
        let b: Vec<_> = world.outcomes(1, 0).iter().map(|o| (o.probability, o.reward)).collect();
        assert_eq!(b, [(0.75, 1.0), (0.25, 0.0)]);
        let Scene::Graph(picture) = world.scene() else { panic!("a graph") };
        assert_eq!(*picture.links, [(0, 1), (1, 2)]);
        assert_eq!(*picture.nodes, [Node::Start, Node::Start, Node::End]);
        assert_eq!(
            (world.scene().state_name(0), world.scene().action_name(0)),
            ("A".into(), "go".into())
        );
    }

    #[test]
    fn what_never_happens_is_not_listed() {
        let world = ab(&AbConfig { pays: 1.0, start_a: 1.0, ..AbConfig::default() }).unwrap();
        assert_eq!((world.outcomes(1, 0).len(), world.starts()), (1, vec![0]));
    }
}

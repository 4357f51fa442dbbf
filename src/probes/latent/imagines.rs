//! The unrolled model along real steps: the latent states it imagines beside those it makes of what
//! was really seen, what both say of reward, value and policy, and where in the world that is.

use super::cloud::{self, Cloud, apart, encoded};
use super::readout::Readout;
use crate::agents::View;
use crate::agents::muzero::lived::Way;
use crate::agents::muzero::view::MuZeroView;
use crate::probes::dynamics::Place;
use crate::probes::imagined::STEPS;
use crate::probes::truth::Truth;
use crate::rl::categorical::softmax;
use crate::rl::principal::Principal;

/// Most steps that the model is unrolled.
pub const AHEAD: usize = STEPS;

/// Along which real steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Those of the newest episode that is over.
    #[default]
    Last,
    /// Those of the episode under way.
    Now,
}

/// What is asked.
pub struct Ask<'a> {
    /// The world.
    pub truth: &'a Truth,
    /// The learner.
    pub view: &'a View,
    /// Along which steps.
    pub which: Which,
    /// After so many of them the unrolling begins; `None`: as late as leaves [`AHEAD`] of them.
    pub from: Option<usize>,
    /// Directions of an earlier picture.
    pub before: Option<&'a Principal>,
}

/// Imagined and real after `k` steps of the unrolling. Pairs are `[real, imagined]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where it really was.
    pub real: Place,
    /// Where both lie in the picture.
    pub at: [[f64; 3]; 2],
    /// How far both are apart, as a share of [`Cloud::typical`].
    pub drift: f64,
    /// The real state whose latent state is nearest to the imagined one.
    pub nearest: Option<Place>,
    /// What the probe reads from the imagined one.
    pub read: Option<Place>,
    /// Reward of the step that led here; `None` at the root.
    pub reward: Option<[f64; 2]>,
    /// Value of the latent state.
    pub value: [f64; 2],
    /// Chance that its policy gives the action really taken next; `None` at the end.
    pub chance: Option<[f64; 2]>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Imagines {
    /// Real states.
    pub cloud: Cloud,
    /// `[N]`: where they lie in the picture.
    pub at: Vec<[f64; 3]>,
    /// Pairs of them that one step leads between, where states are listed.
    pub links: Vec<[usize; 2]>,
    /// Directions of the picture.
    pub principal: Principal,
    /// `k = 0, 1, ...`.
    pub steps: Vec<Step>,
    /// After so many real steps the unrolling begins.
    pub first: usize,
    /// Real steps of the episode.
    pub length: usize,
    /// Share of the real listed states that the probe reads right.
    pub reads: Option<f64>,
}

impl Imagines {
    /// `None` for an agent without latent states, and while nothing is remembered.
    pub fn of(ask: &Ask<'_>) -> Option<Self> {
        let (truth, agent) = (ask.truth, ask.view.muzero.as_deref()?);
        let cloud = Cloud::of(truth, ask.view, agent);
        let principal = Principal::of(&cloud.latents, cloud.width, 3)?;
        let principal = match ask.before {
            Some(before) => principal.beside(before),
            None => principal,
        };
        let readout = Readout::fit(&cloud, truth);
        let way = match ask.which {
            Which::Last => &agent.lived.last,
            Which::Now => &agent.lived.now,
        };
        let first = ask.from.unwrap_or(usize::MAX).min(way.length().saturating_sub(AHEAD));
        let first = ask.from.map_or(first, |from| from.min(way.length()));
        let unrolled = Unrolled { truth, agent, cloud: &cloud, principal: &principal };
        let steps = unrolled.along(way, first, readout.as_ref()).unwrap_or_default();
        let at = (0..cloud.places.len()).map(|i| spot(&principal, cloud.latent(i))).collect();
        let reads = readout.as_ref().and_then(|readout| readout.right(&cloud, truth));
        let (links, length) = (links(truth, &cloud), way.length());
        Some(Self { at, links, steps, first, length, reads, principal, cloud })
    }

    /// Steps of the unrolling.
    pub fn ahead(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }
}

/// A place in the picture; directions that are missing count as 0.
fn spot(principal: &Principal, latent: &[f32]) -> [f64; 3] {
    let along = principal.place(latent);
    [0, 1, 2].map(|axis| along.get(axis).copied().unwrap_or(0.0))
}

/// Which real states one likely step leads between, each pair once.
fn links(truth: &Truth, cloud: &Cloud) -> Vec<[usize; 2]> {
    let index = |state: u32| cloud.places.iter().position(|place| *place == Place::State(state));
    let mut links = Vec::new();
    for (from, place) in cloud.places.iter().enumerate() {
        let Place::State(state) = *place else { return links };
        for action in 0..truth.actions() {
            let next = truth.likeliest(state, action as u8).and_then(index);
            if let Some(to) = next.filter(|&to| to != from) {
                links.push([from.min(to), from.max(to)]);
            }
        }
    }
    links.sort_unstable();
    links.dedup();
    links
}

/// What an unrolling reads.
struct Unrolled<'a> {
    truth: &'a Truth,
    agent: &'a MuZeroView,
    cloud: &'a Cloud,
    principal: &'a Principal,
}

impl Unrolled<'_> {
    /// From `first` on, with the actions really taken.
    fn along(&self, way: &Way, first: usize, readout: Option<&Readout>) -> Option<Vec<Step>> {
        let networks = &self.agent.networks;
        let typical = self.cloud.typical().max(1e-12);
        let mut latent = encoded(self.agent, way.seen.get(first)?)?;
        let mut told: Option<f64> = None;
        let mut steps = Vec::new();
        let last = way.length().min(first + AHEAD);
        for t in first..=last {
            let seen = way.seen.get(t)?;
            let real = encoded(self.agent, seen)?;
            let action = way.actions.get(t).copied();
            let chance =
                |latent: &[f32]| Some(softmax(&networks.logits(latent))[usize::from(action?)]);
            let pair = |of: &dyn Fn(&[f32]) -> f64| [of(&real), of(&latent)];
            let chances = chance(&real).zip(chance(&latent)).map(|(r, d)| [r, d]);
            steps.push(Step {
                real: cloud::place(self.truth, seen),
                at: [spot(self.principal, &real), spot(self.principal, &latent)],
                drift: apart(&real, &latent) / typical,
                nearest: self.cloud.nearest(&latent).map(|i| self.cloud.places[i]),
                read: readout.and_then(|readout| readout.place(&latent, self.truth)),
                reward: told.map(|told| [way.rewards[t - 1], told]),
                value: pair(&|latent| networks.value(latent)),
                chance: chances,
            });
            let Some(action) = action else { break };
            let (reward, next) = networks.follow(&latent, action);
            (told, latent) = (Some(reward), next);
        }
        Some(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::Agent as _;
    use crate::agents::muzero::{MuZero, MuZeroConfig};
    use crate::base::rng::{Stream, StreamName};
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::mdp::trace::Unwatched;
    use crate::mdp::{Simulator as _, Transition};
    use crate::models::coding::{Coded, Coding};
    use crate::models::features::Places;

    /// An agent that has walked along a corridor for some steps, whatever it learned.
    fn walked(steps: usize) -> (Truth, View) {
        let mut world =
            Grid::new(&GridSource::from_text("S....G"), &GridConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let sight = Coding { coded: Coded::RowCol, places: Places { rows: 1, cols: 6 } };
        let config = MuZeroConfig { simulations: 2, updates: 0.0, ..MuZeroConfig::default() };
        let mut agent = MuZero::new(config, sight, (6, 4), &[3]).unwrap();
        let mut dice = Stream::new(1, StreamName::World);
        let mut obs = world.reset(&mut dice);
        agent.begin(0, obs);
        for _ in 0..steps {
            let mut action = [1];
            agent.decide(&[obs], &[true], &mut action, &mut Unwatched);
            let step = world.step(action[0], &mut dice);
            let transition = Transition { lane: 0, obs, action: action[0], step };
            agent.learn(&[transition], &mut Unwatched);
            obs = step.next;
            if step.terminated || step.truncated {
                obs = world.reset(&mut dice);
                agent.begin(0, obs);
            }
        }
        (truth, agent.view())
    }

    #[test]
    fn the_unrolling_begins_where_the_real_state_is_and_ends_with_the_way() {
        let (truth, view) = walked(300);
        let ask = Ask { truth: &truth, view: &view, which: Which::Last, from: None, before: None };
        let found = Imagines::of(&ask).unwrap();
        let agent = view.muzero.as_deref().unwrap();
        let way = &agent.lived.last;
        assert!(way.terminated, "300 steps are enough to come upon the goal");
        assert_eq!(found.ahead(), way.length().min(AHEAD));
        assert_eq!(found.first, way.length() - found.ahead());
        let [first, last] = [&found.steps[0], &found.steps[found.ahead()]];
        assert_eq!((first.drift, first.reward, last.chance), (0.0, None, None));
        assert_eq!(first.at[0], first.at[1]);
        assert_eq!(first.nearest, Some(first.real));
        assert_eq!(last.real, Place::State(5));
        assert_eq!(last.reward.unwrap()[0], 1.0, "the reward of the step that led there");
        assert!(found.steps[1..].iter().all(|step| step.drift > 0.0));
        // Step by step as a search would.
        let mut latent = encoded(agent, &way.seen[found.first]).unwrap();
        for (k, step) in found.steps.iter().enumerate() {
            assert_eq!(step.value[1], agent.networks.value(&latent), "{k}");
            if let Some(&action) = way.actions.get(found.first + k) {
                latent = agent.networks.follow(&latent, action).1;
            }
        }
    }

    #[test]
    fn neighbours_of_the_corridor_are_linked_and_nobody_else() {
        let (truth, view) = walked(300);
        let ask =
            Ask { truth: &truth, view: &view, which: Which::Now, from: Some(0), before: None };
        let found = Imagines::of(&ask).unwrap();
        let places: Vec<Place> = (0..6).map(Place::State).collect();
        assert_eq!(found.cloud.places, places, "the goal is never left, but was seen");
        assert_eq!(found.links, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]);
        let goal = found.cloud.latent(5).to_vec();
        assert_eq!(found.cloud.nearest(&goal), Some(5), "so a reader can say: at the goal");
        assert_eq!(found.first, 0);
        assert_eq!(Imagines::of(&Ask { view: &View::default(), ..ask }), None);
    }
}

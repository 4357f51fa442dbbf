//! A search in the latent model lived again, for pictures. The search itself never decodes a node;
//! where a picture needs a place, it is the listed state whose own latent state is nearest, and where
//! numbers are seen the nearest of some remembered sights.

use std::sync::Arc;

use super::MuZero;
use super::latent::{Latent, LatentModel};
use super::networks::HostNetworks;
use crate::agents::search::{Evidence, Method, Past};
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::{Observed as _, State};
use crate::models::sight::{Eyes, Seen, Sight, told};
use crate::search::select::{Rule, Score};
use crate::search::tree::Tree;
use crate::search::tree_search::TreeSearch;
use crate::search::{Answer, Root, SearchError, Settings};

/// Remembered sights that nodes may stand at.
const SIGHTS: usize = 255;

/// What nodes may stand at, as the networks see it.
#[derive(Clone, Debug)]
struct Places(Arc<Vec<Latent>>);

impl Places {
    /// All listed states.
    fn listed(networks: &HostNetworks, eyes: &Eyes, states: usize) -> Self {
        let one = |state| Some(networks.enter(&eyes.state(state)?).into());
        Self(Arc::new((0..states as State).map_while(one).collect()))
    }

    /// These sights, by their places in the list.
    fn seen(networks: &HostNetworks, eyes: &Eyes, seen: &[Seen]) -> Self {
        let one = |seen| Some(networks.enter(&eyes.told(seen)?).into());
        Self(Arc::new(seen.iter().map_while(one).collect()))
    }

    /// The state whose latent state is nearest; of equal ones the first.
    fn nearest(&self, latent: &Latent) -> State {
        let far = |other: &Latent| -> f32 {
            other.iter().zip(latent.iter()).map(|(a, b)| (a - b).powi(2)).sum()
        };
        let all = self.0.iter().map(far).enumerate();
        all.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(state, _)| state as State)
    }
}

/// All it takes to live such a search again, whatever its agent does meanwhile.
#[derive(Clone, Debug)]
pub struct LatentPast {
    networks: HostNetworks,
    settings: Settings,
    gamma: f64,
    guided: bool,
    /// What is seen at the root, and what may be done there.
    told: Arc<[f32]>,
    legal: Option<Vec<bool>>,
    root: State,
    dice: Stream,
    places: Places,
    /// What the numbers of nodes stand for where no states are listed, the root first.
    sights: Arc<[Seen]>,
}

impl LatentPast {
    /// The state it starts from.
    pub fn root(&self) -> State {
        self.root
    }

    /// What was seen at the places that nodes stand at, where no states are listed; the root first.
    pub fn sights(&self) -> &[Seen] {
        &self.sights
    }

    /// Simulations.
    pub fn budget(&self) -> u32 {
        self.settings.budget
    }

    /// How it looks ahead.
    pub fn method(&self) -> Method {
        match self.settings.rule {
            Rule::Gumbel { .. } => Method::Gumbel,
            Rule::Puct { .. } | Rule::Uct { .. } => Method::Puct,
        }
    }

    /// What the value one step later counts for.
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// Adds everything that decides how it goes.
    pub fn digest(&self, digest: &mut Digest) {
        let mut dice = self.dice.clone();
        digest.word(dice.position() as u64);
        digest.number(dice.unit());
        let words = [self.settings.budget.into(), u64::from(self.root), u64::from(self.guided)];
        words.into_iter().for_each(|word| digest.word(word));
        digest.number(self.gamma);
        self.told.iter().for_each(|x| digest.word(u64::from(x.to_bits())));
        self.networks.digest(digest);
    }

    fn model(&self) -> LatentModel<'_> {
        let (networks, gamma, guided) = (&self.networks, self.gamma, self.guided);
        LatentModel { networks, gamma, guided, calls: 0 }
    }

    /// The search at its beginning.
    pub fn begin(&self) -> Result<LatentRelived, SearchError> {
        let (mut model, mut dice) = (self.model(), self.dice.clone());
        let root = Root { legal: self.legal.clone(), ..model.root(&self.told) };
        let dice_of = std::slice::from_mut(&mut dice);
        let search = TreeSearch::begin(self.settings, &[root], &mut model, dice_of)?;
        Ok(LatentRelived { search: Box::new(search), past: self.clone(), dice })
    }
}

/// Such a search under way once more.
#[derive(Clone, Debug)]
pub struct LatentRelived {
    search: Box<TreeSearch<Latent>>,
    past: LatentPast,
    dice: Stream,
}

impl LatentRelived {
    /// One simulation; false once the budget is spent.
    pub fn unit(&mut self) -> bool {
        if self.search.is_done() {
            return false;
        }
        let mut model = self.past.model();
        self.search.simulate(&mut model, std::slice::from_mut(&mut self.dice));
        true
    }

    /// One that goes through `node`.
    pub fn unit_below(&mut self, node: u32) -> Result<(), SearchError> {
        let mut model = self.past.model();
        self.search.simulate_below(&mut model, std::slice::from_mut(&mut self.dice), &[node])
    }

    /// The search itself.
    pub fn search(&self) -> &TreeSearch<Latent> {
        &self.search
    }

    /// What it says now.
    pub fn answer(&self) -> Answer {
        self.search.answer(0)
    }

    /// The tree, every node at the state nearest to it.
    pub fn tree(&self) -> Tree<State> {
        self.past.located(self.search.tree())
    }

    /// `[A]`: why the next simulation through `node` would go where.
    pub fn scores(&self, node: u32) -> Vec<Score> {
        self.search.scores(0, node)
    }

    /// States that the last simulation went through.
    pub fn last_way(&self) -> Vec<State> {
        let tree = self.search.tree();
        let place = |&node: &u32| self.past.places.nearest(&tree.node[node as usize]);
        self.search.last_path(0).iter().map(place).collect()
    }
}

impl LatentPast {
    /// Nodes in use at their nearest states; the root is where it is.
    fn located(&self, tree: &Tree<Latent>) -> Tree<State> {
        let mut left = tree.len[0];
        let mut located = tree.map(|latent| {
            // Nodes that are not in use yet stand for nothing.
            if left == 0 {
                return self.root;
            }
            left -= 1;
            self.places.nearest(latent)
        });
        located.node[0] = self.root;
        located
    }
}

impl<S: Sight> MuZero<S> {
    /// The search of `lane` from here, from its beginning on; one that the next step is going to make
    /// begins with dice and networks as they are now.
    fn past(&self, lane: usize) -> Option<LatentPast> {
        let own = &self.lanes[lane];
        let seen = own.root?;
        let networks = self.hosts[lane].clone().unwrap_or_else(|| self.learner.copy(lane));
        let (eyes, states) = (self.sight.eyes(), own.tally.len() / self.actions);
        let (root, places, sights) = match seen.state().filter(|_| states > 0) {
            Some(root) => (root, Places::listed(&networks, &eyes, states), Vec::new()),
            None => {
                let memory = own.games.spread(SIGHTS);
                let all = std::iter::once(&seen).chain(&memory).map(Seen::of);
                let sights = all.collect::<Option<Vec<Seen>>>()?;
                (0, Places::seen(&networks, &eyes, &sights), sights)
            }
        };
        let begun = self.searching(lane).map(|(search, tree)| search.begun(tree));
        Some(LatentPast {
            settings: self.config.search(!own.is_frozen(&self.config)),
            gamma: self.gamma(),
            guided: self.guided(),
            told: told(&self.sight, &seen).into(),
            legal: self.sight.legal(&seen),
            root,
            dice: begun.unwrap_or(&own.plan).clone(),
            networks,
            places,
            sights: sights.into(),
        })
    }

    /// The search of `lane` from its present state as evidence.
    pub(super) fn searched(&self, lane: usize) -> Option<Evidence> {
        let past = self.past(lane)?;
        let begun = past.begin().ok()?;
        let now = match self.searching(lane) {
            Some((search, tree)) => LatentRelived { search: Box::new(search.alone(tree)), ..begun },
            None => begun,
        };
        let done = now.search.done();
        Some(Evidence {
            root: past.root,
            method: past.method(),
            done,
            answer: now.answer(),
            tree: now.tree(),
            last_way: if done > 0 { now.last_way() } else { vec![past.root] },
            past: Past::latent(past),
        })
    }
}

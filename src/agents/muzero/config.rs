//! Dials of the MuZero-style agent.

pub(super) use super::code::line;
use super::code::program;
pub use super::dreaming::Imagine;
use super::networks::Shape;
use super::unroll::{HALF, Policies, Setting};
use crate::agents::search::Switch;
use crate::mdp::trace::CodeLine;
use crate::models::coding::Coded;
use crate::nn::device::Wish;
use crate::nn::trial::Trial;
use crate::search::select::{Range, RootNoise, Rule};
use crate::search::{Leaf, Settings};

// ---------------------------------------------------------------- configuration

crate::choice! {
    /// How a simulation chooses.
    pub enum Tree {
        /// pUCT, as MuZero (Schrittwieser et al. 2020).
        Puct = "puct", "pUCT";
        /// Gumbel draws and sequential halving (Danihelka et al. 2022).
        Gumbel = "gumbel", "Gumbel";
    }
}

crate::choice! {
    /// What shapes the latent states.
    pub enum Aim {
        /// Reward, value and policy: nothing asks what was seen.
        ValueEquivalent = "value-equivalent", "value";
        /// What was seen, and the reward; value and policy only read.
        Reconstruction = "reconstruction", "sight";
    }
}

crate::choice! {
    /// What picks real actions.
    pub enum Picks {
        /// The search.
        Search = "search", "search";
        /// The policy network alone.
        Policy = "policy", "policy";
    }
}

crate::choice! {
    /// What the policy network learns from.
    pub enum Distil {
        /// What searches found.
        Search = "search", "search";
        /// The actions taken, weighted with their advantage: a policy gradient without a search.
        Gradient = "gradient", "policy gradient";
        /// Nothing.
        Off = "off", "off";
    }
}

crate::choice! {
    /// How rewards and values are told.
    pub enum Code {
        /// As chances of atoms.
        Categorical = "categorical", "categorical";
        /// As one number.
        Scalar = "scalar", "scalar";
    }
}

crate::params! {
    /// Dials of the MuZero-style agent.
    pub struct MuZeroConfig {
        /// Simulations after every real step.
        simulations: u32 = 25 => { "Simulations", "n, per real step", Live, Int { min: 1.0, max: 200.0, log: true } },
        /// How a simulation chooses.
        tree: Tree = Tree::Puct => { "Search", "", Live, Choice(Tree::CHOICES) },
        /// What shapes the latent states.
        model: Aim = Aim::ValueEquivalent => { "Model learns from", "", Live, Choice(Aim::CHOICES) },
        /// What picks real actions.
        picks: Picks = Picks::Search => { "Actions from", "", Live, Choice(Picks::CHOICES) },
        /// What the policy learns from.
        distil: Distil = Distil::Search => { "Policy learns from", "", Live, Choice(Distil::CHOICES) },
        /// Whether the policy guides the search; otherwise all actions are alike at first.
        guided: Switch = Switch::On => { "Guide by policy", "", Live, Choice(Switch::CHOICES) },
        /// Weight of the loss that draws an imagined latent state to the one really reached; 0 is off.
        consistency: f64 = 2.0 => { "Latent consistency", "weight", Live, Float { min: 0.0, max: 5.0, log: false } },
        /// Steps the model is unrolled along real actions.
        unroll: u32 = 5 => { "Unroll", "K, steps", Live, Int { min: 1.0, max: 10.0, log: false } },
        /// Real rewards in a value target, before the value that a search found.
        td_steps: u32 = 10 => { "Rewards in a target", "steps", Live, Int { min: 1.0, max: 100.0, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Updates of all networks after every real step, a fraction allowed.
        updates: f64 = 1.0 => { "Updates", "per real step", Live, Float { min: 0.0, max: 4.0, log: false } },
        /// Step size of Adam.
        rate: f64 = 0.002 => { "Step size", "Adam", Live, Float { min: 0.000_01, max: 0.1, log: true } },
        /// Share of every weight added to its gradient: large weights shrink.
        decay: f64 = 0.0 => { "Weight decay", "share", Live, Float { min: 0.0, max: 0.01, log: false } },
        /// Places of remembered games in an update.
        batch: u32 = 32 => { "Batch", "B, places", Live, Int { min: 1.0, max: 256.0, log: true } },
        /// Weight of the value loss.
        value_weight: f64 = 0.25 => { "Value loss", "weight", Live, Float { min: 0.0, max: 2.0, log: false } },
        /// How strongly surprising places are drawn more often; 0 draws all alike.
        priority: f64 = 0.5 => { "Priority", "α", Live, Float { min: 0.0, max: 2.0, log: false } },
        /// Share of places whose policy is searched and whose values are predicted anew.
        reanalyse: f64 = 0.0 => { "Reanalyse", "share", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Updates for which a copy of the networks stands still whose values targets go on with; 0 takes those that searches found.
        slow: u32 = 0 => { "Slow copy", "updates", Live, Int { min: 0.0, max: 10_000.0, log: true } },
        /// Real steps kept; the oldest game is forgotten first.
        capacity: u32 = 20_000 => { "Memory", "steps", Live, Int { min: 200.0, max: 200_000.0, log: true } },
        /// Whether every place of a board is learned turned or mirrored at random; elsewhere nothing can be turned.
        symmetries: Switch = Switch::On => { "Turn boards", "", Live, Choice(Switch::CHOICES) },
        /// Share of noise in the policy of the root.
        root_noise: f64 = 0.25 => { "Root noise", "share", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// How evenly that noise falls: small draws prefer one action.
        noise_alpha: f64 = 0.3 => { "Noise concentration", "Dirichlet", Live, Float { min: 0.01, max: 10.0, log: true } },
        /// How evenly visits become actions at first; 0 takes the most visited.
        temperature: f64 = 1.0 => { "Temperature", "T", Live, Float { min: 0.0, max: 2.0, log: false } },
        /// Real steps after which the temperature is halved, and again after half as many more; 0 is never.
        cooling: u32 = 5_000 => { "Cools after", "real steps", Live, Int { min: 0.0, max: 1_000_000.0, log: true } },
        /// How rewards and values are told; the networks start anew when it changes.
        heads: Code = Code::Categorical => { "Reward and value", "", Live, Choice(Code::CHOICES) },
        /// Atoms on each side of 0, in the squashed scale; the networks start anew when it changes.
        support: u32 = 20 => { "Support", "± atoms", Live, Int { min: 1.0, max: 100.0, log: true } },
        /// Numbers of a latent state; the networks start anew when it changes.
        latent: u32 = 32 => { "Latent state", "numbers", Live, Int { min: 2.0, max: 128.0, log: true } },
        /// Width of hidden layers; the networks start anew when it changes.
        width: u32 = 64 => { "Width", "units", Live, Int { min: 4.0, max: 256.0, log: true } },
        /// What the networks are told of a listed state; they start anew when it changes.
        features: Coded = Coded::RowCol => { "Features", "", Live, Choice(Coded::CHOICES) },
        /// What an imagined loss trains, and where its gradients stop.
        imagine: Imagine = Imagine::None => { "Imagined update", "", Live, Choice(Imagine::CHOICES) },
        /// Imagined steps after the first, actions by the policy; the loss has one term more.
        imagined_steps: u32 = 3 => { "Steps of imagination", "K, after the first", Live, Int { min: 0.0, max: 10.0, log: false } },
        /// Weight of the imagined loss.
        beta: f64 = 0.25 => { "Imagined loss", "β, weight", Live, Float { min: 0.0, max: 10.0, log: false } },
        /// Share of the later target in each imagined target.
        lambda: f64 = 0.0 => { "TD(λ) in imagination", "λ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Weight of everything that real steps teach; 0: the networks learn in imagination alone.
        grounded: f64 = 1.0 => { "Grounded loss", "w, weight", Live, Float { min: 0.0, max: 2.0, log: false } },
        /// Whether the policy learns in imagination too, by the advantage of what it did there.
        imagined_policy: Switch = Switch::Off => { "Policy in imagination", "", Live, Choice(Switch::CHOICES) },
        /// Whether the imagined loss trains the representation as well; if not, with K = 0 SC-Direct is Dyna.
        imagined_roots: Switch = Switch::Off => { "Imagination into h", "", Live, Choice(Switch::CHOICES) },
        /// Real steps after which nothing more is remembered and it acts without noise: what comes is an evaluation; 0 is never.
        freeze_after: u32 = 0 => { "Freeze the world", "after N real steps, 0 never", Live, Int { min: 0.0, max: 20_000.0, log: false } },
        /// Where the networks compute; a change moves them and keeps the run. All lanes of a run that starts on an adapter are one population, whose searches ask it together.
        device: Wish = Wish::Auto => { "Device", "", Live, Choice(Wish::CHOICES) },
    }
}

impl MuZeroConfig {
    /// The pseudo-code as the dials are set.
    pub(super) fn code(&self) -> &'static [CodeLine] {
        program(self)
    }

    /// What the networks should be made for, where `inputs` numbers are seen.
    pub fn shape(&self, inputs: usize, actions: usize) -> Shape {
        let atoms = match self.heads {
            Code::Categorical => 2 * self.support as usize + 1,
            Code::Scalar => 1,
        };
        let (latent, width) = (self.latent as usize, self.width as usize);
        Shape { inputs, actions, latent, width, atoms }
    }

    /// What devices are compared by for `lanes` lanes: a training step of the network that is unrolled.
    pub fn trial(&self, shape: Shape, lanes: usize) -> Trial {
        let [_, dynamics, ..] = shape.specs();
        Trial { spec: dynamics, lanes, batch: self.batch as usize }
    }

    /// Bytes of a lane: networks, what trains them, and a full memory.
    pub fn bytes(&self, inputs: usize, actions: usize) -> u128 {
        // Two searched numbers, an action and a reward a step, and what was seen.
        let row = (actions + 3) * size_of::<f64>() + inputs.min(8) * size_of::<f32>();
        self.shape(inputs, actions).bytes() + u128::from(self.capacity) * row as u128
    }

    /// How losses are made.
    pub(super) fn setting(&self) -> Setting {
        Setting {
            value: self.value_weight,
            consistency: self.consistency,
            value_equivalent: self.model == Aim::ValueEquivalent,
            policies: match self.distil {
                Distil::Search => Policies::Search,
                Distil::Gradient => Policies::Gradient,
                Distil::Off => Policies::Nothing,
            },
            recurrent: HALF,
        }
    }

    /// A search that explores, or one that only asks what is best.
    pub(super) fn search(&self, explores: bool) -> Settings {
        let rule = match self.tree {
            Tree::Puct => {
                let noise = RootNoise { alpha: self.noise_alpha, fraction: self.root_noise };
                let noise = (explores && self.root_noise > 0.0).then_some(noise);
                Rule::Puct { c1: 1.25, c2: 19652.0, noise }
            }
            Tree::Gumbel => Rule::Gumbel {
                considered: 16,
                scale: if explores { 1.0 } else { 0.0 },
                c_visit: 50.0,
                c_scale: 0.1,
            },
        };
        let budget = self.simulations;
        let depth = budget as u16;
        Settings { rule, range: Range::Guarded, leaf: Leaf::Value, budget, depth }
    }

    /// Temperature after so many real steps.
    pub(super) fn temperature_at(&self, steps: u64) -> f64 {
        let cooling = u64::from(self.cooling);
        let halvings = match cooling {
            0 => 0,
            _ => u32::from(steps >= cooling) + u32::from(2 * steps >= 3 * cooling),
        };
        self.temperature * 0.5_f64.powi(halvings as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_temperature_is_halved_twice() {
        let config = MuZeroConfig { cooling: 100, ..MuZeroConfig::default() };
        let at = [0, 99, 100, 149, 150, 9999].map(|steps| config.temperature_at(steps));
        assert_eq!(at, [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]);
        let fixed = MuZeroConfig { cooling: 0, temperature: 0.25, ..config };
        assert_eq!(fixed.temperature_at(1_000_000), 0.25);
    }

    #[test]
    fn what_is_asked_for_evaluation_has_no_dice() {
        for tree in [Tree::Puct, Tree::Gumbel] {
            let config = MuZeroConfig { tree, ..MuZeroConfig::default() };
            match config.search(false).rule {
                Rule::Puct { noise, .. } => assert_eq!(noise, None),
                Rule::Gumbel { scale, .. } => assert_eq!(scale, 0.0),
                Rule::Uct { .. } => panic!("MuZero does not search by UCT"),
            }
            assert_ne!(config.search(true), config.search(false), "but acting has");
        }
    }
}

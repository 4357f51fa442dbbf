//! Agents: one algorithm per file, read from top to bottom: pseudo-code, configuration, tables,
//! act, learn, plan. They know nothing of experiments, probes, panels or threads.

pub mod actor_critic;
pub mod computing;
pub mod ddpg;
pub mod deep_dyna_q;
pub mod dyna;
pub mod dyna_q;
pub mod dyna_q_plus;
pub mod expected_sarsa;
pub mod kept_values;
pub mod learner;
pub mod low_rank;
pub mod memory;
pub mod monte_carlo;
pub mod monte_carlo_prediction;
pub mod muzero;
pub mod mve;
pub mod off_policy;
pub mod prioritized_sweeping;
pub mod q_expansion;
pub mod q_learning;
pub mod random;
pub mod replay;
pub mod sarsa;
pub mod search;
pub mod self_consistent;
pub mod steered;
pub mod steering;
pub mod surface;
pub mod table;
pub mod td_prediction;
mod told;
pub mod value_iteration;
pub mod works;

use crate::base::digest::Digest;
use crate::base::params::{Params as _, Spec as ParamSpec};
use crate::mdp::trace::{CodeLine, Watch};
use crate::mdp::{State, Transition};
use crate::models::bank::Known;
use crate::models::network::ModelCopy;
use crate::models::view::ModelView;
use crate::nn::device::Place;
pub use told::{Fault, Moves, NotANumber, Work};

/// A copy of what probes and pictures need, as plain data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Tables, for agents that have them.
    pub table: Option<table::TableView>,
    /// The model that planning asks, for agents that have one.
    pub model: Option<ModelView>,
    /// `[S * A]`: what planning or acting adds for curiosity, for agents that do.
    pub bonus: Option<Vec<f64>>,
    /// All models, for agents that teach several.
    pub known: Option<Known>,
    /// Remembered steps, for agents that replay.
    pub memory: Option<replay::MemoryView>,
    /// Where its networks compute, for agents that have them.
    pub computing: Option<computing::Computing>,
    /// Their model, where they learn one of listed states.
    pub network: Option<std::sync::Arc<ModelCopy>>,
    /// Networks, for agents that steer with them.
    pub steered: Option<std::sync::Arc<steered::SteeredView>>,
    /// What any place is worth, for agents that learn values in worlds of numbers.
    pub surface: Option<surface::Surface>,
    /// What it thought before, oldest first, for agents that keep that.
    pub earlier_values: std::sync::Arc<Vec<surface::Earlier>>,
    /// Model, value and their way, for agents that make them agree.
    pub consistent: Option<self_consistent::ConsistentView>,
    /// Networks and search, for agents that search in a latent model.
    pub muzero: Option<std::sync::Arc<muzero::view::MuZeroView>>,
    /// How well its model fits, for agents that do nothing but fit one.
    pub fitted: Option<low_rank::fit::Shared>,
}

/// One algorithm with the state of all its lanes.
///
/// One real step is `decide`, the world's answer, `learn`, and then as many `plan` units as
/// [`Agent::due`] says. Every method that loops is generic over [`Watch`], so that the unwatched
/// instance pays nothing.
pub trait Agent: Clone + Send + 'static {
    /// What it sees.
    type Obs: Copy;
    /// What it does.
    type Action: Copy;

    /// An episode of lane `lane` begins with `obs`.
    fn begin(&mut self, _lane: usize, _obs: Self::Obs) {}

    /// Chooses an action for every active lane. All slices are `[L]`; entries of inactive lanes
    /// are left alone.
    fn decide<W: Watch>(
        &mut self,
        obs: &[Self::Obs],
        active: &[bool],
        actions: &mut [Self::Action],
        watch: &mut W,
    );

    /// Learns from what really happened, at most one transition a lane, and sets [`Agent::due`].
    fn learn<W: Watch>(
        &mut self,
        transitions: &[Transition<Self::Obs, Self::Action>],
        watch: &mut W,
    );

    /// Planning units still to be done before the next real step.
    fn due(&self) -> u32 {
        0
    }

    /// Does up to `budget` planning units and returns how many; calls `watch.unit()` after each.
    fn plan<W: Watch>(&mut self, _budget: u32, _watch: &mut W) -> u32 {
        0
    }

    /// Plans up to `units` times while the world stands still, whatever is due, and returns how
    /// often. Agents without a model cannot.
    fn dream<W: Watch>(&mut self, _units: u32, _watch: &mut W) -> u32 {
        0
    }

    /// Whether [`Agent::dream`] would do anything now.
    fn can_dream(&self) -> bool {
        false
    }

    /// Work done so far.
    fn work(&self) -> Work;

    /// The same of lane `lane` alone, for agents whose lanes may rest.
    fn work_of(&self, _lane: usize) -> Work {
        self.work()
    }

    /// Which clocks it moves.
    fn moves(&self) -> Moves;

    /// Value of parameter `index`, in the order of its configuration.
    fn param(&self, index: usize) -> f64;

    /// Sets a live parameter to a checked value. Acts from the next unit on. Values set before it
    /// in the same place must leave no trace: only the last one is kept and lived again.
    fn set_param(&mut self, index: usize, value: f64);

    /// A person paints an error over its model: there, entering each of these cells pays so much
    /// more. Agents without a model have nothing to be wrong about.
    fn lie(&mut self, _cells: &[(State, f64)]) {}

    /// The world was drawn over: what was seen last would look like this now. For views: what it
    /// does next follows from what it sees next.
    fn redrawn(&mut self, _seen: Self::Obs) {}

    /// The pseudo-code that its marks refer to, as it is set now.
    fn code(&self) -> &'static [CodeLine];

    /// A copy of what probes need.
    fn view(&self) -> View;

    /// The same of lane `lane`, for agents that keep several apart.
    fn view_of(&self, _lane: usize) -> View {
        self.view()
    }

    /// The search from the present state of lane `lane`, copied out; `None`: it does not search.
    fn evidence(&self, _lane: usize) -> Option<search::Evidence> {
        None
    }

    /// Its action values, for agents that learn any.
    fn values(&self) -> Option<&table::ActionValues> {
        None
    }

    /// Set once a value is not a number any more.
    fn failure(&self) -> Option<NotANumber>;

    /// Whether it cannot go on. Asked at every step.
    fn has_failed(&self) -> bool {
        self.failure().is_some()
    }

    /// Why not.
    fn fault(&self) -> Option<Fault> {
        self.failure().map(Fault::Entry)
    }

    /// In which lane.
    fn failed_lane(&self) -> usize {
        0
    }

    /// Where its networks lie now; `None` without networks.
    fn place(&self) -> Option<Place> {
        None
    }

    /// Brings networks into host memory until they are used again. Waits for the device.
    fn stow(&mut self) {}

    /// Adds all parameters, tables and stream positions in declaration order.
    fn digest(&self, digest: &mut Digest);

    /// Host memory in bytes.
    fn bytes(&self) -> usize;
}

/// A registered agent.
#[derive(Debug)]
pub struct AgentInfo {
    /// Name in files and on the command line.
    pub id: &'static str,
    /// Name on the screen.
    pub title: &'static str,
    /// One sentence.
    pub help: &'static str,
    specs: fn() -> &'static [ParamSpec],
}

impl AgentInfo {
    /// Its parameters in the order shown.
    pub fn params(&self) -> &'static [ParamSpec] {
        (self.specs)()
    }
}

/// All agents, in the order shown.
pub static AGENTS: &[AgentInfo] = &[
    AgentInfo {
        id: "random",
        title: "Random",
        help: "takes any action; learns nothing; the line every curve is compared with",
        specs: random::RandomConfig::specs,
    },
    AgentInfo {
        id: "q-learning",
        title: "Q-learning",
        help: "model-free: learns from each real step once (Watkins 1989)",
        specs: q_learning::QLearningConfig::specs,
    },
    AgentInfo {
        id: "sarsa",
        title: "Sarsa",
        help: "model-free: learns the value of the policy it follows, exploration included",
        specs: sarsa::SarsaConfig::specs,
    },
    AgentInfo {
        id: "expected-sarsa",
        title: "Expected Sarsa",
        help: "Sarsa with the expectation over the next action: less noise",
        specs: sarsa::SarsaConfig::specs,
    },
    AgentInfo {
        id: "monte-carlo",
        title: "Monte-Carlo",
        help: "waits for the end of the episode, then learns from its returns (first visits)",
        specs: monte_carlo::MonteCarloConfig::specs,
    },
    AgentInfo {
        id: "q-replay",
        title: "Q-learning with replay",
        help: "keeps its real steps and learns from them again, n a step (Lin 1992)",
        specs: replay::ReplayConfig::specs,
    },
    AgentInfo {
        id: "dyna-q",
        title: "Dyna-Q",
        help: "learns a model and plans with it n times a step (Sutton & Barto, section 8.2)",
        specs: dyna_q::DynaQConfig::specs,
    },
    AgentInfo {
        id: "dyna-q-plus",
        title: "Dyna-Q+",
        help: "Dyna-Q with a bonus for what it has not tried for long (Sutton & Barto, section 8.3)",
        specs: dyna_q_plus::DynaQPlusConfig::specs,
    },
    AgentInfo {
        id: "dyna",
        title: "Dyna, any model",
        help: "teaches six models and plans with the one you choose; swap it while it runs",
        specs: dyna::DynaConfig::specs,
    },
    AgentInfo {
        id: "deep-dyna-q",
        title: "Deep Dyna-Q",
        help: "Dyna-Q with networks for the values and for the model, which generalises",
        specs: deep_dyna_q::DeepDynaQConfig::specs,
    },
    AgentInfo {
        id: "prioritized-sweeping",
        title: "Prioritized sweeping",
        help: "plans where the value is most wrong and works backwards (Sutton & Barto, section 8.4)",
        specs: prioritized_sweeping::SweepingConfig::specs,
    },
    AgentInfo {
        id: "td-prediction",
        title: "TD(0) prediction",
        help: "acts at random and learns what each state is worth, from the value of the next one",
        specs: td_prediction::PredictionConfig::specs,
    },
    AgentInfo {
        id: "monte-carlo-prediction",
        title: "Monte-Carlo prediction",
        help: "acts at random and learns what each state is worth, from whole returns",
        specs: td_prediction::PredictionConfig::specs,
    },
    AgentInfo {
        id: "search",
        title: "Planning for action selection",
        help: "learns a model and searches from the present state before it acts (S&B, section 8.8)",
        specs: search::SearchConfig::specs,
    },
    AgentInfo {
        id: "mve-q",
        title: "Value expansion in a table",
        help: "Q-learning whose targets look H imagined steps ahead, by the arg-max of Q",
        specs: q_expansion::QExpansionConfig::specs,
    },
    AgentInfo {
        id: "ddpg",
        title: "DDPG",
        help: "model-free, for worlds that are steered: an actor and a critic (Lillicrap et al. 2016)",
        specs: ddpg::DdpgConfig::specs,
    },
    AgentInfo {
        id: "mve",
        title: "MVE",
        help: "DDPG whose targets look H imagined steps ahead through a model (Feinberg et al. 2018)",
        specs: mve::config::MveConfig::specs,
    },
    AgentInfo {
        id: "muzero",
        title: "MuZero-style",
        help: "searches in a model that learns nothing but reward, value and policy (Schrittwieser 2020)",
        specs: muzero::MuZeroConfig::specs,
    },
    AgentInfo {
        id: "low-rank",
        title: "Low-rank model",
        help: "watches, and fits a linear model with too little room: its loss decides what for",
        specs: low_rank::LowRankConfig::specs,
    },
    AgentInfo {
        id: "self-consistent",
        title: "Self-consistency",
        help: "makes its model and its value agree in imagination (Farquhar et al. 2021)",
        specs: self_consistent::ScConfig::specs,
    },
    AgentInfo {
        id: "value-iteration",
        title: "Value iteration",
        help: "knows the world as it was at the start and sweeps over it: the reference",
        specs: value_iteration::ValueIterationConfig::specs,
    },
];

/// The agent called `id`.
pub fn agent(id: &str) -> Option<&'static AgentInfo> {
    AGENTS.iter().find(|a| a.id == id)
}

//! MVE on DDPG: model-based value expansion (Feinberg et al. 2018, arXiv 1803.00101). The critic's
//! targets come from `H` imagined steps and only then from the critic's own slow copy; with the
//! TD-k trick it learns at every imagined state as well, so that it is right where it is asked.
//!
//! The model is trained by its own loss alone (`teaching`); nothing needs a gradient through it. The
//! actor is that of DDPG and learns on real states. Imagined steps are dropped after each update.

mod code;
pub mod config;
pub mod course;
pub mod dynamics;
pub mod known;
pub mod rollout;
pub mod slopes;
pub mod still;
pub mod stored;
pub mod teaching;
mod track;

use std::sync::Arc;

use super::actor_critic::CriticBatch;
use super::off_policy::Batch;
use super::steered::ExpansionView;
use super::steering::{Setting, Steering, answers};
use super::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::Transition;
use crate::mdp::oracle::Oracle;
use crate::mdp::physical::{Control, Vector};
use crate::mdp::trace::{CodeLine, Value, Watch};
use crate::nn::host::HostMlp;
use crate::nn::mlp::TooLarge;
use crate::nn::{Tensor, values};
use config::{Dreamer, Dreams, Moving, MveConfig, Rewards, Switch};
use course::{Course, Moment, is_kept};
use dynamics::Dynamics;
use rollout::{Manner, Rollout, expanded, imagine};
use stored::{Stored, mixed};
use track::Track;

/// What the newest update learned from, for pictures: it decides nothing. Tensors are shared, so
/// that nothing is copied until somebody looks.
#[derive(Clone, Debug, Default)]
struct Newest {
    /// `[P, B, S]`.
    begun: Option<Tensor>,
    /// Each `[P, .., S]`.
    imagined: Vec<Tensor>,
    age: f64,
}

/// The rows of lane `lane` of `[P, B, S]`, one after the other.
fn rows(states: &Tensor, lane: usize) -> Vec<f32> {
    let [_, rows, sees] = states.dims();
    values(&states.clone().slice([lane..lane + 1, 0..rows, 0..sees]))
}

/// The agent.
#[derive(Clone, Debug)]
pub struct Mve {
    config: MveConfig,
    base: Steering,
    model: Dynamics,
    /// Units of the model still to be done in this step; those of the critic follow.
    model_due: u32,
    stored: Stored,
    newest: Newest,
    course: Course,
    track: Track,
}

impl Mve {
    /// Knows nothing yet; one lane for each of `seeds`.
    pub fn new(
        config: MveConfig,
        oracle: Arc<dyn Oracle>,
        seeds: &[u64],
    ) -> Result<Self, TooLarge> {
        let (shape, device) = (config.shape(&*oracle), (config.device, config.batch as usize));
        let sizes = (shape.sees, shape.acts, config.model_hidden as usize);
        let base = Steering::new(shape, oracle, seeds, device)?;
        Ok(Self {
            config,
            model: Dynamics::new(sizes, seeds, base.compute())?,
            model_due: 0,
            stored: Stored::new(base.lanes.width(), seeds),
            newest: Newest::default(),
            course: Course::default(),
            track: Track::new(seeds.len()),
            base,
        })
    }

    /// Keeps a copy now and then: before the first update, and at growing intervals after it.
    fn keep_course(&mut self) {
        let lived = self.base.lanes.lived(0) - 1;
        let begins = self.model.targets == 0 && self.base.due > 0 && self.course.is_empty();
        if !begins && (self.model.targets == 0 || !is_kept(lived)) {
            return;
        }
        let all = HostMlp::all;
        let networks = &self.base.networks;
        let models = all(&self.model.network).into_iter();
        let each = models.zip(all(&networks.actor)).zip(all(&networks.critic));
        let moments = each.map(|((model, actor), critic)| Moment { lived, model, actor, critic });
        self.course.keep(moments);
    }

    /// Brings the networks to where the dial says.
    fn renew(&mut self) {
        if self.base.renew(self.config.device) {
            self.model = self.model.to(self.base.compute());
        }
    }

    fn manner(&self) -> Manner {
        Manner {
            horizon: self.config.horizon as usize,
            dreamer: self.config.dreamer,
            rewards: self.config.rewards,
            dynamics: self.config.dynamics,
        }
    }

    /// Line 6, once.
    fn teach_model<W: Watch>(&mut self, watch: &mut W) {
        let MveConfig { model_batch, model_rate, reward_scale, .. } = self.config;
        let how = (model_batch as usize, model_rate, reward_scale);
        let mu = rollout::actor(&self.base, self.config.dreamer);
        let aim = self.config.aim();
        self.track.look(&self.model, &self.base, &aim, (mu, reward_scale));
        let value = (&aim, &self.base.networks, mu);
        let learned = self.model.learn(&self.base.lanes, &self.base.active, how, value);
        if let Err(failure) = learned {
            self.base.failure = Some(failure);
        }
        watch.line(5, || Some(Value::Number(self.model.loss)));
    }

    /// Lines 8 to 14, once.
    fn update<W: Watch>(&mut self, watch: &mut W) {
        let setting = self.config.setting();
        let batch = self.base.draw(setting.batch);
        watch.line(7, || Some(Value::Count(setting.batch as u64, "steps")));
        let manner = self.manner();
        let rollout = imagine(&self.base, &self.model, batch.next.clone(), &manner, &setting);
        let steps = manner.horizon as u64 * setting.batch as u64;
        watch.line(8, || Some(Value::Count(steps, "imagined steps")));
        let critic = match self.config.dreams {
            Dreams::Stored if manner.horizon > 0 => self.stale_targets(&batch, &rollout, &setting),
            _ => self.fresh(&batch, &rollout, &setting),
        };
        watch.line(9, || Some(Value::Number(f64::from(critic.targets[0]) / setting.reward_scale)));
        let taught = critic.input.dims()[1] as u64;
        let mut losses = self.base.learn_from(&critic, batch.seen.clone(), &setting);
        (losses.model, losses.held_out) = (self.model.loss, self.model.held_out);
        (losses.model_norm, losses.clipped) = (self.model.norm, self.model.teacher.clipped());
        watch.line(10, || Some(Value::Number(losses.critic)));
        self.newest = Newest {
            begun: Some(batch.next.clone()),
            imagined: rollout.states.iter().skip(1).cloned().collect(),
            age: self.base.lanes.age,
        };
        drop(rollout);
        watch.line(11, || Some(Value::Count(self.stored.kept() as u64, "kept")));
        watch.line(12, || Some(Value::Number(losses.actor)));
        watch.line(13, || None);
        self.base.worked(|work| {
            match manner.horizon {
                0 => work.real_updates += 1,
                _ => work.imagined_updates += 1,
            }
            work.imagined_steps += steps;
        });
        self.base.count(taught, losses, &setting);
    }

    /// Targets from this imagination alone.
    fn fresh(&mut self, batch: &Batch, rollout: &Rollout, setting: &Setting) -> CriticBatch {
        self.stored.clear();
        let end = rollout.states[rollout.actions.len()].clone();
        let tail = self.base.tail(rollout::actor(&self.base, self.config.dreamer), end);
        expanded(batch, rollout, &tail, self.config.td_k == Switch::On, setting)
    }

    /// One-step targets for real steps and for stored dreams, this imagination among them.
    fn stale_targets(
        &mut self,
        batch: &Batch,
        rollout: &Rollout,
        setting: &Setting,
    ) -> CriticBatch {
        let (scale, most) = (setting.reward_scale, self.config.dream_capacity as usize);
        self.stored.keep(rollout, &self.base.active, (scale, most));
        let horizon = rollout.actions.len();
        let count = horizon * setting.batch;
        let compute = self.base.compute().clone();
        let dreams = self.stored.draw(&self.base.lanes, &self.base.active, count, &compute);
        let mu = rollout::actor(&self.base, self.config.dreamer);
        let plain = |batch: &Batch| batch.plain(&self.base.tail(mu, batch.next.clone()), setting);
        mixed(plain(batch), plain(&dreams), horizon)
    }

    /// One unit of whatever is due first.
    fn unit<W: Watch>(&mut self, watch: &mut W) {
        match self.model_due.checked_sub(1) {
            Some(left) => {
                self.teach_model(watch);
                self.model_due = left;
            }
            None => self.update(watch),
        }
        watch.unit();
    }
}

impl Agent for Mve {
    type Obs = Vector;
    type Action = Control;

    fn decide<W: Watch>(
        &mut self,
        obs: &[Vector],
        active: &[bool],
        actions: &mut [Control],
        watch: &mut W,
    ) {
        self.renew();
        self.base.decide(obs, active, actions, &self.config.setting(), watch);
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<Vector, Control>], watch: &mut W) {
        self.renew();
        let MveConfig { updates, model_updates, .. } = self.config;
        self.base.remember(transitions, &self.config.setting(), model_updates + updates, watch);
        self.model_due = if self.base.due > 0 { model_updates } else { 0 };
        self.keep_course();
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        self.renew();
        let (mut done, begun) = (0, self.base.works.all.imagined_steps);
        // A unit imagines many steps: on the clock of imagined steps the goal may be the next one.
        let spent = |agent: &Self| agent.base.works.all.imagined_steps - begun >= u64::from(budget);
        while done < budget && self.base.goes_on() && (done == 0 || !spent(self)) {
            self.unit(watch);
            self.base.due -= 1;
            done += 1;
        }
        self.base.check(|| self.model.check());
        done
    }

    fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        self.renew();
        let mut done = 0;
        while done < units && self.can_dream() {
            self.update(watch);
            watch.unit();
            done += 1;
        }
        self.base.check(|| self.model.check());
        done
    }

    fn can_dream(&self) -> bool {
        self.base.active.contains(&true) && self.base.failure.is_none()
    }

    fn moves(&self) -> Moves {
        let updates = self.config.updates > 0;
        Moves { updates, imagined: updates && self.config.horizon > 0 }
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
    }

    fn stow(&mut self) {
        if self.base.stow() {
            self.model = self.model.to(self.base.compute());
        }
    }

    answers!();

    fn code(&self) -> &'static [CodeLine] {
        code::program(&self.config)
    }

    fn view(&self) -> View {
        self.view_of(0)
    }

    fn view_of(&self, lane: usize) -> View {
        let mut view = self.base.view(lane, &self.config.setting());
        let MveConfig { horizon, td_k, dreamer, rewards, dynamics, dreams, .. } = self.config;
        view.expansion = Some(ExpansionView {
            model: HostMlp::of(&self.model.network, lane),
            earlier: self.model.earlier(lane).collect(),
            horizon: horizon as usize,
            td_k: td_k == Switch::On,
            live_actor: dreamer == Dreamer::Live,
            known_reward: rewards == Rewards::Known,
            true_dynamics: dynamics == Moving::True,
            stored: dreams == Dreams::Stored,
            kept: self.stored.kept(),
            model_targets: self.model.targets,
            model_loss: self.config.model_loss,
            begun: self.newest.begun.iter().flat_map(|states| rows(states, lane)).collect(),
            imagined: self.newest.imagined.iter().flat_map(|states| rows(states, lane)).collect(),
            age: self.newest.age,
            course: self.course.of(lane),
            fits: self.track.of(lane).clone(),
        });
        self.base.shown(view)
    }

    fn digest(&self, digest: &mut Digest) {
        (0..MveConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.base.digest(digest);
        self.model.digest(digest);
        self.stored.digest(digest);
        digest.word(u64::from(self.model_due));
    }

    fn bytes(&self) -> usize {
        let states = self.newest.begun.iter().chain(&self.newest.imagined);
        let newest = states.map(|s| s.dims().iter().product::<usize>() * size_of::<f32>());
        let parts = self.base.bytes() + self.model.bytes() + self.stored.own_bytes();
        let parts = parts + self.track.bytes();
        size_of::<Self>() + parts + newest.sum::<usize>()
    }
}

//! What looking ahead changes: the states where it acts otherwise than the greedy global value, the
//! error of both, and what guidance saves.

mod picture;

use std::sync::Arc;

use egui::Ui;

use super::asked::Asked;
use super::searching::{self, EVERY, NOBODY, Subject, World};
use super::{Cx, Panel, PanelId, framed, on_its_way};
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::probes::gain::{GUIDED, Gain, Guidance, Verdict, gain, guidance};

/// States from which is searched, at most.
const ROOTS: usize = 400;
/// Simulations of all searches together, beyond which fewer states are looked at.
const WORK: u32 = 100_000;

/// What is measured.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    subject: Subject,
}

/// What was found.
#[derive(Clone)]
struct Found {
    world: World,
    /// `None` where the truth is not known.
    gain: Option<Gain>,
    guidance: Option<Guidance>,
}

impl Question {
    fn answer(&self, before: Option<&(Self, Found)>) -> Found {
        let subject = &self.subject;
        let world = subject.world(before.map(|(q, found)| (&q.subject, &found.world)));
        let mut found = Found { world, gain: None, guidance: None };
        let (Some(learner), Some(best)) = (subject.learner(), found.world.as_deref()) else {
            return found;
        };
        let most = (WORK / subject.plan.budget.max(1)) as usize;
        let roots = learner.met(subject.truth(), ROOTS.min(most));
        found.gain = Some(gain(&learner, best, subject.plan, &roots));
        let roots = learner.met(subject.truth(), GUIDED.min(most));
        found.guidance = guidance(&learner, subject.plan, &roots);
        found
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.generation, self.subject.index) == (other.generation, other.subject.index)
    }
}

/// The panel.
#[derive(Clone, Default)]
pub struct LookingAhead {
    run: usize,
    asked: Asked<Question, Found>,
}

impl LookingAhead {
    fn question(&self, s: &Snapshot) -> Option<Question> {
        let subject = Subject::selected(s, self.run)?;
        Some(Question { generation: s.generation, subject })
    }

    fn shown(&self, question: Question) -> Arc<(Question, Found)> {
        match self.asked.share().filter(|known| known.0.is_like(&question)) {
            Some(known) => known,
            None => {
                let found = question.answer(None);
                Arc::new((question, found))
            }
        }
    }

    fn body(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let room = ui.available_rect_before_wrap();
        let Some(question) = self.question(cx.snapshot) else {
            searching::empty(ui.painter(), room, NOBODY);
            return;
        };
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        let before = self.asked.share();
        let work = move |question: &Question| question.answer(before.as_deref());
        self.asked.ask((ui.ctx(), cx.view), &question, pace, work);
        let known = self.asked.known().filter(|(of, _)| of.is_like(&question));
        let Some((question, found)) = known else {
            return on_its_way(ui);
        };
        match &found.gain {
            None => {
                let words = "This world is too large to be solved beside the picture.";
                searching::empty(ui.painter(), room, words);
            }
            Some(gain) if gain.spots.is_empty() => {
                let words = "Begins with the first steps: nothing is known of any state yet.";
                searching::empty(ui.painter(), room, words);
            }
            Some(gain) => {
                let subject = &question.subject;
                let seen = picture::Seen { subject, gain, guidance: found.guidance.as_ref() };
                if let Some(cell) = picture::draw(ui, &seen, cx.view.cell, &spoken(&seen)) {
                    cx.actions.push(crate::app::actions::Action::Cell(Some(cell)));
                }
            }
        }
    }
}

/// Simulations, or that there were not enough.
fn simulations(count: Option<f64>, most: u32) -> String {
    count.map_or(format!("over {most}"), |count| format!("{count}"))
}

/// What was found, in words.
fn spoken(seen: &picture::Seen<'_>) -> String {
    let gain = seen.gain;
    let mut text = format!(
        "of {} states the greedy value is wrong in {}; the search is right in {} of these, and wrong in {} where the value is right\n",
        gain.spots.len(),
        gain.wrong(),
        gain.count(Verdict::Mended),
        gain.count(Verdict::Spoiled),
    );
    text += &format!(
        "error of the value: global {}, after the search {}\n",
        value(gain.global_error),
        value(gain.search_error)
    );
    text += &match seen.guidance {
        Some(g) => format!(
            "simulations to settle on the same action, median of {} states: guided {}, not guided {}\n",
            g.states,
            simulations(g.with, g.most),
            simulations(g.without, g.most)
        ),
        None => "guidance: no use to this search, or no state has an opinion\n".to_owned(),
    };
    text
}

impl Panel for LookingAhead {
    fn title(&self) -> &'static str {
        "What looking ahead changes"
    }

    fn question(&self) -> &'static str {
        "Where is the value wrong and the search right?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        let words = self.clone();
        framed(&words, PanelId::LookingAhead, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some(question) = self.question(snapshot) else {
            return format!("{NOBODY}\n");
        };
        let shown = self.shown(question);
        let (subject, found) = (&shown.0.subject, &shown.1);
        let run = searching::name(&snapshot.runs[subject.index]);
        match &found.gain {
            Some(gain) => {
                let seen = picture::Seen { subject, gain, guidance: found.guidance.as_ref() };
                format!("{run}\n{}", spoken(&seen))
            }
            None => format!("{run}: this world is too large to be solved beside the picture\n"),
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "state,greedy,search,verdict\n".to_owned();
        let Some(question) = self.question(snapshot) else { return csv };
        let shown = self.shown(question);
        let truth = shown.0.subject.truth();
        for spot in shown.1.gain.iter().flat_map(|gain| &gain.spots) {
            let names = |actions| searching::actions(truth, actions);
            let (state, verdict) = (spot.state, picture::word(spot.verdict));
            csv += &format!("{state},{},{},{verdict}\n", names(&spot.greedy), names(&spot.found));
        }
        csv
    }
}

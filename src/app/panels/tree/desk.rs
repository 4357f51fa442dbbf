//! What the panel remembers: the simulation it shows, the node selected, and a person's own search.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use egui::Ui;

use super::hand::Hand;
use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::panels::asked::Asked;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::{Evidence, RunSnapshot, Snapshot};
use crate::mdp::State;
use crate::probes::lookahead::Best;
use crate::probes::sketch::{Fold, Level, Sketch, levels};
use crate::probes::story::{Frame, NONE, Past, ROOT, Relived, Story, Tree, has_sums};
use crate::probes::truth::Truth;

/// What the panel says where there is no search.
pub const EMPTY: &str =
    "Needs a run that searches before it acts: 'Planning for action selection', or MuZero.";
/// What it says where one is going to be.
pub const SOON: &str = "The tree comes with the next search.";
/// Seconds between two pictures of a search while time passes beside the window.
const EVERY: f64 = 0.1;
/// Nodes shown at first.
const NODES: usize = 30;

/// A run and its search.
pub struct Subject<'a> {
    /// Its place among the runs.
    pub index: usize,
    pub run: &'a RunSnapshot,
    pub evidence: &'a Arc<Evidence>,
    generation: u64,
}

/// The selected run if it searches, else the first that does.
pub fn subject(s: &Snapshot, selected: usize) -> Option<Subject<'_>> {
    let of = |index: usize| {
        let run = s.runs.get(index)?;
        let evidence = run.evidence.as_ref()?;
        Some(Subject { index, run, evidence, generation: s.generation })
    };
    of(selected).or_else(|| (0..s.runs.len()).find_map(of))
}

impl Subject<'_> {
    /// Units of the search that the picture shows by itself: those done; all of one that the next
    /// step is going to make.
    fn present(&self) -> u32 {
        match (self.evidence.done, self.run.lane.due) {
            (0, 0) => self.evidence.past.budget(),
            (done, _) => done,
        }
    }
}

/// A search after so many units, with everything that is drawn of it.
pub struct Look {
    pub search: Relived,
    pub tree: Tree<State>,
    pub levels: Vec<Level>,
}

impl Look {
    pub fn of(mut search: Relived, truth: &Truth) -> Self {
        let tree = search.tree();
        let levels = levels(&tree, truth);
        Self { search, tree, levels }
    }
}

/// Which moment of which search.
#[derive(Clone)]
struct Question {
    /// Which run of which arena.
    of: (u64, usize),
    evidence: Arc<Evidence>,
    truth: Arc<Truth>,
    done: u32,
}

impl Question {
    fn same_search(&self, other: &Self) -> bool {
        self.evidence.past.id() == other.evidence.past.id()
            && Arc::ptr_eq(&self.truth, &other.truth)
    }

    fn same_world(&self, other: &Self) -> bool {
        let gamma = |q: &Self| q.evidence.past.gamma();
        Arc::ptr_eq(&self.truth, &other.truth) && gamma(self) == gamma(other)
    }

    /// Lives the search again; what is known of its whole is taken over from `before`.
    fn answer(&self, before: Option<Arc<(Self, Option<Answer>)>>) -> Option<Answer> {
        let past = &self.evidence.past;
        let before = before.as_ref().and_then(|before| Some((&before.0, before.1.as_ref()?)));
        let story = match before.filter(|before| before.0.same_search(self)) {
            Some((_, known)) => known.story.clone(),
            None => Arc::new(Story::of(past)?),
        };
        // The world stays the same from one search to the next.
        let best = match before.filter(|before| before.0.same_world(self)) {
            Some((_, known)) => known.best.clone(),
            None => Best::of(&self.truth, past.gamma()).map(Arc::new),
        };
        let mut search = past.begin().ok()?;
        search.go_to(self.done.min(story.units()));
        Some(Answer { story, best, look: Arc::new(Look::of(search, &self.truth)) })
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.same_search(other) && self.done == other.done
    }
}

/// What a search is at one moment, and as a whole.
struct Answer {
    story: Arc<Story>,
    best: Option<Arc<Best>>,
    look: Arc<Look>,
}

/// A tree, how it is folded, and its sketch.
type Drawn = (Arc<Look>, Fold, Arc<Sketch>);

/// What the panel remembers.
#[derive(Clone)]
pub struct Desk {
    asked: Asked<Question, Option<Answer>>,
    /// The run that was drawn last, and its search.
    run: Option<usize>,
    id: u64,
    /// The simulation a person went to; `None`: as far as the search is.
    pub scrubbed: Option<u32>,
    pub selected: u32,
    pub fold: Fold,
    /// A person plans in the rule's place.
    pub hand: Option<Arc<Hand>>,
    /// What was drawn last, of which tree and how folded.
    sketch: RefCell<Option<Drawn>>,
}

impl Default for Desk {
    fn default() -> Self {
        let fold = Fold { most: NODES, closed: BTreeSet::new(), open: BTreeSet::new() };
        let (asked, hand, sketch) = (Asked::default(), None, RefCell::default());
        Self { asked, run: None, id: 0, scrubbed: None, selected: ROOT, fold, hand, sketch }
    }
}

/// Everything the pictures read.
pub struct Stage<'a> {
    pub run: &'a RunSnapshot,
    truth: &'a Truth,
    pub story: Arc<Story>,
    /// What actions are really worth.
    pub best: Option<Arc<Best>>,
    /// The tree in the picture: the rule's, or a person's.
    pub look: Arc<Look>,
    pub hand: Option<Arc<Hand>>,
    pub sketch: Arc<Sketch>,
    /// Units of it.
    pub done: u32,
    pub selected: u32,
}

impl Desk {
    fn question(&self, subject: &Subject<'_>) -> Question {
        let done = self.scrubbed.unwrap_or(subject.present());
        let (evidence, truth) = (subject.evidence.clone(), subject.run.truth.clone());
        Question { of: (subject.generation, subject.index), evidence, truth, done }
    }

    /// Forgets what belongs to an earlier search, and has the present one lived again.
    pub fn renew(&mut self, ui: &Ui, cx: &Cx<'_>, subject: &Subject<'_>) {
        let past = &subject.evidence.past;
        self.run = Some(subject.index);
        if self.id != past.id() {
            self.id = past.id();
            self.scrubbed = None;
            self.selected = ROOT;
            self.fold.closed.clear();
            self.fold.open.clear();
            if self.hand.is_some() {
                let hand = Hand::begin(past, subject.index, &subject.run.truth);
                self.hand = hand.map(Arc::new);
            }
        }
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        let question = self.question(subject);
        let before = self.asked.share();
        self.asked.ask((ui.ctx(), cx.view), &question, pace, |q| q.answer(before));
    }

    /// What is known of this run's search, now or a little earlier.
    fn answer(&self, subject: &Subject<'_>) -> Option<(&Question, &Answer)> {
        let run = (subject.generation, subject.index);
        let (question, answer) = self.asked.known().filter(|known| known.0.of == run)?;
        Some((question, answer.as_ref()?))
    }

    /// The run that words and numbers are about: the one in the picture.
    pub fn shown<'a>(&self, s: &'a Snapshot) -> Option<Subject<'a>> {
        subject(s, self.run.unwrap_or(s.runs.len() - 1))
    }

    /// Whether anything is known of this search.
    pub fn is_ready(&self, subject: &Subject<'_>) -> bool {
        self.answer(subject).is_some()
    }

    /// Units of the whole search.
    pub fn units(&self, subject: &Subject<'_>) -> u32 {
        self.answer(subject).map_or(0, |(_, answer)| answer.story.units())
    }

    /// The sketch of a tree as it is folded now. One picture asks several times.
    fn sketch(&self, look: &Arc<Look>) -> Arc<Sketch> {
        let mut kept = self.sketch.borrow_mut();
        if let Some((of, fold, sketch)) = &*kept
            && Arc::ptr_eq(of, look)
            && *fold == self.fold
        {
            return sketch.clone();
        }
        let sketch = Arc::new(Sketch::of(&look.tree, &self.fold));
        *kept = Some((look.clone(), self.fold.clone(), sketch.clone()));
        sketch
    }

    /// The moment in the picture, computed here and now where nothing was asked yet.
    pub fn stage<'a>(&'a self, subject: &'a Subject<'a>) -> Option<Stage<'a>> {
        let hand = self.hand.clone();
        let (truth, story, best, look) = match self.answer(subject) {
            Some((question, Answer { story, best, look })) => {
                (&question.truth, story.clone(), best.clone(), look.clone())
            }
            None => {
                let Answer { story, best, look } = self.question(subject).answer(None)?;
                (&subject.run.truth, story, best, look)
            }
        };
        let look = hand.as_ref().map_or(look, |hand| hand.look.clone());
        let nodes = look.tree.len[0];
        Some(Stage {
            run: subject.run,
            truth,
            best,
            sketch: self.sketch(&look),
            done: look.search.done(),
            selected: if self.selected < nodes { self.selected } else { ROOT },
            story,
            look,
            hand,
        })
    }

    // ------------------------------------------------------------ touch

    /// Goes to a simulation.
    pub fn scrub(&mut self, to: Option<u32>) {
        self.scrubbed = to.or(self.scrubbed);
    }

    /// A click on a node: a person who plans spends a simulation there; else it is selected, and
    /// selected already it is folded or unfolded.
    pub fn click(&mut self, node: u32, cx: &mut Cx<'_>) {
        if self.hand.is_some() {
            self.selected = node;
            self.spend(node, cx);
        } else if self.selected == node {
            self.toggle(node);
        } else {
            self.selected = node;
        }
    }

    /// Hides everything below a node, or shows its children.
    pub fn toggle(&mut self, node: u32) {
        if self.fold.closed.remove(&node) || !self.is_open(node) {
            self.fold.open.insert(node);
        } else {
            self.fold.open.remove(&node);
            self.fold.closed.insert(node);
        }
    }

    /// Whether all children of a node are in the picture.
    pub fn is_open(&self, node: u32) -> bool {
        let look = match (&self.hand, self.asked.known()) {
            (Some(hand), _) => &hand.look,
            (None, Some((_, Some(answer)))) => &answer.look,
            _ => return false,
        };
        let sketch = self.sketch(look);
        let shown = sketch.shown.iter().position(|s| s.node == node);
        shown.is_some_and(|index| {
            let children = sketch.shown.iter().filter(|s| s.parent == Some(index)).count();
            let parents = &look.tree.parent[..look.tree.len[0] as usize];
            children == parents.iter().filter(|&&parent| parent == node).count()
        })
    }

    /// A person spends one simulation below a node.
    pub fn spend(&mut self, node: u32, cx: &mut Cx<'_>) {
        let Some(hand) = &mut self.hand else { return };
        let truth = cx.snapshot.runs.get(hand.run).map(|run| run.truth.clone());
        if let Some(truth) = truth
            && let Err(refused) = Arc::make_mut(hand).spend(node, &truth)
        {
            cx.actions.push(Action::Say(refused));
        }
    }

    /// A person plans from now on, or the rule does again.
    pub fn take_over(&mut self, on: bool, subject: &Subject<'_>, cx: &mut Cx<'_>) {
        self.hand = None;
        self.selected = ROOT;
        if !on {
            return;
        }
        let past = &subject.evidence.past;
        if !has_sums(past.method()) {
            let said = "Choose UCT, pUCT or Gumbel: only a tree search can be led by hand.";
            cx.actions.push(Action::Say(said.to_owned()));
            return;
        }
        // The search would be another one with the next step.
        if cx.snapshot.playing {
            cx.actions.push(Action::Engine(Command::Play(false)));
        }
        self.hand = Hand::begin(past, subject.index, &subject.run.truth).map(Arc::new);
    }
}

impl Stage<'_> {
    pub fn tree(&self) -> &Tree<State> {
        &self.look.tree
    }

    pub fn truth(&self) -> &Truth {
        self.truth
    }

    /// What the search is.
    pub fn past(&self) -> &Past {
        self.look.search.past()
    }

    /// The simulation that comes next; nobody knows where a person goes.
    pub fn next(&self) -> Option<&Frame> {
        self.story.next(self.done).filter(|_| self.hand.is_none())
    }

    /// Whether the next simulation goes along the edge to `node`.
    pub fn is_next(&self, node: u32) -> bool {
        self.next().is_some_and(|frame| frame.path.iter().any(|step| step.0 == node))
    }

    /// Value of the edge to a node; of the root its own.
    pub fn q(&self, node: u32) -> f64 {
        let tree = self.tree();
        match tree.parent[node as usize] {
            NONE => tree.value[0],
            parent => {
                let edges = tree.edges(parent as usize);
                tree.edge_value[edges.start + usize::from(tree.action[node as usize])]
            }
        }
    }

    /// Probability of the policy that the edge to a node has before the search.
    pub fn prior(&self, node: u32) -> Option<f64> {
        let tree = self.tree();
        let parent = tree.parent[node as usize];
        (parent != NONE).then(|| {
            let edges = tree.edges(parent as usize);
            tree.prior[edges.start + usize::from(tree.action[node as usize])]
        })
    }

    /// Place of a value in the value map, 0 to 1.
    pub fn share(&self, value: f64) -> f32 {
        let (low, high) = self.story.range;
        (((value - low) / (high - low).max(1e-12)) as f32).clamp(0.0, 1.0)
    }

    /// Colour of a value: thin lines leave out the dark end, which would vanish on the ground.
    pub fn hue(&self, value: f64) -> egui::Color32 {
        crate::app::theme::viridis(0.22 + 0.78 * self.share(value))
    }
}

//! What is drawn of a search tree: the nodes visited most, each with a place; the rest is counted.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::mdp::{Outcome, State};
use crate::probes::truth::Truth;
use crate::search::tree::{NONE, ROOT, Tree};

/// Which nodes a person wants to see.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// Most nodes, those visited most first.
    pub most: usize,
    /// Nodes whose descendants are hidden.
    pub closed: BTreeSet<u32>,
    /// Nodes whose children are shown, however seldom they were visited.
    pub open: BTreeSet<u32>,
}

/// One node of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Which.
    pub node: u32,
    /// Its parent's place in the list; `None` at the root.
    pub parent: Option<usize>,
    /// Edges from the root.
    pub depth: u16,
    /// Its line, from 0; a node stands on the line of the child visited most.
    pub line: usize,
    /// Descendants that are not shown.
    pub hidden: u32,
}

/// The picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// Parents before children.
    pub shown: Vec<Shown>,
    /// Lines in use.
    pub lines: usize,
    /// Nodes of the whole tree.
    pub all: u32,
    /// Fewest visits of a node shown.
    pub least: u32,
}

impl Sketch {
    /// Chooses nodes of tree 0 and gives them places.
    pub fn of(tree: &Tree<State>, fold: &Fold) -> Self {
        let children = children(tree);
        let chosen = choose(tree, &children, fold);
        let mut shown = Vec::with_capacity(chosen.len());
        place(tree, &children, &chosen, &mut shown);
        let below = descendants(tree);
        let mut hidden: Vec<u32> = shown.iter().map(|s: &Shown| below[s.node as usize]).collect();
        for index in (1..shown.len()).rev() {
            // What is shown below a node is not hidden below any of those above it.
            let mut above = shown[index].parent;
            while let Some(place) = above {
                hidden[place] -= 1;
                above = shown[place].parent;
            }
        }
        shown.iter_mut().zip(hidden).for_each(|(s, hidden)| s.hidden = hidden);
        Self {
            lines: shown.iter().map(|s| s.line + 1).max().unwrap_or(1),
            all: tree.len[0],
            least: shown.iter().map(|s| tree.visits[s.node as usize]).min().unwrap_or(0),
            shown,
        }
    }

    /// `12 of 340 nodes shown, 3 visits or more`.
    pub fn words(&self) -> String {
        let (shown, all) = (self.shown.len(), self.all);
        match self.least {
            0 => format!("{shown} of {all} nodes shown"),
            1 => format!("{shown} of {all} nodes shown, 1 visit or more"),
            least => format!("{shown} of {all} nodes shown, {least} visits or more"),
        }
    }
}

/// `[nodes]`: children of every node, by action, older outcomes first.
fn children(tree: &Tree<State>) -> Vec<Vec<u32>> {
    let mut children = vec![Vec::new(); tree.len[0] as usize];
    for node in 1..tree.len[0] {
        children[tree.parent[node as usize] as usize].push(node);
    }
    for of in &mut children {
        of.sort_by_key(|&child| (tree.action[child as usize], child));
    }
    children
}

/// `[nodes]`: how many nodes lie below each.
fn descendants(tree: &Tree<State>) -> Vec<u32> {
    let mut below = vec![0; tree.len[0] as usize];
    for node in (1..tree.len[0] as usize).rev() {
        below[tree.parent[node] as usize] += below[node] + 1;
    }
    below
}

fn choose(tree: &Tree<State>, children: &[Vec<u32>], fold: &Fold) -> BTreeSet<u32> {
    let mut chosen = BTreeSet::new();
    let visits = |node: u32| tree.visits[node as usize];
    let mut front = BinaryHeap::from([(visits(ROOT), Reverse(ROOT))]);
    while let Some((_, Reverse(node))) = front.pop() {
        if chosen.len() >= fold.most.max(1) {
            break;
        }
        chosen.insert(node);
        if !fold.closed.contains(&node) {
            let of = children[node as usize].iter();
            front.extend(of.map(|&child| (visits(child), Reverse(child))));
        }
    }
    // What a person has opened comes on top, as long as it hangs on something shown.
    for &node in &fold.open {
        if chosen.contains(&node) && !fold.closed.contains(&node) {
            chosen.extend(children[node as usize].iter().copied());
        }
    }
    chosen
}

/// Lines by depth first: leaves take the next one, others that of the child visited most.
fn place(
    tree: &Tree<State>,
    children: &[Vec<u32>],
    chosen: &BTreeSet<u32>,
    shown: &mut Vec<Shown>,
) {
    let mut lines = 0;
    // A node comes twice: to be listed, and to get its line once its children have theirs.
    let mut stack = vec![(ROOT, None, None)];
    while let Some((node, parent, listed)) = stack.pop() {
        if let Some(index) = listed {
            let mine = shown.iter().skip(index).filter(|s: &&Shown| s.parent == Some(index));
            let most = mine.max_by_key(|s| (tree.visits[s.node as usize], Reverse(s.node)));
            let line = most.map(|s| s.line);
            shown[index].line = line.unwrap_or(lines);
            lines += usize::from(line.is_none());
            continue;
        }
        let index = shown.len();
        let depth = tree.depth[node as usize];
        shown.push(Shown { node, parent, depth, line: 0, hidden: 0 });
        stack.push((node, parent, Some(index)));
        let of = children[node as usize].iter().rev().filter(|child| chosen.contains(child));
        stack.extend(of.map(|&child| (child, Some(index), None)));
    }
}

/// All nodes of one depth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Edges from the root.
    pub depth: usize,
    /// How many nodes.
    pub nodes: u32,
    /// Their visits.
    pub visits: u32,
    /// Mean of their values, by visits.
    pub value: f64,
    /// Share of the steps here, by visits, of which the model has no data.
    pub unknown: f64,
    /// Share of the steps here, by visits, that the world would not answer so.
    pub wrong: f64,
}

/// Summary of tree 0 by depth; `truth` tells which imagined steps could not be.
pub fn levels(tree: &Tree<State>, truth: &Truth) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for node in 0..tree.len[0] as usize {
        let depth = usize::from(tree.depth[node]);
        while levels.len() <= depth {
            let depth = levels.len();
            levels.push(Level { depth, ..Level::default() });
        }
        let level = &mut levels[depth];
        let visits = f64::from(tree.visits[node]);
        level.nodes += 1;
        level.visits += tree.visits[node];
        level.value += visits * tree.value[node];
        match footing(tree, node, truth) {
            Footing::Sound => {}
            Footing::Unknown => level.unknown += visits,
            Footing::Wrong => level.wrong += visits,
        }
    }
    for level in &mut levels {
        let visits = f64::from(level.visits.max(1));
        level.value /= visits;
        (level.unknown, level.wrong) = (level.unknown / visits, level.wrong / visits);
    }
    levels
}

/// The same in no more than `most` levels: the last one takes in all that are deeper.
pub fn at_most(levels: &[Level], most: usize) -> Vec<Level> {
    let mut few: Vec<Level> = levels.iter().take(most).copied().collect();
    let (Some(last), Some(deeper)) = (few.last_mut(), levels.get(most..)) else { return few };
    for level in deeper {
        let visits = f64::from((last.visits + level.visits).max(1));
        let (a, b) = (f64::from(last.visits) / visits, f64::from(level.visits) / visits);
        last.value = a * last.value + b * level.value;
        last.unknown = a * last.unknown + b * level.unknown;
        last.wrong = a * last.wrong + b * level.wrong;
        last.nodes += level.nodes;
        last.visits += level.visits;
    }
    few
}

/// What a model's step is worth beside the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footing {
    /// The world could answer so.
    Sound,
    /// The model has no data: it ends where it stands, worth what the value says.
    Unknown,
    /// The world could not answer so.
    Wrong,
}

/// Whether the world could answer the step to `node` as the model did.
pub fn footing(tree: &Tree<State>, node: usize, truth: &Truth) -> Footing {
    let parent = tree.parent[node];
    // Where no states are listed, nodes stand at sights, and nothing can be said.
    if parent == NONE || truth.states() == 0 {
        return Footing::Sound;
    }
    let from = tree.node[parent as usize];
    let ends = tree.discount[node] == 0.0;
    let said = |o: &Outcome| o.next == tree.node[node] && o.terminated == ends;
    match truth.outcomes(from, tree.action[node]).iter().any(said) {
        true => Footing::Sound,
        false if ends && tree.node[node] == from => Footing::Unknown,
        false => Footing::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::model::Follow;

    /// Root with three children of 5, 1 and 3 visits; the first has two of 3 and 1.
    fn tree() -> Tree<State> {
        let mut tree = Tree::new(&[9], 8, 3);
        let step = |next| Follow { reward: 0.0, discount: 1.0, next };
        for (action, parent) in [(2, 0), (0, 0), (1, 0), (0, 1), (1, 1)] {
            tree.add(0, parent, action, step(u32::from(action)));
        }
        for (node, visits) in [10, 5, 1, 3, 3, 1].into_iter().enumerate() {
            tree.visits[node] = visits;
            tree.value[node] = f64::from(visits);
        }
        tree
    }

    fn fold(most: usize) -> Fold {
        Fold { most, closed: BTreeSet::new(), open: BTreeSet::new() }
    }

    fn nodes(sketch: &Sketch) -> Vec<(u32, usize, u32)> {
        sketch.shown.iter().map(|s| (s.node, s.line, s.hidden)).collect()
    }

    #[test]
    fn the_nodes_visited_most_are_shown_and_the_others_counted() {
        let all = Sketch::of(&tree(), &fold(9));
        // By actions: node 2 (action 0), node 3, node 1 with 4 and 5; the root beside node 1.
        assert_eq!(nodes(&all), [(0, 2, 0), (2, 0, 0), (3, 1, 0), (1, 2, 0), (4, 2, 0), (5, 3, 0)]);
        assert_eq!((all.lines, all.words().as_str()), (4, "6 of 6 nodes shown, 1 visit or more"));
        let some = Sketch::of(&tree(), &fold(3));
        assert_eq!(nodes(&some), [(0, 1, 3), (3, 0, 0), (1, 1, 2)]);
        assert_eq!(some.words(), "3 of 6 nodes shown, 3 visits or more");
    }

    #[test]
    fn what_is_closed_hides_and_what_is_open_shows() {
        let closed = Fold { closed: BTreeSet::from([1]), ..fold(9) };
        assert_eq!(
            nodes(&Sketch::of(&tree(), &closed)),
            [(0, 2, 2), (2, 0, 0), (3, 1, 0), (1, 2, 2)]
        );
        let open = Fold { open: BTreeSet::from([0]), ..fold(2) };
        let sketch = Sketch::of(&tree(), &open);
        assert_eq!(sketch.shown.len(), 4, "all children of the root");
        // Nothing hangs in the air: an opened node that is not shown opens nothing.
        let lost = Fold { open: BTreeSet::from([1]), ..fold(1) };
        assert_eq!(nodes(&Sketch::of(&tree(), &lost)), [(0, 0, 5)]);
    }

    #[test]
    fn shown_and_hidden_add_up() {
        for most in 1..8 {
            let sketch = Sketch::of(&tree(), &fold(most));
            let root = sketch.shown[0];
            assert_eq!(root.hidden as usize + sketch.shown.len(), sketch.all as usize);
        }
    }

    #[test]
    fn deeper_levels_go_into_the_last_one_by_their_visits() {
        let level = |depth, nodes, visits, value, unknown| Level {
            depth,
            nodes,
            visits,
            value,
            unknown,
            wrong: 0.0,
        };
        let all = [level(0, 1, 9, 0.5, 0.0), level(1, 4, 6, 0.25, 0.0), level(2, 2, 2, 1.25, 0.5)];
        assert_eq!(at_most(&all, 3), all);
        let few = at_most(&all, 2);
        // 6 visits worth 0.25 and 2 worth 1.25; 1 of 8 without data.
        assert_eq!(few, [all[0], level(1, 6, 8, 0.5, 0.125)]);
        assert!(at_most(&[], 3).is_empty());
    }
}

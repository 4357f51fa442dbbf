//! Prints the tree that pUCT grows from the start of the Dyna maze over the true model:
//! `cargo run --release --example search_tree`.

use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes::dyna_maze;
use imaginarium::mdp::scene::Scenic as _;
use imaginarium::probes::sketch::{Fold, Sketch};
use imaginarium::search::select::{Range, Rule};
use imaginarium::search::table::Table;
use imaginarium::search::tree_search::TreeSearch;
use imaginarium::search::{Leaf, Root, Settings};

/// Three steps from the goal.
const FROM: u32 = 35;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let maze = Grid::new(&dyna_maze(), &GridConfig::default())?;
    let mut model = Table::of_world(&maze, 0.95);
    let mut dice = [Stream::new(7, StreamName::Plan)];
    let settings = Settings {
        rule: Rule::PUCT,
        range: Range::Tree,
        leaf: Leaf::Value,
        budget: 400,
        depth: 20,
    };
    let mut search = TreeSearch::begin(settings, &[Root::free(FROM)], &mut model, &mut dice)?;
    while !search.is_done() {
        search.simulate(&mut model, &mut dice);
    }
    let (tree, scene) = (search.tree(), maze.scene());
    let sketch = Sketch::of(tree, &Fold { most: 20, closed: [].into(), open: [].into() });
    for shown in &sketch.shown {
        let at = shown.node as usize;
        let (indent, state) = ("  ".repeat(shown.depth.into()), scene.state_name(tree.node[at]));
        let way = match shown.parent {
            None => "from",
            Some(_) => &scene.action_name(tree.action[at]),
        };
        let (visits, value, hidden) = (tree.visits[at], tree.value[at], shown.hidden);
        println!("{indent}{way} {state}: {visits} visits, value {value:.3}, {hidden} hidden");
    }
    println!("{}; best: {}", sketch.words(), scene.action_name(search.answer(0).action()));
    Ok(())
}

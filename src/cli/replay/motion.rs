//! Stepping a world of numbers.

use std::io::Write;

use crate::base::rng::{Stream, StreamName};
use crate::cli::args::ReplayArgs;
use crate::cli::{CliError, Result};
use crate::mdp::Action;
use crate::mdp::physical::{Body, Control, Dimension, Doable, Physical};
use crate::mdp::scene::{Scene, Scenic};

/// What an action looks like in a file and in the table.
pub trait Written: Doable {
    /// Reads one from `words`, which hold no spaces.
    fn read(words: &[&str], scene: &Scene) -> Option<Self>;
    /// How many words it takes.
    fn words(scene: &Scene) -> usize;
    /// Columns of the table.
    fn columns(scene: &Scene) -> Vec<String>;
    /// Its numbers.
    fn cells(&self) -> Vec<String>;
    /// What is allowed.
    fn allowed(scene: &Scene) -> String;
}

fn actions(scene: &Scene) -> usize {
    if let Scene::Body(body) = scene { body.actions.len() } else { 0 }
}

fn controls(scene: &Scene) -> &'static [Dimension] {
    if let Scene::Body(body) = scene { body.controls } else { &[] }
}

impl Written for Action {
    fn read(words: &[&str], scene: &Scene) -> Option<Self> {
        let count = actions(scene);
        let named = (0..count).find(|&a| scene.action_name(a as Self) == words[0]);
        named.or(words[0].parse().ok().filter(|&a| a < count)).map(|a| a as Self)
    }

    fn words(_: &Scene) -> usize {
        1
    }

    fn columns(_: &Scene) -> Vec<String> {
        vec!["action".to_owned()]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.to_string()]
    }

    fn allowed(scene: &Scene) -> String {
        let count = actions(scene);
        let names: Vec<String> = (0..count).map(|a| scene.action_name(a as Self)).collect();
        format!("{} or 0 to {}", names.join(", "), count - 1)
    }
}

impl Written for Control {
    fn read(words: &[&str], _: &Scene) -> Option<Self> {
        let numbers: Option<Vec<f64>> = words.iter().map(|w| finite(w)).collect();
        numbers.map(|numbers| Self::new(&numbers))
    }

    fn words(scene: &Scene) -> usize {
        controls(scene).len()
    }

    fn columns(scene: &Scene) -> Vec<String> {
        controls(scene).iter().map(|d| d.key.to_owned()).collect()
    }

    fn cells(&self) -> Vec<String> {
        self.iter().map(|x| format!("{x:?}")).collect()
    }

    fn allowed(scene: &Scene) -> String {
        let one = |d: &Dimension| {
            format!("a number for the {} in {}, {} to {}", d.name, d.unit, d.range.0, d.range.1)
        };
        controls(scene).iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

fn finite(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|x: &f64| x.is_finite())
}

/// Prints `step,` the state, the action, `reward,` the next state, `terminated,truncated`.
pub fn replay<W>(args: &ReplayArgs, mut world: W, text: &str, out: &mut impl Write) -> Result<()>
where
    W: Physical<Action: Written> + Scenic,
{
    let scene = world.scene();
    let dimensions = world.dimensions();
    let allowed = world.allowed();
    world.place(body(&args.state, dimensions)?).ok_or_else(|| {
        CliError::Usage(format!("--state {}: it cannot be there; allowed: {allowed}", args.state))
    })?;
    let actions: Vec<W::Action> = read_actions(args, &scene, text)?;
    let mut dice = Stream::new(args.seed, StreamName::World);
    let mut csv = csv::Writer::from_writer(out);
    let broken = |e: csv::Error| CliError::Failed(format!("stdout: {e}"));
    let keys = || dimensions.iter().map(|d| d.key.to_owned());
    let mut head = vec!["step".to_owned()];
    head.extend(keys().chain(W::Action::columns(&scene)).chain(["reward".to_owned()]));
    head.extend(keys().map(|key| format!("next_{key}")));
    head.extend(["terminated", "truncated"].map(str::to_owned));
    csv.write_record(head).map_err(broken)?;
    let numbers = |world: &W| -> Vec<String> {
        world.body().iter().flat_map(|body| body.to_vec()).map(|x| format!("{x:?}")).collect()
    };
    for (index, &action) in actions.iter().enumerate() {
        let mut row = vec![(index + 1).to_string()];
        row.extend(numbers(&world));
        let step = world.step(action, &mut dice);
        row.extend(action.cells());
        row.push(format!("{:?}", step.reward));
        row.extend(numbers(&world));
        row.extend([step.terminated, step.truncated].map(|end| end.to_string()));
        csv.write_record(row).map_err(broken)?;
        let left = actions.len() - index - 1;
        if (step.terminated || step.truncated) && left > 0 {
            eprintln!("note: the episode ended; {left} actions were not used");
            break;
        }
    }
    csv.flush().map_err(|e| CliError::Failed(format!("stdout: {e}")))
}

/// Reads the numbers of a state.
fn body(text: &str, dimensions: &[Dimension]) -> Result<Body> {
    let numbers: Option<Vec<f64>> = text.split(',').map(finite).collect();
    numbers.filter(|n| n.len() == dimensions.len()).map(|n| Body::new(&n)).ok_or_else(|| {
        let names: Vec<String> =
            dimensions.iter().map(|d| format!("{} in {}", d.name, d.unit)).collect();
        let count = dimensions.len();
        CliError::Usage(format!(
            "--state {text}: {count} numbers with commas are allowed: {}",
            names.join(", ")
        ))
    })
}

fn read_actions<A: Written>(args: &ReplayArgs, scene: &Scene, text: &str) -> Result<Vec<A>> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    let words: Vec<&str> = words.collect();
    let groups = words.chunks(A::words(scene).max(1)).enumerate();
    groups
        .map(|(index, group)| {
            let whole = group.len() == A::words(scene).max(1);
            whole.then(|| A::read(group, scene)).flatten().ok_or_else(|| {
                let shown = args.actions.display();
                let (number, said, allowed) = (index + 1, group.join(" "), A::allowed(scene));
                let what = format!(
                    "--actions {shown}: action {number}, '{said}', is unknown; allowed: {allowed}"
                );
                CliError::Usage(what)
            })
        })
        .collect()
}

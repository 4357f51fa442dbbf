//! Numbers and marks as people read them.

use crate::app::widgets::{chart, number::grouped};
use crate::experiment::clock::{Clock, Position};
use crate::experiment::snapshot::Snapshot;
use crate::mdp::State;
use crate::mdp::edit::Stroke;
use crate::mdp::scene::Cell;
use crate::mdp::trace::{Effect, Mark, Source, Value};
use crate::probes::plight::Plight;
use crate::probes::stale::Belief;
use crate::probes::truth::Truth;

/// A value with as many digits as can be told apart: three after the point, or powers of ten.
pub fn value(x: f64) -> String {
    let size = x.abs();
    let text = if x == 0.0 || x.fract() == 0.0 && size < 1e6 {
        format!("{x:.0}")
    } else if (1e-3..1e4).contains(&size) {
        format!("{x:.3}")
    } else if x.is_finite() {
        chart::number(x, 2)
    } else {
        return match x {
            x if x.is_nan() => "not a number".to_owned(),
            x if x > 0.0 => "∞".to_owned(),
            _ => "−∞".to_owned(),
        };
    };
    minus(&text)
}

/// A number written out, with a minus sign as wide as the plus.
pub fn minus(number: &str) -> String {
    number.replace('-', "−")
}

/// What a stroke over the world did, in a few words.
pub fn stroke(stroke: &Stroke, undo: bool) -> String {
    let cells = stroke.on(0);
    let one = cells.len() == 1;
    let what = match cells.last() {
        _ if undo => return "a stroke taken back".to_owned(),
        // A start that moves leaves free ground behind.
        Some((_, Cell::Start)) => return "the start moves".to_owned(),
        Some((_, Cell::Wall)) if one => "a wall".to_owned(),
        Some((_, Cell::Wall)) => format!("{} walls", cells.len()),
        Some((_, Cell::Pit)) => "a pit".to_owned(),
        Some((_, Cell::Goal)) => "a goal".to_owned(),
        Some((_, Cell::Reward(reward))) => format!("reward {}", value(*reward)),
        Some((_, Cell::Free)) | None => return "cells made free".to_owned(),
    };
    format!("{what} drawn")
}

/// What a stroke over a model did, in a few words.
pub fn lie(cells: &[(State, f64)], undo: bool) -> String {
    match cells.first() {
        Some((_, reward)) if !undo => format!("model error, pays {}", value(*reward)),
        _ => "model error taken back".to_owned(),
    }
}

/// What a model believes of a cell, in one word or number.
pub fn belief(belief: Belief) -> String {
    let signed = |x: f64| if x > 0.0 { format!("+{}", value(x)) } else { value(x) };
    match belief {
        Belief::Wall => "wall".to_owned(),
        Belief::Open => "open".to_owned(),
        Belief::Ends(reward) if reward > 0.0 => "goal".to_owned(),
        Belief::Ends(_) => "end".to_owned(),
        Belief::Pays(reward) => signed(reward),
    }
}

/// What an edit of the world means for the agent of run `letter` that lives in it.
pub fn plight(truth: &Truth, letter: char, plight: Plight) -> String {
    match plight {
        Plight::NoGoal => "No goal is left: agents wander until one is drawn.".to_owned(),
        Plight::NoStart => "No start is left: episodes begin where the last ones did.".to_owned(),
        Plight::NoWay => "No goal can be reached from a start of this map.".to_owned(),
        Plight::InWall(state) => {
            let cell = truth.state_name(state);
            format!("{letter} stands in the wall {cell}: it walks out as if on free ground.")
        }
        Plight::Trapped(state) => {
            let cell = truth.state_name(state);
            format!("{letter} is shut in at {cell}: its episode does not end.")
        }
    }
}

/// What a line of pseudo-code computed.
pub fn mark_value(truth: &Truth, value_of: Value) -> String {
    match value_of {
        Value::State(s) => truth.state_name(s),
        Value::Action(a) => truth.action_name(a),
        Value::Pair(s, a) => format!("{} {}", truth.state_name(s), truth.action_name(a)),
        Value::Outcome(r, s) => format!("{}, {}", value(r), truth.state_name(s)),
        Value::Count(n, what) => format!("{} {what}", grouped(n)),
        Value::Number(x) => value(x),
        Value::NoData => "no data".to_owned(),
    }
}

/// The value of a mark, whatever it is.
pub fn mark(truth: &Truth, mark: &Mark) -> Option<String> {
    match (mark.value, mark.effect) {
        (Some(v), _) => Some(mark_value(truth, v)),
        (None, Some(_)) | (None, None) => None,
    }
}

/// The target of an update as a sum: `0 + 0.95 × 0.428 = 0.407`; of an expected one `Σ p (…) = 0.407`.
pub fn target(effect: &Effect) -> String {
    if effect.outcomes > 1 {
        return format!("Σ p (…) = {}", value(effect.target));
    }
    if effect.discount == 0.0 {
        return format!("{} (the end)", value(effect.reward));
    }
    format!(
        "{} + {} × {} = {}",
        value(effect.reward),
        value(effect.discount),
        value(effect.next_value),
        value(effect.target)
    )
}

/// Where an update comes from, in one word.
pub fn source(source: Source) -> &'static str {
    match source {
        Source::Real => "real",
        Source::Imagined => "imagined",
    }
}

/// The entry an update writes, in the notation of its source: of a state alone, or of a pair.
pub fn entry(source: Source, of_state: bool) -> &'static str {
    match (source, of_state) {
        (Source::Real, false) => "Q[s,a]",
        (Source::Imagined, false) => "Q[s̃,ã]",
        (Source::Real, true) => "V[s]",
        (Source::Imagined, true) => "V[s̃]",
    }
}

/// Where the arena is, e.g. `episode 10, step 9`.
pub fn position(position: Position) -> String {
    let step = if position.step > 0 {
        format!(", step {}", grouped(position.step))
    } else {
        String::new()
    };
    let unit = if position.unit > 0 {
        format!(", update {}", grouped(position.unit))
    } else {
        String::new()
    };
    match position.clock {
        Clock::Episodes => format!("episode {}{step}{unit}", grouped(position.count + 1)),
        Clock::EnvSteps => format!("real step {}{unit}", grouped(position.count)),
        Clock::Updates => format!("update {}", grouped(position.count)),
        Clock::Imagined => format!("imagined step {}", grouped(position.count)),
    }
}

/// The place on screen: never further than a lane on screen has come, and the end by its name.
pub fn place(snapshot: &Snapshot) -> String {
    let here = snapshot.position;
    if here.count >= snapshot.limit {
        let n = grouped(snapshot.limit);
        return match here.clock {
            Clock::Episodes => format!("all {n} episodes done"),
            clock => format!("{n} {} done", clock.label()),
        };
    }
    if here.clock != Clock::Episodes {
        return position(here);
    }
    // A goal far ahead only means "to the end of the episode".
    let lanes = snapshot.runs.iter().map(|run| run.lane.counters);
    let step = lanes.filter(|c| c.episodes == here.count).map(|c| c.step).max();
    position(Position { step: here.step.min(step.unwrap_or(0)), ..here })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (x, want) in [
            (0.0, "0"),
            (1.0, "1"),
            (0.2223, "0.222"),
            (-0.5, "−0.500"),
            (0.00012, "1.2·10⁻⁴"),
            (-12_345.6, "−12\u{a0}346"),
            (f64::INFINITY, "∞"),
            (f64::NAN, "not a number"),
        ] {
            assert_eq!(value(x), want);
        }
    }

    #[test]
    fn a_target_shows_its_sum() {
        let effect = Effect {
            state: 0,
            action: 0,
            next: 1,
            reward: 0.0,
            discount: 0.95,
            next_value: 0.428,
            target: 0.4066,
            outcomes: 1,
            old: 0.201,
            new: 0.222,
            source: Source::Imagined,
        };
        assert_eq!(target(&effect), "0 + 0.950 × 0.428 = 0.407");
        let end = Effect { reward: 1.0, discount: 0.0, ..effect };
        assert_eq!(target(&end), "1 (the end)");
        let expected = Effect { outcomes: 3, target: 0.25, ..end };
        assert_eq!(target(&expected), "Σ p (…) = 0.250");
    }
}

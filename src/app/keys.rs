//! The keyboard: one table for what keys do and for the overview that F1 opens.

use egui::{Context, Key, Modifiers};

use super::actions::{Action, Actions};
use super::brush::Tool;
use super::panels::{PanelId, imagined, landscape, unseen};
use super::view::{FASTEST, View};
use crate::experiment::arena::Grain;
use crate::experiment::clock::Clock;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::Snapshot;
use crate::gfx;
use crate::lessons::Lesson;

/// What the overview says: keys, and what they do.
pub const HELP: &[(&str, &str)] = &[
    ("Space", "play or pause"),
    ("→  ←", "one step on, one step back"),
    ("Shift →  ←", "one episode on, one episode back"),
    ("P", "plan 50 times, the world stands still"),
    ("K", "fork the selected run here"),
    ("E", "what was changed, and when"),
    ("Home", "start anew"),
    ("+  −", "faster, slower"),
    ("1 to 6", "select run A to F"),
    ("C", "next clock for every curve"),
    ("N", "numbers instead of arrows"),
    ("F, Esc", "enlarge a panel, back"),
    ("Tab, ↑  ↓", "next control, move the focused slider"),
    ("Page Down, Page Up", "next or previous answer, then lesson"),
    ("L", "lecture view"),
    ("R", "record a film"),
    ("Ctrl S", "save this run; drop its file to come back"),
    ("T", "next theme"),
    ("Ctrl +  −  0", "text larger, smaller, as it was"),
    ("D", "draw into the world: walls, pits, goals"),
    ("Arrows, Enter", "move and draw, with a drawing tool in hand"),
    ("Arrows, +  −, R", "turn a surface that has the focus; nearer, back"),
    ("G", "drive the dream and a real copy with the arrows"),
    ("Ctrl Z", "take the last stroke or the bench's last change back"),
    ("Ctrl Shift Z", "on the bench: do it again"),
    ("S", "parameters and code, in a narrow window"),
    ("F1", "this overview"),
];

/// Reads the keys of this frame. While a text field has the keyboard nothing is taken from it.
pub fn read(
    ctx: &Context,
    view: &View,
    (snapshot, lesson): (&Snapshot, &Lesson),
    actions: &mut Actions,
) {
    if ctx.text_edit_focused() {
        return;
    }
    if imagined::driving(ctx) {
        drive(ctx);
        return;
    }
    // A picture in three dimensions takes the keys that turn it, and leaves the others.
    gfx::hold_keys(ctx);
    landscape::hold_keys(ctx);
    unseen::hold_keys(ctx);
    let times = |modifiers: Modifiers, key: Key| {
        ctx.input_mut(|input| input.count_and_consume_key(modifiers, key))
    };
    let pressed = |modifiers: Modifiers, key: Key| times(modifiers, key) > 0;
    text_size(view, actions, pressed);
    sandbox(ctx, view, snapshot, actions, times);
    steps(snapshot, actions, times);
    transport(snapshot, actions, pressed);
    navigation(view, lesson, actions, pressed);
    if pressed(Modifiers::NONE, Key::G) {
        match lesson.layout.panels().any(|panel| panel == PanelId::Imagined) {
            true => imagined::take(ctx),
            false => actions.push(Action::Say("This lesson has no dream to drive.".to_owned())),
        }
    }
    for (index, key) in
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6].into_iter().enumerate()
    {
        if index < snapshot.runs.len() && pressed(Modifiers::NONE, key) {
            actions.push(Action::Run(index));
        }
    }
}

/// Who drives has the whole keyboard; these two keys give it back.
fn drive(ctx: &Context) {
    let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Escape) || pressed(Key::G) {
        imagined::stop(ctx);
    }
}

fn text_size(view: &View, actions: &mut Actions, pressed: impl Fn(Modifiers, Key) -> bool) {
    let scale = view.text_scale;
    for (key, to) in [
        (Key::Plus, scale + 0.1),
        (Key::Equals, scale + 0.1),
        (Key::Minus, scale - 0.1),
        (Key::Num0, 1.0),
    ] {
        if pressed(Modifiers::COMMAND, key) {
            actions.push(Action::TextScale(to));
        }
    }
}

/// With a drawing tool in hand the arrows move over the map instead of through time.
fn sandbox(
    ctx: &Context,
    view: &View,
    snapshot: &Snapshot,
    actions: &mut Actions,
    times: impl Fn(Modifiers, Key) -> usize,
) {
    if times(Modifiers::COMMAND, Key::Z) > 0 && snapshot.can_undo {
        actions.push(Action::Engine(Command::Undo));
    }
    if times(Modifiers::NONE, Key::D) > 0 && snapshot.can_be_drawn {
        actions.push(Action::Sandbox(!view.sandbox));
    }
    if view.drawing().is_none() || ctx.memory(|memory| memory.focused().is_some()) {
        return;
    }
    let ways = [
        (Key::ArrowUp, -1, 0),
        (Key::ArrowDown, 1, 0),
        (Key::ArrowLeft, 0, -1),
        (Key::ArrowRight, 0, 1),
    ];
    for (key, rows, cols) in ways {
        for _ in 0..times(Modifiers::NONE, key) {
            actions.push(Action::Cursor(rows, cols));
        }
    }
    for _ in 0..times(Modifiers::NONE, Key::Enter) {
        actions.push(Action::Dab);
    }
}

/// Every press counts, also where several fall into one slow frame.
fn steps(snapshot: &Snapshot, actions: &mut Actions, times: impl Fn(Modifiers, Key) -> usize) {
    for (key, back) in [(Key::ArrowRight, false), (Key::ArrowLeft, true)] {
        // Modified keys first: a plain key is also consumed with Shift held.
        for _ in 0..times(Modifiers::SHIFT, key) {
            let there = Command::Grain(Grain::Episode);
            let go = if back { Command::Back } else { Command::Step };
            let again = Command::Grain(snapshot.grain);
            actions.extend([there, go, again].map(Action::Engine));
        }
        for _ in 0..times(Modifiers::NONE, key) {
            actions.push(if back { Action::StepBack } else { Action::StepOn });
        }
    }
}

fn transport(snapshot: &Snapshot, actions: &mut Actions, pressed: impl Fn(Modifiers, Key) -> bool) {
    if pressed(Modifiers::NONE, Key::Space) {
        actions.push(Action::TogglePlay);
    }
    if pressed(Modifiers::NONE, Key::Home) {
        actions.push(Action::Engine(Command::Reset));
    }
    for (keys, factor) in [([Key::Plus, Key::Equals], 2.0), ([Key::Minus, Key::Minus], 0.5)] {
        if keys.into_iter().any(|key| pressed(Modifiers::NONE, key)) {
            let wish = snapshot.speed.unwrap_or(FASTEST) * factor;
            // Beyond the fastest lies "as fast as it goes"; slower never means faster.
            let speed = (factor < 1.0 || wish <= FASTEST).then_some(wish.clamp(1.0, FASTEST));
            actions.push(Action::Engine(Command::Speed(speed)));
        }
    }
    if pressed(Modifiers::NONE, Key::C) {
        let axis = snapshot.curves.axis;
        let at = Clock::ALL.iter().position(|&c| c == axis).unwrap_or(0);
        let next = Clock::ALL[(at + 1) % Clock::ALL.len()];
        actions.push(Action::Engine(Command::Axis(next)));
    }
}

fn navigation(
    view: &View,
    lesson: &Lesson,
    actions: &mut Actions,
    pressed: impl Fn(Modifiers, Key) -> bool,
) {
    let plain = |key| pressed(Modifiers::NONE, key);
    if plain(Key::PageDown) {
        actions.push(Action::Forward);
    }
    if plain(Key::PageUp) {
        actions.push(Action::Backward);
    }
    if plain(Key::F1) {
        actions.push(Action::Keys(!view.keys_open));
    }
    if plain(Key::L) {
        actions.push(Action::Lecture(!view.lecture));
    }
    if plain(Key::T) {
        actions.push(Action::Theme(view.theme.next()));
    }
    if plain(Key::P) {
        actions.push(Action::Dream);
    }
    if plain(Key::K) {
        actions.push(Action::Fork);
    }
    if plain(Key::E) {
        actions.push(Action::Log(!view.log_open));
    }
    if plain(Key::N) {
        actions.push(Action::Numbers(!view.numbers));
    }
    if pressed(Modifiers::COMMAND, Key::S) {
        actions.push(Action::Save(!view.save_open));
    }
    if plain(Key::S) {
        actions.push(Action::Side(!view.side_open));
    }
    if plain(Key::F) {
        let panel = match view.enlarged {
            Some(_) => None,
            None => lesson.layout.panels().next(),
        };
        actions.push(Action::Enlarge(panel));
    }
    if plain(Key::R) {
        actions.push(Action::Record(!view.record_open));
    }
    if plain(Key::Escape) {
        actions.extend(if view.keys_open {
            Some(Action::Keys(false))
        } else if view.drawing().is_some() {
            Some(Action::Tool(Tool::Inspect))
        } else if view.record_open {
            Some(Action::Record(false))
        } else if view.save_open {
            Some(Action::Save(false))
        } else if view.enlarged.is_some() {
            Some(Action::Enlarge(None))
        } else if view.lecture {
            Some(Action::Lecture(false))
        } else {
            None
        });
    }
}

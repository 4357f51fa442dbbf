//! What a person did to the bench, to be taken back and done again.

use egui::{Context, Id, Key, Modifiers};

/// Choices that can be taken back at most.
const MOST: usize = 100;

/// Which way through the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Takes the last choice back.
    Back,
    /// Does it again.
    Again,
}

/// States of the bench, one for each gesture.
#[derive(Clone, Debug)]
pub struct Past<T> {
    now: Option<T>,
    back: Vec<T>,
    ahead: Vec<T>,
}

impl<T> Default for Past<T> {
    fn default() -> Self {
        Self { now: None, back: Vec::new(), ahead: Vec::new() }
    }
}

impl<T: Clone + PartialEq> Past<T> {
    /// Takes in what the bench is once a gesture has ended; the first one is where it begins.
    pub fn note(&mut self, now: T) {
        if self.now.as_ref() == Some(&now) {
            return;
        }
        if let Some(before) = self.now.replace(now) {
            if self.back.len() == MOST {
                self.back.remove(0);
            }
            self.back.push(before);
            self.ahead.clear();
        }
    }

    /// The bench changed by itself, as when training is replayed: nothing that can be taken back.
    pub fn follow(&mut self, now: T) {
        self.now = Some(now);
    }

    /// What the bench should be after a step, if there is one to take.
    pub fn step(&mut self, step: Step) -> Option<T> {
        let (from, to) = match step {
            Step::Back => (&mut self.back, &mut self.ahead),
            Step::Again => (&mut self.ahead, &mut self.back),
        };
        let next = from.pop()?;
        to.extend(self.now.replace(next.clone()));
        Some(next)
    }

    /// Whether there is a step to take back, and one to do again.
    pub fn can(&self) -> (bool, bool) {
        (!self.back.is_empty(), !self.ahead.is_empty())
    }
}

fn offered() -> Id {
    Id::unique("what the landscape can take back")
}

fn wished() -> Id {
    Id::unique("what the landscape takes back")
}

/// Says for the next frame what can be taken back, and hands over what was asked for in this one.
pub fn offer(ctx: &Context, can: (bool, bool)) -> Option<Step> {
    ctx.data_mut(|data| {
        data.insert_temp(offered(), can);
        data.remove_temp::<Option<Step>>(wished()).flatten()
    })
}

/// Takes Ctrl Z and Ctrl Shift Z out of this frame's input where the bench was drawn in the last one
/// and has something to take back or do again.
pub fn hold_keys(ctx: &Context) {
    let Some((back, again)) = ctx.data_mut(|data| data.remove_temp::<(bool, bool)>(offered()))
    else {
        return;
    };
    let pressed = |modifiers| ctx.input_mut(|input| input.consume_key(modifiers, Key::Z));
    // Without Shift it would be the same key to egui: the longer one is asked first.
    let step = if again && pressed(Modifiers::COMMAND | Modifiers::SHIFT) {
        Some(Step::Again)
    } else if back && !ctx.input(|input| input.modifiers.shift) && pressed(Modifiers::COMMAND) {
        Some(Step::Back)
    } else {
        None
    };
    if let Some(step) = step {
        ctx.data_mut(|data| data.insert_temp(wished(), Some(step)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_taken_back_one_by_one_and_done_again() {
        let mut past = Past::default();
        for now in [1, 1, 2, 2, 3] {
            past.note(now);
        }
        assert_eq!(past.can(), (true, false));
        assert_eq!([Step::Back; 3].map(|step| past.step(step)), [Some(2), Some(1), None]);
        assert_eq!((past.step(Step::Again), past.can()), (Some(2), (true, true)));
        past.note(7);
        assert_eq!((past.step(Step::Again), past.step(Step::Back)), (None, Some(2)));
        past.follow(9);
        assert_eq!(past.step(Step::Back), Some(1), "what changed by itself is passed over");
        (0..1000).for_each(|now| past.note(now));
        assert!(past.back.len() <= MOST);
    }
}

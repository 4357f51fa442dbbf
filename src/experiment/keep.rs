//! Keeping an arena's life, and living a kept one again.

use std::sync::mpsc::Sender;

use toml::Table;

use super::command::Command;
use super::config::ArenaConfig;
use super::drive::Aim;
use super::engine::Engine;
use super::networks::settle_on_flex;
use super::run_file::RunFile;
use super::take::Take;

/// A kept life on its way to where it was kept.
pub(super) struct Reliving {
    /// What to call it.
    name: String,
    file: Box<RunFile>,
}

impl Engine {
    /// Everything that it takes to come back here. Of a life on its way to where it was kept, that
    /// is the kept one: what was lived again so far is only its beginning.
    pub fn run_file(&mut self, lesson: String) -> RunFile {
        if let Some(under_way) = &self.reliving {
            return RunFile::clone(&under_way.file);
        }
        self.experiment.finish_goal();
        let e = &self.experiment;
        RunFile {
            lesson,
            words: Table::new(),
            take: Take {
                config: e.config().clone().into(),
                events: e.events().into(),
                from: e.position(),
                limit: self.limit,
                watched: e.watched(),
                selected: self.selected,
                axis: self.axis,
            },
            furthest: e.furthest(),
            digests: e.runs().iter().map(|run| run.digests()).collect(),
        }
    }

    pub(super) fn keep(&mut self, lesson: String, reply: &Sender<RunFile>) {
        // Nobody waits any more: then nobody needs it.
        let _ = reply.send(self.run_file(lesson));
    }

    /// Begins to live a kept life again, at full speed; [`Self::settle_reliving`] ends it.
    pub(super) fn relive(&mut self, name: String, file: Box<RunFile>) {
        let take = &file.take;
        let mut config = ArenaConfig::clone(&take.config);
        settle_on_flex(&mut config);
        if !self.open_anew(config) {
            return;
        }
        self.experiment.events = take.events.to_vec();
        self.experiment.watch_lane(take.watched);
        self.experiment.apply_due_events();
        self.limit = take.limit;
        self.selected = take.selected;
        self.axis = take.axis;
        self.speed = take.config.speed;
        self.playing = false;
        let mut lesson = ArenaConfig::clone(&take.config);
        lesson.runs.retain(|run| run.fork.is_none());
        self.lesson = lesson;
        self.aim = Some(Aim::To(file.furthest));
        self.reliving = Some(Reliving { name, file });
        self.settle_reliving();
    }

    /// Once the furthest place was reached: goes to where it was kept, and compares.
    pub(super) fn settle_reliving(&mut self) {
        let arrived = |r: &mut Reliving| self.experiment.position() >= r.file.furthest;
        if self.aim.is_some() && !self.experiment.all_stand() {
            return;
        }
        let Some(done) = self.reliving.take_if(|r| arrived(r) || self.experiment.all_stand())
        else {
            return;
        };
        self.aim = None;
        self.curves_of = None;
        self.experiment.seek(done.file.take.from);
        let said = done.file.differs(&self.experiment);
        self.notice = Some(match said {
            None => format!("{}: relived to the last bit", done.name),
            Some(_) if let Some(elsewhere) = self.experiment.misplaced() => {
                format!("{}: relived, but {elsewhere}", done.name)
            }
            Some(which) => format!(
                "{}: relived, but {which} differs from what was saved; another version of the \
                 program wrote it, or another machine",
                done.name
            ),
        });
    }

    /// A command that moves time ends reliving where it is.
    pub(super) fn leave_reliving(&mut self, command: &Command) {
        let looks = matches!(
            command,
            Command::Select(_)
                | Command::Inspect { .. }
                | Command::Evidence(_)
                | Command::Watch(_)
                | Command::Axis(_)
                | Command::Speed(_)
                | Command::Grain(_)
                | Command::Keep { .. }
        );
        if !looks && let Some(left) = self.reliving.take() {
            self.aim = None;
            self.notice = Some(format!("{}: stopped before it was relived", left.name));
        }
    }
}

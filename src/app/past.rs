//! Files of the past: runs that are saved, opened and restored, the session, the settings.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use egui::Context;

use super::keeper::{News, Purpose};
use super::lab::Lab;
use super::session::OFFERED;
use super::settings::Settings;
use super::tiles::Trees;
use crate::experiment::engine::Command;
use crate::experiment::run_file::RunFile;
use crate::lessons::Lesson;
use crate::lessons::opening::Opening;

impl Lab {
    /// Keeps the present arena in a file; the thread of the files says how that went.
    pub(super) fn keep(&mut self, purpose: Purpose) {
        let (reply, from) = channel();
        let lesson = &self.lessons[self.lesson];
        let words = lesson.words.clone();
        self.link.send(Command::Keep { lesson: lesson.id.clone(), reply });
        self.keeper.run(from, words, purpose);
    }

    /// Before another arena takes the place of the present one: keeps what a person did to it,
    /// or, `always`, whatever it is.
    pub(super) fn leave(&mut self, always: bool) {
        if let Some(places) = self.session.left() {
            self.keep(Purpose::Left { places, always });
        }
    }

    pub(super) fn restore(&mut self, wished: bool) {
        let Some(file) = self.session.offer.take().filter(|_| wished) else {
            return;
        };
        let opening = Opening::of(*file);
        self.leave(false);
        self.opened("The last session".to_owned(), opening);
    }

    /// A lesson or a kept run in place of the present arena.
    fn opened(&mut self, name: String, opening: Opening) {
        let index = self.place_of(opening.lesson);
        let lesson = self.lessons[index].clone();
        match opening.past {
            Some(past) => self.relive(name, past),
            None => {
                self.link.send(Command::Load(Box::new(lesson.arena.clone())));
                self.view.run = lesson.run;
                self.link.send(Command::Select(self.view.run));
            }
        }
        self.show_lesson(index);
    }

    /// Where a lesson stands in the rail; a stranger takes the place of the last stranger.
    fn place_of(&mut self, lesson: Lesson) -> usize {
        let same = |known: &Arc<Lesson>| match lesson.chapter {
            0 => known.chapter == 0,
            _ => known.id == lesson.id,
        };
        match self.lessons.iter().position(same) {
            Some(index) if lesson.chapter > 0 => index,
            Some(index) => {
                self.lessons[index] = Arc::new(lesson);
                index
            }
            None => {
                self.lessons.push(Arc::new(lesson));
                self.lessons.len() - 1
            }
        }
    }

    pub(super) fn relive(&mut self, name: String, file: Box<RunFile>) {
        self.view.run = file.take.selected;
        self.link.send(Command::Relive { name, file });
    }

    /// Dropped files, news of the thread of the files, the session, the settings.
    pub(super) fn look_after_files(&mut self, ctx: &Context, now: f64) {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        if let Some(path) = dropped.first().map(|file| file.path().to_owned()) {
            self.keeper.open(path);
        }
        while let Some(news) = self.keeper.poll() {
            match news {
                News::Said(text) => self.say(ctx, text),
                News::Kept(mark) => self.session.was_kept(mark),
                News::Opened { name, opening } => {
                    self.leave(true);
                    self.opened(name, *opening);
                }
            }
        }
        if now > OFFERED {
            self.session.offer = None;
        }
        let snapshot = self.link.snapshot().clone();
        if let Some((path, mark)) = self.session.due(now, &snapshot) {
            self.keep(Purpose::Session(path, mark));
            self.save_settings();
        } else if let Some(wait) = self.session.waits(now, &snapshot) {
            ctx.request_repaint_after(Duration::from_secs_f64(wait));
        }
    }

    /// The window closes: what is worth keeping is kept. The picture in hand does not tell whether
    /// something has changed: what was asked for last may still be on its way to the arena.
    pub fn close(&mut self) {
        let snapshot = self.link.snapshot().clone();
        if let Some((path, mark)) = self.session.present(&snapshot) {
            self.keep(Purpose::Session(path, mark));
            self.link.flush();
        }
        self.save_settings();
        self.keeper.finish();
    }

    // ---------------------------------------------------------------- settings

    /// Writes the settings if they are others than those of the last time.
    fn save_settings(&mut self) {
        let Some(path) = self.settings_at.clone() else {
            return;
        };
        self.remember_tiles();
        let lesson = &self.lessons[self.lesson];
        let now = Settings {
            theme: self.view.theme,
            text_scale: self.view.text_scale,
            lecture: self.view.lecture,
            lesson: (lesson.chapter > 0).then(|| lesson.id.clone()),
            layouts: self.settings.layouts.clone(),
        };
        if self.settings != now {
            self.keeper.text(now.to_text(), path);
            self.settings = now;
        }
    }

    /// Notes how large the tiles of this lesson are, if a person moved their borders.
    pub(super) fn remember_tiles(&mut self) {
        let lesson = &self.lessons[self.lesson];
        let (shares, plain) = (self.trees.shares(), Trees::new(&lesson.layout).shares());
        if shares != plain && !lesson.id.is_empty() {
            self.settings.layouts.insert(lesson.id.clone(), shares);
        }
    }

    /// The tiles of this lesson, as large as they were left.
    pub(super) fn lay_tiles(&mut self) {
        let lesson = &self.lessons[self.lesson];
        self.trees = Trees::new(&lesson.layout);
        if let Some(shares) = self.settings.layouts.get(&lesson.id) {
            self.trees.set_shares(shares);
        }
    }
}

//! The one place where what a person wished for is done.

use egui::Context;

use super::actions::Action;
use super::brush::Tool;
use super::film_view::FilmView;
use super::headless::{Request, Sheet};
use super::keeper::Purpose;
use super::lab::Lab;
use super::panels::PanelId;
use super::panels::tree::nobody_draws;
use super::studio::{free_name, slug};
use super::theme;
use super::view::{DREAM, Draft, LINE};
use crate::experiment::arena::Grain;
use crate::experiment::engine::Command;
use crate::mdp::scene::Scene;

/// Frames until a parameter under the hand is given up.
const PATIENCE: u8 = 30;

impl Lab {
    /// Does what was wished for.
    pub(super) fn apply(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Engine(command) => self.command(command),
            Action::TogglePlay => {
                let playing = self.link.snapshot().playing;
                self.link.send(Command::Play(!playing));
            }
            Action::StepOn => self.step_on(),
            Action::StepBack => self.step_back(),
            Action::Fork => self.fork(),
            Action::Unfork(run) => self.unfork(run),
            Action::Log(open) => self.view.log_open = open,
            Action::Dream => {
                let run = self.view.run;
                self.link.send(Command::Dream { run, units: DREAM });
            }
            Action::StepBy(index) => self.step_by(index),
            Action::Run(run) => {
                self.view.run = run;
                self.link.send(Command::Select(run));
                self.inspect(None);
            }
            Action::Start(body) => self.view.start = body,
            Action::Earlier(before) => self.inspect(before),
            Action::Cell(cell) => {
                self.view.cell = cell;
                self.inspect(None);
                // Where the side column is a drawer, the answer would stay hidden.
                self.view.side_open |= cell.is_some() && !self.lessons[self.lesson].drawer;
            }
            Action::Lesson(index) => self.open_lesson(index),
            Action::Forward if !self.view.revealed && self.has_answer() => {
                self.view.revealed = true
            }
            Action::Forward => self.open_lesson(self.lesson + 1),
            Action::Backward if self.view.revealed => self.view.revealed = false,
            Action::Backward => {
                if let Some(before) = self.lesson.checked_sub(1) {
                    self.open_lesson(before);
                }
            }
            Action::Theme(theme) => self.view.theme = theme,
            Action::TextScale(scale) => self.view.text_scale = scale.clamp(0.8, 2.0),
            Action::Lecture(on) => self.view.lecture = on,
            Action::Cards(bench) => self.view.cards = bench,
            Action::Numbers(on) => self.view.numbers = on,
            Action::Sandbox(_) | Action::Tool(_) | Action::Reward(_) => self.hand(ctx, action),
            Action::Cursor(rows, cols) => self.move_cursor(rows, cols),
            Action::Dab => self.dab(),
            Action::Side(open) => self.view.side_open = open,
            Action::Enlarge(panel) => self.view.enlarged = panel,
            Action::Record(open) => self.view.record_open = open,
            Action::Save(open) => self.view.save_open = open,
            Action::SaveTo(path) => self.keep(Purpose::Asked(path)),
            Action::Restore(wished) => self.restore(wished),
            Action::Film(request) => self.film(ctx, *request),
            Action::StopFilm => self.stop_film(),
            Action::Picture(panel) => self.picture(ctx, panel),
            Action::Keys(open) => self.view.keys_open = open,
            Action::Say(what) => self.say(ctx, what),
            Action::Copy(text, said) => {
                ctx.copy_text(text);
                self.say(ctx, said.to_owned());
            }
        }
        let look = (self.view.theme_now(), self.view.scale());
        if look != (theme::current(ctx), theme::scale(ctx)) {
            theme::install(ctx, look.0, look.1);
        }
        ctx.request_repaint();
    }

    fn fork(&mut self) {
        self.view.forking = Some(self.link.snapshot().runs.len());
        self.link.send(Command::Fork { run: self.view.run });
    }

    fn unfork(&mut self, run: usize) {
        let fork = self.link.snapshot().runs.get(run).and_then(|run| run.fork);
        self.view.run = fork.map_or(self.view.run, |fork| fork.of);
        self.link.send(Command::Unfork { run });
        self.link.send(Command::Select(self.view.run));
    }

    /// What one step is, and a pace at which it can be followed.
    fn step_by(&mut self, index: usize) {
        self.view.step_by = index;
        self.view.line = 0;
        let grain = [Grain::Unit, Grain::Unit, Grain::Step, Grain::Episode][index.min(3)];
        self.link.send(Command::Grain(grain));
        // Each grain has a pace at which it can be followed.
        if self.link.snapshot().speed.is_some() {
            let lesson = self.lessons[self.lesson].arena.speed;
            let pace = [20.0, 20.0, lesson.unwrap_or(60.0), 2.0][index.min(3)];
            self.link.send(Command::Speed(Some(pace)));
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Set { run, param, value } => {
                self.view.draft = Some(Draft { run, param, value, patience: PATIENCE });
            }
            Command::Reset | Command::Load(_) => (self.view.cell, self.view.start) = (None, None),
            _ => {}
        }
        self.link.send(command);
    }

    /// Asks who wrote the values of the selected cell; its updates before number `before`.
    fn inspect(&mut self, before: Option<u64>) {
        self.inspected = (self.view.run, self.link.snapshot().generation);
        let (run, cell) = (self.view.run, self.view.cell.map(|cell| cell as u32));
        self.link.send(Command::Inspect { run, cell, before });
    }

    /// Asks again where the selected cell is another run's now, or another arena's: what was found
    /// before is not about it.
    pub(super) fn look_again(&mut self) {
        let now = (self.view.run, self.link.snapshot().generation);
        if self.inspected != now && self.view.cell.is_some() {
            self.inspect(None);
        }
    }

    /// Searches are copied out only as long as somebody draws them.
    pub(super) fn stop_evidence(&mut self, ctx: &Context) {
        if self.link.snapshot().evidence && nobody_draws(ctx) {
            self.link.send(Command::Evidence(false));
        }
    }

    /// What the hand holds over the mazes.
    fn hand(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Sandbox(open) => self.view.sandbox = open,
            Action::Reward(reward) => self.view.reward = reward,
            Action::Tool(tool) => self.take(ctx, tool),
            _ => {}
        }
    }

    /// A tool in hand; the keyboard begins to draw where the agent is.
    fn take(&mut self, ctx: &Context, tool: Tool) {
        self.view.tool = tool;
        let run = &self.link.snapshot().runs[self.view.run];
        let here = run.lane.state.map(|state| state as usize);
        self.view.cursor = self.view.cursor.or(here).filter(|_| tool.draws());
        // Enter draws now, it does not press the button again.
        if let Some(id) = ctx.memory(|memory| memory.focused()) {
            ctx.memory_mut(|memory| memory.surrender_focus(id));
        }
    }

    fn move_cursor(&mut self, rows: i32, cols: i32) {
        let snapshot = self.link.snapshot();
        let Scene::Grid(grid) = snapshot.runs[self.view.run].truth.scene() else {
            return;
        };
        let (row, col) = grid.place(self.view.cursor.unwrap_or(0) as u32);
        let moved = |at: usize, by: i32, end: usize| {
            at.saturating_add_signed(by as isize).min(end.saturating_sub(1))
        };
        let (row, col) = (moved(row, rows, grid.rows), moved(col, cols, grid.cols));
        self.view.cursor = Some(row * grid.cols + col);
    }

    fn dab(&mut self) {
        let snapshot = self.link.snapshot();
        let Scene::Grid(grid) = snapshot.runs[self.view.run].truth.scene() else {
            return;
        };
        let cell = self.view.cursor.map(|cell| cell as u32);
        let command = cell.and_then(|cell| {
            self.view.tool.command((self.view.run, grid), &[cell], self.view.reward)
        });
        if let Some(command) = command {
            self.link.send(command);
        }
    }

    fn film(&mut self, ctx: &Context, request: Request) {
        if !self.studio.film(ctx, request) {
            self.say(ctx, "A film is under way already.".to_owned());
        }
    }

    fn stop_film(&mut self) {
        self.studio.stop();
        self.studio.ended = None;
    }

    /// Draws a panel as it is now, off-screen, larger than life.
    fn picture(&mut self, ctx: &Context, panel: PanelId) {
        let snapshot = self.link.snapshot().clone();
        let lesson = self.lessons[self.lesson].clone();
        let out = free_name(&format!("{}-{}", slug(&snapshot.title), panel.name()), "png");
        let view = FilmView::panel(snapshot, lesson, panel, self.view.clone());
        let sheet = Sheet::of(panel, self.view.theme_now());
        self.studio.picture(ctx, view, sheet, out);
        self.say(ctx, "Drawing the picture …".to_owned());
    }

    /// Line by line: the next line of the unit shown; after its last line, the next unit.
    fn step_on(&mut self) {
        let snapshot = self.link.snapshot();
        let lines = snapshot.runs[self.view.run].unit_marks.len();
        if self.view.step_by == LINE && !snapshot.playing && self.view.line + 1 < lines {
            self.view.line += 1;
            return;
        }
        self.view.line = 0;
        self.link.send(Command::Step);
    }

    fn step_back(&mut self) {
        let by_line = self.view.step_by == LINE && !self.link.snapshot().playing;
        if by_line && self.view.line > 0 {
            self.view.line -= 1;
            return;
        }
        // The unit before, at its last line; the cursor is clamped when it is shown.
        self.view.line = if by_line { usize::MAX - 1 } else { 0 };
        self.link.send(Command::Back);
    }

    fn has_answer(&self) -> bool {
        !self.lessons[self.lesson].reveal.is_empty()
    }

    fn open_lesson(&mut self, index: usize) {
        let Some(lesson) = self.lessons.get(index).cloned() else {
            return;
        };
        self.leave(false);
        self.link.send(Command::Load(Box::new(lesson.arena.clone())));
        self.view.run = lesson.run;
        self.link.send(Command::Select(self.view.run));
        self.show_lesson(index);
    }

    /// The words and the tiles of lesson number `index`, for whatever arena goes with it.
    pub(super) fn show_lesson(&mut self, index: usize) {
        self.remember_tiles();
        (self.view.cell, self.view.start) = (None, None);
        self.view.cursor = None;
        (self.view.sandbox, self.view.tool) = (self.lessons[index].sandbox, Tool::Inspect);
        self.view.revealed = false;
        self.view.enlarged = None;
        self.view.forking = None;
        self.lesson = index;
        self.lay_tiles();
    }
}

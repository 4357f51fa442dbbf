//! One frame of the bench: asks, lays out, draws, and does what hands wish.

use std::sync::Arc;

use egui::{Label, Rect, RichText, Ui, UiBuilder, pos2};

use super::column::{self, Wish};
use super::pictures::{self, Done, Picture};
use super::race::Row;
use super::scenes::Ground;
use super::seats::{self, Places};
use super::settings::Settings;
use super::sheet::{self, Floor, Sheet};
use super::tiles::{Above, Tiles};
use super::{EVERY, FRAME, Found, LITTLE, Landscape, above, lamps, lines, subject, table, told};
use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::panels::plot::fitting;
use crate::app::theme;
use crate::app::widgets::button::Button;
use crate::app::widgets::segmented::segmented;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::RunSnapshot;
use crate::lessons::bench::ValueFrom;

/// Height from which on the column shows everything.
const TALL: f32 = 770.0;
/// Least height of the map below controls.
const MAP: f32 = 90.0;
/// What the column shows in turns where it is low.
const TABS: [&str; 4] = ["place", "look", "race", "lamps"];

impl Landscape {
    /// Takes over how the lesson lays out the bench, once.
    fn open(&mut self, cx: &Cx<'_>) {
        if self.lesson.as_ref() != Some(&cx.lesson.id) {
            *self = Self {
                settings: Settings::of(&cx.lesson.bench),
                lesson: Some(cx.lesson.id.clone()),
                ..Self::default()
            };
        }
        self.run = cx.view.run;
    }

    /// Draws everything.
    pub(super) fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.open(cx);
        let Some(run) = subject(cx.snapshot, self.run).cloned() else {
            return say(ui, sheet::NO_NUMBERS);
        };
        self.pass(ui, cx, &run);
        let before = *self.settings.places();
        let found = self.ask(ui, cx, &run);
        let places = Places::of(ui.available_rect_before_wrap(), theme::scale(ui.ctx()));
        let mut wish = None;
        if let Some(rect) = places.column {
            let mut child = ui.new_child(UiBuilder::new().id_salt("column").max_rect(rect));
            wish = self.column(&mut child, cx, &run, (found.as_ref().ok(), places.below.is_some()));
        }
        match &found {
            Ok(found) => {
                wish = self.middle(ui, cx, (&run, found), &places).or(wish);
            }
            Err(words) => {
                let mut child = ui.new_child(UiBuilder::new().max_rect(places.pictures));
                say(&mut child, words);
            }
        }
        if self.settings.places().start != before.start {
            (self.head.from, self.head.held) = (None, None);
            self.head.rest();
        }
        if let Some(wish) = wish {
            self.grant(wish, cx, &run, found.as_ref().ok().map(|found| &found.floor));
        }
        self.take_back(ui, cx);
        ui.advance_cursor_after_rect(ui.available_rect_before_wrap());
    }

    /// Time: the balls, the replay, and training that ends again.
    fn pass(&mut self, ui: &Ui, cx: &mut Cx<'_>, run: &RunSnapshot) {
        let (now, dt) = ui.input(|i| (i.time, f64::from(i.stable_dt.min(0.1))));
        if self.head.rolls {
            self.head.pass(dt);
            ui.ctx().request_repaint();
        }
        if let Some(due) = self.replay {
            // What was kept first is shown as long as the others.
            let due = if due == 0.0 { now + FRAME } else { due };
            self.replay = Some(due);
            let last = run.lane.view.earlier_values.len().saturating_sub(1);
            let at = self.settings.kept.unwrap_or(last);
            if self.settings.from != ValueFrom::Earlier || at >= last {
                self.replay = None;
            } else if now >= due {
                self.settings.kept = Some(at + 1);
                self.replay = Some(now + FRAME);
            }
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(FRAME));
        }
        let steps = run.lane.counters.env_steps;
        if self.training.is_some_and(|end| steps >= end || end > steps + LITTLE) {
            self.training = None;
            cx.actions.push(Action::Engine(Command::Play(false)));
        }
        if !ui.input(|input| input.pointer.any_down()) {
            self.anchor = self.settings.places().cross;
        }
    }

    /// Asks for the value, and for what is measured over it.
    fn ask(&mut self, ui: &Ui, cx: &Cx<'_>, run: &RunSnapshot) -> Result<Found, String> {
        let question = self.question(run)?;
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        let context = (ui.ctx(), cx.view);
        self.whole.ask(context, &question, pace, super::Question::answer);
        let same = |known: &super::Known| known.0.same_world(&question);
        let known = self.whole.share().filter(same);
        let known = known.ok_or_else(|| "The world is being solved.".to_owned())?;
        let found = self.found(&question, known)?;
        if self.settings.near {
            let near = question.near(self.anchor);
            self.close.ask(context, &near, pace, super::Question::answer);
        }
        let request = self.request(&found);
        self.measured.ask(context, &request, pace, super::Request::answer);
        let close = self.close.share().filter(|known| self.settings.near && same(known));
        let shown = close.unwrap_or_else(|| found.whole.clone());
        let look = self.look();
        if !self.tiles.as_ref().is_some_and(|tiles| tiles.are(&shown, &found.judge, look)) {
            self.tiles = Tiles::new(&shown, found.judge, look).map(Arc::new);
        }
        if !self.plane.as_ref().is_some_and(|plane| plane.is_of(&found.whole)) {
            self.plane = Above::new(&found.whole);
        }
        if let Some(plane) = &mut self.plane {
            plane.follow(found.judge.value);
        }
        Ok(found)
    }

    /// The sheet that the pictures show.
    fn sheet<'a>(&self, found: &'a Found, near: Option<&'a super::Known>) -> Option<&'a Sheet> {
        let known = near.filter(|_| self.settings.near).unwrap_or(&found.whole);
        known.1.as_ref().ok()
    }

    /// Pictures, race and map.
    fn middle(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        (run, found): (&RunSnapshot, &Found),
        places: &Places,
    ) -> Option<Wish> {
        let points = theme::scale(ui.ctx());
        let close = self.close.share().filter(|known| known.0.same_world(&found.whole.0));
        let sheet = self.sheet(found, close.as_ref())?;
        let raced = self.rows(&found.floor).map(|(measured, rows)| (measured.clone(), rows));
        let t = theme::tokens(ui.ctx());
        let start = self.settings.places().start;
        let (floor, judge) = (&found.floor, &found.judge);
        let ground = Ground { floor, sheet, judge, start, t: &t };
        let mut rect = places.pictures;
        let updates = run.lane.counters.real_updates + run.lane.counters.imagined_updates;
        let notice = told::notice(&self.settings, sheet, judge, (run.letter, updates));
        let rows = raced.as_ref().map(|(_, rows)| rows);
        let strays = rows.and_then(|rows| told::strays(floor, sheet, rows));
        let mut done = Done::default();
        let foot = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 18.0 * points), rect.max);
        rect.max.y = foot.top() - 2.0;
        let tiles = self.tiles.clone()?;
        let held = self.head.held.is_some();
        let still = cx.view.still;
        let seats = seats::of_pictures(rect, points);
        for (tile, &seat) in tiles.tiles.iter().zip(&seats) {
            let ball = tile.loss.zip(raced.as_ref());
            let ball = ball.map(|(loss, (measured, rows))| {
                (&rows[loss.index()], &measured.rolls[loss.index()])
            });
            let picture = Picture { ground: &ground, tile, ball, held, still };
            picture.ui(ui, seat, &mut self.settings, &mut done);
        }
        let pointed = self.settings.pointed.filter(|_| !still);
        let numbers = pointed.map(|at| pictures::numbers(&ground, &sheet.ground, at));
        let bare = !self.settings.camera.flat && pictures::are_bare(seats[0], points);
        let marks = (sheet.unknown.is_some(), bare);
        pictures::legend(ui, foot, marks, numbers.or(notice).or(strays));
        let mut wish = None;
        if let Some(below) = places.below {
            wish = self.below(ui, cx, (found, below), (rows, &mut done));
        }
        self.moved(floor, &done);
        self.point(ui, floor, &done);
        wish
    }

    /// The race and the map from above.
    fn below(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        (found, rect): (&Found, Rect),
        (rows, done): (Option<&[Row; 4]>, &mut Done),
    ) -> Option<Wish> {
        let points = theme::scale(ui.ctx());
        let split = rect.left() + 0.72 * rect.width();
        let left = Rect::from_min_max(rect.min, pos2(split - 12.0 * points, rect.bottom()));
        let mut child = ui.new_child(UiBuilder::new().id_salt("race").max_rect(left));
        child.spacing_mut().item_spacing.y = 3.0 * points;
        lines::heading(&mut child, "Ball race");
        self.table(&mut child, found, rows);
        let right = Rect::from_min_max(pos2(split, rect.top()), rect.max);
        let mut head = ui.new_child(UiBuilder::new().id_salt("from above").max_rect(right));
        let names = ["V from above, framed: the surfaces", "framed: the surfaces"];
        let words = match self.settings.near {
            true => fitting(&head, &names, right.width()),
            false => "V from above",
        };
        lines::small(&mut head, words);
        let rest = right.with_min_y(head.min_rect().bottom());
        done.pointed = self.above(ui, cx, found, rest).or(done.pointed);
        None
    }

    fn table(&self, ui: &mut Ui, found: &Found, rows: Option<&[Row; 4]>) {
        let Some(rows) = rows else {
            return lines::small(ui, "The balls are on their way.");
        };
        let mut rows = *rows;
        if let Some(now) = self.errors_now(found) {
            rows.iter_mut().zip(now).for_each(|(row, error)| row.value_error = error);
        }
        let before = self.head.held.map(|(_, errors)| errors);
        table::ui(ui, &rows, before.as_ref());
    }

    /// Returns the place under the pointer.
    fn above(&mut self, ui: &mut Ui, cx: &Cx<'_>, found: &Found, rect: Rect) -> Option<[f64; 2]> {
        let (Some(plane), Ok(sheet)) = (self.plane.clone(), &found.whole.1) else { return None };
        let t = theme::tokens(ui.ctx());
        let start = self.settings.places().start;
        let (floor, judge) = (&found.floor, &found.judge);
        let ground = Ground { floor, sheet, judge, start, t: &t };
        let window = self.settings.near.then(|| floor.near(self.anchor).ranges);
        let still = cx.view.still;
        above::ui(ui, rect, &ground, &plane, (&mut self.settings, window), still)
    }

    /// Controls and readings, all of them or one tab.
    fn column(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        run: &RunSnapshot,
        (found, below): (Option<&Found>, bool),
    ) -> Option<Wish> {
        let points = theme::scale(ui.ctx());
        ui.spacing_mut().item_spacing.y = 5.0 * points;
        if cx.view.still || cx.view.lecture {
            // How the balls ended stands over the pictures.
            self.readings(ui, found, true);
            return None;
        }
        if ui.available_height() < TALL * points {
            segmented(ui, "Part of the bench", &TABS, &mut self.settings.tab);
            ui.add_space(4.0 * points);
        }
        let low = ui.available_height() < (TALL - 60.0) * points;
        let floor = found.map_or_else(|| self.floor(run).ok(), |found| Some(found.floor));
        let mut wish = None;
        let tab = self.settings.tab;
        if !low || tab == 0 {
            if let Some(floor) = &floor {
                column::places(ui, &mut self.settings, floor);
            }
            let count = run.lane.view.earlier_values.len();
            let kept = sheet::kept(run, self.settings.kept).map(|kept| (kept, count));
            wish = column::source(ui, &mut self.settings, kept).or(wish);
            if !low {
                column::form(ui, &mut self.settings);
            }
            let rect = ui.available_rect_before_wrap();
            if let Some(found) = found.filter(|_| !below && rect.height() > MAP * points) {
                self.above(ui, cx, found, rect);
            }
        }
        if low && tab == 1 {
            column::form(ui, &mut self.settings);
            column::looks(ui, &mut self.settings, floor.is_some_and(|floor| floor.turns()));
        }
        if !low {
            let turns = floor.is_some_and(|floor| floor.turns());
            let button = Button::new("Look").named("How landscapes look").show(ui);
            let outside = egui::PopupCloseBehavior::CloseOnClickOutside;
            egui::Popup::menu(&button)
                .close_behavior(outside)
                .show(|ui| column::looks(ui, &mut self.settings, turns));
        }
        if !low || tab == 2 {
            let state = (self.head.rolls, self.head.held.is_some(), self.learns(run));
            wish = column::race(ui, &mut self.settings, state).or(wish);
            if let Some(found) = found.filter(|_| !below) {
                let rows = self.rows(&found.floor).map(|(_, rows)| rows);
                self.table(ui, found, rows.as_ref());
            }
        }
        if !low || tab == 3 {
            self.readings(ui, found, false);
        }
        wish
    }

    /// Whether the value can be trained a little more.
    fn learns(&self, run: &RunSnapshot) -> bool {
        match self.settings.from {
            ValueFrom::Critic => true,
            ValueFrom::Earlier => {
                let last = run.lane.view.earlier_values.len();
                self.settings.kept.is_some_and(|at| at + 1 < last)
            }
            ValueFrom::Best | ValueFrom::Bumps => false,
        }
    }

    fn readings(&self, ui: &mut Ui, found: Option<&Found>, quiet: bool) {
        let Some(found) = found else { return };
        column::readings(ui, &found.judge, &found.floor);
        ui.add_space(6.0);
        let lamps = self.rows(&found.floor).map(|(measured, _)| measured.lamps);
        lamps::ui(ui, self.settings.losses(), lamps.as_ref(), quiet);
    }

    /// Does what a person asked for.
    fn grant(&mut self, wish: Wish, cx: &mut Cx<'_>, run: &RunSnapshot, floor: Option<&Floor>) {
        match wish {
            Wish::Roll => {
                (self.head.from, self.head.held) = (None, None);
                self.head.begin();
            }
            Wish::Rest => self.head.rest(),
            Wish::Hold => floor.into_iter().for_each(|floor| self.hold(floor)),
            Wish::Release => self.release(),
            Wish::Replay => {
                self.settings.kept = Some(0);
                self.replay = Some(0.0);
            }
            Wish::Train if self.settings.from == ValueFrom::Earlier => {
                self.settings.kept = self.settings.kept.map(|at| at + 1);
            }
            Wish::Train => {
                self.training = Some(run.lane.counters.env_steps + LITTLE);
                cx.actions.push(Action::Engine(Command::Play(true)));
            }
        }
    }
}

/// One sentence in place of a picture, or above one.
fn say(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui.ctx());
    let words = RichText::new(words).font(theme::body(ui.ctx())).color(t.text_weak);
    ui.add(Label::new(words).wrap());
}

//! The laboratory: receives snapshots, shows panels, applies what a person wished for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::{
    CentralPanel, Context, EventFilter, Frame, Margin, Panel as Edge, Stroke, Ui, UiBuilder, vec2,
};

use super::actions::Actions;
use super::keeper::Keeper;
use super::keys;
use super::link::Link;
use super::panels::{Cx, Panel, PanelId, imagined};
use super::session::Session;
use super::settings::{Home, Settings};
use super::shell::code::CodeMemory;
use super::shell::record::{self, Form};
use super::shell::save::{self, SaveForm};
use super::shell::{Room, help, lecture, rail, side, top_bar, transport};
use super::studio::Studio;
use super::theme::{self, Theme};
use super::tiles::{Panes, Trees, behind_tabs, extras};
use super::view::{Draft, View};
use super::{fonts, icons};
use crate::experiment::config::ConfigError;
use crate::experiment::engine::Command;
use crate::experiment::run_file::RunFile;
use crate::experiment::runner::Notify;
use crate::experiment::snapshot::Snapshot;
use crate::gfx;
use crate::lessons::{self, Lesson};

/// Seconds a message stays.
const MESSAGE: f64 = 4.0;

/// How the laboratory is opened.
pub struct Options {
    /// The lesson that opens first.
    pub lesson: Lesson,
    /// Colours.
    pub theme: Theme,
    /// Whether the arena runs beside the window or on the window's own clock.
    pub beside: bool,
    /// A kept run of the lesson to go on from.
    pub past: Option<Box<RunFile>>,
    /// Where settings and sessions are kept; nowhere if not given.
    pub home: Option<Home>,
    /// How the person likes the window; the theme above counts more.
    pub settings: Settings,
    /// Why there are no settings, though there is a file: then it is not written over.
    pub complaint: Option<String>,
}

impl Options {
    /// A lesson on the window's own clock, with nothing kept anywhere.
    pub fn plain(lesson: Lesson, theme: Theme) -> Self {
        let (past, home, complaint, settings) = (None, None, None, Settings::default());
        Self { lesson, theme, beside: false, past, home, settings, complaint }
    }
}

/// The laboratory.
pub struct Lab {
    pub(super) link: Link,
    pub(super) lessons: Vec<Arc<Lesson>>,
    pub(super) lesson: usize,
    pub(super) view: View,
    panels: BTreeMap<PanelId, Box<dyn Panel>>,
    pub(super) trees: Trees,
    code: CodeMemory,
    pub(super) studio: Studio,
    form: Option<Form>,
    save_form: Option<SaveForm>,
    pub(super) keeper: Keeper,
    pub(super) session: Session,
    pub(super) settings: Settings,
    /// Where settings go, if anywhere.
    pub(super) settings_at: Option<PathBuf>,
    beside: bool,
    /// The context's clock at the last frame, in seconds.
    last_time: Option<f64>,
    /// The run and the arena in which the selected cell was last asked about.
    pub(super) inspected: (usize, u64),
}

impl Lab {
    /// Opens it: fonts, colours, lessons, arena.
    pub fn new(ctx: &Context, options: Options) -> Result<Self, ConfigError> {
        fonts::install(ctx);
        let mut lessons = lessons::all()?;
        // A lesson from a file stands beside the program's own.
        let known = lessons.iter().position(|l| l.id == options.lesson.id && !l.id.is_empty());
        let lesson = known.unwrap_or(lessons.len());
        match lessons.get_mut(lesson) {
            Some(same) => *same = options.lesson.clone(),
            None => lessons.push(options.lesson.clone()),
        }
        let lessons = lessons.into_iter().map(Arc::new).collect();
        let view = View {
            theme: options.theme,
            sandbox: options.lesson.sandbox,
            text_scale: options.settings.text_scale,
            lecture: options.settings.lecture,
            run: options.lesson.run,
            beside: options.beside,
            ..View::default()
        };
        theme::install(ctx, view.theme_now(), view.scale());
        let waker = ctx.clone();
        let notify: Notify = Arc::new(move || waker.request_repaint());
        let mut link = open(&options.lesson, options.beside, &notify)?;
        link.send(Command::Select(view.run));
        let (session, said) = Session::begin(options.home.as_ref());
        let settings_at = options.home.as_ref().map(Home::settings);
        let mut lab = Self {
            link,
            lessons,
            lesson,
            view,
            panels: PanelId::ALL.iter().map(|&id| (id, id.open())).collect(),
            trees: Trees::new(&options.lesson.layout),
            code: CodeMemory::default(),
            studio: Studio::default(),
            form: None,
            save_form: None,
            keeper: Keeper::start(ctx),
            session,
            settings: options.settings,
            settings_at: settings_at.filter(|_| options.complaint.is_none()),
            beside: options.beside,
            last_time: None,
            inspected: (0, 0),
        };
        lab.lay_tiles();
        if let Some(past) = options.past {
            lab.relive("Run file".to_owned(), past);
        }
        let said = options.complaint.into_iter().chain(said);
        said.for_each(|said| lab.say(ctx, said));
        Ok(lab)
    }

    /// The window's own state.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The picture in hand.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        self.link.snapshot()
    }

    // ---------------------------------------------------------------- receive

    /// Receives: takes the latest snapshot and, for an arena inside, lets time pass.
    pub fn logic(&mut self, ctx: &Context) {
        let now = ctx.input(|i| i.time);
        let elapsed = now - self.last_time.replace(now).unwrap_or(now);
        self.link.receive(Duration::from_secs_f64(elapsed.clamp(0.0, 1.0)));
        if let Some(notice) = self.link.take_notice() {
            self.say(ctx, notice);
        }
        if !self.link.is_alive() {
            self.say(ctx, "The arena has stopped by a fault of the program.".to_owned());
        }
        if let Some(said) = self.studio.poll() {
            self.say(ctx, said);
        }
        self.look_after_files(ctx, now);
        let snapshot = self.link.snapshot();
        let runs = snapshot.runs.len();
        if self.view.forking.is_some_and(|before| before < runs) {
            self.view.forking = None;
            self.view.run = runs - 1;
            self.link.send(Command::Select(runs - 1));
        }
        self.view.run = self.view.run.min(runs - 1);
        self.look_again();
        self.stop_evidence(ctx);
        self.settle_draft();
        if self.view.message.as_ref().is_some_and(|(_, until)| *until < now) {
            self.view.message = None;
        }
        if self.link.is_busy() || (!self.beside && self.link.snapshot().playing) {
            ctx.request_repaint();
        }
    }

    /// The question in big type; once it is answered, the curves that show it stand beside.
    fn lecture_answer(&mut self, ui: &mut Ui, rest: egui::Rect, cx: &mut Cx<'_>) {
        let split = rest.left() + lecture::width(ui, cx, rest.size());
        let mut words = ui.new_child(UiBuilder::new().max_rect(rest.with_max_x(split)));
        lecture::question(&mut words, cx);
        let curves = rest.with_min_x(split + 20.0);
        let below = cx.lesson.layout.rows().get(1).map(|row| row[0].panel);
        if split < rest.right()
            && let Some(panel) = below.and_then(|id| self.panels.get_mut(&id))
        {
            cx.bare = true;
            panel.ui(&mut ui.new_child(UiBuilder::new().max_rect(curves)), cx);
            cx.bare = false;
        }
    }

    /// A parameter under the hand is shown until the arena has taken it over.
    fn settle_draft(&mut self) {
        let snapshot = self.link.snapshot();
        self.view.draft = self.view.draft.and_then(|draft| {
            let now = snapshot.runs.get(draft.run)?.params.get(draft.param)?;
            let patience = draft.patience.checked_sub(1)?;
            (*now != draft.value).then_some(Draft { patience, ..draft })
        });
    }

    /// Shows a sentence for a while.
    pub(super) fn say(&mut self, ctx: &Context, text: String) {
        let until = ctx.input(|i| i.time) + MESSAGE;
        self.view.message = Some((text, until));
        ctx.request_repaint_after(Duration::from_secs_f64(MESSAGE));
    }

    // ---------------------------------------------------------------- show

    /// Shows: draws everything and applies what a person wished for.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let snapshot = self.link.snapshot().clone();
        keep_arrows(&ctx);
        gfx::tidy(&ctx);
        let mut actions = Actions::new();
        let lesson = self.lessons[self.lesson].clone();
        keys::read(&ctx, &self.view, (&snapshot, &lesson), &mut actions);
        let view = self.view.clone();
        let mut cx = Cx {
            snapshot: &snapshot,
            view: &view,
            lesson: &lesson,
            actions: &mut actions,
            bare: false,
        };
        if view.lecture {
            self.lecture_ui(ui, &mut cx);
        } else {
            self.desk_ui(ui, &mut cx);
        }
        record::record(&ctx, &mut self.form, &self.studio, &mut cx);
        save::save(&ctx, &mut self.save_form, &mut cx);
        if let Some(offer) = self.session.offer.as_ref().filter(|_| !view.lecture) {
            save::offer(&ctx, offer, cx.actions);
        }
        if view.keys_open {
            help::help(&ctx, &mut actions);
        }
        if let Some((text, _)) = &view.message {
            message(&ctx, text);
        }
        for action in actions {
            self.apply(&ctx, action);
        }
    }

    fn desk_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let t = theme::tokens(ui.ctx());
        let points = theme::scale(ui.ctx());
        let mut room = Room::of(ui);
        room.side &= !cx.lesson.drawer;
        let plain = Frame::new().fill(t.bg);
        let top = Edge::top("top bar").exact_size(52.0 * points).frame(plain);
        top.show(ui, |ui| top_bar::top_bar(ui, room, cx));
        let height = if room.high { 98.0 } else { 76.0 } * points;
        let bottom = Edge::bottom("transport").exact_size(height).frame(Frame::new().fill(t.panel));
        bottom.show(ui, |ui| transport::transport(ui, room, cx));
        if room.rail {
            let width = if room.names { 252.0 * points } else { 60.0 * points };
            let margin = if room.names { Margin::same(12) } else { Margin::symmetric(6, 12) };
            let edge = Edge::left("rail").exact_size(width).resizable(false);
            let frame = plain.inner_margin(margin);
            edge.frame(frame).show(ui, |ui| rail::rail(ui, room, &self.lessons, self.lesson, cx));
        }
        if room.side || cx.view.side_open {
            let edge = Edge::right("side").exact_size(392.0 * points).resizable(false);
            let frame = plain.inner_margin(Margin::symmetric(20, 14));
            edge.frame(frame).show(ui, |ui| side::side(ui, &mut self.code, cx));
        }
        let middle = CentralPanel::default().frame(plain.inner_margin(Margin::symmetric(16, 12)));
        middle.show(ui, |ui| {
            self.pictures(ui, room, cx);
        });
    }

    /// The tiles, or the one enlarged panel.
    fn pictures(&mut self, ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
        if let Some(id) = cx.view.enlarged
            && let Some(panel) = self.panels.get_mut(&id)
        {
            panel.ui(ui, cx);
            return;
        }
        // Three panels side by side need room for their titles, too.
        let wide = ui.available_width() >= 1150.0 * theme::scale(ui.ctx());
        self.trees.fit(&cx.lesson.layout, &extras(cx));
        let tree = match (room.high, wide) {
            (true, true) => &mut self.trees.wide,
            (true, false) => &mut self.trees.tabbed,
            (false, _) => &mut self.trees.low,
        };
        let bare = behind_tabs(tree);
        let mut behavior = Panes { panels: &mut self.panels, cx, bare };
        tree.ui(&mut behavior, ui);
    }

    /// The first row of the lesson's panels, for the back of the room.
    fn first_row(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let width = ui.available_width() / theme::scale(ui.ctx());
        let row = lecture::seats(&cx.lesson.layout.rows()[0], width);
        let sum: f32 = row.iter().map(|seat| seat.share).sum();
        let gap = 16.0 * theme::scale(ui.ctx());
        let room = ui.available_rect_before_wrap();
        let across = room.width() - gap * (row.len() - 1) as f32;
        let mut left = room.left();
        for seat in &row {
            let right = left + across * seat.share / sum;
            let rect = room.with_min_x(left).with_max_x(right);
            if let Some(panel) = self.panels.get_mut(&seat.panel) {
                panel.ui(&mut ui.new_child(UiBuilder::new().max_rect(rect)), cx);
            }
            left = right + gap;
        }
    }

    fn lecture_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let t = theme::tokens(ui.ctx());
        let points = theme::scale(ui.ctx());
        let plain = Frame::new().fill(t.bg);
        let bottom =
            Edge::bottom("lecture line").exact_size(52.0 * points).show_separator_line(false);
        bottom.frame(plain).show(ui, |ui| lecture::bottom(ui, cx));
        let middle = CentralPanel::default().frame(plain.inner_margin(Margin::same(20)));
        middle.show(ui, |ui| {
            if let Some(panel) = cx.view.enlarged.and_then(|id| self.panels.get_mut(&id)) {
                panel.ui(ui, cx);
                return;
            }
            let all = ui.available_rect_before_wrap();
            let split = all.top() + lecture::split(ui, cx, all.size());
            let mut mazes = ui.new_child(UiBuilder::new().max_rect(all.with_max_y(split)));
            self.first_row(&mut mazes, cx);
            if !cx.lesson.ask.is_empty() {
                let rest = all.with_min_y(split + lecture::GAP);
                self.lecture_answer(ui, rest, cx);
            }
        });
    }
}

/// Arrow keys belong to the transport and to sliders; Tab alone moves the focus.
fn keep_arrows(ctx: &Context) {
    ctx.memory_mut(|memory| {
        if let Some(id) = memory.focused() {
            let arrows = EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                // Who drives ends it by that key, and it means nothing else meanwhile.
                escape: imagined::is_seat(id),
                ..EventFilter::default()
            };
            memory.set_focus_lock_filter(id, arrows);
        }
    });
}

fn open(lesson: &Lesson, beside: bool, notify: &Notify) -> Result<Link, ConfigError> {
    match beside {
        true => Link::beside(lesson.arena.clone(), notify.clone()),
        false => Link::inside(lesson.arena.clone()),
    }
}

/// A sentence at the bottom of the pictures.
fn message(ctx: &Context, text: &str) {
    let t = theme::tokens(ctx);
    let area = egui::Area::new(egui::Id::unique("message"));
    let area = area.anchor(egui::Align2::CENTER_BOTTOM, vec2(0.0, -130.0)).interactable(false);
    area.show(ctx, |ui| {
        let frame = Frame::new().fill(t.elev).stroke(Stroke::new(1.0, t.stroke_strong));
        frame.corner_radius(8).inner_margin(Margin::symmetric(16, 10)).show(ui, |ui| {
            ui.horizontal(|ui| {
                let icon = egui::RichText::new(icons::INFO).font(theme::icon(ctx, 18.0));
                ui.label(icon.color(t.text_weak));
                ui.label(egui::RichText::new(text).color(t.text_strong));
            });
        });
    });
}

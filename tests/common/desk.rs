//! A laboratory without a screen, its arena on the frame's own clock: same keys, same frames,
//! same numbers.

#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::sync::Arc;
use std::time::Duration;

use egui::{Key, Modifiers, Pos2, Rect, Role, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder, Node};
use imaginarium::app::lab::{Lab, Options};
use imaginarium::app::theme::Theme;
use imaginarium::app::view::View;
use imaginarium::experiment::snapshot::{RunSnapshot, Snapshot};
use imaginarium::lessons::{self, Lesson};

/// Seconds between two frames.
pub const FRAME: f32 = 1.0 / 60.0;
/// A window with all its furniture.
pub const LARGE: [f32; 2] = [1920.0, 1080.0];
/// A laptop on a projector: no rail names, parameters in a drawer.
pub const SMALL: [f32; 2] = [1280.0, 720.0];

/// What `eframe` would run.
pub struct App {
    pub lab: Lab,
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _: &mut eframe::Frame) {
        self.lab.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.lab.ui(ui);
    }
}

/// The laboratory and a pair of hands.
pub struct Desk {
    pub harness: Harness<'static, App>,
}

impl Desk {
    /// The opening lesson in a large window.
    pub fn new() -> Self {
        Self::open(opening(), Theme::Dark, LARGE)
    }

    /// The same, standing still.
    pub fn paused() -> Self {
        let mut desk = Self::new();
        desk.pause();
        desk
    }

    /// Any lesson.
    pub fn open(lesson: Lesson, theme: Theme, size: [f32; 2]) -> Self {
        Self::build(Harness::builder(), lesson, theme, size)
    }

    /// Any lesson, drawn by what the builder brings along.
    pub fn build(
        builder: HarnessBuilder<App>,
        lesson: Lesson,
        theme: Theme,
        size: [f32; 2],
    ) -> Self {
        Self::with(builder, Options::plain(lesson, theme), size)
    }

    /// A laboratory as the options have it.
    pub fn with(builder: HarnessBuilder<App>, options: Options, size: [f32; 2]) -> Self {
        let theme = options.theme;
        // The harness sets egui's own theme once more, after the laboratory has set it.
        let base = if theme.tokens().dark { egui::Theme::Dark } else { egui::Theme::Light };
        let builder = builder.with_size(Vec2::from(size)).with_step_dt(FRAME).with_theme(base);
        let harness = builder.build_eframe(move |cc| App {
            lab: Lab::new(&cc.egui_ctx, options).expect("the lesson opens"),
        });
        Self { harness }
    }

    // ------------------------------------------------------------------ look

    /// The picture in hand.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.harness.state().lab.snapshot().clone()
    }

    /// Run `index` of the picture in hand.
    pub fn run(&self, index: usize) -> RunSnapshot {
        self.snapshot().runs[index].clone()
    }

    /// The window's own state.
    pub fn view(&self) -> View {
        self.harness.state().lab.view().clone()
    }

    /// The widget of that name.
    #[track_caller]
    pub fn get<'a>(&'a self, label: &'a str) -> Node<'a> {
        self.harness.get_by_label(label)
    }

    /// Whether any widget bears that name.
    pub fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    /// Whether any widget's name contains these words.
    pub fn has_words(&self, words: &str) -> bool {
        self.harness.query_all_by_label_contains(words).next().is_some()
    }

    /// Where the cell of a maze is on the screen: the picture is centred in its widget.
    pub fn cell(&self, maze: &str, row: usize, col: usize) -> Pos2 {
        let rect = self.get(maze).rect();
        let pitch = (rect.width() / 9.0).min(rect.height() / 6.0).floor();
        let corner = rect.center() - Vec2::new(9.0, 6.0) * pitch / 2.0;
        corner + Vec2::new(col as f32 + 0.5, row as f32 + 0.5) * pitch
    }

    /// The whole window.
    pub fn screen(&self) -> Rect {
        self.harness.ctx.content_rect()
    }

    /// How long the window would sleep after the last frame.
    pub fn sleeps_for(&self) -> Duration {
        self.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay
    }

    /// What the last frame put on the clipboard.
    pub fn clipboard(&self) -> Option<String> {
        let commands = &self.harness.output().platform_output.commands;
        commands.iter().rev().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }

    // ------------------------------------------------------------------ touch

    /// Lets frames pass.
    pub fn frames(&mut self, count: usize) -> &mut Self {
        self.harness.run_steps(count);
        self
    }

    /// Presses a key; two more frames carry the wish to the arena and its picture back.
    pub fn key(&mut self, key: Key) -> &mut Self {
        self.key_with(Modifiers::NONE, key)
    }

    /// The same with Shift or Ctrl held.
    pub fn key_with(&mut self, modifiers: Modifiers, key: Key) -> &mut Self {
        self.harness.key_press_modifiers(modifiers, key);
        self.frames(3)
    }

    /// Clicks the widget of that name with the mouse.
    #[track_caller]
    pub fn click(&mut self, label: &str) -> &mut Self {
        self.get(label).click();
        self.frames(3)
    }

    /// Clicks and looks at the clipboard.
    #[track_caller]
    pub fn copied(&mut self, label: &str) -> String {
        self.get(label).click();
        self.frames(1);
        self.clipboard().expect("something was copied")
    }

    /// Clicks a place of the window.
    pub fn click_at(&mut self, place: Pos2) -> &mut Self {
        self.harness.hover_at(place);
        self.harness.drag_at(place);
        self.frames(1);
        self.harness.drop_at(place);
        self.frames(3)
    }

    /// Drags from one place to another in some frames.
    pub fn drag(&mut self, from: Pos2, to: Pos2, frames: usize) -> &mut Self {
        self.harness.hover_at(from);
        self.harness.drag_at(from);
        for frame in 1..=frames {
            let share = frame as f32 / frames as f32;
            self.harness.hover_at(from + (to - from) * share);
        }
        self.harness.drop_at(to);
        self.frames(3)
    }

    /// Replaces the text of the focused field.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.key(Key::Enter)
    }

    /// Stops time if it flows.
    pub fn pause(&mut self) -> &mut Self {
        if self.snapshot().playing {
            self.key(Key::Space);
        }
        assert!(!self.snapshot().playing, "the arena stands still");
        self
    }

    /// Goes to step `step` of episode `episode` (both from 0), whatever the speed is.
    pub fn go_to(&mut self, episode: u64, step: u64) -> &mut Self {
        self.pause();
        self.key(Key::Home).pause();
        for _ in 0..episode {
            self.key_with(Modifiers::SHIFT, Key::ArrowRight);
        }
        for _ in 0..step {
            self.key(Key::ArrowRight);
        }
        let position = self.snapshot().position;
        assert_eq!((position.count, position.step, position.unit), (episode, step, 0));
        self
    }

    /// Names and places of all widgets that can be acted on.
    pub fn controls(&self) -> Vec<(String, Rect)> {
        let roles =
            [Role::Button, Role::Slider, Role::SpinButton, Role::RadioButton, Role::ComboBox];
        let all = self.harness.root().children_recursive();
        all.filter(|node| roles.contains(&node.accesskit_node().role()))
            .map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect()))
            .collect()
    }
}

/// The Dyna maze as it opens.
pub fn opening() -> Lesson {
    lessons::find(lessons::WITHOUT_WINDOW).expect("the first lesson exists")
}

/// A lesson in the Dyna maze from a few keys and one `[[run]]` body each.
pub fn lesson(head: &str, runs: &[&str]) -> Lesson {
    let runs: String = runs.iter().map(|run| format!("[[run]]\n{run}\n")).collect();
    let text = format!("version = 1\n{head}\n[world]\nid = 'dyna-maze'\n{runs}");
    Lesson::from_toml("test.toml", &text).expect("a sound lesson")
}

//! The card behind "Record": what the film shows, how long and how large it is, where it goes; then
//! how far it has come.

use egui::{
    Align, Align2, Area, Checkbox, Context, DragValue, Frame, Grid, Label, Layout, Margin, Order,
    Response, RichText, Stroke, TextEdit, Ui,
};

use crate::app::actions::{Action, Actions};
use crate::app::film_view::Script;
use crate::app::headless::{Length, Request};
use crate::app::panels::{Cx, PanelId};
use crate::app::studio::{Progress, Studio, free_name, slug};
use crate::app::widgets::button::{Button, icon_button};
use crate::app::widgets::segmented::segmented;
use crate::app::{icons, theme};
use crate::experiment::clock::Clock;
use crate::experiment::take::Take;
use crate::film::{Codec, Kind, Quality};

/// Sizes on offer; any other can be set beside them.
const SIZES: [(&str, [u32; 2]); 4] =
    [("360p", [640, 360]), ("720p", [1280, 720]), ("1080p", [1920, 1080]), ("4K", [3840, 2160])];
/// Pictures a second on offer; any other can be set beside them.
const RATES: [(&str, u32); 4] = [("10", 10), ("20", 20), ("30", 30), ("60", 60)];
/// What a length can be counted in.
const UNITS: [&str; 3] = ["seconds", "arena steps", "episodes"];
/// What compression leaves.
const QUALITIES: [(&str, Quality); 3] =
    [("small", Quality::Small), ("good", Quality::Good), ("best", Quality::Best)];
/// Files on offer.
const KINDS: [(&str, &str); 4] = [("MP4", "mp4"), ("GIF", "gif"), ("PNG", "png"), ("PNGs", "")];

/// What was filled in.
#[derive(Clone, Debug)]
pub struct Form {
    /// The lesson it was filled in for.
    lesson: String,
    out: String,
    kind: usize,
    size: [u32; 2],
    rate: u32,
    length: f64,
    /// Index into [`UNITS`].
    unit: usize,
    speed: f64,
    title: String,
    caption: String,
    panels: Vec<(PanelId, bool)>,
    ffmpeg: bool,
    /// Index into [`QUALITIES`].
    quality: usize,
    refused: Option<String>,
}

impl Form {
    /// What suits the lesson on screen.
    pub fn new(cx: &Cx<'_>) -> Self {
        let title = cx.snapshot.title.clone();
        let usual = Script::panels_of(cx.lesson);
        Self {
            out: free_name(&slug(&title), "mp4").display().to_string(),
            lesson: title.clone(),
            kind: 0,
            size: SIZES[1].1,
            rate: RATES[2].1,
            length: 10.0,
            unit: 0,
            speed: cx.snapshot.speed.unwrap_or(60.0),
            title,
            caption: cx.lesson.summary.clone(),
            panels: cx.lesson.layout.panels().map(|id| (id, usual.contains(&id))).collect(),
            ffmpeg: false,
            quality: 1,
            refused: None,
        }
    }

    /// The film asked for, from the present moment on; or why it cannot be.
    fn request(&self, cx: &Cx<'_>) -> Result<Request, String> {
        let out = std::path::PathBuf::from(self.out.trim());
        let kind = Kind::of(&out).map_err(|e| e.to_string())?;
        let shown = self.panels.iter().filter(|(_, on)| *on);
        let panels: Vec<PanelId> = shown.map(|(id, _)| *id).collect();
        if panels.is_empty() {
            return Err("A film of nothing: choose a panel.".to_owned());
        }
        let mut take = Take::from_here(cx.snapshot, cx.view.run);
        let length = self.length(&mut take)?;
        let request = Request {
            take,
            lesson: cx.lesson.clone(),
            script: Script {
                title: self.title.clone(),
                caption: self.caption.clone(),
                panels,
                theme: cx.view.theme,
                numbers: cx.view.numbers,
                card: true,
            },
            length,
            speed: self.speed,
            out,
            kind,
            size: self.size.map(|side| side.next_multiple_of(2)).into(),
            fps: self.rate,
            codec: if self.ffmpeg { Codec::Ffmpeg } else { Codec::Embedded },
            quality: QUALITIES[self.quality].1,
            force: false,
        };
        request.spec(1).check().map_err(|e| e.to_string())?;
        Ok(request)
    }

    /// How long the film is; episodes end the take.
    fn length(&self, take: &mut Take) -> Result<Length, String> {
        match self.unit {
            0 => Ok(Length::Seconds(self.length)),
            1 => Ok(Length::Steps(self.length as u64)),
            _ if take.from.clock == Clock::Episodes => {
                take.limit = take.from.count + self.length as u64;
                Ok(Length::Whole)
            }
            _ => Err("A film counts episodes only where all runs wait for each other at every \
                      episode (World, Lock-step): take seconds or steps."
                .to_owned()),
        }
    }
}

/// Draws the card if it is open, the film's progress if there is one, and how the last one ended.
pub fn record(ctx: &Context, form: &mut Option<Form>, studio: &Studio, cx: &mut Cx<'_>) {
    if let Some(progress) = studio.progress() {
        corner(ctx, |ui| under_way(ui, &progress, cx.actions));
    } else if let Some(ended) = &studio.ended {
        corner(ctx, |ui| how_it_ended(ui, ended, cx.actions));
    }
    if !cx.view.record_open {
        *form = None;
        return;
    }
    if form.as_ref().is_some_and(|form| form.lesson != cx.snapshot.title) {
        *form = None;
    }
    let form = form.get_or_insert_with(|| Form::new(cx));
    let points = theme::scale(ctx);
    let area = Area::new(egui::Id::unique("record")).order(Order::Foreground);
    area.anchor(Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        card(ctx).show(ui, |ui| {
            ui.set_width(560.0 * points);
            header(ui, cx.actions);
            let most = ctx.content_rect().height() - 220.0 * points;
            egui::ScrollArea::vertical().max_height(most).show(ui, |ui| {
                Grid::new("record").num_columns(2).spacing([20.0, 10.0]).show(ui, |ui| {
                    fields(ui, form);
                });
            });
            footer(ui, form, studio, cx);
        });
    });
}

fn card(ctx: &Context) -> Frame {
    let t = theme::tokens(ctx);
    let frame = Frame::new().fill(t.elev).stroke(Stroke::new(1.0, t.stroke_strong));
    frame.corner_radius(10).inner_margin(Margin::symmetric(24, 18))
}

fn header(ui: &mut Ui, actions: &mut Actions) {
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        let title = RichText::new("Record from here").font(theme::title(ui.ctx()));
        ui.label(title.color(t.text_strong));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::CLOSE, "Close (Esc)").clicked() {
                actions.push(Action::Record(false));
            }
        });
    });
    ui.add_space(6.0);
}

fn name(ui: &mut Ui, text: &str) -> Response {
    let t = theme::tokens(ui.ctx());
    ui.label(RichText::new(text).color(t.text_weak))
}

/// A line to type in.
fn line(ui: &mut Ui, title: &str, text: &mut String) {
    let label = name(ui, title);
    ui.add(TextEdit::singleline(text).desired_width(f32::INFINITY)).labelled_by(label.id);
    ui.end_row();
}

fn fields(ui: &mut Ui, form: &mut Form) {
    line(ui, "File", &mut form.out);
    choice(ui, "Kind", &KINDS.map(|k| k.0), &mut form.kind).then(|| {
        let path = std::path::Path::new(&form.out).with_extension(KINDS[form.kind].1);
        form.out = path.display().to_string();
    });
    size(ui, &mut form.size);
    rate(ui, &mut form.rate);
    length(ui, form);
    let label = name(ui, "Speed");
    let speed = DragValue::new(&mut form.speed).range(0.1..=10_000.0).speed(1.0);
    ui.add(speed.suffix(" steps/s").max_decimals(1)).labelled_by(label.id);
    ui.end_row();
    line(ui, "Title", &mut form.title);
    line(ui, "Caption", &mut form.caption);
    name(ui, "Panels");
    ui.horizontal_wrapped(|ui| {
        for (id, on) in &mut form.panels {
            ui.add(Checkbox::new(on, id.name()));
        }
    });
    ui.end_row();
    let mut by = usize::from(form.ffmpeg);
    choice(ui, "Encoder", &["built in", "ffmpeg"], &mut by);
    form.ffmpeg = by == 1;
    choice(ui, "Quality", &QUALITIES.map(|q| q.0), &mut form.quality);
}

/// A size on offer, or any other.
fn size(ui: &mut Ui, size: &mut [u32; 2]) {
    name(ui, "Size");
    ui.horizontal(|ui| {
        let mut index = SIZES.iter().position(|(_, s)| s == size).unwrap_or(SIZES.len());
        if segmented(ui, "Size", &SIZES.map(|s| s.0), &mut index).changed() {
            *size = SIZES[index].1;
        }
        for (side, what) in size.iter_mut().zip(["Width in pixels", "Height in pixels"]) {
            let field = ui.add(DragValue::new(side).range(180..=3840).speed(2.0));
            named(&field, what);
        }
    });
    ui.end_row();
}

/// A rate on offer, or any other.
fn rate(ui: &mut Ui, rate: &mut u32) {
    name(ui, "Pictures a second");
    ui.horizontal(|ui| {
        let mut index = RATES.iter().position(|(_, r)| r == rate).unwrap_or(RATES.len());
        if segmented(ui, "Pictures a second", &RATES.map(|r| r.0), &mut index).changed() {
            *rate = RATES[index].1;
        }
        let field = ui.add(DragValue::new(rate).range(1..=120).speed(0.2));
        named(&field, "Any number of pictures a second");
    });
    ui.end_row();
}

/// How long, and in what.
fn length(ui: &mut Ui, form: &mut Form) {
    let label = name(ui, "Length");
    ui.horizontal(|ui| {
        let (most, decimals) = if form.unit == 0 { (3_600.0, 1) } else { (1e6, 0) };
        let least = if form.unit == 0 { 0.1 } else { 1.0 };
        let field = DragValue::new(&mut form.length).range(least..=most).speed(0.1);
        ui.add(field.max_decimals(decimals)).labelled_by(label.id);
        segmented(ui, "Length in", &UNITS, &mut form.unit);
    });
    ui.end_row();
}

/// Gives a field its accessible name and its hint.
fn named(field: &Response, what: &str) {
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, what));
    field.clone().on_hover_text(what);
}

/// A row of choices; true if another one was taken.
fn choice(ui: &mut Ui, title: &str, names: &[&str], chosen: &mut usize) -> bool {
    name(ui, title);
    let changed = segmented(ui, title, names, chosen).changed();
    ui.end_row();
    changed
}

fn footer(ui: &mut Ui, form: &mut Form, studio: &Studio, cx: &mut Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    ui.add_space(10.0);
    if let Some(refused) = &form.refused {
        ui.add(Label::new(RichText::new(refused).color(t.bad)).wrap());
        ui.add_space(6.0);
    }
    ui.horizontal(|ui| {
        let busy = studio.progress().is_some();
        let film = Button::new("Film").icon(icons::RECORD);
        if ui.add_enabled_ui(!busy, |ui| film.show(ui)).inner.clicked() {
            match form.request(cx) {
                Ok(request) => {
                    cx.actions.push(Action::Film(Box::new(request)));
                    cx.actions.push(Action::Record(false));
                }
                Err(why) => form.refused = Some(why),
            }
        }
        let words = if busy { "A film is under way." } else { "The window stays free meanwhile." };
        ui.label(RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak));
    });
}

/// A small card above the transport, out of the way.
fn corner(ctx: &Context, add: impl FnOnce(&mut Ui)) {
    let points = theme::scale(ctx);
    let area = Area::new(egui::Id::unique("film")).order(Order::Foreground);
    area.anchor(Align2::RIGHT_BOTTOM, [-16.0, -118.0 * points]).show(ctx, |ui| {
        card(ctx).show(ui, |ui| {
            ui.set_width(360.0 * points);
            add(ui);
        });
    });
}

fn under_way(ui: &mut Ui, progress: &Progress, actions: &mut Actions) {
    let t = theme::tokens(ui.ctx());
    let name = progress.out.file_name().unwrap_or_default().to_string_lossy();
    ui.horizontal(|ui| {
        let title = RichText::new(format!("Filming {name}")).color(t.text_strong);
        ui.add(Label::new(title).truncate());
    });
    let share = progress.frames.map_or(0.0, |frames| progress.done as f32 / frames as f32);
    ui.add(egui::ProgressBar::new(share).desired_height(6.0).fill(t.text_strong));
    ui.horizontal(|ui| {
        let left = progress
            .left
            .map_or(String::new(), |left| format!(", {} s left", left.as_secs_f64().ceil()));
        let text = match progress.frames {
            Some(frames) => format!("{} of {frames} pictures{left}", progress.done),
            None => "repeating the past …".to_owned(),
        };
        ui.label(RichText::new(text).font(theme::small(ui.ctx())).color(t.text_weak));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if Button::new("Stop").icon(icons::STOP).show(ui).clicked() {
                actions.push(Action::StopFilm);
            }
        });
    });
}

fn how_it_ended(ui: &mut Ui, ended: &Result<String, String>, actions: &mut Actions) {
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        let (text, ink) = match ended {
            Ok(text) => (text, t.text_strong),
            Err(text) => (text, t.bad),
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::CLOSE, "Close").clicked() {
                actions.push(Action::StopFilm);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(text).color(ink)).wrap());
            });
        });
    });
}

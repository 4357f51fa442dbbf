//! The widget: takes what hands do to the camera, draws, and answers where things lie.

use egui::emath::GuiRounding as _;
use egui::{
    Align2, Color32, Context, EventFilter, Id, Key, Modifiers, Painter, Pos2, Rect, Response, Role,
    Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::axes::{self, Around};
use super::camera::{Camera, Projection};
use super::scene::Scene;
use super::style::Style;
use super::{flat, gpu};

/// A press of an arrow turns the box as a drag of so many points does.
const PRESS: f32 = 14.0;
/// Points of scrolling that bring the eye e times nearer.
const SCROLL: f32 = 400.0;
/// How often box and words make room for each other.
const FITS: usize = 5;
/// How near to a cross a drag takes hold of it, in points.
const HOLD: f32 = 22.0;

/// How a scene was drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawn {
    /// In three dimensions.
    Solid,
    /// From above, because the camera says so.
    Flat,
    /// From above, for this reason.
    Instead(String),
}

/// What a picture answers.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The picture as a widget.
    pub response: Response,
    /// Where things lie.
    pub projection: Projection,
    /// How it was drawn.
    pub drawn: Drawn,
    /// A cross under a hand, by its index, and where it should be now, in units of the axes.
    pub dragged: Option<(usize, [f32; 2])>,
}

impl Shown {
    /// Where a place in units of the axes lies on the screen.
    pub fn project(&self, scene: &Scene, at: [f32; 3]) -> Pos2 {
        self.projection.project(scene.shares(at))
    }

    /// The place of the ground under a point, in units of the first two axes: that of the first
    /// field where it meets it.
    pub fn pick(&self, scene: &Scene, at: Pos2) -> Option<[f32; 2]> {
        picked(&self.projection, scene, at)
    }
}

fn picked(p: &Projection, scene: &Scene, at: Pos2) -> Option<[f32; 2]> {
    let shares = p.pick_shares(scene, at)?;
    Some([0, 1].map(|axis| scene.axes[axis].at(f64::from(shares[axis]).clamp(0.0, 1.0)) as f32))
}

/// Draws `scene` over `size` points as `camera` sees it, and lets hands move the camera: drag turns,
/// scroll or pinch comes nearer, a double click returns; with the keyboard's focus arrows turn, plus
/// and minus come nearer, R returns. `name` is what it is called aloud.
pub fn show(
    ui: &mut Ui,
    (style, name): (&Style, &str),
    id: Id,
    scene: &Scene,
    camera: &mut Camera,
    size: Vec2,
) -> Shown {
    let points = ui.pixels_per_point();
    // Whole pixels, so that the picture is not blurred.
    let rect = Rect::from_min_size(ui.available_rect_before_wrap().min, size);
    let rect = rect.round_to_pixels(points);
    let sense = if style.still { Sense::hover() } else { Sense::click_and_drag() };
    let response = ui.interact(rect, id, sense);
    ui.advance_cursor_after_rect(rect);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, name));
    let pixels = [rect.width(), rect.height()].map(|x| (x * points).round() as u32);
    // A flat picture asks for nothing.
    let instead = (!camera.flat).then(|| gpu::refusal(ui.ctx(), pixels)).flatten();
    let flat = camera.flat || instead.is_some();
    let before = projection(ui, scene, (camera, flat), rect, style);
    let dragged = match style.still {
        true => None,
        false => hands(ui, &response, (scene, &before), camera),
    };
    let p = projection(ui, scene, (camera, flat), rect, style);
    let drawn = draw(ui, id, (scene, &p), style, instead);
    if response.has_focus() {
        let ring = Stroke::new(2.0, style.focus);
        ui.painter().rect_stroke(rect.shrink(1.0), 6, ring, StrokeKind::Inside);
    }
    Shown { response, projection: p, drawn, dragged }
}

/// Draws the scene in the way there is.
fn draw(
    ui: &Ui,
    id: Id,
    (scene, p): (&Scene, &Projection),
    style: &Style,
    instead: Option<String>,
) -> Drawn {
    let painter = ui.painter().with_clip_rect(p.rect.intersect(ui.clip_rect()));
    let texture = match p.is_flat() {
        true => None,
        false => gpu::draw(ui.ctx(), id, scene, p, style),
    };
    match texture {
        Some(texture) => {
            let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture, p.rect, all, Color32::WHITE);
        }
        None => flat::draw(ui, id, scene, p, style),
    }
    Around::of(&painter, scene, p, style).paint(&painter, style);
    axes::labels(&painter, scene, p, style);
    match (p.is_flat(), instead) {
        (false, _) => Drawn::Solid,
        (true, None) => Drawn::Flat,
        (true, Some(why)) => {
            said(&painter, p.rect, &format!("drawn flat: {why}"), style);
            Drawn::Instead(why)
        }
    }
}

/// A line in the upper right corner.
fn said(painter: &Painter, rect: Rect, words: &str, style: &Style) {
    let at = rect.right_top() + vec2(-6.0, 0.0);
    painter.text(at, Align2::RIGHT_TOP, words, style.tick.clone(), style.text_weak);
}

/// Fits the box and the words round it into `rect`.
fn projection(
    ui: &Ui,
    scene: &Scene,
    (camera, flat): (&Camera, bool),
    rect: Rect,
    style: &Style,
) -> Projection {
    let painter = ui.painter();
    let corners = scene.rim();
    let fit = |inner: Rect| match flat {
        true => Projection::flat(rect, inner),
        false => Projection::fitted(rect, inner, camera, corners),
    };
    let outer = rect.shrink(if flat { 6.0 } else { 4.0 } * style.scale);
    let mut inner = outer;
    // Words stand where the box is, and the box where words leave room. What was taken too much is
    // given back; a few times is near enough.
    for _ in 0..FITS {
        let words = Around::of(painter, scene, &fit(inner), style).rect();
        if !words.is_positive() {
            break;
        }
        let low = vec2(rect.left() + 4.0 - words.left(), rect.top() + 2.0 - words.top());
        let high = vec2(words.right() - rect.right() + 4.0, words.bottom() - rect.bottom() + 2.0);
        let moved = Rect::from_min_max(inner.min + low, inner.max - high).intersect(outer);
        if !moved.is_positive() {
            break;
        }
        inner = moved;
    }
    fit(inner)
}

/// What hands do: to a cross, or else to the camera.
fn hands(
    ui: &Ui,
    response: &Response,
    (scene, p): (&Scene, &Projection),
    camera: &mut Camera,
) -> Option<(usize, [f32; 2])> {
    let key = response.id.with("held");
    if response.drag_started() {
        let at = ui.input(|input| input.pointer.press_origin());
        let held = at.and_then(|at| near(scene, p, at));
        ui.data_mut(|data| data.insert_temp(key, held));
    }
    let held = ui.data(|data| data.get_temp::<Option<usize>>(key)).flatten();
    let dragged =
        held.filter(|_| response.dragged() || response.drag_stopped()).and_then(|cross| {
            let at = response.interact_pointer_pos()?;
            Some((cross, picked(p, scene, at)?))
        });
    if held.is_none() && response.dragged() && !p.is_flat() {
        camera.orbit(response.drag_delta());
    }
    if response.double_clicked() {
        camera.reset();
    }
    if response.contains_pointer() && !p.is_flat() {
        let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        camera.zoom((scroll / SCROLL).exp() * pinch);
    }
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        ui.data_mut(|data| data.insert_temp(seat(), Some(response.id)));
        let held = ui.data_mut(|data| data.remove_temp::<Pressed>(seat())).unwrap_or_default();
        let now = pressed(ui.ctx());
        camera.orbit(held.turn + now.turn);
        camera.zoom(held.nearer * now.nearer);
        if held.reset || now.reset {
            camera.reset();
        }
    }
    dragged
}

/// The cross at hand.
fn near(scene: &Scene, p: &Projection, at: Pos2) -> Option<usize> {
    let far = |index: usize| {
        let on = scene.on_field(scene.crosses[index].at);
        (p.project(scene.shares(on)) - at).length()
    };
    let grips = (0..scene.crosses.len()).filter(|&index| scene.crosses[index].grip);
    grips.filter(|&i| far(i) < HOLD).min_by(|a, b| far(*a).total_cmp(&far(*b)))
}

/// What was pressed while a picture has the keyboard.
#[derive(Clone, Copy)]
struct Pressed {
    turn: Vec2,
    nearer: f32,
    reset: bool,
}

impl Default for Pressed {
    fn default() -> Self {
        Self { turn: Vec2::ZERO, nearer: 1.0, reset: false }
    }
}

fn seat() -> Id {
    Id::unique("the picture that has the keyboard")
}

/// Where a picture has the keyboard's focus, takes its keys out of this frame's input and keeps them
/// for it, so that they do nothing else.
pub fn hold_keys(ctx: &Context) {
    let seated = ctx.data(|data| data.get_temp::<Option<Id>>(seat())).flatten();
    let has = seated.is_some_and(|id| ctx.memory(|memory| memory.has_focus(id)));
    if has {
        let keys = pressed(ctx);
        ctx.data_mut(|data| data.insert_temp(seat(), keys));
    }
}

/// Takes the camera's keys out of the input.
fn pressed(ctx: &Context) -> Pressed {
    let times =
        |key: Key| ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as f32;
    let turn = vec2(
        times(Key::ArrowRight) - times(Key::ArrowLeft),
        times(Key::ArrowUp) - times(Key::ArrowDown),
    );
    let nearer = times(Key::Plus) + times(Key::Equals) - times(Key::Minus);
    Pressed { turn: PRESS * turn, nearer: 1.1_f32.powf(nearer), reset: times(Key::R) > 0.0 }
}

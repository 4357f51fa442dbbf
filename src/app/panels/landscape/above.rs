//! The whole plane from above, where a hand or the arrow keys move the cross and the prediction.

use egui::{
    Context, EventFilter, Id, Key, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    Vec2, WidgetInfo, vec2,
};

use super::pictures;
use super::scenes::Ground;
use super::settings::Settings;
use super::tiles::{Above, LEVEL};
use super::undo;
use crate::app::theme;
use crate::app::words::value;
use crate::gfx::{self, Cross, Line};

/// Presses of an arrow from one end of the plane to the other.
const PRESSES: f64 = 64.0;

fn id() -> Id {
    Id::unique("landscape from above")
}

fn presses() -> Id {
    Id::unique("arrows for the landscape")
}

/// Takes the keys that are for the bench out of this frame's input: those that take a choice back,
/// and where the map has the keyboard's focus the arrows, which do not step through time then.
pub fn hold_keys(ctx: &Context) {
    undo::hold_keys(ctx);
    hold_arrows(ctx);
}

/// Where the map has the keyboard's focus, takes the arrows out of this frame's input and keeps
/// them for it, so that they do not step through time.
fn hold_arrows(ctx: &Context) {
    if !ctx.memory(|memory| memory.has_focus(id())) {
        return;
    }
    let times =
        |key: Key| ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as f32;
    let moved = vec2(
        times(Key::ArrowRight) - times(Key::ArrowLeft),
        times(Key::ArrowUp) - times(Key::ArrowDown),
    );
    ctx.data_mut(|data| data.insert_temp(presses(), moved));
}

/// Draws the value over the whole plane with both marks; a click, a drag or an arrow moves the one
/// in hand. `window` is the part that the surfaces show. Returns the place under the pointer.
pub fn ui(
    ui: &mut Ui,
    rect: Rect,
    ground: &Ground<'_>,
    plane: &Above,
    (settings, window): (&mut Settings, Option<[(f64, f64); 2]>),
    still: bool,
) -> Option<[f64; 2]> {
    let mut scene = ground.scene(&plane.tile, None);
    scene.planes.clear();
    let start = ground.start.map(|x| x as f32);
    let (colour, casing) = (ground.t.imagined, ground.t.casing);
    scene.crosses.push(Cross { at: start, arm: 0.03, colour, casing, grip: false });
    // From above only the place of a line counts.
    let height = plane.tile.ends.0 as f32;
    for piece in plane.line.iter() {
        let place = |&share: &[f32; 2]| {
            let [x, y] = [0, 1].map(|d| scene.axes[d].at(f64::from(share[d])) as f32);
            [x, y, height]
        };
        let points = piece.iter().map(place).collect();
        scene.lines.push(Line::new(points, theme::level_line(), LEVEL));
    }
    if let Some([x, y]) = window {
        let corners = [[x.0, y.0], [x.1, y.0], [x.1, y.1], [x.0, y.1], [x.0, y.0]];
        let points = corners.map(|[x, y]| [x as f32, y as f32, height]).to_vec();
        scene.lines.push(Line::new(points, theme::isoline().to_opaque(), 1.5));
    }
    let style = theme::solid(ui.ctx(), true);
    let mut camera = settings.camera;
    camera.flat = true;
    let mut child = ui.new_child(UiBuilder::new().id_salt("above").max_rect(rect));
    let name = "The value from above";
    let shown =
        gfx::show(&mut child, (&style, name), id().with("map"), &scene, &mut camera, rect.size());
    let field = shown.projection.field().filter(|_| !still)?;
    let response = ui.interact(field, id(), Sense::click_and_drag());
    let hand = ["true next state", "prediction"][settings.hand];
    let at = *settings.held_mut();
    response.widget_info(|| {
        let [x, y] = at.map(value);
        WidgetInfo::labeled(Role::Button, true, format!("Move the {hand}, now at {x}, {y}"))
    });
    if response.is_pointer_button_down_on() && !response.has_focus() {
        response.request_focus();
    }
    let place = |at| Some(shown.pick(&scene, at)?.map(f64::from));
    if let Some(at) = response.interact_pointer_pos().and_then(place) {
        *settings.held_mut() = at;
    }
    if let Some(at) = settings.pointed {
        let at = shown.project(&scene, scene.on_field(at.map(|x| x as f32)));
        pictures::dot(ui, field, at);
    }
    let hovered = response.hover_pos().and_then(place);
    if response.has_focus() {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id(), arrows));
        let moved = ui.data_mut(|data| data.remove_temp::<Vec2>(presses())).unwrap_or_default();
        let held = settings.held_mut();
        for d in 0..2 {
            let (low, high) = ground.floor.numbers[d].range;
            let by = f64::from(moved[d]) * (high - low) / PRESSES;
            held[d] = (held[d] + by).clamp(low, high);
        }
        let ring = Stroke::new(2.0, ground.t.accent);
        ui.painter().rect_stroke(field, 0, ring, StrokeKind::Outside);
    }
    hovered
}

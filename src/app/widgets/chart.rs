//! Learning-curve chart: means, bands and the watched lane of up to six runs over one clock.
//!
//! egui_plot holds the view (pan, zoom, transform); grid, ticks, labels and curves are our own,
//! because a legend box and default ticks would not read at twenty metres.

mod axes;
mod hover;
mod labels;
mod numerals;
mod paint;
mod placing;
mod scale;
mod tags;

use egui::{Color32, Id, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use egui_plot::{Plot, PlotBounds, PlotTransform};

use crate::app::theme;
pub use numerals::number;
use scale::Axis;

/// What a [`Mark`] tells about its run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkKind {
    /// The world or a part of the agent became another one; the run forked: a line with words.
    Change,
    /// A parameter moved: a small tick on the curve, its words in the tooltip.
    Tick,
    /// The run stopped because something went wrong.
    Failure,
}

/// An event at one place of the x axis, drawn as a thin line with its text on top.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// Where it happened, in units of the x axis.
    pub x: f64,
    /// A few words, such as "α 0.1 → 2.1"; equal texts at one place are written once.
    pub text: String,
    /// Whether it is a change or a failure.
    pub kind: MarkKind,
}

/// Low and high edge of a band, `[x, y]` in axis units.
pub type Band<'a> = (&'a [[f64; 2]], &'a [[f64; 2]]);

/// One run in a [`Chart`]. Points are `[x, y]` in axis units with x ascending; points that are
/// not finite (or not positive on a log axis) leave a gap.
#[derive(Clone, Copy)]
pub struct Curve<'a> {
    /// Letter of the run's badge: colour alone never identifies a run.
    pub letter: char,
    /// Short name written beside the curve.
    pub name: &'a str,
    /// The run's colour token.
    pub color: Color32,
    /// Mean over the lanes.
    pub mean: &'a [[f64; 2]],
    /// Low and high edge of the band over the lanes, point by point at the same x.
    pub band: Option<Band<'a>>,
    /// Values of the watched lane; thinned where rings would touch.
    pub rings: &'a [[f64; 2]],
    /// From this x on the curve was computed ahead of the moment shown: drawn fainter.
    pub ahead_from: Option<f64>,
    /// Events of this run.
    pub marks: &'a [Mark],
}

/// A chart of learning curves that fills the space it is given (300x150 and up).
#[derive(Clone, Default)]
pub struct Chart<'a> {
    /// Unique name; together with the axis labels the key under which bounds are remembered.
    pub id: &'a str,
    /// Quantity and unit of the x axis; "(log scale)" is added by the chart.
    pub x_label: &'a str,
    /// Quantity and unit of the y axis, written above it; empty if the title says it.
    pub y_label: &'a str,
    /// What line, band and rings mean, at the right end of the x axis.
    pub note: &'a str,
    /// Logarithmic x axis.
    pub log_x: bool,
    /// Logarithmic y axis.
    pub log_y: bool,
    /// Known end of the x axis (say, 50 episodes): the axis then ends there from the start.
    pub x_end: Option<f64>,
    /// Position of the moment shown and the text of its tag.
    pub now: Option<(f64, String)>,
    /// A level to compare with (shortest path, truth) and its name.
    pub reference: Option<(f64, String)>,
    /// What that level was from each place of the x axis on, `[x, level]` with x ascending; empty
    /// if it never changes.
    pub levels: &'a [[f64; 2]],
    /// What lies at this height or below is drawn there, and told as "at most" it.
    pub floor: Option<f64>,
    /// One line shown while there is no data: what will appear and which key starts it.
    pub empty: &'a str,
}

/// Everything the painting functions share within one frame.
struct Frame<'a> {
    ui: &'a Ui,
    tokens: theme::Tokens,
    /// Text scale.
    scale: f32,
    /// The whole widget.
    outer: Rect,
    /// The field between the axes.
    field: Rect,
    /// Visible axes: the home axes, or the person's zoomed view.
    axes: [Axis; 2],
    /// Screen position of a plot coordinate: factor and offset for x and for y.
    affine: [[f64; 2]; 2],
}

impl Frame<'_> {
    /// Screen position of a data point, or `None` where it cannot be drawn.
    fn at(&self, [x, y]: [f64; 2]) -> Option<Pos2> {
        Some(pos2(self.x(x)?, self.y(y)?))
    }

    /// Screen x of a value.
    fn x(&self, value: f64) -> Option<f32> {
        let [factor, offset] = self.affine[0];
        Some((self.axes[0].place(value)? * factor + offset) as f32)
    }

    /// Screen y of a value, kept near the field so that far outliers stay paintable.
    fn y(&self, value: f64) -> Option<f32> {
        let [factor, offset] = self.affine[1];
        let y = (self.axes[1].place(value)? * factor + offset) as f32;
        Some(y.clamp(self.field.top() - 4e3, self.field.bottom() + 4e3))
    }
}

impl Chart<'_> {
    /// Draws the chart into all the space available and returns the response of its field.
    ///
    /// Ctrl+wheel or pinch zooms, dragging then pans, a double click returns to the whole view.
    /// The axes only ever grow while data arrive; they start over once all curves are empty.
    pub fn ui(&self, ui: &mut Ui, curves: &[Curve<'_>]) -> Response {
        let least = vec2(120.0, 90.0);
        let (outer, _) = ui.allocate_exact_size(ui.available_size().max(least), Sense::hover());
        let tokens = theme::tokens(ui.ctx());
        let scale = theme::scale(ui.ctx());
        let (home, any) = scale::axes(ui.ctx(), self, curves);
        let field = axes::field(ui, self, outer, home);
        let (response, transform, zoomed) = self.view(ui, field, home);
        let bounds = transform.bounds();
        let seen = |index: usize| Axis {
            lo: bounds.min()[index],
            hi: bounds.max()[index],
            log: home[index].log,
        };
        let axes = [seen(0), seen(1)];
        let frame = Frame { ui, tokens, scale, outer, field, axes, affine: affine(&transform) };
        if ui.is_rect_visible(outer) {
            axes::paint(&frame, self, any);
            if any {
                self.paint_data(&frame, curves, zoomed);
            } else {
                axes::paint_empty(&frame, self.empty);
            }
        }
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Image, enabled, self.spoken(curves)));
        hover::ui(self, &frame, curves, response)
    }

    fn paint_data(&self, frame: &Frame<'_>, curves: &[Curve<'_>], zoomed: bool) {
        // Nothing is cut at the field's edge in the whole view: rings at x = 1 stay round.
        let margin = if zoomed { 0.0 } else { 6.0 };
        let painter = frame
            .ui
            .painter()
            .with_clip_rect(frame.field.expand(margin).intersect(frame.ui.clip_rect()));
        let paths: Vec<_> = curves.iter().map(|curve| paint::paths(frame, curve.mean)).collect();
        for curve in curves {
            paint::band(frame, &painter, curve);
        }
        axes::paint_reference_line(frame, self);
        let tags = tags::Tags::lay_out(frame, self, curves);
        tags.paint_lines(frame);
        for (index, (curve, path)) in curves.iter().zip(&paths).enumerate() {
            let covered = paths[index + 1..].iter().filter(|other| *other == path).count();
            paint::mean(frame, &painter, curve, (path, covered));
        }
        let rings = paint::rings(frame, &painter, curves);
        paint::marks(frame, &painter, curves);
        tags.paint_texts(frame);
        labels::ui(frame, self, curves, &paths, &rings, &tags);
        if zoomed {
            axes::paint_zoom_hint(frame);
        }
    }

    /// The view of egui_plot: without items, axes and grid, only the transform and the mouse.
    fn view(&self, ui: &mut Ui, field: Rect, home: [Axis; 2]) -> (Response, PlotTransform, bool) {
        let mut child = ui.new_child(UiBuilder::new().max_rect(field));
        let zoomed_key = Id::unique(("chart zoomed", self.id, self.x_label));
        let zoomed = child.data(|data| data.get_temp::<bool>(zoomed_key)).unwrap_or(false);
        let shown = Plot::new(("chart plot", self.id, self.x_label))
            .width(field.width())
            .height(field.height())
            .show_axes(false)
            .show_grid(false)
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_drag(zoomed)
            .set_margin_fraction(egui::Vec2::ZERO)
            .include_x(home[0].lo)
            .include_x(home[0].hi)
            .include_y(home[1].lo)
            .include_y(home[1].hi)
            .show(&mut child, |plot| {
                let bounds = plot.plot_bounds();
                if !plot.auto_bounds().all() && covers(&bounds, home) {
                    plot.set_auto_bounds(true);
                }
            });
        let whole = covers(shown.transform.bounds(), home);
        child.data_mut(|data| data.insert_temp(zoomed_key, !whole));
        (shown.response, shown.transform, !whole)
    }

    /// What a screen reader says: the labels and the last value of every run.
    fn spoken(&self, curves: &[Curve<'_>]) -> String {
        let what = if self.y_label.is_empty() { self.id } else { self.y_label };
        let mut text = format!("Chart of {what} over {}", self.x_label);
        for curve in curves {
            if let Some([x, y]) = curve.mean.iter().rev().find(|[_, y]| y.is_finite()) {
                let (x, y) = (numerals::number(*x, 4), numerals::number(*y, 4));
                text.push_str(&format!("; run {}, {}: {y} at {x}", curve.letter, curve.name));
            }
        }
        text
    }
}

/// The transform of egui_plot as factor and offset: thousands of points a frame go through it.
fn affine(transform: &PlotTransform) -> [[f64; 2]; 2] {
    let [across, down] = transform.dpos_dvalue();
    let (frame, least) = (transform.frame(), transform.bounds().min());
    [
        [across, f64::from(frame.left()) - least[0] * across],
        [down, f64::from(frame.bottom()) - least[1] * down],
    ]
}

/// Whether a view shows at least the home axes (so that there is nothing to return to).
fn covers(bounds: &PlotBounds, home: [Axis; 2]) -> bool {
    home.iter().enumerate().all(|(index, axis)| {
        let slack = (axis.hi - axis.lo) * 1e-6;
        bounds.min()[index] <= axis.lo + slack && bounds.max()[index] >= axis.hi - slack
    })
}

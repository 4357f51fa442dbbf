//! The frame every picture lives in: badge, title, one question, tools, body.

mod header;

use egui::{CornerRadius, Frame, Margin, Response, Role, Sense, Stroke, StrokeKind};
use egui::{Ui, UiBuilder, WidgetInfo};

use super::focus;
use crate::app::{icons, theme};

const RADIUS: u8 = 10;

/// How a panel stands among the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PanelState {
    /// A thin grey frame.
    #[default]
    Normal,
    /// The one the side column and the number keys speak about.
    Selected,
    /// Its run failed; the body says how.
    Failed,
}

/// What the icons at the right end of the header do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PanelTool {
    /// Copy the panel's text twin.
    Copy,
    /// Save the panel as a picture.
    Picture,
    /// Show the numbers.
    Data,
    /// Give it the whole window.
    Enlarge,
    /// Open a menu with all of them, for small tiles.
    More,
    /// Take it away.
    Close,
}

impl PanelTool {
    /// The four tools of a wide panel, in the order of the header.
    pub const WIDE: [Self; 4] = [Self::Copy, Self::Picture, Self::Data, Self::Enlarge];

    /// Icon and tooltip.
    pub const fn look(self) -> (char, &'static str) {
        match self {
            Self::Copy => (icons::COPY, "Copy text"),
            Self::Picture => (icons::PICTURE, "Save picture"),
            Self::Data => (icons::DATA, "Copy data as CSV"),
            Self::Enlarge => (icons::ENLARGE, "Enlarge (F)"),
            Self::More => (icons::MORE, "More actions"),
            Self::Close => (icons::CLOSE, "Close this fork"),
        }
    }
}

/// A panel; configure, then [`Panel::show`].
#[must_use]
pub struct Panel<'a> {
    title: &'a str,
    question: &'a str,
    run: Option<usize>,
    state: PanelState,
    tools: &'a [PanelTool],
    dense: bool,
    one_line: bool,
    height: f32,
}

/// What came out of a panel.
pub struct PanelResponse<R> {
    /// What the body returned.
    pub inner: R,
    /// The whole panel; `clicked()` selects it.
    pub response: Response,
    /// The tool that was clicked, with its button (to hang a menu on).
    pub tool: Option<(PanelTool, Response)>,
}

impl<'a> Panel<'a> {
    /// A panel over the available width, as high as its body.
    pub const fn new(title: &'a str) -> Self {
        let state = PanelState::Normal;
        let (question, run, tools) = ("", None, &[]);
        Self { title, question, run, state, tools, dense: false, one_line: false, height: 0.0 }
    }

    /// The one question this panel answers, at most 60 characters.
    pub const fn question(mut self, question: &'a str) -> Self {
        self.question = question;
        self
    }

    /// The run this panel is about (0 is A); leave it out for a panel about all runs.
    pub const fn run(mut self, run: usize) -> Self {
        self.run = Some(run);
        self
    }

    /// Normal, selected or failed.
    pub const fn state(mut self, state: PanelState) -> Self {
        self.state = state;
        self
    }

    /// Icons at the right end of the header.
    pub const fn tools(mut self, tools: &'a [PanelTool]) -> Self {
        self.tools = tools;
        self
    }

    /// Less air above and below, for rows of tiles.
    pub const fn dense(mut self) -> Self {
        self.dense = true;
        self
    }

    /// A question that does not fit beside the title is left out: the picture needs the room.
    pub const fn one_line(mut self, only: bool) -> Self {
        self.one_line = only;
        self
    }

    /// Least height of the whole panel in points, so that tiles of a row end on one line.
    pub const fn min_height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Draws frame and header, then the body.
    pub fn show<R>(self, ui: &mut Ui, body: impl FnOnce(&mut Ui) -> R) -> PanelResponse<R> {
        let builder = UiBuilder::new().id_salt(("panel", self.title)).sense(Sense::click());
        let scope = ui.scope_builder(builder, |ui| {
            let t = theme::tokens(ui.ctx());
            let margin = Margin::symmetric(16, if self.dense { 12 } else { 14 });
            let frame = Frame::new().fill(t.panel).corner_radius(RADIUS).inner_margin(margin);
            frame
                .show(ui, |ui| {
                    ui.set_min_width(ui.available_width());
                    ui.set_min_height(self.height - margin.sum().y);
                    let tool = self.header(ui);
                    (body(ui), tool)
                })
                .inner
        });
        let (inner, tool) = scope.inner;
        self.paint_edge(ui, &scope.response);
        PanelResponse { inner, response: scope.response, tool }
    }

    /// The frame line lies on top of the body, so that no picture can cover it.
    fn paint_edge(&self, ui: &Ui, response: &Response) {
        let t = theme::tokens(ui.ctx());
        let stroke = match self.state {
            PanelState::Normal => Stroke::new(1.0, t.stroke),
            PanelState::Selected => Stroke::new(2.0, t.accent),
            PanelState::Failed => Stroke::new(2.0, t.bad),
        };
        let corner = CornerRadius::same(RADIUS);
        ui.painter().rect_stroke(response.rect, corner, stroke, StrokeKind::Inside);
        focus::ring(ui, response, response.rect, f32::from(RADIUS));
        let selected = self.state == PanelState::Selected;
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, self.title));
    }
}

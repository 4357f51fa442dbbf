//! The maze picture: values, greedy arrows, the agent's trail and the sparks of imagination.
//!
//! What happened is solid and in the real hue, what was dreamt is dashed and in the imagined
//! hue; imagined marks are drawn first, so that the real ones lie on top.

mod belief;
mod cells;
mod marks;
mod motion;

use egui::{Painter, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::app::theme::{self, Tokens};

/// More cells than this are painted as one texture instead of single rectangles.
const TEXTURE_FROM: usize = 1000;
/// Cells smaller than this (in points) carry no arrows, numbers or share bars.
const DETAIL_FROM: f32 = 14.0;
/// Opacity of the last good picture of a failed run.
const FADED: f32 = 0.4;

/// What a cell of the world is.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum CellKind {
    /// Nothing in the way.
    #[default]
    Free,
    /// Cannot be entered.
    Wall,
    /// Where episodes begin.
    Start,
    /// Ends the episode with success.
    Goal,
    /// Ends the episode, or sends back, with a penalty.
    Pit,
    /// Pays this reward when entered.
    Reward(f32),
}

/// One imagined update: the model said that an action leads `from` a cell `to` a cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spark {
    /// Row and column of the updated state.
    pub from: (u16, u16),
    /// Row and column of the imagined next state; equal to `from` for a bump into a wall.
    pub to: (u16, u16),
    /// 0 when it happens, 1 when it has faded.
    pub age: f32,
}

/// What to paint; all slices are row by row and may be shorter than the grid (the rest is blank).
#[derive(Clone, Copy, Default)]
pub struct GridPicture<'a> {
    /// What a screen reader says about the picture.
    pub label: &'a str,
    /// Number of columns.
    pub cols: usize,
    /// Number of rows.
    pub rows: usize,
    /// The world.
    pub cells: &'a [CellKind],
    /// Position of each cell in the value map, 0 to 1; `None` where no news has arrived.
    pub values: &'a [Option<f32>],
    /// Numbers printed instead of arrows.
    pub numbers: Option<&'a [f32]>,
    /// Greedy actions as bits: 1 up, 2 right, 4 down, 8 left; 0 for none.
    pub arrows: &'a [u8],
    /// Share of a cell's updates that were imagined, 0 to 1: length of its dashed underline.
    pub imagined_share: Option<&'a [f32]>,
    /// Cells really visited, oldest first, as (row, column).
    pub trail: &'a [(u16, u16)],
    /// The agent as (row, column), fractional while it moves.
    pub agent: Option<(f32, f32)>,
    /// Imagined updates at reading speed.
    pub sparks: &'a [Spark],
    /// Imagined updates at high speed: cell index and density, 0 to 1.
    pub dots: &'a [(u16, f32)],
    /// Cells of which a model believes what is not so, each with one word of what it believes.
    pub stale: &'a [(u16, String)],
    /// Four numbers a cell, 0 to 1: how much each move is worth for curiosity alone.
    pub bonus: &'a [f32],
    /// Index of the cell under inspection.
    pub selected: Option<usize>,
    /// Index of the cell that the keyboard draws on.
    pub cursor: Option<usize>,
    /// Paints everything at 40 %: the last good picture of a failed run.
    pub faded: bool,
    /// Wind in cells per step, positive upwards: one entry a column, or one a cell.
    pub wind: &'a [i8],
}

/// What happened on the picture in this frame.
pub struct GridResponse {
    /// Response of the whole widget, clicks and drags included.
    pub response: Response,
    /// Index of the cell under the pointer, also while dragging (to draw walls).
    pub hovered_cell: Option<usize>,
    /// Index of the cell that was clicked in this frame.
    pub clicked_cell: Option<usize>,
}

/// Places of the cells on the screen.
#[derive(Clone, Copy)]
struct Layout {
    /// The grid itself, centred in the widget.
    rect: Rect,
    /// Distance between neighbouring cells in points.
    pitch: f32,
    cols: usize,
    rows: usize,
    /// One texture instead of rectangles.
    dense: bool,
}

impl Layout {
    fn new(outer: Rect, cols: usize, rows: usize) -> Self {
        let (across, down) = (cols.max(1) as f32, rows.max(1) as f32);
        let pitch = (outer.width() / across).min(outer.height() / down).max(1.0);
        // Whole points keep all gaps equally wide; tiny cells cannot afford the loss.
        let pitch = if pitch > 6.0 { pitch.floor() } else { pitch };
        let size = vec2(across, down) * pitch;
        let corner = (outer.center() - size / 2.0).round();
        let dense = cols * rows > TEXTURE_FROM;
        Self { rect: Rect::from_min_size(corner, size), pitch, cols, rows, dense }
    }

    /// Centre of a place given as row and column, fractions allowed.
    fn center(&self, row: f32, col: f32) -> Pos2 {
        self.rect.min + vec2(col + 0.5, row + 0.5) * self.pitch
    }

    /// Row and column of a cell index.
    fn place(&self, index: usize) -> (f32, f32) {
        ((index / self.cols.max(1)) as f32, (index % self.cols.max(1)) as f32)
    }

    /// The painted square of a cell, its gap left free.
    fn cell(&self, index: usize) -> Rect {
        let (row, col) = self.place(index);
        let gap = if self.dense { 0.0 } else { (self.pitch * 0.05).clamp(0.5, 2.5) };
        Rect::from_center_size(self.center(row, col), Vec2::splat(self.pitch - gap))
    }

    /// The cell at a screen position.
    fn at(&self, pos: Pos2) -> Option<usize> {
        let place = (pos - self.rect.min) / self.pitch;
        let (row, col) = (place.y.floor(), place.x.floor());
        let inside = row >= 0.0 && col >= 0.0 && row < self.rows as f32 && col < self.cols as f32;
        inside.then(|| row as usize * self.cols + col as usize)
    }

    /// Whether cells are large enough for arrows and numbers.
    fn detailed(&self) -> bool {
        self.pitch >= DETAIL_FROM
    }
}

/// What the painting functions share.
struct Canvas<'a> {
    picture: &'a GridPicture<'a>,
    painter: Painter,
    tokens: Tokens,
    layout: Layout,
}

impl Canvas<'_> {
    /// The kind of a cell; missing cells are free.
    fn kind(&self, index: usize) -> CellKind {
        self.picture.cells.get(index).copied().unwrap_or_default()
    }

    /// Whether marks may stand in a cell.
    fn is_open(&self, index: usize) -> bool {
        !matches!(self.kind(index), CellKind::Wall | CellKind::Goal | CellKind::Pit)
    }

    /// The value of a cell as a position in the value map, if news has arrived there.
    fn value(&self, index: usize) -> Option<f32> {
        self.picture.values.get(index).copied().flatten().filter(|value| value.is_finite())
    }

    /// Fill of a cell.
    fn fill(&self, index: usize) -> egui::Color32 {
        match self.kind(index) {
            CellKind::Wall => self.tokens.wall,
            CellKind::Goal | CellKind::Pit => self.tokens.bg,
            _ => self.value(index).map_or(self.tokens.panel, theme::viridis),
        }
    }
}

impl GridPicture<'_> {
    /// Draws the picture into a box of `size` points, the cells square and centred.
    pub fn ui(&self, ui: &mut Ui, size: Vec2) -> GridResponse {
        // Clickable but no stop for the Tab key: its arrow keys belong to the transport.
        let (outer, response) = ui.allocate_exact_size(size, Sense::CLICK | Sense::DRAG);
        let layout = Layout::new(outer, self.cols, self.rows);
        let pointer = response.interact_pointer_pos().or(response.hover_pos());
        let hovered_cell = pointer.and_then(|pos| layout.at(pos));
        if ui.is_rect_visible(outer) && self.cols * self.rows > 0 {
            let clip = outer.expand(4.0).intersect(ui.clip_rect());
            let mut painter = ui.painter().with_clip_rect(clip);
            if self.faded {
                painter.multiply_opacity(FADED);
            }
            let tokens = theme::tokens(ui.ctx());
            let canvas = Canvas { picture: self, painter, tokens, layout };
            self.paint(&canvas, response.id, hovered_cell);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), self.label));
        let clicked_cell = hovered_cell.filter(|_| response.clicked());
        GridResponse { response, hovered_cell, clicked_cell }
    }

    fn paint(&self, canvas: &Canvas<'_>, id: egui::Id, hovered: Option<usize>) {
        cells::paint(canvas, id);
        belief::bonus(canvas);
        marks::wind(canvas);
        marks::shares(canvas);
        match self.numbers {
            Some(numbers) => marks::numbers(canvas, numbers),
            None => marks::arrows(canvas),
        }
        cells::paint_kinds(canvas);
        belief::stale(canvas);
        motion::dots(canvas);
        motion::sparks(canvas);
        motion::trail(canvas);
        motion::agent(canvas);
        cells::paint_outlines(canvas, hovered);
    }

    /// The square of a cell if the picture were drawn into `outer`: to anchor words or bubbles.
    pub fn cell_rect(&self, outer: Rect, index: usize) -> Rect {
        Layout::new(outer, self.cols, self.rows).cell(index)
    }
}

/// Screen position of a cell's corner mark, a share of the cell away from its centre.
fn beside(center: Pos2, pitch: f32, right: f32, down: f32) -> Pos2 {
    pos2(center.x + right * pitch, center.y + down * pitch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_square_centred_and_found_again() {
        let outer = Rect::from_min_size(pos2(10.0, 20.0), vec2(400.0, 200.0));
        let layout = Layout::new(outer, 9, 6);
        assert_eq!(layout.pitch, 33.0);
        assert!((layout.rect.center() - outer.center()).length() <= 1.0);
        for index in 0..54 {
            assert_eq!(layout.at(layout.cell(index).center()), Some(index));
        }
        assert_eq!(layout.at(pos2(11.0, 21.0)), None);
    }
}

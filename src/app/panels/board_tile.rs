//! The picture in a run's tile where two players put marks on a board.

use egui::{Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::Cx;
use crate::app::actions::Action;
use crate::app::theme::{self, Tokens};
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::physical::Body;
use crate::mdp::scene::{BoardScene, Scene};

/// Share of a square that its mark fills.
const MARK: f32 = 0.56;

/// Draws run `index` into a box of `size` points.
pub fn picture(ui: &mut Ui, index: usize, scene: &BoardScene, size: Vec2, cx: &mut Cx<'_>) {
    let run = &cx.snapshot.runs[index];
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let words = format!("Board of run {} {}: {}", run.letter, run.name, told(run));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words.as_str()));
    let t = theme::tokens(ui.ctx());
    let painter = ui.painter().with_clip_rect(rect);
    let side = size.min_elem() - 8.0;
    let board = Rect::from_center_size(rect.center(), Vec2::splat(side));
    paint(&painter, board, scene.side, &squares(scene.side, run.lane.path.now()), &t);
    if let Some(square) = newest(scene.side, run) {
        // What has just happened, in the colour of what happens.
        let (place, ink) = (place(board, scene.side, square), Stroke::new(2.0, t.real));
        let inner = place.shrink(0.08 * place.width());
        painter.rect_stroke(inner, 4.0, ink, StrokeKind::Inside);
    }
    if response.clicked() {
        cx.actions.push(Action::Run(index));
    }
}

/// Where a square lies on a board.
pub fn place(board: Rect, side: usize, square: usize) -> Rect {
    let (row, col, one) = (square / side, square % side, board.width() / side as f32);
    Rect::from_min_size(board.min + vec2(col as f32, row as f32) * one, Vec2::splat(one))
}

/// A board with its marks: `x`, `o` or `.`, row by row.
pub fn paint(painter: &Painter, board: Rect, side: usize, marks: &[char], t: &Tokens) {
    lines(painter, board, side, t);
    for (square, mark) in marks.iter().enumerate() {
        match mark {
            'x' => cross(painter, place(board, side, square), t),
            'o' => nought(painter, place(board, side, square), t),
            _ => {}
        }
    }
}

fn lines(painter: &Painter, board: Rect, side: usize, t: &Tokens) {
    let ink = Stroke::new(2.0, t.stroke_strong);
    for line in 1..side {
        let along = board.width() * line as f32 / side as f32;
        painter.vline(board.left() + along, board.y_range(), ink);
        painter.hline(board.x_range(), board.top() + along, ink);
    }
}

fn cross(painter: &Painter, square: Rect, t: &Tokens) {
    let r = square.scale_from_center(MARK);
    let ink = Stroke::new(0.08 * square.width(), t.text_strong);
    painter.line_segment([r.min, r.max], ink);
    painter.line_segment([pos2(r.left(), r.bottom()), pos2(r.right(), r.top())], ink);
}

fn nought(painter: &Painter, square: Rect, t: &Tokens) {
    let radius = 0.5 * MARK * square.width();
    let ink = Stroke::new(0.08 * square.width(), t.text);
    painter.circle_stroke(square.center(), radius, ink);
}

/// `[side * side]`: `x`, `o` or `.`, row by row.
fn squares(side: usize, body: Option<&Body>) -> Vec<char> {
    let bits = |player: usize| body.and_then(|b| b.get(player)).map_or(0, |&x| x as u64);
    let (crosses, noughts) = (bits(0), bits(1));
    let mark = |square: usize| match (crosses >> square & 1, noughts >> square & 1) {
        (1, _) => 'x',
        (_, 1) => 'o',
        _ => '.',
    };
    (0..side * side).map(mark).collect()
}

/// The square that was marked last in this game.
fn newest(side: usize, run: &RunSnapshot) -> Option<usize> {
    let mut path = run.lane.path.episode().rev();
    let (now, before) = (squares(side, path.next()), squares(side, Some(path.next()?)));
    (0..side * side).find(|&square| now[square] != before[square])
}

fn side(run: &RunSnapshot) -> usize {
    match run.truth.scene() {
        Scene::Board(board) => board.side,
        _ => 0,
    }
}

/// The board, row by row.
fn told(run: &RunSnapshot) -> String {
    let side = side(run).max(1);
    let squares = squares(side, run.lane.path.now());
    let rows: Vec<String> = squares.chunks(side).map(|row| row.iter().collect()).collect();
    rows.join(" / ")
}

/// Whose turn it is, and the marks so far.
pub fn turn(run: &RunSnapshot) -> String {
    let squares = squares(side(run), run.lane.path.now());
    let count = |mark| squares.iter().filter(|&&square| square == mark).count();
    let who = if count('x') == count('o') { "crosses" } else { "noughts" };
    format!("{who} to move")
}

/// Text twin of a tile.
pub fn text(run: &RunSnapshot) -> String {
    let c = &run.lane.counters;
    let (game, move_) = (c.episodes + 1, c.step);
    format!("{} {}: game {game}, move {move_}, {}: {}", run.letter, run.name, turn(run), told(run))
}

/// Every run's board in the game under way, newest last; `None` in worlds without a board.
pub fn data(snapshot: &Snapshot) -> Option<String> {
    let mut csv = String::new();
    for run in &snapshot.runs {
        let Scene::Board(board) = run.truth.scene() else { continue };
        if csv.is_empty() {
            csv += "run,game,move,board\n";
        }
        let game = run.lane.counters.episodes + 1;
        for (at, body) in run.lane.path.episode().enumerate() {
            let marks: String = squares(board.side, Some(body)).iter().collect();
            csv += &format!("{},{game},{at},{marks}\n", run.letter);
        }
    }
    (!csv.is_empty()).then_some(csv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_from_the_bits_of_both_players() {
        let marks: String =
            squares(3, Some(&Body::new(&[0b1_0000_0001 as f64, 2.0]))).iter().collect();
        assert_eq!(marks, "xo......x");
        assert_eq!(squares(2, None), ['.'; 4]);
    }
}

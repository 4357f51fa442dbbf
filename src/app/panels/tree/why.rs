//! Why go there: the sum by which a node's actions are chosen, split into its two parts.

use egui::{Align2, Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::desk::Stage;
use super::told;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::text;
use crate::app::words::value;
use crate::mdp::Action;
use crate::probes::story::{ROOT, Score, Sums, has_sums, parts};

/// Least height of a line in points before the text scale.
const LEAST: f32 = 17.0;
/// From this height on a bar bears its number.
const TALL: f32 = 24.0;

/// The actions whose sums are greatest, at most so many, in their order; the others have no room.
fn fit(scores: &[Score], most: usize) -> Vec<usize> {
    let sum = |&a: &usize| (scores[a].eligible, scores[a].value + scores[a].exploration);
    let mut all: Vec<usize> = (0..scores.len()).collect();
    all.sort_by(|a, b| {
        let (a, b) = (sum(a), sum(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    all.truncate(most.max(1));
    all.sort_unstable();
    all
}

/// The sums at the node selected.
pub fn sums(stage: &Stage<'_>) -> Sums {
    let path = stage.next().map_or(&[][..], |next| &next.path);
    Sums::of(&stage.look.search, stage.selected, path)
}

/// Draws them.
pub fn ui(ui: &mut Ui, rect: Rect, stage: &Stage<'_>) {
    let ctx = ui.ctx().clone();
    let (t, points) = (theme::tokens(&ctx), theme::scale(&ctx));
    let sums = sums(stage);
    let spoken = told::sums(stage, &sums);
    let response = ui.interact(rect, ui.scope_id().with("sums of the search"), Sense::HOVER);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let painter = ui.painter();
    let title = text::line(painter, "Why go there next?", theme::body_strong(&ctx), t.text_strong);
    text::place(painter, &title, rect.min, Align2::LEFT_TOP);
    let method = stage.past().method();
    let node = told::name(stage, stage.selected);
    let said = match (has_sums(method), sums.next) {
        (false, _) => "This search does not choose by a sum.".to_owned(),
        (true, Some(_)) => format!("{node}: the next simulation comes by."),
        (true, None) if stage.next().is_none() => format!("{node}: as of now; all are spent."),
        (true, None) => format!("{node}: as of now; the next simulation goes elsewhere."),
    };
    let said = text::elided(painter, &said, theme::small(&ctx), t.text_weak, rect.width());
    text::place(painter, &said, rect.min + vec2(0.0, 22.0 * points), Align2::LEFT_TOP);
    if !has_sums(method) || sums.scores.is_empty() {
        return;
    }
    legend(ui, rect, parts(method, stage.selected == ROOT), &t);
    let body = rect.with_min_y(rect.top() + 64.0 * points);
    let shown = fit(&sums.scores, (body.height() / (LEAST * points)) as usize);
    let row = (body.height() / shown.len().max(1) as f32).min(44.0 * points);
    let field = Field::new(body, &sums.scores, points);
    for (line, action) in shown.into_iter().enumerate() {
        let (top, score) = (body.top() + row * line as f32, &sums.scores[action]);
        let line = Rect::from_min_max(pos2(body.left(), top), pos2(body.right(), top + row));
        let next = sums.next == Some(action as Action);
        field.row(ui, stage, line, (action as Action, score, next), &t);
    }
}

fn legend(ui: &Ui, rect: Rect, (first, second): (&str, &str), t: &Tokens) {
    let points = theme::scale(ui.ctx());
    let y = rect.top() + 50.0 * points;
    let mut x = rect.left();
    for (index, word) in [first, second].into_iter().enumerate().filter(|(_, w)| !w.is_empty()) {
        let swatch = Rect::from_min_size(pos2(x, y - 5.0), vec2(16.0, 10.0) * points);
        match index {
            0 => ui.painter().rect_filled(swatch, 2, theme::viridis(0.6)),
            _ => grey(ui, swatch, t),
        };
        let words = text::line(ui.painter(), word, theme::small(ui.ctx()), t.text_weak);
        let at = pos2(swatch.right() + 6.0, y);
        x = text::place(ui.painter(), &words, at, Align2::LEFT_CENTER).right() + 16.0;
    }
}

fn grey(ui: &Ui, rect: Rect, t: &Tokens) -> egui::layers::ShapeIdx {
    ui.painter().rect(rect, 2, t.stroke, Stroke::new(1.0, t.text_weak), StrokeKind::Inside)
}

/// Where numbers lie.
struct Field {
    left: f32,
    right: f32,
    low: f64,
    high: f64,
}

impl Field {
    fn new(rect: Rect, scores: &[Score], points: f32) -> Self {
        let ends = scores.iter().flat_map(|s| [s.value, s.value + s.exploration]);
        let finite = ends.filter(|x| x.is_finite());
        let (low, high) = finite.fold((0.0_f64, 1e-9_f64), |(l, h), x| (l.min(x), h.max(x)));
        let left = rect.left() + 92.0 * points;
        Self { left, right: rect.right() - 150.0 * points, low, high }
    }

    fn x(&self, at: f64) -> f32 {
        let share = ((at - self.low) / (self.high - self.low)).clamp(0.0, 1.0) as f32;
        self.left + share * (self.right - self.left)
    }

    fn row(
        &self,
        ui: &Ui,
        stage: &Stage<'_>,
        line: Rect,
        (action, score, next): (Action, &Score, bool),
        t: &Tokens,
    ) {
        let (ctx, painter) = (ui.ctx(), ui.painter());
        let ink = if next { t.text_strong } else { t.text };
        let name = stage.truth().action_name(action);
        let tall = line.height() >= TALL * theme::scale(ctx);
        let font = match (tall, next) {
            (true, true) => theme::body_strong(ctx),
            (true, false) => theme::body(ctx),
            (false, _) => theme::small(ctx),
        };
        let two = line.height() >= 34.0 * theme::scale(ctx);
        let (up, down) = if two { (-8.0, 9.0) } else { (0.0, 0.0) };
        let room = self.left - line.left() - 6.0;
        let name = text::elided(painter, &name, font, ink, room);
        text::place(painter, &name, line.left_center() + vec2(0.0, up), Align2::LEFT_CENTER);
        if two {
            let tree = stage.tree();
            let edge = tree.edges(stage.selected as usize).start + usize::from(action);
            let visits = told::visits(tree.edge_visits[edge]);
            let visits = text::line(painter, &visits, theme::small(ctx), t.text_weak);
            let at = line.left_center() + vec2(0.0, down);
            text::place(painter, &visits, at, Align2::LEFT_CENTER);
        }
        let sum = score.value + score.exploration;
        let high = (0.56 * line.height()).min(26.0 * theme::scale(ctx));
        let bar = |from: f64, to: f64| {
            let (a, b) = (self.x(from), self.x(to));
            let middle = line.center().y;
            Rect::from_min_max(
                pos2(a.min(b), middle - 0.5 * high),
                pos2(a.max(b), middle + 0.5 * high),
            )
        };
        let untried = sum == f64::INFINITY;
        let known = bar(0.0, score.value);
        let rest = if untried { bar(self.low, self.high) } else { bar(score.value, sum) };
        let fill = theme::viridis(0.22 + 0.78 * score.value.clamp(0.0, 1.0) as f32);
        let dim = |ink: Color32| if score.eligible { ink } else { ink.gamma_multiply(0.35) };
        painter.rect_filled(known, 2, dim(fill));
        if rest.width() > 0.5 {
            grey(ui, rest, t);
        }
        if tall {
            inside(ui, known, &value(score.value), theme::arrow_ink(fill));
        }
        if tall && rest.width() > 0.5 {
            let words = if untried { "∞".to_owned() } else { value(score.exploration) };
            inside(ui, rest, &words, theme::arrow_ink(t.stroke));
        }
        let words = match (score.eligible, untried) {
            (false, _) => "left out".to_owned(),
            (true, true) => "not tried".to_owned(),
            (true, false) => value(sum),
        };
        let font = if tall { theme::code(ctx) } else { theme::small(ctx) };
        let words = text::line(painter, &words, font, ink);
        let end = pos2(rest.right().max(known.right()) + 8.0, line.center().y);
        let end = text::place(painter, &words, end, Align2::LEFT_CENTER);
        if next {
            let words = text::line(painter, "visited next", theme::small(ctx), t.bg);
            let right = line.right().max(end.right() + words.size().x + 20.0);
            let at = pos2(right - 8.0, line.center().y);
            let seat = Align2::RIGHT_CENTER.anchor_size(at, words.size()).expand2(vec2(7.0, 4.0));
            painter.rect_filled(seat, 4, t.text_strong);
            text::place(painter, &words, at, Align2::RIGHT_CENTER);
        }
    }
}

/// A number in its bar, where it has room.
fn inside(ui: &Ui, bar: Rect, words: &str, ink: Color32) {
    let words = text::line(ui.painter(), words, theme::code(ui.ctx()), ink);
    if words.size().x + 10.0 < bar.width() {
        text::place(ui.painter(), &words, bar.left_center() + vec2(6.0, 0.0), Align2::LEFT_CENTER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_sums_are_shown_in_the_order_of_actions() {
        let score = |value, eligible| Score { value, exploration: 0.0, eligible };
        let all = [score(0.1, true), score(0.9, false), score(0.5, true), score(0.3, true)];
        assert_eq!(fit(&all, 2), [2, 3], "what is left out goes first");
        assert_eq!(fit(&all, 3), [0, 2, 3]);
        assert_eq!((fit(&all, 9).len(), fit(&all, 0)), (4, vec![2]));
    }
}

//! The header of a panel: badge, title, question and tools.

use egui::{Align, Align2, Layout, Rect, Response, Ui, UiBuilder, pos2, vec2};

use super::{Panel, PanelTool};
use crate::app::theme;
use crate::app::widgets::{badge, button, text};

impl Panel<'_> {
    /// Badge, title and tools on one line; the question joins them if there is room for it.
    pub(super) fn header(&self, ui: &mut Ui) -> Option<(PanelTool, Response)> {
        let ctx = ui.ctx().clone();
        let (t, scale) = (theme::tokens(&ctx), theme::scale(&ctx));
        let painter = ui.painter().clone();
        let tools_width = (self.tools.len() as f32 * button::TARGET - 10.0).max(0.0) * scale;
        let lead = if self.run.is_some() { (badge::SIDE + 10.0) * scale } else { 0.0 };
        let room = ui.available_width() - tools_width - lead;
        let title = text::elided(&painter, self.title, theme::title(&ctx), t.text_strong, room);
        let question = text::line(&painter, self.question, theme::body(&ctx), t.text_weak);
        let gap = 10.0 * scale;
        let beside = title.size().x + gap + question.size().x <= room;

        let size = vec2(ui.available_width(), 28.0 * scale);
        let (_, row) = ui.allocate_space(size);
        if let Some(run) = self.run {
            let center = pos2(row.left() + badge::SIDE * scale / 2.0, row.center().y);
            badge::paint(&painter, center, run);
        }
        let at = pos2(row.left() + lead, row.center().y);
        let words = text::place(&painter, &title, at, Align2::LEFT_CENTER);
        let tool = self.tool_row(ui, row);
        if !self.question.is_empty() {
            if beside {
                let baseline = words.top() + text::ascent(&title);
                text::place_on(&painter, &question, words.right() + gap, baseline);
            } else if !self.one_line {
                self.question_below(ui);
            }
        }
        ui.add_space(2.0 * scale);
        tool
    }

    /// The question on its own line, cut rather than wrapped: pictures must not jump.
    fn question_below(&self, ui: &mut Ui) {
        let t = theme::tokens(ui.ctx());
        let width = ui.available_width();
        ui.add_space(-ui.spacing().item_spacing.y);
        let font = theme::body(ui.ctx());
        let galley = text::elided(ui.painter(), self.question, font, t.text_weak, width);
        let (_, rect) = ui.allocate_space(vec2(width, galley.size().y));
        text::place(ui.painter(), &galley, rect.min, Align2::LEFT_TOP);
    }

    /// The tools, flush with the body's right edge.
    fn tool_row(&self, ui: &mut Ui, row: Rect) -> Option<(PanelTool, Response)> {
        let scale = theme::scale(ui.ctx());
        let width = self.tools.len() as f32 * button::TARGET * scale;
        // An icon is narrower than its target: let the last target reach into the margin.
        let right = row.right() + 10.0 * scale;
        let seat = Rect::from_min_max(pos2(right - width, row.top()), pos2(right, row.bottom()));
        let layout = Layout::left_to_right(Align::Center);
        let salt = "tools";
        let mut bar = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(seat).layout(layout));
        bar.spacing_mut().item_spacing.x = 0.0;
        let mut clicked = None;
        for &tool in self.tools {
            let (icon, tooltip) = tool.look();
            let response = button::icon_button(&mut bar, icon, tooltip);
            if response.clicked() {
                clicked = Some((tool, response));
            }
        }
        clicked
    }
}

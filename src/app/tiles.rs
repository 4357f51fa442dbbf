//! How panels share the middle of the window: tiles whose borders can be dragged.

use std::collections::BTreeMap;

use egui::{Stroke, Ui};
use egui_tiles::{Behavior, Container, Linear, LinearDir, Tile, TileId, Tiles, Tree, UiResponse};

use super::panels::{Cx, Panel, PanelId, TOOLS, use_tool};
use super::widgets::button::icon_button;
use crate::lessons::layout::{Layout, Seat};

/// Height of the first row beside each of the others.
const FIRST_ROW: f32 = 1.05;
/// The same above tabs in a low window.
const LOW_FIRST_ROW: f32 = 1.7;

/// What the tiles show.
pub struct Panes<'a, 'b> {
    /// All panels.
    pub panels: &'a mut BTreeMap<PanelId, Box<dyn Panel>>,
    /// What they see.
    pub cx: &'a mut Cx<'b>,
    /// Panels below the first row stand behind tabs.
    pub tabbed: bool,
}

impl Panes<'_, '_> {
    /// Whether a panel stands in the first row.
    fn first(&self, panel: PanelId) -> bool {
        let rows = self.cx.lesson.layout.rows();
        rows.first().is_some_and(|row| row.iter().any(|seat| seat.panel == panel))
    }
}

impl Behavior<PanelId> for Panes<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut PanelId) -> UiResponse {
        let bare = self.tabbed && !self.first(*pane);
        if let Some(panel) = self.panels.get_mut(pane) {
            self.cx.bare = bare;
            panel.ui(ui, self.cx);
            self.cx.bare = false;
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &PanelId) -> egui::WidgetText {
        self.panels.get(pane).map_or("", |panel| panel.title()).into()
    }

    fn tab_bg_color(
        &self,
        visuals: &egui::Visuals,
        _: &Tiles<PanelId>,
        _: TileId,
        state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        if state.active { visuals.faint_bg_color } else { egui::Color32::TRANSPARENT }
    }

    fn tab_outline_stroke(
        &self,
        _: &egui::Visuals,
        _: &Tiles<PanelId>,
        _: TileId,
        _: &egui_tiles::TabState,
    ) -> Stroke {
        Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, _: &egui::Visuals) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(
        &self,
        visuals: &egui::Visuals,
        _: &Tiles<PanelId>,
        _: TileId,
        state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        if state.active { visuals.strong_text_color() } else { visuals.weak_text_color() }
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<PanelId>,
        ui: &mut Ui,
        _: TileId,
        tabs: &egui_tiles::Tabs,
        _: &mut f32,
    ) {
        let Some(&id) = tabs.active.and_then(|tile| tiles.get_pane(&tile)) else {
            return;
        };
        for tool in TOOLS.iter().rev() {
            let (icon, tip) = tool.look();
            if icon_button(ui, icon, tip).clicked()
                && let Some(panel) = self.panels.get(&id)
            {
                use_tool(&**panel, id, *tool, self.cx);
            }
        }
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        16.0
    }

    fn tab_bar_height(&self, style: &egui::Style) -> f32 {
        style.spacing.interact_size.y
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        visuals.panel_fill
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        match state {
            egui_tiles::ResizeState::Idle => Stroke::NONE,
            _ => Stroke::new(2.0, style.visuals.widgets.hovered.bg_stroke.color),
        }
    }

    fn simplification_options(&self) -> egui_tiles::SimplificationOptions {
        egui_tiles::SimplificationOptions { all_panes_must_have_tabs: false, ..Default::default() }
    }
}

/// The tiles of a lesson for each kind of window.
pub struct Trees {
    /// Every row of the layout side by side.
    pub wide: Tree<PanelId>,
    /// The first row above, everything else behind tabs.
    pub tabbed: Tree<PanelId>,
    /// The same on a low window: the first row keeps what it needs.
    pub low: Tree<PanelId>,
}

impl Trees {
    /// Tiles as `layout` has them.
    pub fn new(layout: &Layout) -> Self {
        let stacked = |name, share| {
            let mut tiles = Tiles::default();
            let mut rows = layout.rows().iter();
            let first = rows.next().map(|seats| (row(&mut tiles, seats), share));
            let below: Vec<_> = rows.flatten().map(|s| tiles.insert_pane(s.panel)).collect();
            let tabs = (!below.is_empty()).then(|| (tiles.insert_tab_tile(below), 1.0));
            column(tiles, first.into_iter().chain(tabs).collect(), name)
        };
        let mut tiles = Tiles::default();
        let share = |index| if index == 0 { FIRST_ROW } else { 1.0 };
        let rows = layout.rows().iter().enumerate();
        let rows = rows.map(|(index, seats)| (row(&mut tiles, seats), share(index))).collect();
        Self {
            wide: column(tiles, rows, "wide tiles"),
            tabbed: stacked("tabbed tiles", 1.0),
            low: stacked("low tiles", LOW_FIRST_ROW),
        }
    }
}

/// One row of panels.
fn row(tiles: &mut Tiles<PanelId>, seats: &[Seat]) -> TileId {
    let panes: Vec<TileId> = seats.iter().map(|s| tiles.insert_pane(s.panel)).collect();
    if let [only] = panes[..] {
        return only;
    }
    let mut row = Linear::new(LinearDir::Horizontal, panes.clone());
    for (pane, seat) in panes.into_iter().zip(seats) {
        row.shares.set_share(pane, seat.share);
    }
    tiles.insert_new(Tile::Container(Container::Linear(row)))
}

fn column(mut tiles: Tiles<PanelId>, rows: Vec<(TileId, f32)>, id: &str) -> Tree<PanelId> {
    let mut column = Linear::new(LinearDir::Vertical, rows.iter().map(|(tile, _)| *tile).collect());
    for (tile, share) in rows {
        column.shares.set_share(tile, share);
    }
    let root = tiles.insert_new(Tile::Container(Container::Linear(column)));
    Tree::new(egui::Id::unique(id), root, tiles)
}

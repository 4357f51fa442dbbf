//! How panels share the middle of the window: tiles whose borders can be dragged.

use std::collections::BTreeMap;

use egui::{Stroke, Ui};
use egui_tiles::{Behavior, Container, Linear, LinearDir, Tile, TileId, Tiles, Tree, UiResponse};

use super::panels::{Cx, Panel, PanelId, TOOLS, use_tool};
use super::widgets::button::icon_button;

/// What the tiles show.
pub struct Panes<'a, 'b> {
    /// All panels.
    pub panels: &'a mut BTreeMap<PanelId, Box<dyn Panel>>,
    /// What they see.
    pub cx: &'a mut Cx<'b>,
    /// Panels below the mazes stand behind tabs.
    pub tabbed: bool,
}

impl Behavior<PanelId> for Panes<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut PanelId) -> UiResponse {
        if let Some(panel) = self.panels.get_mut(pane) {
            self.cx.bare = self.tabbed && *pane != PanelId::Mazes;
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

/// Mazes above; steps, reward and price below, side by side.
pub fn wide() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let mazes = tiles.insert_pane(PanelId::Mazes);
    let [steps, reward, price] =
        [PanelId::Steps, PanelId::Reward, PanelId::Price].map(|id| tiles.insert_pane(id));
    let mut row = Linear::new(LinearDir::Horizontal, vec![steps, reward, price]);
    for (tile, share) in [(steps, 1.35), (reward, 1.0), (price, 0.9)] {
        row.shares.set_share(tile, share);
    }
    let row = tiles.insert_new(Tile::Container(Container::Linear(row)));
    column(tiles, mazes, row, 1.05, "wide tiles")
}

/// The same where three do not fit side by side: one below, the others behind tabs.
pub fn tabbed() -> Tree<PanelId> {
    stacked(1.0, "tabbed tiles")
}

/// The same on a low window: the mazes keep what they need.
pub fn low() -> Tree<PanelId> {
    stacked(1.7, "low tiles")
}

/// The mazes above, `share` times as high as the tabs below.
fn stacked(share: f32, id: &str) -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let mazes = tiles.insert_pane(PanelId::Mazes);
    let tabs = [PanelId::Steps, PanelId::Reward, PanelId::Price].map(|id| tiles.insert_pane(id));
    let tabs = tiles.insert_tab_tile(tabs.to_vec());
    column(tiles, mazes, tabs, share, id)
}

fn column(
    mut tiles: Tiles<PanelId>,
    mazes: TileId,
    rest: TileId,
    share: f32,
    id: &str,
) -> Tree<PanelId> {
    let mut column = Linear::new(LinearDir::Vertical, vec![mazes, rest]);
    column.shares.set_share(mazes, share);
    let root = tiles.insert_new(Tile::Container(Container::Linear(column)));
    Tree::new(egui::Id::unique(id), root, tiles)
}

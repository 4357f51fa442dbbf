//! How panels share the middle of the window: tiles whose borders can be dragged.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Stroke, Ui};
use egui_tiles::{
    Behavior, Container, Linear, LinearDir, Tabs, Tile, TileId, Tiles, Tree, UiResponse,
};

use super::panels::{Cx, Panel, PanelId, TOOLS, tools_menu, use_tool};
use super::settings::Shares;
use super::theme;
use super::widgets::button::icon_button;
use crate::lessons::layout::{Layout, Seat};

/// Height of the first row beside each of the others.
const FIRST_ROW: f32 = 1.05;
/// The same above tabs in a low window.
const LOW_FIRST_ROW: f32 = 1.7;
/// Width of a bar of tabs from which it has room for all tools, before the text scale.
const ALL_TOOLS: f32 = 560.0;
/// Least width of what is shown besides the layout, beside the others of its row.
const EXTRA: f32 = 1.35;

/// The same where the mazes stand behind one of the tabs.
const OTHERS_FIRST: f32 = 1.15;

/// What the tiles show.
pub struct Panes<'a, 'b> {
    /// All panels.
    pub panels: &'a mut BTreeMap<PanelId, Box<dyn Panel>>,
    /// What they see.
    pub cx: &'a mut Cx<'b>,
    /// Panels behind tabs, which bear their titles and tools.
    pub bare: BTreeSet<PanelId>,
}

/// The panels of a tree that stand behind tabs.
pub fn behind_tabs(tree: &Tree<PanelId>) -> BTreeSet<PanelId> {
    let tabs = tree.tiles.tiles().filter_map(|tile| match tile {
        Tile::Container(Container::Tabs(tabs)) => Some(&tabs.children),
        _ => None,
    });
    tabs.flatten().filter_map(|child| tree.tiles.get_pane(child)).copied().collect()
}

/// What is shown besides the panels of the lesson: the futures of forks, and the log if asked for.
pub fn extras(cx: &Cx<'_>) -> Vec<PanelId> {
    let forked = cx.snapshot.runs.iter().any(|run| run.fork.is_some());
    let wished = [(PanelId::Futures, forked), (PanelId::Log, cx.view.log_open)];
    let missing = |id: PanelId| cx.lesson.layout.panels().all(|panel| panel != id);
    wished.into_iter().filter(|(id, on)| *on && missing(*id)).map(|(id, _)| id).collect()
}

impl Behavior<PanelId> for Panes<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut PanelId) -> UiResponse {
        let bare = self.bare.contains(pane);
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
        let Some(panel) = self.panels.get(&id) else {
            return;
        };
        if ui.available_width() < ALL_TOOLS * theme::scale(ui.ctx()) {
            tools_menu(ui, &**panel, id, self.cx);
            return;
        }
        for tool in TOOLS.iter().rev() {
            let (icon, tip) = tool.look();
            if icon_button(ui, icon, tip).clicked() {
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
    /// What stands there besides the layout.
    extras: Vec<PanelId>,
}

impl Trees {
    /// Tiles as `layout` has them.
    pub fn new(layout: &Layout) -> Self {
        Self::with(layout, &[], None)
    }

    /// Brings in or takes away what is shown besides the layout.
    pub fn fit(&mut self, layout: &Layout, extras: &[PanelId]) {
        if self.extras != extras {
            let shares = self.shares();
            // What has just come lies on top.
            let new = extras.iter().copied().find(|id| !self.extras.contains(id));
            *self = Self::with(layout, extras, new);
            self.set_shares(&shares);
        }
    }

    /// Shares of every column and row, for each kind of window.
    pub fn shares(&self) -> Shares {
        let all = [("wide", &self.wide), ("tabbed", &self.tabbed), ("low", &self.low)];
        let of = |tree: &Tree<PanelId>| {
            let rows = linears(tree).into_iter();
            rows.map(|l| l.children.iter().map(|child| l.shares[*child]).collect()).collect()
        };
        all.map(|(kind, tree)| (kind.to_owned(), of(tree))).into()
    }

    /// Sets shares that were read before; those that do not fit any more are left out.
    pub fn set_shares(&mut self, shares: &Shares) {
        let all = [("wide", &mut self.wide), ("tabbed", &mut self.tabbed), ("low", &mut self.low)];
        for (kind, tree) in all {
            let Some(rows) = shares.get(kind) else {
                continue;
            };
            let mut rows = rows.iter();
            for id in linear_ids(tree) {
                let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get_mut(id)
                else {
                    continue;
                };
                let Some(row) = rows.next().filter(|row| row.len() == linear.children.len()) else {
                    break;
                };
                for (child, share) in linear.children.clone().into_iter().zip(row) {
                    linear.shares.set_share(child, *share);
                }
            }
        }
    }

    /// The extras lie behind the last panel of the last row, `top` before it.
    fn with(layout: &Layout, extras: &[PanelId], top: Option<PanelId>) -> Self {
        let stacked = |name, share| {
            let mut tiles = Tiles::default();
            let mut rows = layout.rows().iter();
            // Mazes need height wherever they stand.
            let above = layout.rows()[0].iter().any(|seat| seat.panel == PanelId::Mazes);
            let share = if above { share } else { OTHERS_FIRST };
            let first = rows.next().map(|seats| (row(&mut tiles, seats, &[], None), share));
            let below = rows.flatten().map(|seat| seat.panel).chain(extras.iter().copied());
            let below: Vec<_> = below.map(|panel| tiles.insert_pane(panel)).collect();
            let tabs = (!below.is_empty()).then(|| (tabs(&mut tiles, below, top), 1.0));
            column(tiles, first.into_iter().chain(tabs).collect(), name)
        };
        let mut tiles = Tiles::default();
        let share = |index| if index == 0 { FIRST_ROW } else { 1.0 };
        let last = layout.rows().len() - 1;
        let rows = layout.rows().iter().enumerate();
        let rows = rows.map(|(index, seats)| {
            let extras = if index == last { extras } else { &[] };
            (row(&mut tiles, seats, extras, top), share(index))
        });
        let rows = rows.collect();
        Self {
            wide: column(tiles, rows, "wide tiles"),
            tabbed: stacked("tabbed tiles", 1.0),
            low: stacked("low tiles", LOW_FIRST_ROW),
            extras: extras.to_vec(),
        }
    }
}

/// Columns and rows of a tree from the outside in.
fn linear_ids(tree: &Tree<PanelId>) -> Vec<TileId> {
    let mut found = Vec::new();
    let mut next: Vec<TileId> = tree.root.into_iter().collect();
    while let Some(id) = next.pop() {
        if let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get(id) {
            found.push(id);
            next.extend(linear.children.iter().rev());
        }
    }
    found
}

fn linears(tree: &Tree<PanelId>) -> Vec<&Linear> {
    let linear = |id: TileId| match tree.tiles.get(id) {
        Some(Tile::Container(Container::Linear(linear))) => Some(linear),
        _ => None,
    };
    linear_ids(tree).into_iter().filter_map(linear).collect()
}

/// One row of panels; `extras` share the place of the last one.
fn row(
    tiles: &mut Tiles<PanelId>,
    seats: &[Seat],
    extras: &[PanelId],
    top: Option<PanelId>,
) -> TileId {
    let mut panes: Vec<TileId> = seats.iter().map(|s| tiles.insert_pane(s.panel)).collect();
    if !extras.is_empty() {
        let more = extras.iter().map(|&panel| tiles.insert_pane(panel)).collect::<Vec<_>>();
        let stack = panes.pop().into_iter().chain(more).collect();
        panes.push(tabs(tiles, stack, top));
    }
    if let [only] = panes[..] {
        return only;
    }
    let mut row = Linear::new(LinearDir::Horizontal, panes.clone());
    for (pane, seat) in panes.iter().zip(seats) {
        row.shares.set_share(*pane, seat.share);
    }
    if let Some((last, seat)) = panes.last().zip(seats.last()).filter(|_| !extras.is_empty()) {
        row.shares.set_share(*last, seat.share.max(EXTRA));
    }
    tiles.insert_new(Tile::Container(Container::Linear(row)))
}

/// Panels behind tabs, `top` before the others if it is one of them.
fn tabs(tiles: &mut Tiles<PanelId>, panes: Vec<TileId>, top: Option<PanelId>) -> TileId {
    let is_top = |pane: &&TileId| top.is_some() && tiles.get_pane(pane).copied() == top;
    let open = panes.iter().find(is_top).or(panes.first()).copied();
    let mut tabs = Tabs::new(panes);
    open.into_iter().for_each(|open| tabs.set_active(open));
    tiles.insert_new(Tile::Container(Container::Tabs(tabs)))
}

fn column(mut tiles: Tiles<PanelId>, rows: Vec<(TileId, f32)>, id: &str) -> Tree<PanelId> {
    let mut column = Linear::new(LinearDir::Vertical, rows.iter().map(|(tile, _)| *tile).collect());
    for (tile, share) in rows {
        column.shares.set_share(tile, share);
    }
    let root = tiles.insert_new(Tile::Container(Container::Linear(column)));
    Tree::new(egui::Id::unique(id), root, tiles)
}

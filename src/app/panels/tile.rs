//! One run in its tile: maze, counters, meter, way home; or why it stopped.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use super::look::kind;
use super::mazes::{Looks, Scale};
use super::tile_words::{believed_wrongly, cell_text, report, searches};
use super::{Cx, board_tile, body_tile, graph_tile};
use crate::app::actions::Action;
use crate::app::brush::Tool;
use crate::app::widgets::button::{Button, framed_icon_button};
use crate::app::widgets::grid_picture::{GridPicture, GridResponse};
use crate::app::widgets::meter;
use crate::app::widgets::number::{grouped, hero_pair};
use crate::app::widgets::panel::{Panel, PanelState, PanelTool};
use crate::app::{icons, theme, words};
use crate::experiment::clock::Clock;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::scene::Scene;
use crate::probes::values::ValueMap;

/// Height of everything below the picture, in points before the text scale.
const FOOT: f32 = 82.0;
/// The same where a failure is told.
const FAILED_FOOT: f32 = 98.0;
/// The same in a low tile, where only the counters stand there.
const LOW_FOOT: f32 = 36.0;
/// Width of a tile in points before the text scale that has no room for two counters.
const BARE: f32 = 185.0;
/// Height of a tile in points before the text scale below which the picture needs that room.
pub(super) const LOWEST: f32 = 150.0;
/// Agents that imagine in order to act or to aim.
const LOOK_AHEAD: [&str; 4] = ["search", "mve", "mve-q", "muzero"];

/// Draws the tile of run `index`, its note beside its name if `notes`.
pub fn tile(
    ui: &mut Ui,
    index: usize,
    looks: &mut Looks,
    scale: &Scale,
    notes: bool,
    cx: &mut Cx<'_>,
) {
    let run = &cx.snapshot.runs[index];
    let state = match (&run.failure, cx.view.run == index && !cx.view.still) {
        (Some(_), _) => PanelState::Failed,
        (None, true) => PanelState::Selected,
        (None, false) => PanelState::Normal,
    };
    let size = ui.available_size();
    let note = if run.failure.is_some() { "stopped; the others go on" } else { run.note.as_str() };
    let name = run.name.clone();
    let mut panel = Panel::new(&name).run(index).state(state).dense().min_height(size.y);
    if notes && !cx.view.lecture {
        panel = panel.question(note);
    }
    if run.fork.is_some() && !cx.view.lecture && !cx.view.still {
        panel = panel.tools(&[PanelTool::Close]);
    }
    let shown = panel.show(ui, |ui| {
        let points = theme::scale(ui.ctx());
        // A low tile keeps the picture and the two counters.
        let low = size.y < 250.0 * points && cx.snapshot.runs[index].failure.is_none();
        let bare = (size.x < BARE * points || size.y < LOWEST * points)
            && cx.snapshot.runs[index].failure.is_none();
        let foot = match &cx.snapshot.runs[index].failure {
            Some(_) => FAILED_FOOT,
            None if bare => 0.0,
            None if low => LOW_FOOT,
            None => FOOT,
        };
        let high = (ui.available_height() - foot * points).max(40.0);
        picture(ui, index, looks, scale, vec2(ui.available_width(), high), cx);
        ui.add_space(4.0);
        match &cx.snapshot.runs[index].failure {
            Some(_) => failure(ui, index, cx),
            None if bare => {}
            None => counters(ui, index, low, cx),
        }
    });
    if shown.tool.is_some() {
        cx.actions.push(Action::Unfork(index));
    } else if shown.response.clicked() {
        cx.actions.push(Action::Run(index));
    }
}

fn picture(
    ui: &mut Ui,
    index: usize,
    looks: &mut Looks,
    scale: &Scale,
    size: egui::Vec2,
    cx: &mut Cx<'_>,
) {
    let run = &cx.snapshot.runs[index];
    let grid = match run.truth.scene() {
        Scene::Grid(grid) => grid,
        Scene::Graph(graph) => return graph_tile::picture(ui, index, graph, scale, size, cx),
        Scene::Body(body) => return body_tile::picture(ui, index, body, size, cx),
        Scene::Board(board) => return board_tile::picture(ui, index, board, size, cx),
        Scene::States(_) => {
            ui.label("This world has no picture.");
            return;
        }
    };
    let draft = std::mem::take(&mut looks.draft);
    let most = looks.most_bonus.max(1e-12);
    // An error is painted over one model alone.
    let here = cx.view.tool != Tool::Lie || looks.brush.run() == index;
    let look = looks.of(index, run, grid, cx.snapshot.playing);
    let mut cells = look.cells.clone();
    let shown = draft.iter().filter(|_| here);
    shown.for_each(|&(state, cell)| cells[state as usize] = kind(cell));
    let (stale, bonus) = beliefs(run, most);
    let map = run.map.as_deref();
    let each = |read: &dyn Fn(&ValueMap, usize) -> f32| -> Vec<f32> {
        map.map_or(Vec::new(), |m| (0..m.value.len()).map(|i| read(m, i)).collect())
    };
    let values: Vec<Option<f32>> =
        map.map_or(Vec::new(), |m| m.value.iter().map(|v| v.map(|v| scale.place(v))).collect());
    let numbers = each(&|m, i| m.value[i].unwrap_or(0.0) as f32);
    // Who wrote a zero that never moved is nobody's question.
    let shares = each(&|m, i| m.value[i].map_or(0.0, |_| m.imagined_share[i] as f32));
    let arrows = map.map_or(&[][..], |m| m.arrows.as_slice());
    let place = |s: u32| grid.place(s);
    let small = |(row, col): (usize, usize)| (row as u16, col as u16);
    let trail: Vec<_> = run.lane.trail.iter().map(|&s| small(place(s))).collect();
    let agent = run.lane.state.map(place).map(|(row, col)| (row as f32, col as f32));
    let label = format!("Maze of run {} {}", run.letter, run.name);
    let picture = GridPicture {
        label: &label,
        cols: grid.cols,
        rows: grid.rows,
        cells: &cells,
        values: &values,
        numbers: cx.view.numbers.then_some(numbers.as_slice()),
        arrows,
        imagined_share: run.map.is_some().then_some(shares.as_slice()),
        trail: &trail,
        agent,
        sparks: &look.sparks,
        dots: &look.dots,
        stale: &stale,
        bonus: &bonus,
        selected: cx.view.cell,
        cursor: cx.view.cursor.filter(|_| cx.view.drawing().is_some()),
        faded: run.failure.is_some(),
        wind: &grid.wind,
    };
    let shown = picture.ui(ui, size);
    looks.draft = draft;
    if cx.view.drawing().is_some() {
        draw(&shown, index, looks, cx);
        return;
    }
    if shown.response.clicked() {
        cx.actions.push(Action::Run(index));
        let again = shown.clicked_cell == cx.view.cell;
        cx.actions.push(Action::Cell(shown.clicked_cell.filter(|_| !again)));
    }
    if let Some(cell) = shown.hovered_cell {
        let text = cell_text(run, cell);
        shown.response.on_hover_text_at_pointer(text);
    }
}

/// What the model believes wrongly, and how much each move is worth for curiosity alone, as a part
/// of `most`.
fn beliefs(run: &RunSnapshot, most: f64) -> (Vec<(u16, String)>, Vec<f32>) {
    let stale = run.stale.iter().map(|s| (s.cell as u16, words::belief(s.belief))).collect();
    let bonus = run.lane.view.bonus.iter().flatten().map(|bonus| (bonus / most) as f32);
    (stale, bonus.collect())
}

/// The hand draws: cells are touched while it is down, and make a stroke when it lets go.
fn draw(shown: &GridResponse, index: usize, looks: &mut Looks, cx: &mut Cx<'_>) {
    let Scene::Grid(grid) = cx.snapshot.runs[index].truth.scene() else {
        return;
    };
    let down = shown.response.is_pointer_button_down_on();
    let begun = looks.brush.run() == index && !looks.brush.touched().is_empty();
    // A slow frame may bring a whole click, or the last moves together with the release.
    let draws = down || begun || shown.response.clicked();
    if let Some(cell) = shown.hovered_cell.filter(|_| draws) {
        looks.brush.touch((index, grid.cols), cell as u32);
    }
    if down {
        shown.response.ctx.request_repaint();
    } else if draws {
        let touched = looks.brush.lift();
        let tool = cx.view.tool;
        let run = &cx.snapshot.runs[index];
        if tool == Tool::Lie && run.lane.view.model.is_none() {
            let what = format!("Run {} has no model that could be wrong.", run.letter);
            cx.actions.push(Action::Say(what));
        } else if let Some(command) = tool.command((index, grid), &touched, cx.view.reward) {
            if tool == Tool::Lie {
                cx.actions.push(Action::Run(index));
            } else {
                looks.brush.send(tool.cells(grid, &touched, cx.view.reward));
            }
            cx.actions.push(Action::Engine(command));
        }
    }
}

/// Two counters, their ratio as a bar, and how far the run has come.
fn counters(ui: &mut Ui, index: usize, low: bool, cx: &Cx<'_>) {
    let run = &cx.snapshot.runs[index];
    let (real, imagined) = counted(cx.snapshot, run);
    hero_pair(ui, real, imagined);
    if low {
        return;
    }
    meter::meter(ui, real.0, imagined.0);
    ui.add_space(2.0);
    let t = theme::tokens(ui.ctx());
    let brief = ui.available_width() < 330.0 * theme::scale(ui.ctx());
    let left = place(index, cx.snapshot, brief);
    let right = match (run.way_home, run.map.is_some()) {
        _ if !run.stale.is_empty() => believed_wrongly(run, brief),
        _ if matches!(run.truth.scene(), Scene::Board(_)) => board_tile::turn(run),
        _ if run.lane.path.now().is_some() => body_tile::total(run),
        _ if cx.view.lecture && !cx.view.revealed => "way home: ?".to_owned(),
        // The arrows are greedy after a single imagined step; the agent searches.
        (Some(steps), _) if searches(run) && brief => format!("arrows: {steps}"),
        (Some(steps), _) if searches(run) => format!("by arrows: {steps} steps"),
        (None, true) if searches(run) && brief => "arrows: –".to_owned(),
        (None, true) if searches(run) => "by arrows: no way".to_owned(),
        (Some(steps), _) if brief => format!("way home: {steps}"),
        (Some(steps), _) => format!("greedy way home: {steps} steps"),
        // Whoever only predicts is not on a way.
        _ if run.predicts() => String::new(),
        (None, true) if brief => "no way yet".to_owned(),
        (None, true) => "no way home yet".to_owned(),
        (None, false) => String::new(),
    };
    let height = 20.0 * theme::scale(ui.ctx());
    let row = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(right).color(t.text));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(RichText::new(left).color(t.text)).truncate());
        });
    });
}

/// What a tile counts: updates of either kind. Beside a run that imagines to act or to aim, whose
/// imagined steps are no updates, it is steps of either kind, in all tiles alike.
fn counted(s: &Snapshot, run: &RunSnapshot) -> ((u64, &'static str), (u64, &'static str)) {
    let c = &run.lane.counters;
    let looks_ahead = |run: &RunSnapshot| LOOK_AHEAD.contains(&run.agent.id);
    match s.runs.iter().any(looks_ahead) {
        true => ((c.env_steps, "real steps"), (c.imagined_steps, "imagined steps")),
        false => ((c.real_updates, "real updates"), (c.imagined_updates, "imagined")),
    }
}

/// How far a run has come, and whether it waits for the others. On the clock of episodes a narrow
/// tile leaves the episode to the transport.
fn place(index: usize, s: &Snapshot, brief: bool) -> String {
    let run = &s.runs[index];
    let c = &run.lane.counters;
    let by_episode = s.position.clock == Clock::Episodes;
    if run.stands_still {
        "stands still on this clock".to_owned()
    } else if by_episode && c.episodes >= s.limit {
        format!("{} episodes done", grouped(c.episodes))
    } else if s.waits(index) && brief {
        "waits".to_owned()
    } else if by_episode && brief {
        format!("step {}", grouped(c.step))
    } else if brief {
        format!("Episode {}", grouped(c.episodes + 1))
    } else if s.waits(index) {
        format!("Episode {}, waits", grouped(c.episodes))
    } else {
        format!("Episode {}, step {}", grouped(c.episodes + 1), grouped(c.step))
    }
}

/// One sentence, the number, and what can be done.
fn failure(ui: &mut Ui, index: usize, cx: &mut Cx<'_>) {
    let run = &cx.snapshot.runs[index];
    let Some(failure) = &run.failure else {
        return;
    };
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(RichText::new(icons::WARNING).font(theme::icon(ui.ctx(), 20.0)).color(t.bad));
        let title = RichText::new(&failure.title).font(theme::body_strong(ui.ctx()));
        ui.add(Label::new(title.color(t.text_strong)).truncate());
    });
    // A narrow tile has room for the icons and a beginning of the text; the rest is a tooltip.
    let narrow = ui.available_width() < 400.0 * theme::scale(ui.ctx());
    let button = |ui: &mut Ui, icon: char, name: &str| match narrow {
        true => framed_icon_button(ui, icon, name).clicked(),
        false => Button::new(name).icon(icon).show(ui).clicked(),
    };
    ui.horizontal(|ui| {
        if cx.view.still {
            ui.add(Label::new(RichText::new(&failure.text).color(t.text)).wrap());
            return;
        }
        if button(ui, icons::RESTART, "Restart") {
            cx.actions.push(Action::Engine(Command::Reset));
        }
        if button(ui, icons::COPY, "Copy report") {
            cx.actions.push(Action::Copy(report(run), "Report copied"));
        }
        let text = Label::new(RichText::new(&failure.text).color(t.text));
        ui.add(text.truncate()).on_hover_text(&failure.text);
    });
}

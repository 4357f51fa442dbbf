//! The native window: opens, closes by itself if asked to, and says in words why it cannot open.

use std::time::Duration;

use eframe::{CreationContext, NativeOptions};
use egui::{Context, Ui, ViewportBuilder, ViewportCommand};

use super::lab::{Lab, Options};
use super::theme;
use crate::gfx;

/// Size and life of the window.
#[derive(Clone, Copy, Debug, Default)]
pub struct WindowOptions {
    /// Size in points; `None` takes what suits a laptop.
    pub size: Option<(f32, f32)>,
    /// Close by itself after this time.
    pub exit_after: Option<Duration>,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// No display to open it on.
    #[error("no display: {0}")]
    NoDisplay(String),
    /// A display, but nothing that can draw.
    #[error(
        "no graphics adapter that can draw: {0}; on Debian and Ubuntu the package \
         mesa-vulkan-drivers provides one in software"
    )]
    NoAdapter(String),
    /// Anything else.
    #[error("the window could not be opened: {0}")]
    Other(String),
}

struct Window {
    lab: Lab,
    exit_after: Option<Duration>,
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        if let Some(after) = self.exit_after {
            let left = after.as_secs_f64() - ctx.input(|i| i.time);
            if left <= 0.0 {
                ctx.send_viewport_cmd(ViewportCommand::Close);
            } else {
                ctx.request_repaint_after(Duration::from_secs_f64(left));
            }
        }
        self.lab.logic(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.lab.ui(ui);
    }

    fn on_exit(&mut self) {
        self.lab.close();
    }

    fn clear_color(&self, _: &egui::Visuals) -> [f32; 4] {
        self.lab.view().theme_now().tokens().bg.to_normalized_gamma_f32()
    }
}

/// Opens the window and stays until it is closed.
pub fn open(options: Options, window: WindowOptions) -> Result<(), WindowError> {
    let (width, height) = window.size.unwrap_or((1440.0, 900.0));
    let title = format!("Imaginarium: {}", options.lesson.arena.title);
    let viewport = ViewportBuilder::default()
        .with_title(&title)
        .with_app_id("imaginarium")
        .with_inner_size([width, height])
        .with_min_inner_size([800.0, 560.0]);
    let native = NativeOptions { viewport, ..NativeOptions::default() };
    let create = move |cc: &CreationContext<'_>| {
        let lab = Lab::new(&cc.egui_ctx, options)?;
        if let Some(state) = &cc.wgpu_render_state {
            gfx::install(&cc.egui_ctx, state);
        }
        let app = Window { lab, exit_after: window.exit_after };
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native(&title, native, Box::new(create)).map_err(explain)
}

fn explain(error: eframe::Error) -> WindowError {
    let text = error.to_string();
    match error {
        // Only the end of winit's sentence is for people: before it stands a place in its source.
        eframe::Error::WinitEventLoop(_) => {
            let reason = text.rsplit(": ").next().unwrap_or(&text);
            WindowError::NoDisplay(reason.trim_end_matches('.').to_owned())
        }
        eframe::Error::Wgpu(_) => WindowError::NoAdapter(text),
        _ => WindowError::Other(text),
    }
}

/// Reads the name of a theme as written in a flag.
pub fn theme_from_name(name: &str) -> Option<theme::Theme> {
    let slug = |t: &theme::Theme| t.label().to_lowercase().replace(' ', "-");
    theme::Theme::ALL.into_iter().find(|t| slug(t) == name)
}

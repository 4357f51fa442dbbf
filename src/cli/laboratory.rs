//! Opens the window; without a display, says so and runs the lesson headless.

use super::args::{OpenArgs, RunArgs};
use super::{CliError, FIRST, Result, open, run};
use crate::app::lab::Options;
use crate::app::settings::{Home, Settings};
use crate::app::window::{self, WindowError, WindowOptions, theme_from_name};
use crate::lessons::WITHOUT_WINDOW;

/// The laboratory, until its window is closed.
pub fn laboratory(args: &OpenArgs) -> Result<()> {
    let home = if args.no_settings { None } else { Home::of_user() };
    let (settings, complaint) = home.as_ref().map_or_else(Default::default, Settings::read);
    // What was open last may have been another version's lesson.
    let last = settings.lesson.as_deref().filter(|id| open(id).is_ok());
    let opening = open(args.lesson.as_deref().or(last).unwrap_or(FIRST))?;
    let theme = match &args.theme {
        None => settings.theme,
        Some(name) => theme_from_name(name).ok_or_else(|| {
            let allowed = "dark, light, projector-dark, projector-light";
            CliError::Usage(format!("--theme {name}: one of {allowed} is allowed"))
        })?,
    };
    let (lesson, past) = (opening.lesson, opening.past);
    let options = Options { lesson, theme, beside: true, past, home, settings, complaint };
    let size = WindowOptions { size: args.size, exit_after: args.exit_after };
    match window::open(options, size) {
        Ok(()) => Ok(()),
        Err(error @ WindowError::NoDisplay(_)) => {
            let name = args.lesson.as_deref().unwrap_or(WITHOUT_WINDOW);
            eprintln!("imaginarium: {error}; running {name} without a window instead");
            run::run(&RunArgs::lesson(name))
        }
        Err(error) => Err(CliError::Failed(error.to_string())),
    }
}

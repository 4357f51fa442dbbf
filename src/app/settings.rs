//! How a person likes the window: theme, size of text, lesson, sizes of tiles. Kept in the user's
//! folder under a version; what cannot be read is ignored with one sentence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::theme::Theme;
use super::window::theme_from_name;

/// The format this program writes and reads.
const VERSION: i64 = 1;
const FILE: &str = "settings.toml";
const PROGRAM: &str = "imaginarium";

/// The user's folders for this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// For settings.
    pub config: PathBuf,
    /// For sessions.
    pub state: PathBuf,
}

impl Home {
    /// The folders that this system has for such things; `None` where it names none.
    pub fn of_user() -> Option<Self> {
        let var = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let var = |name: &str| var(name).filter(|path| path.is_absolute());
        let below = |path: PathBuf| path.join(PROGRAM);
        let (config, state) = if cfg!(windows) {
            (var("APPDATA")?, var("LOCALAPPDATA")?)
        } else if cfg!(target_os = "macos") {
            let support = var("HOME")?.join("Library/Application Support");
            (support.clone(), support)
        } else {
            let or_home = |name, rest| var(name).or_else(|| Some(var("HOME")?.join(rest)));
            (or_home("XDG_CONFIG_HOME", ".config")?, or_home("XDG_STATE_HOME", ".local/state")?)
        };
        Some(Self { config: below(config), state: below(state) })
    }

    /// Both in one folder, for tests.
    pub fn in_folder(folder: &Path) -> Self {
        Self { config: folder.join("config"), state: folder.join("state") }
    }

    /// Where the settings are.
    pub fn settings(&self) -> PathBuf {
        self.config.join(FILE)
    }
}

/// Shares of rows and of panels in them, for each kind of window.
pub type Shares = BTreeMap<String, Vec<Vec<f32>>>;

/// What is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// Text scale outside the lecture view.
    pub text_scale: f32,
    /// Big type, controls hidden.
    pub lecture: bool,
    /// Id of the lesson open last.
    pub lesson: Option<String>,
    /// Sizes of tiles by lesson.
    pub layouts: BTreeMap<String, Shares>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            text_scale: 1.0,
            lecture: false,
            lesson: None,
            layouts: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Reads the settings of `home`; a sentence if there are some that cannot be used.
    pub fn read(home: &Home) -> (Self, Option<String>) {
        let path = home.settings();
        let read = match std::fs::read_to_string(&path) {
            Ok(text) => Self::from_text(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(settings) => (settings, None),
            Err(why) => {
                let said = format!("Settings ignored: {}: {why}", path.display());
                (Self::default(), Some(said))
            }
        }
    }

    /// Reads text, or says what is wrong with it.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|_| "it is damaged".to_owned())?;
        match table.get("version").and_then(Value::as_integer) {
            Some(VERSION) => {}
            Some(found) if found > VERSION => {
                return Err(format!("it is of version {found}, from a later program"));
            }
            _ => return Err("it has no version that this program knows".to_owned()),
        }
        let wrong = |key: &str| format!("{key} makes no sense");
        let theme = table.get("theme").and_then(Value::as_str).and_then(theme_from_name);
        let scale = table.get("text_scale").and_then(Value::as_float).map(|scale| scale as f32);
        let lecture = table.get("lecture").and_then(Value::as_bool);
        Ok(Self {
            theme: theme.ok_or_else(|| wrong("theme"))?,
            text_scale: scale
                .filter(|scale| (0.8..=2.0).contains(scale))
                .ok_or_else(|| wrong("text_scale"))?,
            lecture: lecture.ok_or_else(|| wrong("lecture"))?,
            lesson: table.get("lesson").and_then(Value::as_str).map(str::to_owned),
            layouts: layouts(&table).ok_or_else(|| wrong("layout"))?,
        })
    }

    /// Writes text.
    pub fn to_text(&self) -> String {
        let mut table = Table::new();
        table.insert("version".into(), Value::Integer(VERSION));
        let theme = self.theme.label().to_lowercase().replace(' ', "-");
        table.insert("theme".into(), Value::String(theme));
        // By way of its shortest decimal form, so that 1.2 stays 1.2.
        let scale = self.text_scale.to_string().parse().unwrap_or(1.0);
        table.insert("text_scale".into(), Value::Float(scale));
        table.insert("lecture".into(), Value::Boolean(self.lecture));
        if let Some(lesson) = &self.lesson {
            table.insert("lesson".into(), Value::String(lesson.clone()));
        }
        let number = |x: &f32| Value::Float(x.to_string().parse().unwrap_or(1.0));
        let row = |row: &Vec<f32>| Value::Array(row.iter().map(number).collect());
        let rows = |rows: &Vec<Vec<f32>>| Value::Array(rows.iter().map(row).collect());
        let shares = |shares: &Shares| {
            Value::Table(shares.iter().map(|(kind, all)| (kind.clone(), rows(all))).collect())
        };
        let layouts = self.layouts.iter().map(|(lesson, all)| (lesson.clone(), shares(all)));
        table.insert("layout".into(), Value::Table(layouts.collect()));
        table.to_string()
    }
}

fn layouts(table: &Table) -> Option<BTreeMap<String, Shares>> {
    let number = |v: &Value| v.as_float().filter(|x| (1e-3..=1e3).contains(x)).map(|x| x as f32);
    let row = |v: &Value| v.as_array()?.iter().map(number).collect::<Option<Vec<f32>>>();
    let rows = |v: &Value| v.as_array()?.iter().map(row).collect::<Option<Vec<_>>>();
    let kinds = |v: &Value| {
        let kinds = v.as_table()?.iter();
        kinds.map(|(kind, v)| Some((kind.clone(), rows(v)?))).collect::<Option<Shares>>()
    };
    match table.get("layout") {
        None => Some(BTreeMap::new()),
        Some(all) => all.as_table()?.iter().map(|(id, v)| Some((id.clone(), kinds(v)?))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_were_written() {
        let shares: Shares = [("wide".to_owned(), vec![vec![1.05, 1.0], vec![1.35, 0.9]])].into();
        let settings = Settings {
            theme: Theme::ProjectorLight,
            text_scale: 1.2,
            lecture: true,
            lesson: Some("dyna-maze".to_owned()),
            layouts: [("dyna-maze".to_owned(), shares)].into(),
        };
        assert_eq!(Settings::from_text(&settings.to_text()), Ok(settings));
        assert_eq!(Settings::from_text(&Settings::default().to_text()), Ok(Settings::default()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_words() {
        let good = Settings::default().to_text();
        let say = |a: &str, b: &str| Settings::from_text(&good.replace(a, b)).unwrap_err();
        assert_eq!(say("version = 1", "version = 7"), "it is of version 7, from a later program");
        assert_eq!(say("dark", "moonlight"), "theme makes no sense");
        assert_eq!(say("text_scale = 1.0", "text_scale = 99.0"), "text_scale makes no sense");
        assert_eq!(say("version = 1", "version = ="), "it is damaged");
        assert!(say("version = 1", "").contains("no version"));
        let layout = "[layout]\na = { wide = [[-1.0]] }";
        assert_eq!(say("[layout]", layout), "layout makes no sense");
    }
}

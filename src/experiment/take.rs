//! What a film is made of: a place in an arena's life, and the way on from there without any clock
//! on the wall. The same take gives the same pictures, however long each of them takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arena::{Event, Experiment};
use super::clock::{Clock, Position};
use super::config::{ArenaConfig, ConfigError};
use super::engine::Engine;
use super::networks::settle_on_flex;
use super::snapshot::Snapshot;

/// Longer than anybody waits for one picture.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Where a film begins: a configuration, what was changed since, and how far it had come.
#[derive(Clone, Debug)]
pub struct Take {
    /// What the arena was built from.
    pub config: Arc<ArenaConfig>,
    /// Everything that was done, what lies ahead too: dials, dreams, strokes, lies.
    pub events: Arc<[Event]>,
    /// The first picture.
    pub from: Position,
    /// Where the arena stops.
    pub limit: u64,
    /// The lane on screen.
    pub watched: usize,
    /// The run whose steps count on clocks that do not know them.
    pub selected: usize,
    /// The x axis of every curve.
    pub axis: Clock,
}

impl Take {
    /// From the beginning.
    pub fn from_start(config: ArenaConfig) -> Self {
        Self {
            events: Arc::new([]),
            from: Position::at(config.clock, 0),
            limit: config.length,
            watched: 0,
            selected: config.runs.len().saturating_sub(1),
            axis: config.clock,
            config: Arc::new(config),
        }
    }

    /// From the moment of a picture.
    pub fn from_here(snapshot: &Snapshot, selected: usize) -> Self {
        Self {
            config: snapshot.config.clone(),
            events: snapshot.events.clone(),
            from: snapshot.position,
            limit: snapshot.limit,
            watched: snapshot.watched,
            selected,
            axis: snapshot.curves.axis,
        }
    }
}

impl Take {
    /// The arena of `config`, with everything that was done in this take still to come.
    ///
    /// Nothing is measured for that: networks whose device is still open compute on Flex.
    pub fn again(
        &self,
        mut config: ArenaConfig,
        workers: usize,
    ) -> Result<Experiment, ConfigError> {
        settle_on_flex(&mut config);
        let mut experiment = Experiment::new(config, workers)?;
        experiment.measure_values();
        experiment.events = self.events.to_vec();
        experiment.watch_lane(self.watched);
        experiment.apply_due_events();
        Ok(experiment)
    }
}

impl Engine {
    /// An arena brought to where the take begins. It keeps no keyframes: a film only goes on.
    pub fn for_film(take: &Take, workers: usize) -> Result<Self, ConfigError> {
        let mut experiment = take.again(ArenaConfig::clone(&take.config), workers)?;
        experiment.advance_to(take.from, None);
        experiment.apply_due_events();
        experiment.watch(true);
        let mut engine = Self::around(experiment, ArenaConfig::clone(&take.config), workers);
        engine.limit = take.limit;
        engine.selected = take.selected;
        engine.axis = take.axis;
        engine.playing = !engine.at_end();
        Ok(engine)
    }

    /// Lets exactly so many grains pass, however long that takes. Less only at the end, where it
    /// stops playing.
    pub fn pass(&mut self, grains: u64) {
        let deadline = Instant::now() + FOREVER;
        self.debt = grains as f64;
        while self.playing && self.debt >= 1.0 {
            self.aim = self.aim.or(Some(self.grains_owed()));
            let paid = self.pursue(deadline).unwrap_or(1.0);
            self.debt = (self.debt - paid).max(0.0);
        }
        self.debt = 0.0;
    }

    /// Takes a picture in which nothing is a tenth of a second old.
    pub fn film_snapshot(&mut self) -> Snapshot {
        self.next_curves = Instant::now();
        self.snapshot()
    }
}

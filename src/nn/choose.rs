//! Which device a run's networks compute on: asked for, or the fastest by measurement.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::device::{AdapterKind, Choice, Compute, DeviceError, Place, Wish, adapters};

/// Steps before the clock runs: the first compile kernels.
const WARM_UP: usize = 3;
/// Steps measured.
const STEPS: usize = 9;

/// One training step, again and again; it waits for the device at its end.
pub type Step = Box<dyn FnMut() -> Result<(), DeviceError>>;

/// A device and how long one training step takes there.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// Where.
    pub place: Place,
    /// The median step, or why there is none.
    pub step: Result<Duration, String>,
}

/// Which device was taken, and why.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// It.
    pub compute: Compute,
    /// In a few words.
    pub why: String,
    /// What was measured on the way.
    pub timings: Vec<Timing>,
}

/// Takes a device. For `auto`, `make` makes a training step of the run's own network, measured on
/// every device but software adapters, which always lose. Where an adapter cannot be used, host
/// memory takes its place, and `why` says so.
pub fn choose(choice: Choice, make: &dyn Fn(&Compute) -> Step) -> Chosen {
    let asked = |place: Place| {
        let (compute, why) = match Compute::open(place) {
            Ok(compute) => (compute, "as its dial says".to_owned()),
            Err(error) => {
                (Compute::flex(), format!("{error}; Flex instead, numbers differ in the last bits"))
            }
        };
        Chosen { compute, why, timings: Vec::new() }
    };
    match choice {
        Choice::Flex => asked(Place::Host),
        Choice::Wgpu => asked(Place::Adapter(0)),
        Choice::Adapter(index) => asked(Place::Adapter(index)),
        Choice::Auto => fastest(&candidates(), make),
    }
}

/// Devices that may win by themselves: those that a dial can name, for whoever lives a run again.
fn candidates() -> Vec<Place> {
    let real = adapters().iter().enumerate().filter(|(_, a)| a.kind != AdapterKind::Software);
    let real = real.map(|(index, _)| Place::Adapter(index));
    [Place::Host].into_iter().chain(real).filter(|&place| Wish::of(place).is_some()).collect()
}

/// The fastest of `places`.
fn fastest(places: &[Place], make: &dyn Fn(&Compute) -> Step) -> Chosen {
    if places == [Place::Host] {
        let why = "no graphics card to compare with".to_owned();
        return Chosen { compute: Compute::flex(), why, timings: Vec::new() };
    }
    let timings: Vec<Timing> = places.iter().map(|&place| time(place, make)).collect();
    let known = timings.iter().filter_map(|t| t.step.as_ref().ok().map(|step| (*step, t.place)));
    let best = known.min().and_then(|(_, place)| Compute::open(place).ok());
    let compute = best.unwrap_or_else(Compute::flex);
    Chosen { why: format!("fastest: {}", in_words(&timings)), compute, timings }
}

/// `Flex (processor) 0.09 ms, NVIDIA 0.41 ms`.
fn in_words(timings: &[Timing]) -> String {
    let one = |t: &Timing| match &t.step {
        Ok(step) => format!("{} {:.2} ms", t.place.name(), step.as_secs_f64() * 1e3),
        Err(why) => why.clone(),
    };
    timings.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The median training step at `place`.
pub fn time(place: Place, make: &dyn Fn(&Compute) -> Step) -> Timing {
    // A driver that cannot compile a kernel panics inside burn.
    let measured = catch_unwind(AssertUnwindSafe(|| measure(place, make)));
    let failed = |_| Err(format!("{} failed in a training step", place.name()));
    Timing { place, step: measured.unwrap_or_else(failed) }
}

fn measure(place: Place, make: &dyn Fn(&Compute) -> Step) -> Result<Duration, String> {
    let compute = Compute::open(place).map_err(|error| error.to_string())?;
    let mut step = make(&compute);
    let mut timed = || {
        let start = Instant::now();
        step().map(|()| start.elapsed()).map_err(|error| error.to_string())
    };
    for _ in 0..WARM_UP {
        timed()?;
    }
    let mut times = (0..STEPS).map(|_| timed()).collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    Ok(times[STEPS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::mlp::MlpSpec;
    use crate::nn::trial::Trial;

    fn make(compute: &Compute) -> Step {
        let spec = MlpSpec::new("q", 2, &[8], 1);
        Trial { spec, lanes: 1, batch: 4 }.training(compute).unwrap()
    }

    #[test]
    fn what_cannot_be_used_is_a_sentence_and_flex_takes_its_place() {
        let chosen = choose(Choice::Adapter(99), &make);
        assert!(chosen.compute.is_host(), "{}", chosen.why);
        let none = "this machine has no graphics adapter (a driver may be missing); Flex instead";
        let is_none = chosen.why.starts_with(none);
        let few = format!("there is no adapter 99: {} found, see", adapters().len());
        assert!(is_none || chosen.why.starts_with(&few), "{}", chosen.why);
    }

    #[test]
    fn the_fastest_wins_and_failures_never_do() {
        let slow_host = |compute: &Compute| -> Step {
            let host = compute.is_host();
            Box::new(move || {
                std::thread::sleep(Duration::from_millis(if host { 2 } else { 0 }));
                Ok(())
            })
        };
        let chosen = fastest(&[Place::Host, Place::Adapter(99)], &slow_host);
        assert!(chosen.compute.is_host() && chosen.why.contains("Flex (processor) 2."));
        assert!(chosen.timings[1].step.is_err());
        let broken = |_: &Compute| -> Step { panic!("a driver") };
        let timing = time(Place::Host, &broken);
        assert_eq!(timing.step, Err("Flex (processor) failed in a training step".to_owned()));
    }

    #[test]
    fn software_loses_without_a_probe() {
        let soft = |&place: &Place| match place {
            Place::Host => false,
            Place::Adapter(index) => adapters()[index].kind == AdapterKind::Software,
        };
        assert!(!candidates().iter().any(soft));
        assert!(candidates().contains(&Place::Host));
    }

    #[test]
    fn words_name_devices() {
        for text in ["auto", "flex", "wgpu", "wgpu:1"] {
            assert_eq!(Choice::parse(text).unwrap().to_string(), text);
        }
        let error = Choice::parse("cuda").unwrap_err().to_string();
        assert!(error.contains("one of auto, flex, wgpu"), "{error}");
    }
}

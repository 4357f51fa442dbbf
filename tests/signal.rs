//! Dynamics give more signal than returns: on the same real steps the model is right long before the
//! value is.

use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::lessons;
use imaginarium::nn::device::Wish;
use imaginarium::probes::reference::optimum;
use imaginarium::probes::signal::{Accuracy, course};

fn measured(e: &Experiment) -> Vec<Accuracy> {
    let view = e.runs()[0].lane_view(0).view.steered.expect("it steers");
    course(&view, &optimum(e.truth(), view.gamma).expect("two numbers"))
}

#[test]
fn the_model_is_right_before_the_value_is() {
    let mut arena = lessons::find("signal").expect("it is a lesson").arena;
    let device = arena.runs[0].info.params().iter().position(|s| s.key == "device").unwrap();
    arena.runs[0].params[device] = f64::from(Wish::Flex as u8);
    let mut e = Experiment::new(arena, 1).unwrap();
    let at = |steps| Position::at(Clock::EnvSteps, steps);
    e.advance_to(at(150), None);
    assert_eq!(measured(&e), [], "nothing is learned from the first random steps");
    e.advance_to(at(2_000), None);
    let before = e.runs()[0].digests();
    let rows = measured(&e);
    assert_eq!(e.runs()[0].digests(), before, "looking changes nothing");
    assert_eq!((rows[0].lived, rows[0].model, rows[0].value), (199, 1.0, 1.0));
    assert!(rows.windows(2).all(|pair| pair[0].lived < pair[1].lived));
    for row in &rows {
        println!("{row:?}");
        assert!(row.lived < 300 || row.model < 0.75 * row.value, "{row:?}");
    }
    let last = rows.last().unwrap();
    assert!(last.lived == 2_000 && last.model < 0.15 && last.value > 0.4, "{last:?}");
}

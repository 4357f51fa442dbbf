//! A fingerprint of a picture: while it stays the same nothing is drawn again.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::camera::Projection;
use super::scene::{Axis, Line, Scene};
use super::style::Style;

/// Of everything that is drawn by the adapter. The data of fields count by their id.
pub fn fingerprint(scene: &Scene, p: &Projection, style: &Style, pixels: f32) -> u64 {
    let mut hash = DefaultHasher::new();
    p.matrix().iter().flatten().for_each(|x| x.to_bits().hash(&mut hash));
    numbers(&[p.rect.width(), p.rect.height(), pixels], &mut hash);
    [style.ground, style.grid, style.axis, style.hatch, style.off_scale, style.rim].hash(&mut hash);
    scene.axes.iter().for_each(|axis| of_axis(axis, &mut hash));
    for field in &scene.fields {
        (field.id, field.rows, field.cols, field.opacity.to_bits()).hash(&mut hash);
        (field.blocks, field.ground).hash(&mut hash);
    }
    scene.lines.iter().for_each(|line| of_line(line, &mut hash));
    for ball in &scene.balls {
        numbers(&ball.at, &mut hash);
        (ball.radius.to_bits(), ball.colour, ball.casing).hash(&mut hash);
    }
    for cross in &scene.crosses {
        numbers(&cross.at, &mut hash);
        (cross.arm.to_bits(), cross.colour, cross.casing).hash(&mut hash);
    }
    for plane in &scene.planes {
        numbers(&plane.at, &mut hash);
        numbers(&plane.slope, &mut hash);
        numbers(&plane.half, &mut hash);
        (plane.colour, plane.edge).hash(&mut hash);
    }
    let counts = [&scene.lines.len(), &scene.balls.len(), &scene.crosses.len()];
    (counts, scene.planes.len()).hash(&mut hash);
    hash.finish()
}

fn numbers(all: &[f32], hash: &mut DefaultHasher) {
    all.iter().for_each(|x| x.to_bits().hash(hash));
}

fn of_axis(axis: &Axis, hash: &mut DefaultHasher) {
    (axis.low.to_bits(), axis.high.to_bits(), axis.log, axis.turns).hash(hash);
}

fn of_line(line: &Line, hash: &mut DefaultHasher) {
    line.points.iter().for_each(|place| numbers(place, hash));
    (line.points.len(), line.colour, line.width.to_bits()).hash(hash);
    (line.dashed, line.casing, line.arrow).hash(hash);
}

//! Products of matrices in host memory, for layers of networks.
//!
//! A product of a layer is small: 64 rows of 64 numbers. A general library spends as much on
//! finding its way as on the sums, and what comes next (the bias, the activation, its slope) is
//! another pass. Here a block of sums stays in registers until it is done, and the weights are read
//! where they are. Instructions are those of the processor at hand (`macerator`).
//!
//! Matrices are row by row. Every sum has one order of its terms, whatever the other rows are, so
//! that a row depends on no other row.

use macerator::{AutoArch, Scalar as _, Simd, Vector, WithSimd};

use super::pool::{give, take};

/// Numbers side by side that every processor's registers divide.
const WIDEST: usize = 16;

type Lanes<S> = Vector<S, f32>;

/// What becomes of a sum at last.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// Nothing.
    Keep,
    /// `max(x, 0)`.
    Relu,
    /// 0 where the number at the same place here is not above 0.
    ReluSlope(&'a [f32]),
}

/// Runs `work` with the best instructions that this processor has.
pub fn with_best<R>(work: impl FnOnce() -> R) -> R {
    AutoArch::new().dispatch(work)
}

/// `out = ending(x w + bias)`: `x` is `[B, I]`, `w` `[I, O]`, `bias` `[O]`, `out` `[B, O]`.
pub fn times(x: &[f32], w: &[f32], bias: &[f32], ending: Ending<'_>, out: &mut [f32]) {
    let (inner, columns) = (w.len() / bias.len(), bias.len());
    let rows = out.len() / columns;
    if columns < WIDEST {
        let w = turned(w, columns);
        dots(Dots { x, w: &w, bias, ending, out, inner });
        return give(w);
    }
    let size = [rows, columns, inner];
    AutoArch::new().dispatch(Wide { x, is_turned: false, w, bias, ending, out, size });
}

/// `out = ending(g w')`, with `w'` the transpose of `w`: `g` is `[B, O]`, `w` `[I, O]`, `out`
/// `[B, I]`.
pub fn times_turned(g: &[f32], w: &[f32], inner: usize, ending: Ending<'_>, out: &mut [f32]) {
    let columns = w.len() / inner;
    let rows = out.len() / columns;
    if columns < WIDEST {
        return dots(Dots { x: g, w, bias: &[], ending, out, inner });
    }
    let (w, size) = (turned(w, inner), [rows, columns, inner]);
    AutoArch::new().dispatch(Wide { x: g, is_turned: false, w: &w, bias: &[], ending, out, size });
    give(w);
}

/// `out = x' g`, with `x'` the transpose of `x`: `x` is `[B, I]`, `g` `[B, O]`, `out` `[I, O]`.
pub fn turned_times(x: &[f32], g: &[f32], [inputs, outputs]: [usize; 2], out: &mut [f32]) {
    let (rows, ending) = (x.len() / inputs, Ending::Keep);
    if outputs >= WIDEST {
        let size = [inputs, outputs, rows];
        let bias = &[];
        AutoArch::new().dispatch(Wide { x, is_turned: true, w: g, bias, ending, out, size });
    } else if inputs >= WIDEST {
        // Few columns are no use side by side, but the transpose has as many as there are inputs.
        let (size, mut across) = ([outputs, inputs, rows], take(out.len()));
        let (bias, sums) = (&[], &mut across);
        AutoArch::new().dispatch(Wide {
            x: g,
            is_turned: true,
            w: x,
            bias,
            ending,
            out: sums,
            size,
        });
        turn(&across, inputs, out);
        give(across);
    } else {
        out.fill(0.0);
        for (x, g) in x.chunks_exact(inputs).zip(g.chunks_exact(outputs)) {
            for (x, out) in x.iter().zip(out.chunks_exact_mut(outputs)) {
                out.iter_mut().zip(g).for_each(|(out, g)| *out += x * g);
            }
        }
    }
}

/// `sums = sum of the rows of g`, `[B, O]`.
pub fn column_sums(g: &[f32], sums: &mut [f32]) {
    with_best(|| {
        sums.fill(0.0);
        for row in g.chunks_exact(sums.len()) {
            sums.iter_mut().zip(row).for_each(|(sum, g)| *sum += g);
        }
    });
}

/// The transpose of rows of `columns` numbers.
fn turned(matrix: &[f32], columns: usize) -> Vec<f32> {
    let mut out = take(matrix.len());
    turn(matrix, columns, &mut out);
    out
}

/// The same into `out`.
fn turn(matrix: &[f32], columns: usize, out: &mut [f32]) {
    let rows = matrix.len() / columns;
    for (i, row) in matrix.chunks_exact(columns).enumerate() {
        out.iter_mut().skip(i).step_by(rows).zip(row).for_each(|(out, x)| *out = *x);
    }
}

/// A product with at least [`WIDEST`] columns.
struct Wide<'a> {
    /// `[rows, inner]`, or `[inner, rows]` if turned.
    x: &'a [f32],
    is_turned: bool,
    /// `[inner, columns]`.
    w: &'a [f32],
    /// `[columns]`, or nothing.
    bias: &'a [f32],
    ending: Ending<'a>,
    /// `[rows, columns]`.
    out: &'a mut [f32],
    /// Rows, columns, terms of a sum.
    size: [usize; 3],
}

impl WithSimd for Wide<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self) {
        let (lanes, columns) = (lanes::<S>(), self.size[1]);
        let mut at = 0;
        while at < columns {
            let left = columns - at;
            // As many registers as there are, less those for the terms.
            at += if lanes == WIDEST && left >= 4 * lanes {
                self.panel::<S, 4>(at)
            } else if left >= 2 * lanes {
                self.panel::<S, 2>(at)
            } else {
                // Where the last columns fill no register, some are done once more.
                self.panel::<S, 1>(at.min(columns - lanes))
            };
        }
    }
}

impl Wide<'_> {
    /// `W` registers of columns from `at` on.
    #[inline(always)]
    fn panel<S: Simd, const W: usize>(&mut self, at: usize) -> usize {
        let (mut row, rows) = (0, self.size[0]);
        while row < rows {
            row += match rows - row {
                6.. => self.block::<S, 6, W>(row, at),
                4.. => self.block::<S, 4, W>(row, at),
                2.. => self.block::<S, 2, W>(row, at),
                _ => self.block::<S, 1, W>(row, at),
            };
        }
        W * lanes::<S>()
    }

    /// `R` rows of them.
    #[inline(always)]
    fn block<S: Simd, const R: usize, const W: usize>(&mut self, row: usize, at: usize) -> usize {
        let ([rows, columns, inner], width) = (self.size, W * lanes::<S>());
        let first = match self.bias.is_empty() {
            true => [0.0_f32.splat(); W],
            false => load::<S, W>(&self.bias[at..at + width]),
        };
        let mut sums = [first; R];
        let w = self.w.chunks_exact(columns).map(|w| load::<S, W>(&w[at..at + width]));
        if self.is_turned {
            for (x, w) in self.x.chunks_exact(rows).zip(w) {
                let x = &x[row..row + R];
                add::<S, R, W>(&mut sums, |r| x[r], w);
            }
        } else {
            let x: [&[f32]; R] =
                std::array::from_fn(|r| &self.x[(row + r) * inner..(row + r + 1) * inner]);
            for (p, w) in (0..inner).zip(w) {
                add::<S, R, W>(&mut sums, |r| x[r][p], w);
            }
        }
        // Nothing but stores here: whatever hinders unrolling would put the sums into memory.
        for (r, sums) in sums.into_iter().enumerate() {
            let from = (row + r) * columns + at;
            let out = &mut self.out[from..from + width];
            out.chunks_exact_mut(lanes::<S>()).zip(sums).for_each(|(out, x)| store::<S>(out, x));
        }
        for r in row..row + R {
            let from = r * columns + at;
            end::<S>(self.ending, from, &mut self.out[from..from + width]);
        }
        R
    }
}

/// Adds the outer product of `R` numbers and `W` registers.
#[inline(always)]
fn add<S: Simd, const R: usize, const W: usize>(
    sums: &mut [[Lanes<S>; W]; R],
    x: impl Fn(usize) -> f32,
    w: [Lanes<S>; W],
) {
    for (r, sums) in sums.iter_mut().enumerate() {
        let x: Lanes<S> = x(r).splat();
        for (sum, w) in sums.iter_mut().zip(w) {
            *sum = x.mul_add(w, *sum);
        }
    }
}

/// Does what is left to do to sums that begin at `from` in the whole matrix.
#[inline(always)]
fn end<S: Simd>(ending: Ending<'_>, from: usize, sums: &mut [f32]) {
    let zero: Lanes<S> = 0.0_f32.splat();
    let lanes = lanes::<S>();
    match ending {
        Ending::Keep => {}
        Ending::Relu => {
            for sums in sums.chunks_exact_mut(lanes) {
                let [x] = load::<S, 1>(sums);
                store::<S>(sums, x.le(zero).select(zero, x));
            }
        }
        Ending::ReluSlope(kept) => {
            let kept = kept[from..from + sums.len()].chunks_exact(lanes);
            for (sums, kept) in sums.chunks_exact_mut(lanes).zip(kept) {
                let ([x], [kept]) = (load::<S, 1>(sums), load::<S, 1>(kept));
                store::<S>(sums, kept.le(zero).select(zero, x));
            }
        }
    }
}

/// A product with few columns: each number is a row times a row.
struct Dots<'a> {
    /// `[rows, inner]`.
    x: &'a [f32],
    /// `[columns, inner]`.
    w: &'a [f32],
    /// `[columns]`, or nothing.
    bias: &'a [f32],
    ending: Ending<'a>,
    /// `[rows, columns]`.
    out: &'a mut [f32],
    inner: usize,
}

fn dots(all: Dots<'_>) {
    AutoArch::new().dispatch(all);
}

impl WithSimd for Dots<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self) {
        let Self { x, w, bias, ending, out, inner } = self;
        let columns = w.len() / inner;
        let rows = x.chunks_exact(inner).zip(out.chunks_exact_mut(columns));
        for (x, out) in rows {
            for ((j, w), out) in w.chunks_exact(inner).enumerate().zip(out) {
                *out = dot::<S>(x, w) + bias.get(j).copied().unwrap_or(0.0);
            }
        }
        match ending {
            Ending::Keep => {}
            Ending::Relu => out.iter_mut().filter(|x| **x <= 0.0).for_each(|x| *x = 0.0),
            Ending::ReluSlope(kept) => {
                let pairs = out.iter_mut().zip(kept).filter(|(_, kept)| **kept <= 0.0);
                pairs.for_each(|(x, _)| *x = 0.0);
            }
        }
    }
}

/// `sum a b`.
#[inline(always)]
fn dot<S: Simd>(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (a.chunks_exact(lanes::<S>()), b.chunks_exact(lanes::<S>()));
    let rest = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b);
    let rest: f32 = rest.sum();
    let mut sums: Lanes<S> = 0.0_f32.splat();
    for (a, b) in a.zip(b) {
        let ([a], [b]) = (load::<S, 1>(a), load::<S, 1>(b));
        sums = a.mul_add(b, sums);
    }
    sums.reduce_add() + rest
}

/// Numbers in a register.
#[inline(always)]
fn lanes<S: Simd>() -> usize {
    size_of::<Lanes<S>>() / size_of::<f32>()
}

/// `W` registers from the start of a slice.
#[inline(always)]
fn load<S: Simd, const W: usize>(from: &[f32]) -> [Lanes<S>; W] {
    let lanes = lanes::<S>();
    let from = &from[..W * lanes];
    std::array::from_fn(|w| {
        bytemuck::pod_read_unaligned(bytemuck::cast_slice(&from[w * lanes..(w + 1) * lanes]))
    })
}

#[inline(always)]
fn store<S: Simd>(to: &mut [f32], x: Lanes<S>) {
    bytemuck::cast_slice_mut::<f32, u8>(to).copy_from_slice(bytemuck::bytes_of(&x));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(count: usize, step: f64) -> Vec<f32> {
        (0..count).map(|i| (step * i as f64 + 0.3).sin() as f32).collect()
    }

    /// `sum_p x(i, p) w(p, j)` in 64 bits.
    fn truth(
        [rows, columns, inner]: [usize; 3],
        x: impl Fn(usize, usize) -> f32,
        w: impl Fn(usize, usize) -> f32,
    ) -> Vec<f64> {
        let one = |i: usize, j: usize| -> f64 {
            (0..inner).map(|p| f64::from(x(i, p)) * f64::from(w(p, j))).sum()
        };
        (0..rows * columns).map(|at| one(at / columns, at % columns)).collect()
    }

    #[track_caller]
    fn close(ours: &[f32], theirs: impl Iterator<Item = f64>, size: [usize; 3]) {
        for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            let far = (f64::from(*ours) - theirs).abs();
            assert!(far < 1e-5 * (1.0 + theirs.abs()), "{size:?} {at}: {ours}, {theirs}");
        }
    }

    /// Rows, inputs, outputs about every edge of the blocks.
    fn sizes() -> Vec<[usize; 3]> {
        let some = [1, 3, 15, 16, 17, 33, 64, 65];
        let all = some.iter().flat_map(|&i| some.iter().map(move |&o| (i, o)));
        all.flat_map(|(i, o)| [1, 5, 6, 19].map(|rows| [rows, i, o])).collect()
    }

    #[test]
    fn products_are_sums_of_products() {
        for size @ [rows, i, o] in sizes() {
            let (x, w) = (wave(rows * i, 0.7), wave(i * o, 1.1));
            let (g, bias) = (wave(rows * o, 1.9), wave(o, 0.5));
            let mut out = vec![f32::NAN; rows * o];
            times(&x, &w, &bias, Ending::Keep, &mut out);
            let sums = truth([rows, o, i], |r, p| x[r * i + p], |p, c| w[p * o + c]);
            let with_bias = sums.iter().enumerate().map(|(at, sum)| sum + f64::from(bias[at % o]));
            close(&out, with_bias.clone(), size);
            times(&x, &w, &bias, Ending::Relu, &mut out);
            close(&out, with_bias.map(|x| x.max(0.0)), size);

            let mut out = vec![f32::NAN; rows * i];
            times_turned(&g, &w, o, Ending::ReluSlope(&x), &mut out);
            let sums = truth([rows, i, o], |r, p| g[r * o + p], |p, c| w[c * o + p]);
            let sloped = sums.iter().zip(&x).map(|(sum, x)| if *x > 0.0 { *sum } else { 0.0 });
            close(&out, sloped, size);

            let mut out = vec![f32::NAN; i * o];
            turned_times(&x, &g, [i, o], &mut out);
            let sums = truth([i, o, rows], |r, p| x[p * i + r], |p, c| g[p * o + c]);
            close(&out, sums.into_iter(), size);

            let mut out = vec![f32::NAN; o];
            column_sums(&g, &mut out);
            let sums = truth([1, o, rows], |_, _| 1.0, |p, c| g[p * o + c]);
            close(&out, sums.into_iter(), size);
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let bias = [0.0; 16];
        for columns in [3, 16] {
            let mut out = vec![0.0; columns];
            let w = vec![1.0; columns];
            times(&[f32::NAN], &w, &bias[..columns], Ending::Relu, &mut out);
            assert!(out.iter().all(|x| x.is_nan()), "{columns}");
        }
    }
}

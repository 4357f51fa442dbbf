//! Weights as safetensors, the format that Python reads with `safetensors.numpy.load_file`.
//!
//! Tensors are `[P, rows, columns]` in 32-bit floats under their own names; the shape and the
//! activation of a network are those of the module that is asked to load them.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use super::device::Compute;
use super::{Module, NotFinite, values};

/// Written into every file.
const FORMAT: &str = "imaginarium-weights-1";

/// Why weights cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Not such a file, or cut short.
    #[error("these are no weights in the safetensors format, or the file is damaged: {0}")]
    Damaged(String),
    /// Of another program or version.
    #[error("the file holds {found}, not {FORMAT}")]
    Format {
        /// What it says it is.
        found: String,
    },
    /// A tensor is missing or of another shape, or there is one too many.
    #[error("tensor {name}: {found}, but the network has {wanted}")]
    Shape {
        /// Its name.
        name: String,
        /// What the file has.
        found: String,
        /// What the network needs.
        wanted: String,
    },
    /// A number is none.
    #[error("the file holds what is no number: {0}")]
    NotFinite(NotFinite),
}

/// All parameters of a module as one file. Waits for the device.
pub fn save(module: &impl Module) -> Result<Vec<u8>, WeightsError> {
    let mut parts: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    module.visit(&mut |name, tensor| {
        let bytes = values(tensor).iter().flat_map(|x| x.to_le_bytes()).collect();
        parts.push((name.to_owned(), tensor.dims().to_vec(), bytes));
    });
    let damaged = |e: safetensors::SafeTensorError| WeightsError::Damaged(e.to_string());
    let mut views = Vec::new();
    for (name, shape, bytes) in &parts {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(damaged)?;
        views.push((name.as_str(), view));
    }
    let info = HashMap::from([("format".to_owned(), FORMAT.to_owned())]);
    serialize(views, Some(info)).map_err(damaged)
}

/// Puts the weights of a file into a module of the same shape, which stays as it is if the file
/// does not fit.
pub fn load<M: Module>(
    module: &mut M,
    bytes: &[u8],
    compute: &Compute,
) -> Result<(), WeightsError> {
    let damaged = |e: safetensors::SafeTensorError| WeightsError::Damaged(e.to_string());
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let format = metadata.metadata().as_ref().and_then(|m| m.get("format"));
    if format.is_none_or(|format| format != FORMAT) {
        let found = format.cloned().unwrap_or_else(|| "weights of another program".to_owned());
        return Err(WeightsError::Format { found });
    }
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let mut loaded = Vec::new();
    let mut names = Vec::new();
    let mut wrong = None;
    module.visit(&mut |name, tensor| {
        names.push(name.to_owned());
        match read(&file, name, tensor.dims()) {
            Ok(numbers) => loaded.push((numbers, tensor.dims())),
            Err(error) => wrong = wrong.take().or(Some(error)),
        }
    });
    if let Some(error) = wrong {
        return Err(error);
    }
    if let Some(name) = file.names().iter().find(|name| !names.iter().any(|n| n == *name)) {
        let (name, found) = ((*name).to_owned(), "is in the file".to_owned());
        return Err(WeightsError::Shape { name, found, wanted: "no such tensor".to_owned() });
    }
    let mut new = module.clone();
    let mut loaded = loaded.into_iter();
    new.map(&mut |old| match loaded.next() {
        Some((numbers, dims)) => compute.tensor(numbers, dims),
        None => old,
    });
    if let Some(bad) = new.not_finite() {
        return Err(WeightsError::NotFinite(bad));
    }
    *module = new;
    Ok(())
}

/// The numbers of one tensor of the file.
fn read(file: &SafeTensors, name: &str, dims: [usize; 3]) -> Result<Vec<f32>, WeightsError> {
    let shape = |found: String| WeightsError::Shape {
        name: name.to_owned(),
        found,
        wanted: format!("{dims:?} of F32"),
    };
    let view = file.tensor(name).map_err(|_| shape("is not in the file".to_owned()))?;
    if view.dtype() != Dtype::F32 || view.shape() != dims {
        return Err(shape(format!("{:?} of {:?}", view.shape(), view.dtype())));
    }
    let (numbers, _) = view.data().as_chunks::<4>();
    Ok(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::init::dice;
    use crate::nn::mlp::{Mlp, MlpSpec};

    fn network(hidden: usize, seed: u64) -> Mlp {
        let spec = MlpSpec { layer_norm: true, ..MlpSpec::new("q", 2, &[hidden], 1) };
        Mlp::new(&spec, &mut dice(&[seed, seed + 1], 0), 1, &Compute::flex()).unwrap()
    }

    fn numbers(mlp: &Mlp) -> Vec<f32> {
        mlp.tensors().iter().flat_map(values).collect()
    }

    #[test]
    fn weights_come_back_to_the_last_bit() {
        let (written, mut read) = (network(3, 0), network(3, 5));
        assert_ne!(numbers(&written), numbers(&read));
        load(&mut read, &save(&written).unwrap(), &Compute::flex()).unwrap();
        assert_eq!(numbers(&written), numbers(&read));
    }

    #[test]
    fn files_that_do_not_fit_are_refused_in_one_sentence() {
        let good = save(&network(3, 0)).unwrap();
        let mut cut = good.clone();
        cut.truncate(good.len() - 5);
        let mut nan = good.clone();
        let end = nan.len();
        nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
        let foreign = serialize(Vec::<(String, TensorView)>::new(), None).unwrap();
        let wider = save(&network(4, 0)).unwrap();
        for (bytes, says) in [
            (&cut[..], "damaged: incomplete metadata"),
            (&b"no weights"[..], "damaged: "),
            (&nan[..], "became NaN"),
            (&foreign[..], "holds weights of another program, not imaginarium-weights-1"),
            (&wider[..], "[2, 2, 4] of F32, but the network has [2, 2, 3] of F32"),
        ] {
            let mut mlp = network(3, 5);
            let before = numbers(&mlp);
            let error = load(&mut mlp, bytes, &Compute::flex()).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            assert!(!error.contains('\n') && numbers(&mlp) == before, "{error}");
        }
    }
}

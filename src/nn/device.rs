//! The one place that chooses where networks compute: in host memory (Flex) or on a graphics
//! adapter (wgpu).
//!
//! burn has a device of its own beside the window's: sharing one crashes when the window is
//! resized while another thread submits work. Adapters are opened once and kept for the life of
//! the process; no blocking call of burn may be made on the window's thread.

mod adapters;

use std::fmt;
use std::sync::Once;

use burn::tensor::{Device, TensorData};

pub use adapters::adapters;
pub(super) use adapters::give_up;

/// Bytes below which freed blocks are kept; the greatest that glibc heeds is 32 MiB.
const BLOCK: usize = 24 << 20;

/// What an adapter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdapterKind {
    /// A graphics card.
    Discrete,
    /// Graphics beside the processor.
    Integrated,
    /// A part of a card in a virtual machine.
    Virtual,
    /// Graphics computed by the processor: for tests, never chosen by itself.
    Software,
    /// Unknown.
    Other,
}

impl AdapterKind {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Discrete => "graphics card",
            Self::Integrated => "integrated graphics",
            Self::Virtual => "virtual graphics",
            Self::Software => "graphics in software",
            Self::Other => "unknown graphics",
        }
    }
}

/// A graphics adapter of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterInfo {
    /// As its driver calls it.
    pub name: String,
    /// What it is.
    pub kind: AdapterKind,
    /// How it is reached: Vulkan, Metal, Dx12, Gl.
    pub backend: String,
}

/// Where networks compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In host memory.
    Host,
    /// On the adapter with this number in [`adapters`].
    Adapter(usize),
}

impl Place {
    /// All of this machine.
    pub fn all() -> Vec<Self> {
        let adapters = (0..adapters().len()).map(Self::Adapter);
        [Self::Host].into_iter().chain(adapters).collect()
    }

    /// What it is, in words.
    pub fn kind(self) -> String {
        match self {
            Self::Host => "processor".to_owned(),
            Self::Adapter(index) => adapters().get(index).map_or_else(String::new, |adapter| {
                format!("{}, {}", adapter.kind.word(), adapter.backend)
            }),
        }
    }

    /// As a person calls it.
    pub fn name(self) -> String {
        match self {
            Self::Host => "Flex (processor)".to_owned(),
            Self::Adapter(index) => {
                adapters().get(index).map_or_else(String::new, |adapter| adapter.name.clone())
            }
        }
    }
}

impl Place {
    /// Why nothing can be computed here any more, once the device has failed.
    pub fn lost(self) -> Option<DeviceError> {
        match self {
            Self::Host => None,
            Self::Adapter(index) => adapters::lost(index),
        }
    }

    /// The same for a device that may have failed without a word: it is asked to answer. Blocks
    /// meanwhile.
    pub fn check(self) -> Option<DeviceError> {
        match self {
            Self::Host => None,
            Self::Adapter(index) => adapters::check(index),
        }
    }

    /// Loses the device on purpose, as a driver that resets does: whoever computes there finds out
    /// by itself. For drills.
    pub fn lose(self) {
        if let Self::Adapter(index) = self {
            adapters::destroy(index);
        }
    }
}

/// As a flag names it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => Choice::Flex.fmt(f),
            Self::Adapter(index) => Choice::Adapter(*index).fmt(f),
        }
    }
}

/// What a person asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Whatever is fastest for the network at hand.
    #[default]
    Auto,
    /// Host memory.
    Flex,
    /// The first adapter that can be opened, real ones before software.
    Wgpu,
    /// The adapter with this number.
    Adapter(usize),
}

/// A device that cannot be used, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// Nothing to compute on.
    #[error("this machine has no graphics adapter (a driver may be missing)")]
    NoAdapter,
    /// No adapter has this number.
    #[error("there is no adapter {asked}: {found} found, see `imaginarium devices`")]
    NoSuchAdapter {
        /// The number.
        asked: usize,
        /// How many there are.
        found: usize,
    },
    /// It does not open.
    #[error("{name} refused to open: {why}")]
    Refused {
        /// Of the adapter.
        name: String,
        /// What its driver said.
        why: String,
    },
    /// It went away.
    #[error("{name} was lost: {why}")]
    Lost {
        /// Of the adapter.
        name: String,
        /// What burn said.
        why: String,
    },
    /// No such word.
    #[error("device {0:?}: one of auto, flex, wgpu, wgpu:1 and so on")]
    Unknown(String),
}

crate::choice! {
    /// The same as a dial.
    pub enum Wish {
        /// Whatever is fastest for the network at hand.
        Auto = "auto", "auto";
        /// Host memory.
        Flex = "flex", "Flex";
        /// The first adapter.
        Wgpu = "wgpu", "wgpu";
        /// The second adapter.
        Second = "wgpu:1", "wgpu:1";
    }
}

impl Wish {
    /// That for a place; `None` for adapters that no dial leads to.
    pub fn of(place: Place) -> Option<Self> {
        match place {
            Place::Host => Some(Self::Flex),
            Place::Adapter(0) => Some(Self::Wgpu),
            Place::Adapter(1) => Some(Self::Second),
            Place::Adapter(_) => None,
        }
    }

    /// Where it leads if the place is there; `None` for `auto`.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::Auto => None,
            Self::Flex => Some(Place::Host),
            Self::Wgpu => Some(Place::Adapter(0)),
            Self::Second => Some(Place::Adapter(1)),
        }
    }
}

impl From<Wish> for Choice {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Auto => Self::Auto,
            Wish::Flex => Self::Flex,
            Wish::Wgpu => Self::Wgpu,
            Wish::Second => Self::Adapter(1),
        }
    }
}

impl Choice {
    /// From a flag.
    pub fn parse(text: &str) -> Result<Self, DeviceError> {
        match text {
            "auto" => Ok(Self::Auto),
            "flex" => Ok(Self::Flex),
            "wgpu" => Ok(Self::Wgpu),
            _ => {
                let number = text.strip_prefix("wgpu:").and_then(|n| n.parse().ok());
                number.map(Self::Adapter).ok_or_else(|| DeviceError::Unknown(text.to_owned()))
            }
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Flex => f.write_str("flex"),
            Self::Wgpu | Self::Adapter(0) => f.write_str("wgpu"),
            Self::Adapter(index) => write!(f, "wgpu:{index}"),
        }
    }
}

/// A device that is open. Cheap to clone; may go to the thread that owns the networks.
#[derive(Clone, Debug)]
pub struct Compute {
    device: Device,
    place: Place,
}

impl Compute {
    /// Host memory. Always there.
    pub fn flex() -> Self {
        keep_blocks();
        Self { device: Device::flex(), place: Place::Host }
    }

    /// The device at `place`, opened now if it is not open yet.
    pub fn open(place: Place) -> Result<Self, DeviceError> {
        match place {
            Place::Host => Ok(Self::flex()),
            Place::Adapter(index) => adapters::open(index).map(|device| Self { device, place }),
        }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// True in host memory, where a tensor is a slice.
    pub fn is_host(&self) -> bool {
        self.place == Place::Host
    }

    /// As a person calls it.
    pub fn name(&self) -> String {
        self.place.name()
    }

    /// A tensor of these numbers in row-major order.
    pub fn tensor<const D: usize>(
        &self,
        numbers: Vec<f32>,
        dims: [usize; D],
    ) -> burn::tensor::Tensor<D> {
        burn::tensor::Tensor::from_data(TensorData::new(numbers, dims), &self.device)
    }

    /// Waits until everything asked for is done; an error means that the device is lost.
    pub fn wait(&self) -> Result<(), DeviceError> {
        let lost = |e| DeviceError::Lost { name: self.name(), why: format!("{e:?}") };
        self.device.sync().map_err(lost)
    }
}

/// A tensor operation takes a block of memory and gives another back. The allocator of glibc hands
/// such blocks to the system at once and fetches them again page by page, until it has seen one of
/// this size come back; then it keeps those below it (mallopt(3), "dynamic mmap threshold"). For
/// larger batches that halves the time of a training step; elsewhere it does nothing.
fn keep_blocks() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(std::hint::black_box(Vec::<u8>::with_capacity(BLOCK))));
}

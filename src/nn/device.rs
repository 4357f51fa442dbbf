//! The one place that chooses where networks compute: in host memory (Flex) or on a graphics
//! adapter (wgpu).
//!
//! burn has a device of its own beside the window's: sharing one crashes when the window is
//! resized while another thread submits work. Adapters are opened once and kept for the life of
//! the process; no blocking call of burn may be made on the window's thread.

use std::fmt;
use std::sync::{Mutex, Once, OnceLock, PoisonError};

use burn::tensor::wgpu::{WgpuSetup, wgpu};
use burn::tensor::{Device, TensorData};

/// Tasks that burn gathers before it submits them.
const TASKS: usize = 32;

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
            Place::Adapter(index) => adapter(index).map(|device| Self { device, place }),
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

/// Adapters of this machine, found once. Real ones come before software.
pub fn adapters() -> &'static [AdapterInfo] {
    static ALL: OnceLock<Vec<AdapterInfo>> = OnceLock::new();
    ALL.get_or_init(|| found().iter().map(|(_, adapter)| info(adapter)).collect())
}

/// Handles of the adapters, in the order of [`adapters`].
fn found() -> &'static [(wgpu::Instance, wgpu::Adapter)] {
    static ALL: OnceLock<Vec<(wgpu::Instance, wgpu::Adapter)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let all = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
        let mut all: Vec<_> = all.into_iter().map(|adapter| (instance.clone(), adapter)).collect();
        all.sort_by_key(|(_, adapter)| rank(adapter));
        all
    })
}

/// Cards first, software last; OpenGL after the ways that were made for computing.
fn rank(adapter: &wgpu::Adapter) -> (u8, bool) {
    let info = adapter.get_info();
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    };
    (kind, info.backend == wgpu::Backend::Gl)
}

fn info(adapter: &wgpu::Adapter) -> AdapterInfo {
    let info = adapter.get_info();
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => AdapterKind::Discrete,
        wgpu::DeviceType::IntegratedGpu => AdapterKind::Integrated,
        wgpu::DeviceType::VirtualGpu => AdapterKind::Virtual,
        wgpu::DeviceType::Cpu => AdapterKind::Software,
        wgpu::DeviceType::Other => AdapterKind::Other,
    };
    AdapterInfo { name: info.name, kind, backend: format!("{:?}", info.backend) }
}

type Opened = Vec<Option<Result<Device, DeviceError>>>;

/// What came of opening each adapter; `None`: not tried.
fn opened() -> std::sync::MutexGuard<'static, Opened> {
    static ALL: Mutex<Opened> = Mutex::new(Vec::new());
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The device of adapter `index`; burn keeps whatever is registered for ever, so once.
fn adapter(index: usize) -> Result<Device, DeviceError> {
    let all = found();
    if all.is_empty() {
        return Err(DeviceError::NoAdapter);
    }
    let missing = DeviceError::NoSuchAdapter { asked: index, found: all.len() };
    let (instance, adapter) = all.get(index).ok_or(missing)?;
    let mut opened = opened();
    opened.resize(all.len(), None);
    opened[index].get_or_insert_with(|| register(instance, adapter)).clone()
}

fn register(instance: &wgpu::Instance, adapter: &wgpu::Adapter) -> Result<Device, DeviceError> {
    let name = adapter.get_info().name;
    let refused = |why: String| DeviceError::Refused { name: name.clone(), why };
    // burn asks the adapter, not the device, what it may use: the device must offer all of it.
    let unwanted =
        wgpu::Features::MAPPABLE_PRIMARY_BUFFERS | wgpu::Features::all_experimental_mask();
    let descriptor = wgpu::DeviceDescriptor {
        label: Some("networks"),
        required_features: adapter.features().difference(unwanted),
        required_limits: adapter.limits(),
        memory_hints: wgpu::MemoryHints::MemoryUsage,
        ..Default::default()
    };
    let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))
        .map_err(|error| refused(error.to_string()))?;
    let setup = WgpuSetup {
        instance: instance.clone(),
        adapter: adapter.clone(),
        device,
        queue,
        backend: adapter.get_info().backend,
    };
    let registered = Device::wgpu_options().tasks_max(TASKS).setup(setup).init();
    registered.map_err(|error| refused(error.to_string()))
}

//! Graphics adapters: found once, opened once, and given up once one of them has failed.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use burn::tensor::Device;
use burn::tensor::wgpu::{WgpuSetup, wgpu};

use super::{AdapterInfo, AdapterKind, DeviceError, Place};

/// Tasks that burn gathers before it submits them.
const TASKS: usize = 32;

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

/// A device as burn knows it, and as wgpu does.
#[derive(Clone)]
struct Opened {
    burn: Device,
    wgpu: wgpu::Device,
    /// Why nothing can be computed there any more.
    lost: Option<DeviceError>,
}

/// What came of opening each adapter; `None`: not tried.
type All = Vec<Option<Result<Opened, DeviceError>>>;

fn opened() -> MutexGuard<'static, All> {
    static ALL: Mutex<All> = Mutex::new(Vec::new());
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The device of adapter `index`; burn keeps whatever is registered for ever, so once.
pub(super) fn open(index: usize) -> Result<Device, DeviceError> {
    let all = found();
    if all.is_empty() {
        return Err(DeviceError::NoAdapter);
    }
    let missing = DeviceError::NoSuchAdapter { asked: index, found: all.len() };
    let (instance, adapter) = all.get(index).ok_or(missing)?;
    let mut opened = opened();
    opened.resize(all.len(), None);
    let opened = opened[index].get_or_insert_with(|| register(instance, adapter));
    let opened = opened.as_ref().map_err(Clone::clone)?;
    opened.lost.clone().map_or_else(|| Ok(opened.burn.clone()), Err)
}

fn register(instance: &wgpu::Instance, adapter: &wgpu::Adapter) -> Result<Opened, DeviceError> {
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
        device: device.clone(),
        queue,
        backend: adapter.get_info().backend,
    };
    let registered = Device::wgpu_options().tasks_max(TASKS).setup(setup).init();
    let burn = registered.map_err(|error| refused(error.to_string()))?;
    Ok(Opened { burn, wgpu: device, lost: None })
}

// -------------------------------------------------------------------- failure

/// Why adapter `index` cannot be used any more, once it has failed.
pub(super) fn lost(index: usize) -> Option<DeviceError> {
    opened().get(index)?.as_ref()?.as_ref().ok()?.lost.clone()
}

/// The same, after asking it to answer.
pub(super) fn check(index: usize) -> Option<DeviceError> {
    if let Ok(device) = open(index) {
        let why = match catch_unwind(AssertUnwindSafe(|| device.sync())) {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it does not answer".to_owned(),
        };
        note_loss(index, &why);
    }
    lost(index)
}

/// Takes the device away from everybody.
pub(super) fn destroy(index: usize) {
    let device = match opened().get(index) {
        Some(Some(Ok(opened))) => opened.wgpu.clone(),
        _ => return,
    };
    device.destroy();
    // The news of it comes with the next poll; a device that is gone has nothing more to say.
    let _ = device.poll(wgpu::PollType::wait_indefinitely());
}

/// Notes that `device` did not answer, and unwinds to where the lane is computed, with a
/// [`DeviceError`]: no number that depends on the answer may come out.
pub(in crate::nn) fn give_up(device: &Device, why: &str) -> ! {
    let is_it = |all: &Option<_>| matches!(all, Some(Ok(Opened { burn, .. })) if *burn == *device);
    let index = opened().iter().position(is_it);
    let noted = index.and_then(|index| note_loss(index, why));
    let unknown = || DeviceError::Lost { name: "the device".to_owned(), why: why.to_owned() };
    resume_unwind(Box::new(noted.unwrap_or_else(unknown)))
}

/// What stands at the end of burn's chain of causes, before its backtrace.
fn root_cause(why: &str) -> String {
    let why = why.replace("\\n", "\n");
    let last = why.rsplit("Caused by:").next().unwrap_or(&why);
    let last = last.split("Backtrace").next().unwrap_or(last);
    last.trim().trim_end_matches(':').replace('\n', " ")
}

/// The first reason is kept: what follows from a loss says little about it.
fn note_loss(index: usize, why: &str) -> Option<DeviceError> {
    let name = Place::Adapter(index).name();
    let why = root_cause(why);
    let mut all = opened();
    let opened = all.get_mut(index)?.as_mut()?.as_mut().ok()?;
    Some(opened.lost.get_or_insert(DeviceError::Lost { name, why }).clone())
}

#[cfg(test)]
mod tests {
    use super::root_cause;

    #[test]
    fn the_last_cause_says_what_happened() {
        let chain = "The device is poisoned\nCaused by:\n  Destroyed: \nBacktrace:\nNo backtrace";
        assert_eq!(root_cause(chain), "Destroyed");
        assert_eq!(root_cause("no answer"), "no answer");
    }
}

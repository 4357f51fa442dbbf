//! Whether this machine can draw, and what a test does where it cannot.

#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::io::Write as _;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use eframe::wgpu::{Backends, DeviceType};

/// Set to 1 where a skipped test is a failed one.
const REQUIRE: &str = "IMAGINARIUM_REQUIRE_ADAPTER";

/// Says that a test is skipped and why; fails where skipping is forbidden.
#[track_caller]
pub fn skip(why: &str) {
    let required = std::env::var(REQUIRE).is_ok_and(|value| value == "1");
    assert!(!required, "{why}, and {REQUIRE}=1 forbids to skip");
    // The test runner keeps what passing tests print to itself, but not this.
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "{name} is skipped: {why}");
}

/// Graphics adapters of this machine.
fn adapters() -> &'static [DeviceType] {
    static FOUND: OnceLock<Vec<DeviceType>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let setup = egui_kittest::wgpu::default_wgpu_setup();
        let instance = wait(setup.new_instance());
        let all = wait(instance.enumerate_adapters(Backends::PRIMARY | Backends::GL));
        all.iter().map(|adapter| adapter.get_info().device_type).collect()
    })
}

/// True if anything here can draw; else the test is skipped, aloud.
#[track_caller]
pub fn can_draw() -> bool {
    let found = !adapters().is_empty();
    if !found {
        skip("no graphics adapter (mesa-vulkan-drivers provides one in software)");
    }
    found
}

/// True if the reference rasteriser can draw: pictures of other adapters differ by a hair.
#[track_caller]
pub fn can_compare() -> bool {
    let found = adapters().contains(&DeviceType::Cpu);
    if !found {
        skip("no graphics adapter in software, and pictures are only compared on that");
    }
    found
}

/// What wgpu calls futures is ready at once on a desktop.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
        std::thread::yield_now();
    }
}

//! Draws egui without a window: lays out, draws into a picture of its own, reads it back.
//!
//! Two pictures are on their way at any time, so that one is drawn while the next is laid out and
//! the one before is encoded.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eframe::egui_wgpu::{
    RenderState, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuError, WgpuSetup,
    WgpuSetupCreateNew, wgpu,
};
use egui::{Context, FullOutput, Pos2, RawInput, Rect, Ui, Vec2, ViewportId};

use super::HeadlessError;
use super::damage::Damage;
use crate::film::Frame;
use crate::gfx;

/// Pictures on their way from the adapter.
const RING: usize = 2;
/// Longest wait for one picture: an adapter in software may be slow.
const WAIT: Duration = Duration::from_secs(60);

/// A place to draw on.
pub struct Stage {
    ctx: Context,
    gpu: RenderState,
    size: [u32; 2],
    points: f32,
    target: wgpu::Texture,
    view: wgpu::TextureView,
    damage: Damage,
    /// Bytes from one row to the next in a read-back buffer.
    pitch: u32,
    waiting: VecDeque<Shot>,
    free: Vec<wgpu::Buffer>,
}

/// A picture on its way.
struct Shot {
    buffer: wgpu::Buffer,
    submission: wgpu::SubmissionIndex,
    mapped: Arc<AtomicBool>,
}

impl Stage {
    /// Opens the best adapter there is for pictures of `size` pixels, `points` pixels a point.
    pub fn open(ctx: Context, size: [u32; 2], points: f32) -> Result<Self, HeadlessError> {
        let gpu = adapter()?;
        gfx::install(&ctx, &gpu);
        let extent = wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 };
        let most = gpu.device.limits().max_texture_dimension_2d;
        if size[0] > most || size[1] > most {
            return Err(HeadlessError::Size(most));
        }
        let target = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("film"),
            size: extent,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: gpu.target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let view = target.create_view(&wgpu::TextureViewDescriptor::default());
        let pitch = (4 * size[0]).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let (waiting, free) = (VecDeque::new(), Vec::new());
        let damage = Damage::new(size, points);
        Ok(Self { ctx, gpu, size, points, target, view, damage, pitch, waiting, free })
    }

    /// The adapter's name.
    pub fn adapter(&self) -> String {
        self.gpu.adapter.get_info().name
    }

    /// Lays out a picture at a moment of the film's own clock, without drawing it.
    pub fn rehearse(&mut self, time: f64, ui: impl FnMut(&mut Ui)) {
        let output = self.lay_out(time, ui);
        self.textures(output);
    }

    /// Lays out and draws a picture on plain `ground`; [`Self::take`] hands it over later.
    pub fn draw(&mut self, time: f64, ground: egui::Color32, ui: impl FnMut(&mut Ui)) {
        let mut output = self.lay_out(time, ui);
        let shapes = std::mem::take(&mut output.shapes);
        let all = self.ctx.tessellate(shapes, self.points);
        if output.textures_delta.set.values().flatten().any(|image| image.is_whole()) {
            self.damage.forget();
        }
        let jobs = self.damage.jobs(&all, ground);
        let free = std::mem::take(&mut output.textures_delta.free);
        self.textures(output);
        let screen = ScreenDescriptor { pixels_per_point: self.points, size_in_pixels: self.size };
        let device = &self.gpu.device;
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut renderer = self.gpu.renderer.write();
        let queue = &self.gpu.queue;
        let before = renderer.update_buffers(device, queue, &mut encoder, &jobs, &screen);
        let attachment = wgpu::RenderPassColorAttachment {
            view: &self.view,
            resolve_target: None,
            ops: wgpu::Operations { load: wgpu::LoadOp::Load, store: wgpu::StoreOp::Store },
            depth_slice: None,
        };
        let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("film"),
            color_attachments: &[Some(attachment)],
            ..Default::default()
        });
        renderer.render(&mut pass.forget_lifetime(), &jobs, &screen);
        for id in &free {
            renderer.free_texture(id);
        }
        drop(renderer);
        self.submit(encoder, before);
    }

    /// Sends the work off and asks for the picture back.
    fn submit(&mut self, mut encoder: wgpu::CommandEncoder, before: Vec<wgpu::CommandBuffer>) {
        let buffer = self.free.pop().unwrap_or_else(|| {
            self.gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("film"),
                size: u64::from(self.pitch) * u64::from(self.size[1]),
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        });
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(self.pitch),
            rows_per_image: None,
        };
        encoder.copy_texture_to_buffer(
            self.target.as_image_copy(),
            wgpu::TexelCopyBufferInfo { buffer: &buffer, layout },
            self.target.size(),
        );
        let commands = before.into_iter().chain([encoder.finish()]);
        let submission = self.gpu.queue.submit(commands);
        let mapped = Arc::new(AtomicBool::new(false));
        let done = mapped.clone();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| {
            done.store(result.is_ok(), Ordering::Release);
        });
        self.waiting.push_back(Shot { buffer, submission, mapped });
    }

    /// Copies the oldest picture into `frame` once enough are on their way, or, with `all`, as
    /// long as there is one. False if there is nothing to take yet.
    pub fn take(&mut self, all: bool, frame: &mut Frame) -> Result<bool, HeadlessError> {
        if self.waiting.len() < if all { 1 } else { RING } {
            return Ok(false);
        }
        let Some(shot) = self.waiting.pop_front() else {
            return Ok(false);
        };
        let wait =
            wgpu::PollType::Wait { submission_index: Some(shot.submission), timeout: Some(WAIT) };
        let lost = |what: String| HeadlessError::Lost(what);
        self.gpu.device.poll(wait).map_err(|e| lost(e.to_string()))?;
        if !shot.mapped.load(Ordering::Acquire) {
            return Err(lost("a picture could not be read back".to_owned()));
        }
        let bytes = shot.buffer.slice(..).get_mapped_range().map_err(|e| lost(e.to_string()))?;
        let row = 4 * self.size[0] as usize;
        (frame.width, frame.height) = (self.size[0] as usize, self.size[1] as usize);
        frame.rgba.resize(row * frame.height, 0);
        let rows = bytes.chunks_exact(self.pitch as usize);
        for (to, from) in frame.rgba.chunks_exact_mut(row).zip(rows) {
            to.copy_from_slice(&from[..row]);
        }
        drop(bytes);
        shot.buffer.unmap();
        self.free.push(shot.buffer);
        Ok(true)
    }

    fn lay_out(&mut self, time: f64, ui: impl FnMut(&mut Ui)) -> FullOutput {
        let size = Vec2::new(self.size[0] as f32, self.size[1] as f32) / self.points;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            max_texture_side: Some(self.gpu.device.limits().max_texture_dimension_2d as usize),
            time: Some(time),
            focused: true,
            ..RawInput::default()
        };
        let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
        viewport.native_pixels_per_point = Some(self.points);
        self.ctx.run_ui(input, ui)
    }

    /// Takes over what egui has drawn into its own textures.
    fn textures(&self, mut output: FullOutput) {
        let mut renderer = self.gpu.renderer.write();
        let (device, queue) = (&self.gpu.device, &self.gpu.queue);
        for (id, images) in output.textures_delta.set.drain() {
            for image in images {
                renderer.update_texture(device, queue, id, &image);
            }
        }
        for id in output.textures_delta.free.drain() {
            renderer.free_texture(&id);
        }
    }
}

/// A device on the best adapter: hardware before software, and OpenGL only where there is
/// nothing else.
fn adapter() -> Result<RenderState, HeadlessError> {
    let asked = wgpu::Backends::from_env();
    let first = open(asked.unwrap_or(wgpu::Backends::PRIMARY));
    match asked {
        None if first.is_err() => open(wgpu::Backends::GL),
        _ => first,
    }
}

fn open(backends: wgpu::Backends) -> Result<RenderState, HeadlessError> {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.instance_descriptor.backends = backends;
    setup.native_adapter_selector = Some(Arc::new(|adapters, _| {
        let rank = |adapter: &&wgpu::Adapter| match adapter.get_info().device_type {
            wgpu::DeviceType::DiscreteGpu => 0,
            wgpu::DeviceType::IntegratedGpu => 1,
            wgpu::DeviceType::VirtualGpu => 2,
            wgpu::DeviceType::Other => 3,
            wgpu::DeviceType::Cpu => 4,
        };
        adapters.iter().min_by_key(rank).cloned().ok_or_else(|| "none was found".to_owned())
    }));
    let setup = WgpuSetup::CreateNew(setup);
    let config = WgpuConfiguration { wgpu_setup: setup.clone(), ..Default::default() };
    let instance = pollster::block_on(setup.new_instance());
    // No dithering and no multisampling: flat colours stay flat, and so compress well.
    let options = RendererOptions { dithering: false, ..RendererOptions::default() };
    pollster::block_on(RenderState::create(&config, &instance, None, options)).map_err(|error| {
        HeadlessError::NoAdapter(match error {
            WgpuError::CustomNativeAdapterSelectionError(why) => why,
            other => other.to_string(),
        })
    })
}

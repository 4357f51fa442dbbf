//! The adapter's side: a target of its own for every picture, drawn again only when it changes, and
//! handed to egui as a texture.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::{RenderState, wgpu};
use egui::{Context, Id, TextureId};
use wgpu::util::DeviceExt as _;
use wgpu::{BindGroup, Buffer, BufferUsages, TextureView};

use super::camera::Projection;
use super::mesh::Mesh;
use super::pipelines::{COLOUR, DEPTH, Pipelines};
use super::print::fingerprint;
use super::ribbon::{self, Ribbons};
use super::scene::{Field, Scene};
use super::style::Style;

/// Light that comes from everywhere.
const AMBIENT: f32 = 0.58;
/// Passes of the context after which a picture that is not shown gives its memory back.
const FORGET: u64 = 240;
/// Samples a pixel, where the adapter is no processor.
const SAMPLES: u32 = 4;

/// What draws pictures in three dimensions, one for each context.
#[derive(Clone)]
struct Shared(Arc<Mutex<Gpu>>);

struct Gpu {
    state: RenderState,
    samples: u32,
    pipelines: Pipelines,
    views: BTreeMap<u64, View>,
    passes: u64,
}

/// One picture.
struct View {
    seen: u64,
    print: u64,
    size: [u32; 2],
    targets: Targets,
    texture: TextureId,
    fields: Vec<Surface>,
}

struct Targets {
    /// What is resolved into the texture, with more than one sample.
    samples: Option<TextureView>,
    colour: TextureView,
    depth: TextureView,
}

/// One field on the adapter.
struct Surface {
    of: (u64, [u64; 2]),
    corners: Buffer,
    indices: Buffer,
    count: u32,
}

/// From now on pictures of this context are drawn by that adapter. Without it they are heat maps.
pub fn install(ctx: &Context, state: &RenderState) {
    let cpu = state.adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    let samples = if cpu { 1 } else { SAMPLES };
    let pipelines = Pipelines::new(&state.device, samples);
    let gpu = Gpu { state: state.clone(), samples, pipelines, views: BTreeMap::new(), passes: 0 };
    ctx.data_mut(|data| data.insert_temp(key(), Shared(Arc::new(Mutex::new(gpu)))));
}

fn key() -> Id {
    Id::unique("what draws in three dimensions")
}

fn shared(ctx: &Context) -> Option<Shared> {
    ctx.data(|data| data.get_temp(key()))
}

/// How often a picture of this context was drawn by the adapter, all pictures together.
pub fn passes(ctx: &Context) -> u64 {
    shared(ctx).map_or(0, |gpu| gpu.0.lock().unwrap_or_else(PoisonError::into_inner).passes)
}

/// Why there is nothing that draws a picture of so many pixels; `None` if there is.
pub fn refusal(ctx: &Context, size: [u32; 2]) -> Option<String> {
    let Some(gpu) = shared(ctx) else {
        return Some("no graphics adapter".to_owned());
    };
    let gpu = gpu.0.lock().unwrap_or_else(PoisonError::into_inner);
    let most = gpu.state.device.limits().max_texture_dimension_2d;
    (size[0].max(size[1]) > most).then(|| format!("the adapter draws at most {most} pixels"))
}

/// Pictures of this context that the adapter keeps.
pub fn kept(ctx: &Context) -> usize {
    shared(ctx).map_or(0, |gpu| gpu.0.lock().unwrap_or_else(PoisonError::into_inner).views.len())
}

/// Gives back what pictures took that have not been shown for long; asked in every frame, since the
/// last picture may have been closed.
pub fn tidy(ctx: &Context) {
    if let Some(gpu) = shared(ctx) {
        let now = ctx.cumulative_pass_nr();
        gpu.0.lock().unwrap_or_else(PoisonError::into_inner).forget(now);
    }
}

/// Draws the picture `id` if anything of it has changed, and returns its texture.
pub fn draw(
    ctx: &Context,
    id: Id,
    scene: &Scene,
    p: &Projection,
    style: &Style,
) -> Option<TextureId> {
    let gpu = shared(ctx)?;
    let mut gpu = gpu.0.lock().unwrap_or_else(PoisonError::into_inner);
    let pixels = ctx.pixels_per_point();
    let size = [p.rect.width(), p.rect.height()].map(|x| (x * pixels).round().max(1.0) as u32);
    let print = fingerprint(scene, p, style, pixels);
    let now = ctx.cumulative_pass_nr();
    gpu.forget(now);
    let before = gpu.views.remove(&id.value());
    let mut view = match before {
        Some(view) if view.size == size => view,
        other => {
            let fields = other.map_or_else(Vec::new, |view| {
                gpu.state.renderer.write().free_texture(&view.texture);
                view.fields
            });
            gpu.view(size, fields)
        }
    };
    view.seen = now;
    if view.print != print {
        view.print = print;
        gpu.redraw(&mut view, (scene, p), style, pixels);
    }
    let texture = view.texture;
    gpu.views.insert(id.value(), view);
    Some(texture)
}

impl Gpu {
    /// Drops pictures that have not been shown for long.
    fn forget(&mut self, now: u64) {
        let state = &self.state;
        self.views.retain(|_, view| {
            let keep = now.saturating_sub(view.seen) < FORGET;
            if !keep {
                state.renderer.write().free_texture(&view.texture);
            }
            keep
        });
    }

    /// A new picture of `size` pixels, not drawn yet.
    fn view(&self, size: [u32; 2], fields: Vec<Surface>) -> View {
        let target = |format, samples, usage| {
            let texture = self.state.device.create_texture(&wgpu::TextureDescriptor {
                label: Some("solid"),
                size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: samples,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage,
                view_formats: &[],
            });
            texture.create_view(&wgpu::TextureViewDescriptor::default())
        };
        let drawn = wgpu::TextureUsages::RENDER_ATTACHMENT;
        let many = self.samples > 1;
        let targets = Targets {
            samples: many.then(|| target(COLOUR, self.samples, drawn)),
            colour: target(COLOUR, 1, drawn | wgpu::TextureUsages::TEXTURE_BINDING),
            depth: target(DEPTH, self.samples, drawn),
        };
        let texture = self.register(&targets);
        View { seen: 0, print: 0, size, targets, texture, fields }
    }

    fn register(&self, targets: &Targets) -> TextureId {
        let filter = wgpu::FilterMode::Nearest;
        let mut renderer = self.state.renderer.write();
        renderer.register_native_texture(&self.state.device, &targets.colour, filter)
    }

    /// Draws it again, under a new name: whoever remembers what is on the screen by the names of
    /// textures sees that it has changed.
    fn redraw(
        &mut self,
        view: &mut View,
        (scene, p): (&Scene, &Projection),
        style: &Style,
        pixels: f32,
    ) {
        self.state.renderer.write().free_texture(&view.texture);
        view.texture = self.register(&view.targets);
        let old = std::mem::take(&mut view.fields);
        let mut old: Vec<Option<Surface>> = old.into_iter().map(Some).collect();
        let fields = scene.fields.iter().filter(|field| field.is_whole());
        view.fields = fields
            .clone()
            .map(|field| {
                let of = named(field, scene);
                let same = |s: &&mut Option<Surface>| s.as_ref().is_some_and(|s| s.of == of);
                let kept = old.iter_mut().find(same).and_then(Option::take);
                kept.unwrap_or_else(|| self.surface(field, scene, style))
            })
            .collect();
        let picture = self.picture(p, style, pixels);
        let ribbons = Ribbons::of(scene, p, style, pixels);
        let strokes = ribbons.bytes.map(|bytes| {
            let count = (bytes.len() / ribbon::STRIDE) as u32;
            (count > 0).then(|| (self.buffer("strokes", &bytes, BufferUsages::VERTEX), count))
        });
        let numbers: Vec<(&Field, [BindGroup; 2])> = fields
            .map(|field| (field, [0.0, 1.0].map(|flat| self.numbers(field, flat, pixels))))
            .collect();
        let device = &self.state.device;
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.pass(&mut encoder, view, &picture, &numbers, &strokes);
        self.state.queue.submit([encoder.finish()]);
        self.passes += 1;
    }

    fn pass(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        view: &View,
        picture: &BindGroup,
        numbers: &[(&Field, [BindGroup; 2])],
        strokes: &[Option<(Buffer, u32)>; 2],
    ) {
        let mut pass = begin(encoder, &view.targets);
        pass.set_bind_group(0, picture, &[]);
        let field = |pass: &mut wgpu::RenderPass<'_>, way, index: usize, flat: usize| {
            let surface = &view.fields[index];
            pass.set_pipeline(way);
            pass.set_bind_group(1, &numbers[index].1[flat], &[]);
            pass.set_vertex_buffer(0, surface.corners.slice(..));
            pass.set_index_buffer(surface.indices.slice(..), wgpu::IndexFormat::Uint32);
            pass.draw_indexed(0..surface.count, 0, 0..1);
        };
        let drawn = (0..numbers.len()).filter(|&index| view.fields[index].count > 0);
        let clear = |index: &usize| numbers[*index].0.opacity < 1.0;
        let ways = &self.pipelines;
        for index in drawn.clone().filter(|index| numbers[*index].0.ground) {
            field(&mut pass, &ways.over, index, 1);
        }
        for index in drawn.clone().filter(|index| !clear(index)) {
            field(&mut pass, &ways.solid, index, 0);
        }
        let stroke = |pass: &mut wgpu::RenderPass<'_>, way, which: usize| {
            if let Some((buffer, count)) = &strokes[which] {
                pass.set_pipeline(way);
                pass.set_vertex_buffer(0, buffer.slice(..));
                pass.draw(0..*count, 0..1);
            }
        };
        stroke(&mut pass, &ways.strokes, 0);
        for index in drawn.filter(clear) {
            // Only what is nearest of it shows, over whatever lies behind.
            field(&mut pass, &ways.depth, index, 0);
            field(&mut pass, &ways.over, index, 0);
        }
        stroke(&mut pass, &ways.planes, 1);
    }

    fn buffer(&self, label: &str, contents: &[u8], usage: BufferUsages) -> Buffer {
        let label = Some(label);
        let init = wgpu::util::BufferInitDescriptor { label, contents, usage };
        self.state.device.create_buffer_init(&init)
    }

    /// The triangles of a field on the adapter.
    fn surface(&self, field: &Field, scene: &Scene, style: &Style) -> Surface {
        let mesh = Mesh::of(field, &scene.axes[2], style.off_scale.to_array());
        let indices: Vec<u8> = mesh.indices.iter().flat_map(|i| i.to_le_bytes()).collect();
        Surface {
            of: named(field, scene),
            count: mesh.indices.len() as u32,
            corners: self.buffer("corners", &mesh.bytes, BufferUsages::VERTEX),
            indices: self.buffer("indices", &indices, BufferUsages::INDEX),
        }
    }

    /// The numbers of the whole picture.
    fn picture(&self, p: &Projection, style: &Style, pixels: f32) -> BindGroup {
        let [x, y, z] = p.light();
        let long = (x * x + y * y + z * z).sqrt();
        let [wide, deep, tall] = p.size();
        let rest = [
            [x / long, y / long, z / long, AMBIENT],
            [wide, deep, tall, pixels],
            style.hatch.to_normalized_gamma_f32(),
        ];
        let numbers: Vec<f32> = p.matrix().into_iter().chain(rest).flatten().collect();
        self.bound(&self.pipelines.picture, &numbers)
    }

    /// The numbers of one field: as it is, or its lines flat on the ground.
    fn numbers(&self, field: &Field, flat: f32, pixels: f32) -> BindGroup {
        let family = |index: usize| {
            let family = field.isolines.get(index);
            let colour = family.map_or([0.0; 4], |f| f.colour.to_srgba_unmultiplied().map(share));
            let width = family.map_or(0.0, |f| f.width * pixels);
            (colour, [width, family.map_or(0, |f| f.levels.len()) as f32])
        };
        let [(first, one), (second, two)] = [family(0), family(1)];
        let lines = [one[0], one[1], two[0], two[1]];
        let more = [field.opacity.clamp(0.0, 1.0), 1.0 - flat, flat, 0.0];
        self.bound(&self.pipelines.surface, &[first, second, lines, more].concat())
    }

    fn bound(&self, layout: &wgpu::BindGroupLayout, numbers: &[f32]) -> BindGroup {
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        let buffer = self.buffer("numbers", &bytes, BufferUsages::UNIFORM);
        self.state.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("solid"),
            layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() }],
        })
    }
}

fn share(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

/// What the triangles of a field depend on.
fn named(field: &Field, scene: &Scene) -> (u64, [u64; 2]) {
    (field.id, [scene.axes[2].low.to_bits(), scene.axes[2].high.to_bits()])
}

/// A pass over nothing, on transparent ground.
fn begin<'a>(encoder: &'a mut wgpu::CommandEncoder, targets: &Targets) -> wgpu::RenderPass<'a> {
    let many = targets.samples.as_ref();
    let store = if many.is_some() { wgpu::StoreOp::Discard } else { wgpu::StoreOp::Store };
    let colour = wgpu::RenderPassColorAttachment {
        view: many.unwrap_or(&targets.colour),
        resolve_target: many.map(|_| &targets.colour),
        ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT), store },
        depth_slice: None,
    };
    let depth = wgpu::RenderPassDepthStencilAttachment {
        view: &targets.depth,
        depth_ops: Some(wgpu::Operations {
            load: wgpu::LoadOp::Clear(1.0),
            store: wgpu::StoreOp::Discard,
        }),
        stencil_ops: None,
    };
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("solid"),
        color_attachments: &[Some(colour)],
        depth_stencil_attachment: Some(depth),
        ..Default::default()
    })
}

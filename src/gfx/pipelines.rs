//! What the adapter has to know once: the shader, and how triangles become pixels.

use eframe::egui_wgpu::wgpu;
use wgpu::{
    BindGroupLayout, BlendState, ColorTargetState, ColorWrites, CompareFunction, DepthStencilState,
    Device, PipelineLayout, RenderPipeline, ShaderModule, TextureFormat, VertexAttribute,
    VertexBufferLayout, VertexFormat, VertexStepMode,
};

use super::{mesh, ribbon};

/// Colours as the screen has them: egui takes them over as they are.
pub const COLOUR: TextureFormat = TextureFormat::Rgba8Unorm;
/// How depth is kept.
pub const DEPTH: TextureFormat = TextureFormat::Depth32Float;

/// The ways to draw.
pub struct Pipelines {
    /// Layout of the numbers of a whole picture.
    pub picture: BindGroupLayout,
    /// Layout of the numbers of one field.
    pub surface: BindGroupLayout,
    /// An opaque field.
    pub solid: RenderPipeline,
    /// The depth of a translucent field alone.
    pub depth: RenderPipeline,
    /// A translucent field over what is there.
    pub over: RenderPipeline,
    /// Lines and balls.
    pub strokes: RenderPipeline,
    /// Translucent planes over what is there.
    pub planes: RenderPipeline,
}

/// What is drawn, and what becomes of depth and colour.
struct Way {
    field: bool,
    depth: bool,
    colour: bool,
}

impl Pipelines {
    /// Makes them for targets of `samples` samples a pixel.
    pub fn new(device: &Device, samples: u32) -> Self {
        let source = wgpu::ShaderSource::Wgsl(include_str!("shader.wgsl").into());
        let shader = device
            .create_shader_module(wgpu::ShaderModuleDescriptor { label: Some("solid"), source });
        let [picture, surface] = [uniform(device, "picture"), uniform(device, "surface")];
        let layout = |groups: &[Option<&BindGroupLayout>]| {
            device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some("solid"),
                bind_group_layouts: groups,
                immediate_size: 0,
            })
        };
        let fields = layout(&[Some(&picture), Some(&surface)]);
        let others = layout(&[Some(&picture)]);
        let make = |way: Way| {
            let layout = if way.field { &fields } else { &others };
            pipeline(device, (&shader, layout), samples, &way)
        };
        Self {
            solid: make(Way { field: true, depth: true, colour: true }),
            depth: make(Way { field: true, depth: true, colour: false }),
            over: make(Way { field: true, depth: false, colour: true }),
            strokes: make(Way { field: false, depth: true, colour: true }),
            planes: make(Way { field: false, depth: false, colour: true }),
            picture,
            surface,
        }
    }
}

/// One block of numbers that both stages see.
fn uniform(device: &Device, label: &str) -> BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some(label),
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Uniform,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        }],
    })
}

/// Attributes one after the other.
fn attributes(formats: &[VertexFormat]) -> Vec<VertexAttribute> {
    let mut offset = 0;
    let attribute = |(location, &format): (usize, &VertexFormat)| {
        let at = offset;
        offset += format.size();
        VertexAttribute { format, offset: at, shader_location: location as u32 }
    };
    formats.iter().enumerate().map(attribute).collect()
}

fn pipeline(
    device: &Device,
    (shader, layout): (&ShaderModule, &PipelineLayout),
    samples: u32,
    way: &Way,
) -> RenderPipeline {
    use VertexFormat::{Float32x2, Float32x3, Float32x4, Snorm16x4, Unorm8x4};
    let (entries, stride, attributes) = match way.field {
        true => {
            let formats = [Float32x3, Snorm16x4, Unorm8x4, Float32x2];
            (["field_vertex", "field_fragment"], mesh::STRIDE, attributes(&formats))
        }
        false => {
            let formats = [Float32x4, Float32x4, Unorm8x4];
            (["stroke_vertex", "stroke_fragment"], ribbon::STRIDE, attributes(&formats))
        }
    };
    let buffer = VertexBufferLayout {
        array_stride: stride as u64,
        step_mode: VertexStepMode::Vertex,
        attributes: &attributes,
    };
    let writes = if way.colour { ColorWrites::ALL } else { ColorWrites::empty() };
    let blend = Some(BlendState::PREMULTIPLIED_ALPHA_BLENDING);
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("solid"),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some(entries[0]),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Some(buffer)],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: Some(DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(way.depth),
            depth_compare: Some(CompareFunction::LessEqual),
            stencil: wgpu::StencilState::default(),
            bias: wgpu::DepthBiasState::default(),
        }),
        multisample: wgpu::MultisampleState { count: samples, ..Default::default() },
        fragment: Some(wgpu::FragmentState {
            module: shader,
            entry_point: Some(entries[1]),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(ColorTargetState { format: COLOUR, blend, write_mask: writes })],
        }),
        multiview_mask: None,
        cache: None,
    })
}

//! H.264 by the encoder inside the program.

use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Encoder, EncoderConfig, FrameRate, IntraFramePeriod, QpRange, RateControlMode,
    UsageType, VuiConfig,
};
use openh264::formats::YUVSlices;

use super::mp4::Mp4;
use super::part::Part;
use super::{FilmError, Frame, Planes, Quality, Spec, Writer};

/// Seconds between two pictures that need no other: how finely a player can jump.
const KEY_EVERY: u32 = 4;

/// A film under way.
pub struct Video {
    encoder: Encoder,
    planes: Planes,
    mp4: Mp4,
    part: Part,
}

impl Video {
    /// Opens encoder and file.
    pub fn new(spec: &Spec) -> Result<Self, FilmError> {
        let part = Part::of(&spec.out);
        let size = (spec.size.0 as usize, spec.size.1 as usize);
        let mp4 = Mp4::new(part.create()?, size, spec.fps, spec.frames)?;
        let api = OpenH264API::from_source();
        let encoder = Encoder::with_api_config(api, config(spec)).map_err(explain)?;
        Ok(Self { encoder, planes: Planes::default(), mp4, part })
    }
}

/// Every picture as good as the quality says, however many bits that takes: in a still picture of
/// text that is few, and no frame is ever left out.
fn config(spec: &Spec) -> EncoderConfig {
    let qp = match spec.quality {
        Quality::Small => QpRange::new(26, 30),
        Quality::Good => QpRange::new(18, 24),
        Quality::Best => QpRange::new(10, 14),
    };
    EncoderConfig::new()
        .usage_type(UsageType::ScreenContentRealTime)
        .rate_control_mode(RateControlMode::Bufferbased)
        .bitrate(BitRate::from_bps(100_000_000))
        .max_frame_rate(FrameRate::from_hz(spec.fps as f32))
        .qp(qp)
        .skip_frames(false)
        .adaptive_quantization(false)
        .background_detection(false)
        .intra_frame_period(IntraFramePeriod::from_num_frames(KEY_EVERY * spec.fps))
        .num_threads(1)
        .vui(VuiConfig::bt709())
}

impl Writer for Video {
    fn frame(&mut self, frame: &Frame) -> Result<(), FilmError> {
        self.planes.set(frame);
        let p = &self.planes;
        let (width, height) = (p.width, p.height);
        let strides = (width, width / 2, width / 2);
        let source = YUVSlices::new((&p.y, &p.u, &p.v), (width, height), strides);
        let stream = self.encoder.encode(&source).map_err(explain)?;
        for layer in (0..stream.num_layers()).filter_map(|i| stream.layer(i)) {
            for unit in (0..layer.nal_count()).filter_map(|i| layer.nal_unit(i)) {
                self.mp4.unit(unit);
            }
        }
        self.mp4.end_picture()
    }

    fn finish(self: Box<Self>) -> Result<(), FilmError> {
        self.mp4.finish()?;
        self.part.keep()
    }
}

fn explain(error: openh264::Error) -> FilmError {
    FilmError::Encoder(format!("the encoder failed: {error}"))
}

//! H.264 by ffmpeg, for those who have it and want smaller files.

use std::io::{Read, Write};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::JoinHandle;

use super::part::Part;
use super::{FilmError, Frame, Quality, Spec, Writer};

/// A film under way.
pub struct Ffmpeg {
    child: Child,
    said: Option<JoinHandle<String>>,
    part: Option<Part>,
}

impl Ffmpeg {
    /// Starts ffmpeg.
    pub fn new(spec: &Spec) -> Result<Self, FilmError> {
        let part = Part::of(&spec.out);
        // Whether the place can be written is known before ffmpeg starts.
        part.create()?;
        let (width, height) = spec.size;
        let crf = match spec.quality {
            Quality::Small => "24",
            Quality::Good => "16",
            Quality::Best => "10",
        };
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-loglevel", "error", "-y"]);
        command.args(["-f", "rawvideo", "-pix_fmt", "rgba", "-s", &format!("{width}x{height}")]);
        command.args(["-r", &spec.fps.to_string(), "-i", "-", "-an"]);
        command.args(["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]);
        command.args(["-c:v", "libx264", "-preset", "medium", "-crf", crf]);
        command.args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
        command.args(["-movflags", "+faststart", "-f", "mp4"]).arg(part.path());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        // An interrupt is ours to answer: ffmpeg ends when its pictures do.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => FilmError::NoFfmpeg,
            _ => FilmError::Encoder(format!("ffmpeg could not start: {error}")),
        })?;
        let listen = |err| {
            let thread = std::thread::Builder::new().name("ffmpeg's words".to_owned());
            thread.spawn(move || read(err)).ok()
        };
        let said = child.stderr.take().and_then(listen);
        Ok(Self { child, said, part: Some(part) })
    }

    /// Its own words, where it has any.
    fn failure(&mut self) -> FilmError {
        let said = self.said.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let last = said.lines().last().unwrap_or("it did not say why").trim();
        FilmError::Encoder(format!("ffmpeg failed: {last}"))
    }
}

fn read(mut err: ChildStderr) -> String {
    let mut bytes = Vec::new();
    // What cannot be read is not said.
    let _ = err.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Writer for Ffmpeg {
    fn frame(&mut self, frame: &Frame) -> Result<(), FilmError> {
        let sent = self.child.stdin.as_mut().map(|pipe| pipe.write_all(&frame.rgba));
        match sent {
            Some(Ok(())) => Ok(()),
            _ => Err(self.failure()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<(), FilmError> {
        drop(self.child.stdin.take());
        match self.child.wait() {
            Ok(status) if status.success() => {}
            _ => return Err(self.failure()),
        }
        self.part.take().map_or(Ok(()), Part::keep)
    }
}

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Ended already, unless the film was given up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

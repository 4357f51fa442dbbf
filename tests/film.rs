//! Films are decoded again and looked at: how many pictures, whether twice the same, whether text
//! and thin lines survive, where the index stands. What needs an adapter says so where there is
//! none; with `IMAGINARIUM_REQUIRE_ADAPTER=1` it fails instead.

#[path = "common/adapter.rs"]
mod adapter;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use imaginarium::app::film_view::Script;
use imaginarium::app::headless::{Length, Request};
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::experiment::take::Take;
use imaginarium::film::{Codec, Frame, Kind, Planes, Quality};
use imaginarium::lessons;
use openh264::decoder::Decoder;
use openh264::formats::YUVSource as _;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("film-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The opening lesson in a small picture.
fn request(out: PathBuf, kind: Kind, length: Length) -> Request {
    let lesson = lessons::find(lessons::WITHOUT_WINDOW).unwrap();
    Request {
        take: Take::from_start(lesson.arena.clone()),
        script: Script {
            title: lesson.arena.title.clone(),
            caption: lesson.summary.clone(),
            panels: Script::panels_of(&lesson),
            theme: Theme::Dark,
            numbers: false,
            card: true,
        },
        lesson,
        length,
        speed: 120.0,
        out,
        kind,
        size: (640, 360),
        fps: 30,
        codec: Codec::Embedded,
        quality: Quality::Good,
        force: false,
    }
}

fn shoot(request: &Request) -> u64 {
    let frames = request.rehearse(&|| true).unwrap();
    let ending = request.shoot(frames, &mut |_| true).unwrap();
    assert!(!ending.stopped);
    let alone = request.kind == Kind::Picture;
    assert_eq!(ending.done.frames, if alone { 1 } else { frames });
    frames
}

/// Boxes of a file or of another box: name, and where the content begins and ends.
fn boxes(bytes: &[u8], mut at: usize, end: usize) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    while at + 8 <= end {
        let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        let name = String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned();
        let (head, size) = match word(at) {
            1 => (16, word(at + 12) as usize),
            size => (8, size as usize),
        };
        assert!(size >= head && at + size <= end, "box {name} of {size} bytes");
        found.push((name, at + head, at + size));
        at += size;
    }
    assert_eq!(at, end);
    found
}

fn find<'a>(boxes: &'a [(String, usize, usize)], name: &str) -> &'a (String, usize, usize) {
    boxes.iter().find(|b| b.0 == name).unwrap_or_else(|| panic!("no box {name} in {boxes:?}"))
}

/// Every picture of an MP4, and its order of boxes. Reads the index as a player would.
fn decode(file: &Path) -> (Vec<Planes>, Vec<String>) {
    let bytes = std::fs::read(file).unwrap();
    let top = boxes(&bytes, 0, bytes.len());
    let path = ["moov", "trak", "mdia", "minf", "stbl"];
    let mut inner = top.clone();
    for name in path {
        let (_, from, to) = *find(&inner, name);
        inner = boxes(&bytes, from, to);
    }
    let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let stsz = find(&inner, "stsz").1;
    let sizes: Vec<usize> = (0..word(stsz + 8)).map(|i| word(stsz + 12 + 4 * i)).collect();
    let stsd = find(&inner, "stsd").1;
    // Sample description: 8 bytes, the box avc1 with 78 bytes of its own, then avcC.
    let avc1 = boxes(&bytes, stsd + 8 + 8 + 78, find(&inner, "stsd").2);
    let avcc = find(&avc1, "avcC").1;
    let parameter = |at: usize| {
        let length = usize::from(u16::from_be_bytes(bytes[at..at + 2].try_into().unwrap()));
        (bytes[at + 2..at + 2 + length].to_vec(), at + 2 + length)
    };
    let (sps, at) = parameter(avcc + 6);
    let (pps, _) = parameter(at + 1);
    let mut decoder = Decoder::new().unwrap();
    let mut stream = Vec::new();
    for unit in [&sps, &pps] {
        stream.extend([0, 0, 0, 1]);
        stream.extend(unit);
    }
    let mut frames = Vec::new();
    let mut at = find(&top, "mdat").1;
    for size in sizes {
        let end = at + size;
        while at < end {
            let length = word(at);
            stream.extend([0, 0, 0, 1]);
            stream.extend(&bytes[at + 4..at + 4 + length]);
            at += 4 + length;
        }
        let picture = decoder.decode(&std::mem::take(&mut stream)).unwrap();
        frames.extend(picture.map(|p| planes(&p)));
    }
    frames.extend(decoder.flush_remaining().unwrap().iter().map(planes));
    (frames, top.into_iter().map(|b| b.0).collect())
}

fn planes(picture: &openh264::decoder::DecodedYUV<'_>) -> Planes {
    let (width, height) = picture.dimensions();
    let (sy, su, sv) = picture.strides();
    let plane = |bytes: &[u8], stride: usize, width: usize| -> Vec<u8> {
        let rows = bytes.chunks(stride).map(|row| &row[..width]);
        rows.flatten().copied().collect()
    };
    let half = width / 2;
    let mut planes = Planes {
        width,
        height,
        y: plane(picture.y(), sy, width),
        u: plane(picture.u(), su, half),
        v: plane(picture.v(), sv, half),
    };
    planes.y.truncate(width * height);
    planes.u.truncate(width * height / 4);
    planes.v.truncate(width * height / 4);
    planes
}

fn picture(file: &Path) -> Frame {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    let rgba = rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    Frame { width: info.width as usize, height: info.height as usize, rgba }
}

#[test]
fn a_film_has_the_pictures_asked_for_and_is_the_same_twice() {
    if !adapter::can_draw() {
        return;
    }
    let folder = Folder::new("twice");
    let film = |name: &str| {
        let out = folder.join(name);
        // 4 steps a picture; 121 steps do not divide: the last picture has one step.
        let request = request(out.clone(), Kind::Mp4, Length::Steps(121));
        assert_eq!(shoot(&request), 31);
        decode(&out)
    };
    let (first, order) = film("a.mp4");
    assert_eq!(first.len(), 31);
    assert_eq!(order, ["ftyp", "moov", "free", "mdat"], "the index stands at the front");
    assert!(first.iter().any(|p| *p != first[0]), "something moves");
    let (second, _) = film("b.mp4");
    assert!(first == second, "a second run decodes to other pictures");
    assert_eq!(folder.names(), ["a.mp4", "b.mp4"]);
}

#[test]
fn text_and_curves_survive_compression() {
    if !adapter::can_draw() {
        return;
    }
    let folder = Folder::new("crisp");
    let (film, still) = (folder.join("a.mp4"), folder.join("pictures"));
    let full = |out: &PathBuf, kind| {
        // Far enough for curves; few pictures, the last of which is compared.
        let mut request = request(out.clone(), kind, Length::Steps(2_700));
        (request.size, request.speed, request.fps) = ((1920, 1080), 2_700.0, 9);
        shoot(&request)
    };
    let frames = full(&film, Kind::Mp4);
    assert_eq!(full(&still, Kind::Pictures), frames);
    let (decoded, _) = decode(&film);
    assert_eq!(decoded.len() as u64, frames);
    let drawn = picture(&still.join(format!("frame-{frames:05}.png")));
    let mut want = Planes::default();
    want.set(&drawn);
    let shown = decoded.last().unwrap();
    // Title; names of runs; counters; curves with their labels; the line below.
    let places = [
        [20, 20, 1880, 60],
        [40, 180, 1840, 50],
        [40, 500, 1840, 110],
        [40, 740, 1120, 250],
        [20, 1020, 1880, 40],
    ];
    for place in places {
        let psnr = psnr(&want.y, &shown.y, 1920, place);
        assert!(psnr >= 30.0, "{psnr:.1} dB in {place:?}");
    }
    run_hues_stay_apart(&drawn, &want, shown);
}

fn psnr(want: &[u8], got: &[u8], width: usize, [left, top, w, h]: [usize; 4]) -> f64 {
    let indices = (top..top + h).flat_map(|y| (left..left + w).map(move |x| y * width + x));
    let squares = indices.map(|i| f64::from(want[i].abs_diff(got[i])).powi(2));
    let mean = squares.sum::<f64>() / (w * h) as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}

/// Where the picture has a run's hue over two pixels and more, the film has a colour nearer to it
/// than to any other run's.
fn run_hues_stay_apart(drawn: &Frame, want: &Planes, shown: &Planes) {
    let hues: Vec<[u8; 3]> =
        (0..3).map(|run| Theme::Dark.tokens().run(run)).map(|c| [c.r(), c.g(), c.b()]).collect();
    let chroma = |p: &Planes, i: usize| [f64::from(p.u[i]), f64::from(p.v[i])];
    let half = want.width / 2;
    let whole = |i: usize, hue: &[u8; 3]| {
        let (x, y) = (2 * (i % half), 2 * (i / half));
        [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].iter().all(|(x, y)| {
            let at = 4 * (y * drawn.width + x);
            drawn.rgba[at..at + 3] == *hue
        })
    };
    let places: Vec<Vec<usize>> =
        hues.iter().map(|hue| (0..want.u.len()).filter(|&i| whole(i, hue)).collect()).collect();
    assert!(places.iter().all(|p| p.len() > 50), "a run is hardly in the picture");
    let off = |[a, b]: [f64; 2], [c, d]: [f64; 2]| (a - c).hypot(b - d);
    for (run, pixels) in places.iter().enumerate() {
        let nearest = |&&i: &&usize| {
            let to = |other: &usize| off(chroma(shown, i), chroma(want, places[*other][0]));
            (0..hues.len()).min_by(|a, b| to(a).total_cmp(&to(b))) == Some(run)
        };
        let told = pixels.iter().filter(nearest).count();
        let share = told as f64 / pixels.len() as f64;
        assert!(share > 0.99, "run {run}: {share:.3} of its pixels have its hue");
        let mean = pixels.iter().map(|&i| off(chroma(want, i), chroma(shown, i))).sum::<f64>();
        let mean = mean / pixels.len() as f64;
        assert!(mean < 6.0, "run {run}: colour off by {mean:.1}");
    }
}

/// Whether a program is there; with `IMAGINARIUM_REQUIRE_FFMPEG=1` it must be.
fn has(program: &str) -> bool {
    let there = Command::new(program).arg("-version").output().is_ok_and(|o| o.status.success());
    if !there {
        let required = std::env::var_os("IMAGINARIUM_REQUIRE_FFMPEG").is_some_and(|v| v == "1");
        assert!(!required, "{program} is required and not on the PATH");
        eprintln!("skipped: no {program} on the PATH");
    }
    there
}

/// What ffprobe says of the first stream: codec, width, height, rate, pictures, seconds.
fn probe(file: &Path) -> String {
    let entries = "stream=codec_name,width,height,r_frame_rate,nb_read_frames,duration";
    let mut probe = Command::new("ffprobe");
    probe.args(["-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries"]);
    let said = probe.args([entries, "-of", "csv=p=0"]).arg(file).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[test]
fn other_programs_read_both_encoders_films() {
    if !adapter::can_draw() || !has("ffmpeg") || !has("ffprobe") {
        return;
    }
    let folder = Folder::new("probe");
    for (name, codec) in [("own.mp4", Codec::Embedded), ("theirs.mp4", Codec::Ffmpeg)] {
        let mut request = request(folder.join(name), Kind::Mp4, Length::Seconds(0.5));
        request.codec = codec;
        assert_eq!(shoot(&request), 15);
        assert_eq!(probe(&request.out), "h264,640,360,30/1,0.500000,15", "{name}");
    }
    assert_eq!(folder.names(), ["own.mp4", "theirs.mp4"]);
}

#[test]
fn gif_and_pictures_have_every_tick() {
    if !adapter::can_draw() {
        return;
    }
    let folder = Folder::new("kinds");
    let out = folder.join("a.gif");
    let mut film = request(out.clone(), Kind::Gif, Length::Seconds(0.7));
    film.fps = 15;
    // 10.5 pictures: rounded up.
    assert_eq!(shoot(&film), 11);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    let mut decoder = options.read_info(std::fs::File::open(&out).unwrap()).unwrap();
    assert_eq!((decoder.width(), decoder.height()), (640, 360));
    let (mut frames, mut time) = (0, 0);
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        frames += 1;
        time += u32::from(frame.delay);
    }
    assert_eq!((frames, time), (11, 73), "hundredths of a second");

    let out = folder.join("pictures");
    assert_eq!(shoot(&request(out.clone(), Kind::Pictures, Length::Steps(12))), 3);
    let mut names: Vec<_> =
        std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["frame-00001.png", "frame-00002.png", "frame-00003.png"]);
    let alone = folder.join("a.png");
    let mut single = request(alone.clone(), Kind::Picture, Length::Steps(12));
    single.script.panels = vec![PanelId::Mazes];
    assert_eq!(single.rehearse(&|| true).unwrap(), 3);
    single.shoot(3, &mut |_| true).unwrap();
    assert_eq!((picture(&alone).width, picture(&alone).height), (640, 360));
}

#[test]
fn drawing_only_what_changed_leaves_no_trace() {
    if !adapter::can_draw() {
        return;
    }
    let folder = Folder::new("trace");
    // Through the end of the card and of some episodes; then the last picture drawn in one go.
    let film = |out: PathBuf, kind| {
        let mut film = request(out, kind, Length::Steps(1_640));
        (film.size, film.speed) = ((1280, 720), 1_200.0);
        shoot(&film);
    };
    film(folder.join("film"), Kind::Pictures);
    film(folder.join("alone.png"), Kind::Picture);
    let (one, other) =
        (picture(&folder.join("film/frame-00041.png")), picture(&folder.join("alone.png")));
    let off = one.rgba.iter().zip(&other.rgba).filter(|(a, b)| a != b).count();
    assert_eq!(off, 0, "bytes differ");
}

#[test]
fn stopping_keeps_what_was_filmed_and_failing_keeps_nothing() {
    if !adapter::can_draw() {
        return;
    }
    let folder = Folder::new("stop");
    let out = folder.join("a.mp4");
    let film = request(out.clone(), Kind::Mp4, Length::Seconds(10.0));
    let ending = film.shoot(300, &mut |done| done < 5).unwrap();
    assert!(ending.stopped);
    let (frames, _) = decode(&out);
    assert_eq!((frames.len() as u64, ending.done.frames), (5, 5));
    std::fs::remove_file(&out).unwrap();
    // The folder goes away under it: no file, and the reason.
    let gone = Folder::new("gone");
    let film = request(gone.join("deep/a.mp4"), Kind::Mp4, Length::Seconds(1.0));
    assert!(film.shoot(30, &mut |_| true).unwrap_err().to_string().contains("cannot be written"));
    assert!(folder.names().is_empty() && gone.names().is_empty());
}

#[test]
fn a_lesson_that_ends_first_is_refused() {
    let film = request(PathBuf::from("a.mp4"), Kind::Mp4, Length::Seconds(1_000.0));
    let said = film.rehearse(&|| true).unwrap_err();
    assert!(said.is_usage());
    assert!(said.to_string().starts_with("the lesson ends after 3"), "{said}");
    let film = request(PathBuf::from("a.mp4"), Kind::Mp4, Length::Seconds(1e9));
    assert!(film.rehearse(&|| true).unwrap_err().to_string().contains("four hours"));
}

fn imaginarium(folder: &Folder, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imaginarium"));
    command.arg("film").args(line.split_whitespace()).current_dir(&folder.0).output().unwrap()
}

#[test]
fn bad_input_is_refused_in_one_sentence_and_leaves_nothing() {
    let folder = Folder::new("bad");
    std::fs::write(folder.join("there.mp4"), "precious").unwrap();
    for (line, code, said) in [
        ("dyna-maze --out a.avi --seconds 1", 2, "must end in .mp4, .gif or .png"),
        ("dyna-maze --out a.mp4", 2, "how long is the film?"),
        ("dyna-maze --out a.mp4 --seconds 0", 2, "above 0"),
        ("dyna-maze --out a.mp4 --seconds nan", 2, "above 0"),
        ("dyna-maze --out a.mp4 --steps 0", 2, "at least 1"),
        ("dyna-maze --out a.mp4 --episodes 0", 2, "at least 1"),
        ("dyna-maze --out a.mp4 --seconds 1 --fps 0", 2, "1 to 120"),
        ("dyna-maze --out a.mp4 --seconds 1 --fps 100000", 2, "1 to 120"),
        ("dyna-maze --out a.gif --seconds 1 --fps 60", 2, "1 to 50"),
        ("dyna-maze --out a.mp4 --seconds 1 --size 0x0", 2, "320x180 to 3840x2160"),
        ("dyna-maze --out a.mp4 --seconds 1 --size 99999x99999", 2, "320x180 to 3840x2160"),
        ("dyna-maze --out a.mp4 --seconds 1 --speed 0", 2, "above 0"),
        ("dyna-maze --out a.mp4 --seconds 1 --panel nose", 2, "mazes, steps, reward, price"),
        ("dyna-maze --out a.mp4 --seconds 1 --theme red", 2, "dark, light"),
        ("dyna-maze --out a.mp4 --seconds 1 --encoder vhs", 2, "embedded, ffmpeg"),
        ("dyna-maze --out a.mp4 --seconds 1 --quality fair", 2, "small, good, best"),
        ("dyna-maze --out a.gif --seconds 1 --encoder ffmpeg", 2, "for .mp4 alone"),
        ("dyna-maze --out there.mp4 --seconds 1", 2, "--force"),
        ("dyna-maze --out none/a.mp4 --seconds 1", 1, "cannot be written"),
        ("dyna-maze --out there.mp4/a.mp4 --seconds 1", 1, "cannot be written"),
        ("dyna-maze --out a.mp4 --seconds 1000", 2, "the lesson ends after"),
        ("nowhere --out a.mp4 --seconds 1", 2, "unknown"),
    ] {
        let done = imaginarium(&folder, line);
        let text = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(code), "{line}: {text}");
        assert!(text.contains(said), "{line}: {text}");
        assert_eq!(text.lines().count(), 1, "{line}: {text}");
    }
    assert_eq!(folder.names(), ["there.mp4"]);
    assert_eq!(std::fs::read(folder.join("there.mp4")).unwrap(), b"precious");
}

#[test]
fn without_an_adapter_it_says_what_is_missing() {
    let folder = Folder::new("blind");
    let mut command = Command::new(env!("CARGO_BIN_EXE_imaginarium"));
    command.args(["film", "dyna-maze", "--out", "a.mp4", "--seconds", "1"]);
    // A kind of adapter that this system has not.
    let foreign = if cfg!(target_os = "macos") { "dx12" } else { "metal" };
    command.env("WGPU_BACKEND", foreign).current_dir(&folder.0);
    let done = command.output().unwrap();
    let text = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{text}");
    assert!(text.contains("mesa-vulkan-drivers"), "{text}");
    assert!(folder.names().is_empty());
}

#[test]
fn odd_sizes_are_rounded_and_an_interrupt_leaves_a_film() {
    if !adapter::can_draw() {
        return;
    }
    let folder = Folder::new("binary");
    let done =
        imaginarium(&folder, "dyna-maze --out a.mp4 --steps 8 --speed 120 --size 641x361 --fps 60");
    let text = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(0), "{text}");
    assert!(text.contains("rounded up to 642x362"), "{text}");
    let (frames, _) = decode(&folder.join("a.mp4"));
    assert_eq!((frames.len(), frames[0].width, frames[0].height), (4, 642, 362));
    interrupt(&folder);
}

#[cfg(not(unix))]
fn interrupt(_: &Folder) {}

/// Interrupts a long film once it is under way.
#[cfg(unix)]
fn interrupt(folder: &Folder) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imaginarium"));
    command.args(["film", "dyna-maze", "--out", "b.mp4", "--seconds", "30", "--size", "640x360"]);
    let mut child = command.current_dir(&folder.0).spawn().unwrap();
    let begun = Instant::now();
    let growing = |name: &String| name.contains(".part");
    while !folder.names().iter().any(growing) && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(800));
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signal.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(!folder.names().iter().any(growing));
    // Too early for a picture: no file. Else a shorter film that can be played.
    let film = folder.join("b.mp4");
    if film.exists() {
        let (frames, order) = decode(&film);
        assert!(!frames.is_empty() && frames.len() < 1_800);
        assert_eq!(order[1], "moov");
    }
}

#[test]
fn a_take_begins_where_the_picture_was_taken() {
    use imaginarium::experiment::engine::{Command as Wish, Engine};
    let mut arena = lessons::find(lessons::WITHOUT_WINDOW).unwrap().arena;
    arena.lanes = 3;
    let mut here = Engine::for_film(&Take::from_start(arena.clone()), 1).unwrap();
    here.pass(700);
    here.handle(Wish::Set { run: 1, param: 0, value: 0.5 });
    here.handle(Wish::Dream { run: 2, units: 20 });
    here.handle(Wish::Play(true));
    here.pass(411);
    let take = Take::from_here(&here.film_snapshot(), 2);
    let mut there = Engine::for_film(&take, 2).unwrap();
    assert_eq!(here.experiment().position(), there.experiment().position());
    // And it goes on like the one it was taken from.
    for _ in 0..60 {
        here.pass(5);
        there.pass(5);
    }
    let digests =
        |e: &Engine| e.experiment().runs().iter().map(|r| r.digests()).collect::<Vec<_>>();
    assert_eq!(here.experiment().position(), there.experiment().position());
    assert_eq!(digests(&here), digests(&there));
}

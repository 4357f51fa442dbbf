// Places are shares of the box, 0 to 1 along each axis; colours are as the screen has them.

struct Picture {
    matrix: mat4x4<f32>,
    // Direction of the light, and the part of it that comes from everywhere.
    light: vec4<f32>,
    // Size of the box along its axes, and pixels a point.
    size: vec4<f32>,
    hatch: vec4<f32>,
}

struct Surface {
    // Colours of two families of lines.
    first: vec4<f32>,
    second: vec4<f32>,
    // Their widths in pixels and numbers of levels: first, first, second, second.
    lines: vec4<f32>,
    // Opacity; how much of its height is kept; 1 draws the first family alone.
    more: vec4<f32>,
}

@group(0) @binding(0) var<uniform> picture: Picture;
@group(1) @binding(0) var<uniform> surface: Surface;

struct Point {
    @builtin(position) clip: vec4<f32>,
    @location(0) place: vec3<f32>,
    @location(1) normal: vec3<f32>,
    @location(2) hatched: f32,
    @location(3) colour: vec4<f32>,
    @location(4) levels: vec2<f32>,
}

@vertex
fn field_vertex(
    @location(0) place: vec3<f32>,
    @location(1) normal: vec4<f32>,
    @location(2) colour: vec4<f32>,
    @location(3) levels: vec2<f32>,
) -> Point {
    var out: Point;
    let at = vec3<f32>(place.xy, place.z * surface.more.y);
    out.clip = picture.matrix * vec4<f32>(at, 1.0);
    out.place = at;
    out.normal = normal.xyz / picture.size.xyz;
    out.hatched = normal.w;
    out.colour = colour;
    out.levels = levels;
    return out;
}

// How much of a pixel a line of equal level covers; levels are whole numbers below `count`.
fn isoline(level: f32, width: f32, count: f32) -> f32 {
    let change = max(fwidth(level), 1e-6);
    let near = round(level);
    let far = abs(level - near) / change;
    let covered = clamp(0.5 * width + 0.5 - far, 0.0, 1.0);
    // Where lines are denser than pixels they would flicker.
    let sparse = 1.0 - smoothstep(0.25, 0.6, change);
    return covered * sparse * f32(near >= 0.0 && near < count);
}

@fragment
fn field_fragment(in: Point) -> @location(0) vec4<f32> {
    let first = isoline(in.levels.x, surface.lines.x, surface.lines.y);
    let second = isoline(in.levels.y, surface.lines.z, surface.lines.w);
    let along = (in.place.x * picture.size.x + in.place.y * picture.size.y) * 30.0;
    let blur = max(fwidth(along), 1e-6);
    let stripe = abs(fract(along) - 0.5);
    let unknown = smoothstep(0.45, 0.55, in.hatched);
    if (surface.more.z > 0.5) {
        return in.colour * (first * 0.7);
    }
    let normal = normalize(in.normal);
    let lit = picture.light.w + (1.0 - picture.light.w) * max(dot(normal, picture.light.xyz), 0.0);
    var colour = in.colour.rgb * lit;
    let hatch = unknown * (0.3 + 0.45 * clamp((0.16 - stripe) / blur + 0.5, 0.0, 1.0));
    colour = mix(colour, picture.hatch.rgb, hatch);
    colour = mix(colour, surface.first.rgb, first * surface.first.a);
    colour = mix(colour, surface.second.rgb, second * surface.second.a);
    return vec4<f32>(colour, 1.0) * surface.more.x;
}

struct Stroke {
    @builtin(position) clip: vec4<f32>,
    // Across and along in pixels, half the width, and what it is.
    @location(0) where_: vec4<f32>,
    @location(1) colour: vec4<f32>,
}

@vertex
fn stroke_vertex(
    @location(0) clip: vec4<f32>,
    @location(1) where_: vec4<f32>,
    @location(2) colour: vec4<f32>,
) -> Stroke {
    return Stroke(clip, where_, colour);
}

@fragment
fn stroke_fragment(in: Stroke) -> @location(0) vec4<f32> {
    let kind = i32(round(in.where_.w));
    let half = in.where_.z;
    let points = picture.size.w;
    var colour = in.colour;
    var covered = 1.0;
    if (kind == 0 || kind == 1) {
        covered = clamp(half + 0.5 - abs(in.where_.x), 0.0, 1.0);
    }
    if (kind == 1) {
        // On for 7 points, off for 4; the edge of a dash is as soft as that of the line.
        let at = fract(in.where_.y / (11.0 * points)) * 11.0 * points;
        let on = 3.5 * points + 0.5 - abs(at - 3.5 * points);
        covered = covered * clamp(max(on, at - 11.0 * points + 0.5), 0.0, 1.0);
    }
    if (kind == 2 || kind == 3) {
        let far = length(in.where_.xy);
        covered = clamp(half + 0.5 - far, 0.0, 1.0);
        if (kind == 2) {
            let flat_part = in.where_.xy / half;
            let up = sqrt(max(1.0 - dot(flat_part, flat_part), 0.0));
            let facing = dot(vec3<f32>(flat_part, up), normalize(vec3<f32>(-0.5, 0.6, 0.7)));
            let shine = pow(max(facing, 0.0), 24.0) * 0.45;
            let lit = colour.rgb * (0.6 + 0.4 * max(facing, 0.0));
            colour = vec4<f32>(mix(lit, vec3<f32>(1.0), shine), colour.a);
        }
    }
    if (covered < 0.02) {
        discard;
    }
    return vec4<f32>(colour.rgb * colour.a, colour.a) * covered;
}

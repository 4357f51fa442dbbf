//! Both policies in numbers: what the model says, what is true, and how much of it was really tried.

use egui::{Align2, Painter, Rect, Stroke, pos2};

use super::Found;
use crate::app::theme;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::experiment::snapshot::RunSnapshot;
use crate::probes::unseen::{AHEAD, Judged};

/// Height of a line in points before the text scale.
const LINE: f32 = 27.0;

/// A share in words.
fn share((some, all): (usize, usize)) -> String {
    format!("{some} of {all}")
}

/// The lines of a policy: what, how much, and whether it was imagined (true) or lived (false).
fn lines(judged: &Judged) -> [(&'static str, String, Option<bool>); 5] {
    let [truth, said] = judged.start;
    [
        ("model, from the start", value(said), Some(true)),
        ("truth, from the start", value(truth), Some(false)),
        ("off, mean of cells", value(judged.error), None),
        ("tried on its way", share(judged.way), None),
        ("tried of all cells", share(judged.tried), None),
    ]
}

/// Draws both below each other.
pub fn paint(painter: &Painter, rect: Rect, found: &Found) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let mut top = rect.top();
    let both = [("The drawn policy", found.drawn.as_ref()), ("Its own policy", Some(&found.own))];
    let line = (LINE * points).min((rect.height() / 13.0).max(18.0 * points));
    for (name, judged) in both {
        if top + line > rect.bottom() {
            return;
        }
        let words = text::line(painter, name, theme::body_strong(ctx), t.text_strong);
        text::place(painter, &words, pos2(rect.left(), top), Align2::LEFT_TOP);
        top += line;
        let Some(judged) = judged else {
            let words = "nothing is drawn yet";
            let words = text::line(painter, words, theme::body(ctx), t.text_weak);
            text::place(painter, &words, pos2(rect.left(), top), Align2::LEFT_TOP);
            top += 1.6 * line;
            continue;
        };
        for (what, number, imagined) in lines(judged) {
            if top + line > rect.bottom() + 2.0 {
                return;
            }
            let ink = match imagined {
                Some(true) => t.imagined_text,
                Some(false) => t.real_text,
                None => t.text,
            };
            let number = text::line(painter, &number, theme::number(ctx), ink);
            let at = text::place(painter, &number, pos2(rect.right(), top), Align2::RIGHT_TOP);
            let room = at.left() - rect.left() - 10.0;
            let words = text::elided(painter, what, theme::body(ctx), t.text, room);
            text::place(painter, &words, pos2(rect.left(), top), Align2::LEFT_TOP);
            top += line;
        }
        let under = [pos2(rect.left(), top + 2.0), pos2(rect.right(), top + 2.0)];
        painter.line_segment(under, Stroke::new(1.0, t.stroke));
        top += 0.6 * line;
    }
}

/// In words.
pub fn text(run: &RunSnapshot, found: &Found) -> String {
    let (low, high) = found.ends;
    let mut words = format!(
        "{} {}: discounted rewards of {AHEAD} steps, from {} to {} in this world\n",
        run.letter,
        run.name,
        value(low),
        value(high)
    );
    for (name, judged) in [("drawn policy", found.drawn.as_ref()), ("own policy", Some(&found.own))]
    {
        let Some(judged) = judged else {
            words += &format!("{name}: nothing is drawn yet\n");
            continue;
        };
        let all = lines(judged).map(|(what, number, _)| format!("{what} {number}"));
        words += &format!("{name}: {}\n", all.join("; "));
    }
    words
}

/// As CSV.
pub fn data(found: Option<&Found>) -> String {
    let mut csv = "policy,state,action,true,said\n".to_owned();
    let Some(found) = found else { return csv };
    for (name, judged) in [("own", Some(&found.own)), ("drawn", found.drawn.as_ref())] {
        let Some(judged) = judged else { continue };
        for (state, action) in judged.policy.iter().enumerate() {
            if let Some(action) = action {
                let (truth, said) = (judged.truth[state], judged.said[state]);
                csv += &format!("{name},{state},{action},{truth},{said}\n");
            }
        }
    }
    csv
}

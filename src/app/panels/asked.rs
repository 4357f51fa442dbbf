//! Costly probes beside the window: a panel asks, draws the last answer, and gets the next one when
//! it is ready.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use egui::Context;

use super::View;
use crate::experiment::cohort::LaneView;
use crate::experiment::snapshot::RunSnapshot;
use crate::probes::truth::Truth;

/// While time passes a probe may take one part in so many of a core.
const SHARE: u32 = 5;

/// A run at one moment, as far as probes read it. Equal if it is the very same moment: the shares
/// are held, so that their places in memory are not given to others.
#[derive(Clone)]
pub struct Moment {
    /// The watched lane.
    pub lane: Arc<LaneView>,
    /// Its world.
    pub truth: Arc<Truth>,
    /// Worth of a reward one step later.
    pub gamma: f64,
}

impl Moment {
    /// That of the picture in hand.
    pub fn of(run: &RunSnapshot) -> Self {
        let gamma = run.param("gamma").unwrap_or(1.0);
        Self { lane: run.lane.clone(), truth: run.truth.clone(), gamma }
    }

    /// Whether the world and the discount are the same, whatever was learned.
    pub fn same_world(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.truth, &other.truth) && self.gamma == other.gamma
    }
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.lane, &other.lane) && self.same_world(other)
    }
}

/// An answer, and the question it belongs to.
type Known<Q, A> = Arc<(Q, A)>;

/// What a thread hands over: an answer, and the time it took.
type Told<Q, A> = (Known<Q, A>, Duration);

/// One question at a time, on a thread of its own; whoever asks again meanwhile is heard when it
/// has ended, so that of many questions only the newest costs anything.
pub struct Asked<Q, A> {
    known: Option<Known<Q, A>>,
    under_way: Option<(Q, Receiver<Told<Q, A>>)>,
    /// The question whose answer came to nothing: it is not asked again.
    failed: Option<Q>,
    /// When the last one was asked, in seconds of the context's clock, and what it took.
    last: (f64, Duration),
}

impl<Q, A> Default for Asked<Q, A> {
    fn default() -> Self {
        Self { known: None, under_way: None, failed: None, last: (0.0, Duration::ZERO) }
    }
}

/// A copy knows what is known and asks nothing.
impl<Q, A> Clone for Asked<Q, A> {
    fn clone(&self) -> Self {
        Self { known: self.known.clone(), ..Self::default() }
    }
}

impl<Q, A> Asked<Q, A> {
    /// The newest answer, which may be to an older question, with that question.
    pub fn known(&self) -> Option<&(Q, A)> {
        self.known.as_deref()
    }

    /// A share of the same, for work that can go on from it.
    pub fn share(&self) -> Option<Arc<(Q, A)>> {
        self.known.clone()
    }
}

/// Where it is noted that a question came to nothing.
fn notice() -> egui::Id {
    egui::Id::unique("a probe has failed")
}

/// Whether a question asked since the last call of this came to nothing.
pub fn came_to_nothing(ctx: &Context) -> bool {
    ctx.data_mut(|data| data.remove_temp::<bool>(notice())).is_some()
}

impl<Q, A> Asked<Q, A>
where
    Q: Clone + PartialEq + Send + Sync + 'static,
    A: Send + Sync + 'static,
{
    /// Takes what has come, and asks if the answer in hand is to another question, at most once
    /// in `pace` seconds. In films, in pictures and for an arena on the frame's own clock the
    /// answer comes at once, so that it depends on nothing but the arena.
    pub fn ask(
        &mut self,
        (ctx, view): (&Context, &View),
        question: &Q,
        pace: f64,
        work: impl FnOnce(&Q) -> A + Send + 'static,
    ) {
        self.take();
        let known = self.known.as_ref().is_some_and(|known| known.0 == *question);
        let fails = self.failed.as_ref() == Some(question);
        if fails {
            ctx.data_mut(|data| data.insert_temp(notice(), true));
        }
        if known || fails || self.under_way.is_some() || self.rests(ctx, pace) {
            return;
        }
        self.last.0 = ctx.input(|input| input.time);
        self.failed = None;
        let (asked, question) = (question.clone(), question.clone());
        let answer = move || {
            let answer = work(&question);
            Arc::new((question, answer))
        };
        if view.at_once() {
            self.known = Some(answer());
            return;
        }
        let (tell, told) = channel();
        let waker = ctx.clone();
        let work = move || {
            let begun = Instant::now();
            let answer = answer();
            // The panel may be gone.
            let _ = tell.send((answer, begun.elapsed()));
            waker.request_repaint();
        };
        // If no thread can start, the last answer stays and the next frame tries again.
        let thread = std::thread::Builder::new().name("probe".to_owned()).spawn(work);
        self.under_way = thread.is_ok().then_some((asked, told));
    }

    /// Whether the newest question came to nothing: its thread ended without an answer. It is asked
    /// again when it is another one.
    pub fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    fn take(&mut self) {
        match self.under_way.as_ref().map(|(_, told)| told.try_recv()) {
            Some(Ok((known, took))) => {
                (self.known, self.last.1, self.under_way) = (Some(known), took, None);
            }
            Some(Err(TryRecvError::Disconnected)) => {
                self.failed = self.under_way.take().map(|(question, _)| question);
            }
            Some(Err(TryRecvError::Empty)) | None => {}
        }
    }

    /// Whether it is too early to ask again; then a frame is ordered for when it is not.
    fn rests(&self, ctx: &Context, pace: f64) -> bool {
        if pace <= 0.0 || self.known.is_none() {
            return false;
        }
        let passed = ctx.input(|input| input.time) - self.last.0;
        let left = pace.max((self.last.1 * SHARE).as_secs_f64()) - passed;
        let rests = passed >= 0.0 && left > 0.0;
        if rests {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        }
        rests
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;

    use super::*;

    fn beside() -> View {
        View { beside: true, ..View::default() }
    }

    /// Asks until `want` is known, as frames would.
    fn frames_until(asked: &mut Asked<u32, u32>, ctx: &Context, want: (u32, u32)) {
        let begun = Instant::now();
        while asked.known() != Some(&want) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", asked.known());
            asked.ask((ctx, &beside()), &want.0, 0.0, |q| q * 10);
            std::thread::yield_now();
        }
    }

    /// Work that waits until it is told to go on.
    fn held() -> (Sender<()>, impl FnOnce(&u32) -> u32 + Send + 'static) {
        let (go, wait) = channel();
        let work = move |q: &u32| {
            wait.recv().expect("it is told to go on");
            q * 10
        };
        (go, work)
    }

    #[test]
    fn the_window_does_not_wait_and_the_last_answer_stays() {
        let (ctx, mut asked) = (Context::default(), Asked::default());
        frames_until(&mut asked, &ctx, (1, 10));
        let (go, work) = held();
        asked.ask((&ctx, &beside()), &2, 0.0, work);
        for question in 3..9 {
            let never = |_: &u32| panic!("only one question is under way");
            asked.ask((&ctx, &beside()), &question, 0.0, never);
            assert_eq!(asked.known(), Some(&(1, 10)));
        }
        go.send(()).unwrap();
        frames_until(&mut asked, &ctx, (9, 90));
    }

    #[test]
    fn films_and_pictures_have_their_answer_at_once() {
        let ctx = Context::default();
        for view in [View { still: true, ..beside() }, View::default()] {
            let mut asked = Asked::default();
            asked.ask((&ctx, &view), &4, 0.0, |q| q * 10);
            assert_eq!(asked.known(), Some(&(4, 40)));
            asked.ask((&ctx, &view), &4, 0.0, |_: &u32| panic!("it is known"));
            assert_eq!(asked.clone().known(), Some(&(4, 40)));
        }
    }

    #[test]
    fn a_probe_that_fails_is_not_started_again_until_the_question_is_another() {
        let (ctx, mut asked) = (Context::default(), Asked::default());
        let (tell, told) = channel();
        let begun = Instant::now();
        while !asked.has_failed() {
            assert!(begun.elapsed() < Duration::from_secs(20));
            let tell = tell.clone();
            asked.ask((&ctx, &beside()), &7, 0.0, move |_: &u32| -> u32 {
                let _ = tell.send(());
                panic!("this probe fails, as it should")
            });
            std::thread::yield_now();
        }
        for _ in 0..20 {
            asked.ask((&ctx, &beside()), &7, 0.0, |_: &u32| panic!("not again"));
        }
        assert_eq!((told.try_iter().count(), asked.known()), (1, None));
        assert!(came_to_nothing(&ctx) && !came_to_nothing(&ctx), "it is said in each frame");
        frames_until(&mut asked, &ctx, (8, 80));
        assert!(!asked.has_failed());
    }

    #[test]
    fn while_time_passes_it_rests() {
        let (ctx, mut asked) = (Context::default(), Asked::default());
        let mut ask = |time: f64, question: u32| {
            let input = egui::RawInput { time: Some(time), ..Default::default() };
            let _ = ctx.run_ui(input, |ui| {
                asked.ask((ui.ctx(), &View::default()), &question, 0.2, |q| *q);
            });
            asked.known().map(|known| known.1)
        };
        let times = [(0.05, 1), (0.1, 2), (0.2, 3), (0.3, 4), (0.4, 5), (0.51, 6)];
        let told = times.map(|(time, question)| ask(time, question).unwrap());
        assert_eq!(told, [1, 1, 1, 4, 4, 6]);
    }
}

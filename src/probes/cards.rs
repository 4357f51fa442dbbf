//! The bench of cards: what a handful of episodes says, asked in three ways.
//!
//! The table model counts what followed each state and is solved exactly; batch TD(0) sweeps over
//! the episodes until nothing moves, and says the same; batch Monte-Carlo averages returns.

use crate::mdp::State;
use crate::models::table::TableModel;
use crate::rl::batch::{Visit, batch_monte_carlo, batch_td};
use crate::rl::lstd::solve;

/// States have one letter each.
const LETTERS: usize = 26;
/// Most steps of one episode.
pub const MAX_STEPS: usize = 12;
/// Most cards on the bench.
pub const MAX_CARDS: usize = 40;
/// Greatest size of a reward.
const MAX_REWARD: f64 = 1000.0;
/// When batch TD(0) has settled.
const TOLERANCE: f64 = 1e-13;
/// Sweeps after which it is given up.
const SWEEPS: usize = 100_000;

/// One episode as written on a card: each state with the reward that followed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Card(Vec<Visit>);

/// Why a card was refused, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CardError {
    /// Nothing on it.
    #[error("an empty card: write each state with the reward that followed it, like A 0 B 1")]
    Empty,
    /// A word that is no letter.
    #[error("'{0}' is no state: one letter from A to Z is allowed, like A 0 B 1")]
    State(String),
    /// A word that is no number.
    #[error("'{found}' after {state} is no reward: a number from -1000 to 1000 is allowed")]
    Reward {
        /// The state before it.
        state: char,
        /// What stood there.
        found: String,
    },
    /// No reward after the last state.
    #[error("no reward after the last {0}: each state needs one, like A 0 B 1")]
    Missing(char),
    /// Too long.
    #[error("{0} steps on one card: at most {MAX_STEPS} are allowed")]
    Long(usize),
    /// Too many.
    #[error("the bench is full: at most {MAX_CARDS} cards are allowed")]
    Full,
}

/// Letter of a state.
fn letter(state: State) -> char {
    char::from(b'A' + (state as usize % LETTERS) as u8)
}

impl Card {
    /// Reads `A 0 B 1`; commas may stand between the words.
    pub fn parse(text: &str) -> Result<Self, CardError> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
        let words: Vec<&str> = words.collect();
        let visit = |pair: &[&str]| {
            let state = match pair[0].as_bytes() {
                [one] if one.is_ascii_alphabetic() => one.to_ascii_uppercase(),
                _ => return Err(CardError::State(pair[0].to_owned())),
            };
            let here = char::from(state);
            let Some(&found) = pair.get(1) else {
                return Err(CardError::Missing(here));
            };
            let reward = found.replace('−', "-").parse().ok();
            match reward.filter(|r: &f64| r.abs() <= MAX_REWARD) {
                Some(reward) => Ok((State::from(state - b'A'), reward)),
                None => Err(CardError::Reward { state: here, found: found.to_owned() }),
            }
        };
        let visits: Vec<Visit> = words.chunks(2).map(visit).collect::<Result<_, _>>()?;
        match visits.len() {
            0 => Err(CardError::Empty),
            1..=MAX_STEPS => Ok(Self(visits)),
            many => Err(CardError::Long(many)),
        }
    }

    /// As it is read.
    pub fn text(&self) -> String {
        let step = |&(state, reward): &Visit| format!("{} {reward}", letter(state));
        self.0.iter().map(step).collect::<Vec<_>>().join(" ")
    }
}

/// The cards, some of them taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct Bench {
    /// Each card, and whether it counts.
    pub cards: Vec<(Card, bool)>,
}

impl Default for Bench {
    /// The eight episodes of example 6.4.
    fn default() -> Self {
        let (a, b) = (0, 1);
        let mut cards = vec![Card(vec![(a, 0.0), (b, 0.0)])];
        cards.resize(7, Card(vec![(b, 1.0)]));
        cards.push(Card(vec![(b, 0.0)]));
        Self { cards: cards.into_iter().map(|card| (card, true)).collect() }
    }
}

impl Bench {
    /// Puts one more card on the bench.
    pub fn add(&mut self, text: &str) -> Result<(), CardError> {
        let card = Card::parse(text)?;
        if self.cards.len() >= MAX_CARDS {
            return Err(CardError::Full);
        }
        self.cards.push((card, true));
        Ok(())
    }

    /// Takes card `index` away, or brings it back.
    pub fn toggle(&mut self, index: usize) {
        if let Some((_, counts)) = self.cards.get_mut(index) {
            *counts = !*counts;
        }
    }

    /// How many cards count.
    pub fn counting(&self) -> usize {
        self.cards.iter().filter(|(_, counts)| *counts).count()
    }
}

/// What the cards say of one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its letter.
    pub state: char,
    /// Visits: `N(s)`.
    pub visits: u32,
    /// Mean reward: `r(s)`.
    pub reward: f64,
    /// What followed, with its share `p(s'|s)`; `None` is the end of the task.
    pub follows: Vec<(Option<char>, f64)>,
    /// Value by the table model, solved; `None` if it has no single solution.
    pub model: Option<f64>,
    /// Value by batch TD(0); `None` if it did not settle.
    pub td: Option<f64>,
    /// Value by batch Monte-Carlo.
    pub monte_carlo: Option<f64>,
}

/// Asks the cards that count; one answer for each state on them, in the order of the alphabet. There
/// is no discount.
pub fn answers(bench: &Bench) -> Vec<Answer> {
    let counting = bench.cards.iter().filter(|(_, counts)| *counts);
    let episodes: Vec<Vec<Visit>> = counting.map(|(card, _)| card.0.clone()).collect();
    let model = table_model(&episodes);
    let by_model = model_values(&model);
    let by_td = batch_td(LETTERS, &episodes, 1.0, TOLERANCE, SWEEPS);
    let by_returns = batch_monte_carlo(LETTERS, &episodes, 1.0);
    let answer = |state: usize| {
        let (at, n) = (state as State, model.count(state as State, 0));
        let follows = model
            .followed(at, 0)
            .iter()
            .map(|f| (f.goes_on.then(|| letter(f.next)), f64::from(f.count) / f64::from(n)));
        Some(Answer {
            state: letter(at),
            visits: n,
            reward: model.reward(at, 0)?,
            follows: follows.collect(),
            model: by_model.as_ref().and_then(|v| v[state]),
            td: by_td.as_ref().and_then(|v| v[state]),
            monte_carlo: by_returns[state],
        })
    };
    (0..LETTERS).filter_map(answer).collect()
}

/// The look-up table of the episodes; the end is the state after the letters.
fn table_model(episodes: &[Vec<Visit>]) -> TableModel {
    let mut model = TableModel::new(LETTERS + 1, 1);
    for episode in episodes {
        for (i, &(state, reward)) in episode.iter().enumerate() {
            let next = episode.get(i + 1).map(|visit| visit.0);
            model.learn((state, 0), reward, next.unwrap_or(LETTERS as State), next.is_some());
        }
    }
    model
}

/// Exact values of a model with one action, `[S]`: the solution of `v = r + P v` over the states it
/// knows; `None` if there is no single one.
fn model_values(model: &TableModel) -> Option<Vec<Option<f64>>> {
    let known: Vec<State> = model.iter().map(|(state, _, _)| state).collect();
    let n = known.len();
    let mut matrix = vec![0.0; n * n];
    for (row, &state) in known.iter().enumerate() {
        for (column, &next) in known.iter().enumerate() {
            let goes = model.expect((state, 0), |s| f64::from(u8::from(s == next)))?;
            matrix[row * n + column] = f64::from(u8::from(row == column)) - goes;
        }
    }
    let rewards = known.iter().map(|&s| model.reward(s, 0)).collect::<Option<Vec<f64>>>()?;
    let solved = solve(matrix, rewards, 1)?;
    let mut values = vec![None; model.states()];
    known.into_iter().zip(solved).for_each(|(s, value)| values[s as usize] = Some(value));
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, want: f64) -> bool {
        found.is_some_and(|found| (found - want).abs() < 1e-11)
    }

    #[test]
    fn eight_episodes_say_what_the_example_says() {
        let said = answers(&Bench::default());
        let [a, b] = &said[..] else { panic!("{said:?}") };
        assert_eq!(
            (a.state, a.visits, a.reward, a.follows.as_slice()),
            ('A', 1, 0.0, &[(Some('B'), 1.0)][..])
        );
        assert_eq!(
            (b.state, b.visits, b.reward, b.follows.as_slice()),
            ('B', 8, 0.75, &[(None, 1.0)][..])
        );
        assert!(near(a.model, 0.75) && near(b.model, 0.75), "{said:?}");
        assert!(near(a.td, 0.75) && near(b.td, 0.75), "{said:?}");
        assert_eq!((a.monte_carlo, b.monte_carlo), (Some(0.0), Some(0.75)));
    }

    #[test]
    fn without_the_last_card_b_is_worth_six_sevenths() {
        let mut bench = Bench::default();
        bench.toggle(7);
        assert_eq!(bench.counting(), 7);
        let said = answers(&bench);
        for value in [said[0].model, said[0].td, said[1].model, said[1].td, said[1].monte_carlo] {
            assert!(near(value, 6.0 / 7.0), "{said:?}");
        }
        bench.toggle(7);
        assert_eq!(bench, Bench::default());
        bench.toggle(0);
        let said = answers(&bench);
        assert_eq!((said.len(), said[0].state), (1, 'B'), "nobody speaks of A any more");
        assert!(near(said[0].model, 6.0 / 7.0));
    }

    #[test]
    fn a_third_state_and_a_circle_are_solved_as_well() {
        let mut bench = Bench { cards: Vec::new() };
        // C goes back to C half the time and pays 1 on the way out: v(C) = 0 + v(C) / 2 + 1 / 2.
        bench.add("c 0, C 1").unwrap();
        bench.add("A 2 C 0 C 1").unwrap();
        let said = answers(&bench);
        assert_eq!(said.iter().map(|a| a.state).collect::<String>(), "AC");
        assert_eq!(said[1].follows, [(Some('C'), 0.5), (None, 0.5)]);
        assert!(near(said[1].model, 1.0) && near(said[0].model, 3.0) && near(said[0].td, 3.0));
        assert_eq!(answers(&Bench { cards: Vec::new() }), []);
    }

    #[test]
    fn cards_are_read_and_written() {
        assert_eq!(Card::parse(" a 0, B −1.5 ").unwrap().text(), "A 0 B -1.5");
        assert_eq!(Card::parse("A 0 B 0").unwrap(), Bench::default().cards[0].0);
        let say = |text: &str| Card::parse(text).unwrap_err().to_string();
        assert!(say("  ").contains("an empty card"));
        assert!(say("AB 0").starts_with("'AB' is no state: one letter from A to Z"));
        assert!(say("A 0 1 B").starts_with("'1' is no state"));
        assert!(say("A x").starts_with("'x' after A is no reward"));
        assert!(say("A NaN").contains("no reward") && say("A 1e9").contains("-1000 to 1000"));
        assert!(say("A 0 B").starts_with("no reward after the last B"));
        assert!(say(&"A 0 ".repeat(13)).starts_with("13 steps on one card"));
        let mut full = Bench { cards: Vec::new() };
        (0..MAX_CARDS).for_each(|_| full.add("A 0").unwrap());
        assert_eq!(full.add("A 0"), Err(CardError::Full));
    }
}

//! What both kinds of deep Dyna-Q do and answer alike: how planning goes on, and what they tell of
//! themselves.

/// The rest of an [`Agent`](crate::agents::Agent) once it acts, learns and plans once.
macro_rules! answers {
    () => {
        fn due(&self) -> u32 {
            self.due
        }

        fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
            self.renew();
            let mut done = 0;
            while done < budget && self.due > 0 && self.fault.is_none() {
                self.plan_once(watch);
                watch.unit();
                self.due -= 1;
                done += 1;
            }
            self.check();
            done
        }

        fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
            self.renew();
            // Dreams are dreamt by all; a step under way goes on with those that took part in it.
            let all = self.lanes.iter().map(|lane| !lane.memory.is_empty()).collect();
            let under_way = std::mem::replace(&mut self.active, all);
            let mut done = 0;
            while done < units && self.can_dream() {
                self.plan_once(watch);
                watch.unit();
                done += 1;
            }
            self.active = under_way;
            self.check();
            done
        }

        fn can_dream(&self) -> bool {
            self.fault.is_none() && self.lanes.iter().any(|lane| !lane.memory.is_empty())
        }

        fn work(&self) -> Work {
            self.works.all
        }

        fn work_of(&self, lane: usize) -> Work {
            self.works.of(lane)
        }

        fn moves(&self) -> Moves {
            Moves { updates: true, imagined: self.config.planning_steps > 0 }
        }

        fn param(&self, index: usize) -> f64 {
            self.config.get(index)
        }

        fn set_param(&mut self, index: usize, value: f64) {
            self.config.set(index, value);
        }

        fn code(&self) -> &'static [CodeLine] {
            code(self.config.picks)
        }

        fn view(&self) -> View {
            self.view_of(0)
        }

        fn failure(&self) -> Option<NotANumber> {
            None
        }

        fn has_failed(&self) -> bool {
            self.fault.is_some()
        }

        fn fault(&self) -> Option<Fault> {
            self.fault.as_ref().map(|(_, fault)| fault.clone())
        }

        fn failed_lane(&self) -> usize {
            self.fault.as_ref().map_or(0, |(lane, _)| *lane)
        }

        fn place(&self) -> Option<Place> {
            Some(self.nets.seat.compute().place())
        }

        fn stow(&mut self) {
            if let Some(seat) = self.nets.seat.stowed() {
                self.nets = self.nets.to(seat);
            }
        }
    };
}
pub(super) use answers;

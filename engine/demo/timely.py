"""What time does, and what becomes of dates, in the words of a story."""

from collections.abc import Sequence
from datetime import datetime

from engine.demo.naming import Names
from engine.labels import labelled
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import last_day
from workflows.calendar_text import shipped_calendar
from workflows.deadlines import sentence
from workflows.fields import show_day
from workflows.obligation import Obligation
from workflows.text import say
from workflows.workflow import Workflow

Said = tuple[str, str, bool]  # a verb, what it was about, and whether it turns the story


class Timely:
    """Says the facts of time of one cascade, in their order. `rests` are the spans in which obligations last rested;
    `carried_at` is when what stood was carried over: the story goes on with what it opens after that."""

    def __init__(self, names: Names, workflow: Workflow, followed: int) -> None:
        self._names, self._workflow, self._followed = names, workflow, followed
        self.calendar = shipped_calendar(workflow.definition.calendar)
        self.rests: dict[int, tuple[datetime, datetime]] = {}
        self.carried_at: datetime | None = None

    def is_next_year(self, one: Obligation) -> bool:
        """Is it a period's, opened after what stood was carried over?"""
        return one.standing is not None and self.carried_at is not None and one.assigned_at >= self.carried_at

    def dated(
        self, entry: Entry, fact: f.DueSet | f.ExtensionRequested | f.ExtensionGranted | f.ExtensionRefused
    ) -> Said:
        """What became of a date, and of the wish for another one."""
        what = self._names.what([fact.number])
        match fact:
            case f.DueSet(cause="rest") if fact.number in self.rests:
                begun, ended = (f"{last_day(at):%d/%m}" for at in self.rests[fact.number])
                words = say("{what}: its clock rested {begun}-{ended}; {why}", what=what, begun=begun, ended=ended,
                            why=sentence(fact.because))  # fmt: skip
                return say("due"), words, True
            case f.DueSet():
                return say("due"), say("{what}: {why}", what=what, why=sentence(fact.because)), False
            case f.ExtensionRequested():
                self.rests[fact.number] = (entry.recorded_at, entry.recorded_at)
                until, reason = f"{last_day(fact.request.until):%d/%m}", fact.request.reason
                words = say("{what}: another date, {day}: {reason}", what=what, day=until, reason=reason)
                return say("ask"), words, False
            case f.ExtensionGranted():
                words = say(
                    "{what}: to {day}, within the date above it", what=what, day=f"{last_day(fact.until):%d/%m}"
                )
                return say("grant"), words, True
        words = say(
            "{what}: not to {day}: {reason}", what=what, day=f"{last_day(fact.until):%d/%m}", reason=fact.reason
        )
        return say("keep"), words, True

    def passed(self, entry: Entry, fact: f.Fact, numbers: Sequence[int]) -> Said | None:
        """What time did, and what somebody did about it; None for what is no part of a story."""
        what = self._names.what(numbers)
        match fact:
            case f.RungReached():
                return self._rung(fact, numbers)
            case f.ReceiptMissed():
                return say("late"), say("{what}: not received in time", what=what), False
            case f.DeadlineMissed():
                words = say("{what}: {day} has passed", what=what, day=f"{last_day(fact.due_at):%d/%m}")
                return say("MISSED"), words, fact.number == self._followed
            case f.AnswerMissed():
                words = say("{what}: the giver has not answered ({about})", what=what, about=fact.about)
                return say("wait"), words, False
            case f.PeriodOpened():
                words = say("{period} opens: {what}", period=fact.period, what=what)
                return say("period"), words, self.carried_at is not None
            case f.ReviewDue():
                words = say("{what}: to end on {day} unless carried over", what=what,
                            day=f"{last_day(fact.until):%d/%m}")  # fmt: skip
                if fact.follows:
                    words = say("{words}; followed under {documents}", words=words, documents=fact.follows)
                return say("review"), words, self._names.is_known(fact.number)
            case f.CarriedOver():
                self.carried_at = entry.recorded_at
                words = say("{what}: stands for another year, to {day}", what=what, day=show_day(last_day(fact.until)))
                return say("carry"), words, True
            case f.Acknowledged():
                held = f"{last_day(fact.held_until):%d/%m}" if fact.held_until else "-"
                words = say(
                    "{seat}, {what}: next rung held to {day}", seat=f"{entry.office}/{entry.role}", what=what, day=held
                )
                return say("ack"), words, True
            case f.Joined():
                words = say("{what}: every lead below is done, it may report upward", what=what)
                return say("join"), words, not self._names.is_outside(self._names[fact.number].holder)
        return None

    def _rung(self, fact: f.RungReached, numbers: Sequence[int]) -> Said:
        known, giver = self._workflow.definition.english, fact.of == "giver"
        english = known.giver_rungs if giver else known.rungs
        label = labelled(fact.label, english[fact.rung - 1] if len(english) >= fact.rung else None)
        verb = say("ESCALATE") if fact.rung > 2 else say("remind") if fact.rung == 1 or giver else say("urge")
        words = say("{what}: {label}", what=self._names.what(numbers), label=label)
        if fact.skipped:
            words = say("{words}, passing over {count}", words=words, count=len(fact.skipped))
        if len(numbers) == 1:
            words = say("{words} -> {seats}", words=words, seats=[self._names.seat(one) for one in fact.told])
        return verb, words, self._followed in numbers and fact.occurrence == 1

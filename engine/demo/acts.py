"""What people did to obligations, in the words of a story: reports and their answers, rests, returns, offers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from engine.demo.naming import Names
from engine.demo.outcome import Tale
from engine.demo.timely import Said, Timely
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import VIETNAM, last_day
from workflows.causes import Cause, cause_words
from workflows.fields import parse_day
from workflows.obligation import Offer
from workflows.text import joined, mark, say, say_count

_ANSWERS = {"redo": mark("redo"), "reassign": mark("reassign"), "insist": mark("insist"), "resume": mark("go on")}


class Acts:
    """Says the acts of one cascade, in their order. `refused` are the offices whose report was refused before it was
    accepted; `followed` is the obligation that the story follows."""

    def __init__(self, tale: Tale, names: Names, time: Timely, followed: int, refused: Collection[str]) -> None:
        self._names, self._time, self._followed, self._refused = names, time, followed, refused
        self._offers = {fact.offer.key: fact.offer for _, fact in tale.told if isinstance(fact, f.Offered)}
        answers = [(entry, fact) for entry, fact in tale.told if isinstance(fact, f.OfferAnswered) and fact.taken]
        self._taken = {fact.key for _, fact in answers}
        self._reported_so = {(entry.recorded_at, fact.number) for entry, fact in answers}

    def acted(self, entry: Entry, fact: f.Acted, numbers: Sequence[int]) -> Said | None:
        """A step of an obligation; None where another line has said it."""
        what, fields = self._names.what(numbers), dict(fact.fields)
        if fact.rests == "ends" and fact.resumed_at:
            begun = self._time.rests.get(fact.number)
            self._time.rests[fact.number] = (begun[0] if begun else fact.resumed_at, fact.resumed_at)
        if fact.received_at and not fact.rests:
            days = self._days_late(self._names[fact.number].receive_by, fact.received_at)
            late = say_count(", {count} working day late", ", {count} working days late", days) if days else ""
            return say("receive"), joined([what, late], ""), bool(days)
        if fact.rests == "starts":
            self._time.rests[fact.number] = (fact.rested_at or entry.recorded_at, entry.recorded_at)
            return self._rest_begun(entry, fact, what, fields)
        if fact.outcome == "fulfilled":
            return self._done(entry, fact, numbers, what, fields)
        if fact.rests == "ends":
            given_to = self._names.office(fields.get("new_holder", ""))
            words = say("{what}: {why}", what=what, why=fields.get("reason") or given_to or cause_words(fact.cause))
            answer = _ANSWERS.get(fact.action, fact.action)
            return say(answer), words, fact.cause is None
        if fact.action == "update":
            return say("note"), say("{what}: {note}", what=what, note=fields.get("note", "")), False
        return fact.action, say("{what}: {why}", what=what, why=cause_words(fact.cause)), False

    def _rest_begun(self, entry: Entry, fact: f.Acted, what: str, fields: dict[str, str]) -> Said | None:
        """A report, a dispute or a pause."""
        if fact.paused_until:
            words = say("{what}: until {day}: {reason} ({document})", what=what, day=f"{last_day(fact.paused_until):%d/%m}",
                        reason=fields.get("reason", cause_words(fact.cause)), document=fields.get("document", ""))  # fmt: skip
            return say("pause"), words, True
        if not fact.sent_at:
            return say("dispute"), say("{what}: {reason}", what=what, reason=fields.get("reason", "")), True
        if (entry.recorded_at, fact.number) in self._reported_so:
            return None  # the taking of the offer has said it
        one = self._names[fact.number]
        symbol, cause = fields.get("symbol", ""), fields.get("cause")
        words = say("{what}: {symbol}", what=what, symbol=symbol)
        days = self._days_late(one.due_at, fact.sent_at)
        if cause and days:
            words = say_count(
                "{what}: {symbol}, {count} working day late ({cause})",
                "{what}: {symbol}, {count} working days late ({cause})",
                days, what=what, symbol=symbol, cause=cause,
            )  # fmt: skip
        turns = fact.number == self._followed or self._names.is_outside(one.giver)
        return say("report"), words, turns or (bool(days) and self._time.is_next_year(one))

    def _done(self, entry: Entry, fact: f.Acted, numbers: Sequence[int], what: str, fields: dict[str, str]) -> Said:
        one = self._names[fact.number]
        if isinstance(fact.cause, Cause) and fact.cause.kind == "year_end":
            words = say("{what}: {why}", what=what, why=cause_words(fact.cause))
            return say("end"), words, self._names.is_known(fact.number)
        if "document" not in fields:
            return say("accept"), what, self._time.is_next_year(one) and len(numbers) > 1
        happened, recorded = parse_day(fields["happened_on"]), entry.recorded_at.astimezone(VIETNAM)
        words = say("{what}: happened {on}, recorded {day} from {document}", what=what, on=f"{happened:%d/%m}",
                    day=f"{recorded:%d/%m}", document=fields["document"])  # fmt: skip
        return say("accept"), words, True

    def returned(self, fact: f.Returned, returns: Sequence[f.Returned]) -> Said:
        """The returns that one form makes for what is silent."""
        said = [
            say_count("item {label}: {count} event", "item {label}: {count} events", one.events,
                      label=self._names.label(one.number))
            if one.events
            else say("item {label}: nil", label=self._names.label(one.number))
            for one in returns
        ]  # fmt: skip
        office = self._names.office(self._names[fact.number].holder)
        words = say(
            "{office}, {period}, in {form}: {returns}", office=office, period=fact.period, form=fact.form, returns=said
        )
        turns = self._names[fact.number].holder in self._refused and any(one.events for one in returns)
        return say("return"), words, turns

    def offered(self, fact: f.Offered | f.ReportOffered | f.OfferAnswered, offers: Sequence[Offer]) -> Said:
        """A report that answers another document too: sent there, offered there, taken or declined."""
        what = self._names.what([fact.number])
        if isinstance(fact, f.ReportOffered):
            words = say_count(
                "{count} accepted report also answers a document of another cascade, and is offered there",
                "{count} accepted reports also answer a document of another cascade, and are offered there",
                len(offers),
            )
            return say("send"), words, False
        if isinstance(fact, f.Offered):
            words = say_count(
                "{what}: {count} report accepted under {about} is offered to it",
                "{what}: {count} reports accepted under {about} are offered to it",
                len(offers), what=what, about=fact.offer.about,
            )  # fmt: skip
            return say("offer"), words, any(one.key in self._taken for one in offers)
        offer = self._offers[fact.key]
        if fact.taken:
            sent = f"{last_day(offer.sent_at):%d/%m}"
            words = say("{what}: {report} of {day} answers it too", what=what, report=offer.symbol, day=sent)
            return say("take"), words, True
        words = say("{what}: {report}: {reason}", what=what, report=offer.symbol, reason=fact.reason)
        return say("decline"), words, False

    def _days_late(self, by: datetime | None, at: datetime) -> int:
        return self._time.calendar.between(last_day(by), last_day(at)) if by and at > by else 0

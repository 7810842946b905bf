"""What was asked, as the entries that came of it tell it: the command put together again, for the law to decide once more.

Of a document's issue the entries hold what came of it and not all that was asked (which version of which workflow was
meant, which dates were read from which words): it is not asked again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflows import facts as f
from workflows.calendar import last_day
from workflows.commands import (
    Act,
    Actor,
    Amend,
    Command,
    Correct,
    Elapse,
    End,
    EndBasis,
    ItemChange,
    Link,
    MakeOffer,
    Renew,
)
from workflows.encoding import instant_text
from workflows.world import World


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as it was read. `command` is empty where time alone asked; `reason` is why, where a command said so."""

    seq: int
    fact: f.Fact
    by: Actor
    command: str
    reason: str
    at: datetime


def asked(world: World, chain: str, entries: Sequence[Told]) -> Command | None:
    """The command of which these entries are what came first; None where they do not tell it.

    What they tell may not be all of it: where an outside office's paper was recorded, its symbol and day may be missing.
    """
    first = entries[0]
    return _by_time(chain, first) if not first.command else _by_somebody(world, chain, first, entries)


def _by_time(chain: str, first: Told) -> Command | None:
    match first.fact:
        case f.RenewalDue() | f.RenewalRefused():
            return Renew(chain, first.fact.directive)
        case f.Incident():
            return None  # what could not be carried out then: no state follows from it but when it is tried again
    number = f.obligation_of(first.fact)
    return Elapse(chain, number) if number else None


def _by_somebody(world: World, chain: str, first: Told, entries: Sequence[Told]) -> Command | None:
    fact, id_, by = first.fact, first.command, first.by
    match fact:
        case f.Corrected():
            return Correct(id_, by, chain, fact.seq, fact.field, fact.new, fact.reason, fact.item)
        case f.Offered():
            return MakeOffer(id_, chain, fact.number, fact.offer, by)
        case f.Linked():
            return Link(id_, by, chain, fact.directive, fact.item, fact.basis)
        case f.BasisEnded():
            return EndBasis(id_, chain, fact.directive, fact.item, fact.symbol, fact.document, by)
        case f.DirectiveMoved(step="revoke"):
            on = _on_paper(world, fact.directive, fact.happened_at)
            return End(id_, by, chain, fact.directive, fact.document or "", first.reason, fact.open_work, on)
        case f.ItemAmended():
            amended = [one.fact for one in entries if isinstance(one.fact, f.ItemAmended)]
            changes = tuple(ItemChange(one.item, one.due_at, one.due_wording, one.text) for one in amended)
            on = _on_paper(world, fact.directive, fact.happened_at)
            return Amend(id_, by, chain, fact.directive, fact.document, changes, first.reason, on)
    number = f.obligation_of(fact)
    taken = _act(world, fact, entries)
    return Act(id_, by, chain, number, taken[0], taken[1]) if taken and number else None


def complete(first: Told) -> bool:
    """Do the entries certainly hold all that was asked?"""
    return not first.command or isinstance(first.fact, f.Acted | f.Corrected | f.Offered | f.Linked | f.BasisEnded)


def _on_paper(world: World, directive: int, moment: datetime | None) -> date | None:
    """The day of an outside office's document."""
    outside = world.office(world.directive(directive).issuer).outside
    return last_day(moment) if outside and moment else None


def _act(world: World, fact: f.Fact, entries: Sequence[Told]) -> tuple[str, Mapping[str, str]] | None:
    """The action on an obligation, and what was given with it."""
    match fact:
        case f.Acted(cause=None):
            return fact.action, dict(fact.fields)
        case f.Acknowledged():
            return "acknowledge", {}
        case f.Urged():
            return "urge", {"document": fact.document}
        case f.OfficerNamed():
            return "name_officer", {"officer": fact.officer}
        case f.OfferAnswered(taken=False):
            return "decline_offer", {"offer": fact.key, "reason": fact.reason or ""}
        case f.OfferAnswered():
            reported = next((one.fact for one in entries if isinstance(one.fact, f.Acted)), None)
            given = dict(reported.fields) if reported else {}
            return "take_offer", {
                "offer": fact.key,
                **{n: v for n, v in given.items() if n not in ("symbol", "sent_on")},
            }
        case f.ExtensionRequested():
            return "request_extension", {"until": instant_text(fact.request.until), "reason": fact.request.reason}
        case f.ExtensionGranted():
            request = world.obligation(fact.number).request
            return ("accept_counter" if request and request.counter else "grant_extension"), {}
        case f.ExtensionRefused():
            return "refuse_extension", {"reason": fact.reason}
        case f.ExtensionCountered():
            return "counter_extension", {"until": instant_text(fact.until), "reason": fact.reason}
        case f.ExtensionWithdrawn():
            return "withdraw_extension", {}
        case f.CarriedOver():
            return "carry_over", {}
        case f.EventDaySet():
            return "set_event_day", {"event_on": str(fact.event_on), **({"reason": fact.reason} if fact.reason else {})}
        case f.TaskRecorded():
            told = {"task": fact.task, "done_on": str(fact.done_on), "note": fact.note}
            return "record_task", told | ({"document": fact.document} if fact.document else {})
    return None

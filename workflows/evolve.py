"""Facts → new values. No rule is asked and nothing is computed that the fact does not say: replay gives the same world."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from typing import Any

from workflows import facts as f
from workflows.directive import Cascade
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.world import World


def evolve(world: World, facts: Iterable[f.Fact]) -> World:
    """The world after these facts."""
    for kind, run in groupby(facts, type):
        _STEPS[kind](world, run)
    return world


def _each(step: Callable[[World, Any], None]) -> Callable[[World, Iterable[Any]], None]:
    """The step of a kind of fact whose facts are followed one by one, whatever comes after one another."""

    def followed(world: World, run: Iterable[Any]) -> None:
        for fact in run:
            step(world, fact)

    return followed


def _cascade_opened(world: World, fact: f.CascadeOpened) -> None:
    world.cascade = Cascade(fact.cascade, fact.title, fact.workflow, fact.calendar, fact.simulated)


def _calendar_followed(world: World, fact: f.CalendarFollowed) -> None:
    world.put_cascade(calendar=fact.after)


def _issued(world: World, fact: f.Issued) -> None:
    world.put_directive(fact.directive, fact.items)
    world.put_cascade(next_directive=fact.directive.number + 1)


def _directive_moved(world: World, fact: f.DirectiveMoved) -> None:
    changes: dict[str, Any] = {"state": fact.after}
    if fact.after in ("revoked", "replaced"):
        changes["renew_at"] = None  # what has ended does not open anew
    world.put_directive(replace(world.directive(fact.directive), **changes))


def _renewal_due(world: World, fact: f.RenewalDue) -> None:
    world.put_directive(replace(world.directive(fact.directive), renew_at=fact.again_at))


def _renewal_refused(world: World, fact: f.RenewalRefused) -> None:
    world.put_directive(replace(world.directive(fact.directive), renew_at=fact.retry_at))


def _continued(world: World, fact: f.Continued) -> None:
    world.put_directive(replace(world.directive(fact.directive), continued_by=fact.by_cascade, renew_at=None))


def _assigned(world: World, run: Iterable[f.Assigned]) -> None:
    """Obligations that come to be one after another; each parent counts its new leads at once."""
    leads: Counter[int] = Counter()
    last = 0
    for fact in run:
        obligation = fact.obligation
        world.put(obligation)
        last = obligation.number
        if obligation.counted and obligation.parent:
            leads[obligation.parent] += 1
    world.put_cascade(next_obligation=last + 1)
    for number, count in leads.items():
        parent = world.obligation(number)
        world.put(parent.but(leads_open=parent.leads_open + count))


def _acted(world: World, run: Iterable[f.Acted]) -> None:
    """Acts one after another; each parent counts those of its leads that ended at once."""
    ended: Counter[tuple[int, str]] = Counter()
    for fact in run:
        before = world.obligation(fact.number)
        world.put(_after_act(before, fact))
        if fact.outcome and before.counted and before.parent:
            ended[before.parent, fact.outcome] += 1
    for (number, outcome), count in ended.items():
        parent = world.obligation(number)
        counted = "leads_done" if outcome == "fulfilled" else "leads_void"
        closed: dict[str, Any] = {counted: getattr(parent, counted) + count}
        world.put(parent.but(leads_open=parent.leads_open - count, **closed))


def _after_act(before: Obligation, fact: f.Acted) -> Obligation:
    changes: dict[str, Any] = {"state": fact.after}
    if fact.received_at:
        changes["received_at"] = fact.received_at
    if fact.sent_at:
        changes |= {"sent_at": fact.sent_at, "sent_by": fact.sent_by, "sent_as": fact.sent_as or before.sent_as}
    if fact.figures:
        changes["figures"] = fact.figures
    if fact.reported_with:
        changes["reported_with"] = fact.reported_with
    if fact.doer:  # a newer doer of the same action replaces the older
        changes["doers"] = tuple(sorted({**dict(before.doers), fact.action: fact.doer}.items()))
    if fact.rests == "starts":
        fired = tuple(key for key in before.fired if not key.startswith(("answer", "decide")))
        changes |= {"rested_at": fact.rested_at, "answer_by": fact.answer_by, "fired": fired}
        # Who reports or disputes no longer asks for another date.
        changes |= {"request": None, "paused_until": fact.paused_until}
    elif fact.rests == "ends":
        changes |= {"rested_at": None, "answer_by": None, "paused_until": None, "resumed_at": fact.resumed_at}
        if not fact.outcome:
            # A report that was sent back is no report.
            changes |= {"sent_at": None, "sent_by": None, "sent_as": None, "reported_with": None, "figures": ()}
    if fact.outcome:
        changes |= {"outcome": fact.outcome, "closed_at": fact.closed_at, "request": None, "retry_at": None}
        changes |= {"paused_until": None, "offers": (), "tasks": (), "wake_at": None}
    return before.but(**changes)


def _due_set(world: World, fact: f.DueSet) -> None:
    """A new date takes the old date's rungs with it, their fired keys and open tasks; the ladder starts at its foot."""
    before = world.obligation(fact.number)
    planned = "planned" in fact.because.notes
    due_at = None if planned else fact.due_at
    world.put(
        before.but(
            due_at=due_at,
            first_due_at=before.first_due_at or due_at,
            because=fact.because,
            armed_at=fact.armed_at,
            fired=tuple(key for key in before.fired if key != "due" and not key.startswith("rung:")),
            rung=0,
            rung_at=None,
            held_until=None,
            tasks=(),
            waits_for=None,
            planned_for=fact.due_at if planned else None,
        )
    )


def _extension_requested(world: World, fact: f.ExtensionRequested) -> None:
    before = world.obligation(fact.number)
    fired = tuple(key for key in before.fired if not key.startswith("decide"))
    world.put(before.but(request=fact.request, fired=fired, rested_at=fact.request.asked_at))


def _extension_granted(world: World, fact: f.ExtensionGranted) -> None:
    before = world.obligation(fact.number)
    world.put(before.but(request=None, rested_at=None, resumed_at=fact.at, extensions=before.extensions + 1))


def _extension_refused(world: World, fact: f.ExtensionRefused) -> None:
    world.put(world.obligation(fact.number).but(request=None, rested_at=None, resumed_at=fact.at))


def _extension_countered(world: World, fact: f.ExtensionCountered) -> None:
    before = world.obligation(fact.number)
    assert before.request is not None  # only a request is answered by another date
    request = replace(before.request, counter=fact.until, decide_by=None)
    world.put(before.but(request=request, rested_at=None, resumed_at=fact.at))


def _extension_withdrawn(world: World, fact: f.ExtensionWithdrawn) -> None:
    world.put(world.obligation(fact.number).but(request=None, rested_at=None))


def _item_amended(world: World, fact: f.ItemAmended) -> None:
    item = world.item(fact.directive, fact.item)
    changes: dict[str, Any] = {
        name: getattr(fact, name) for name in ("due_at", "due_wording", "text") if getattr(fact, name) is not None
    }
    if fact.due_at:
        changes["due_form"] = None  # a later document gives a plain date
    world.put_item(replace(item, **changes))


def _event_day_set(world: World, fact: f.EventDaySet) -> None:
    world.put_item(replace(world.item(fact.directive, fact.item), event_on=fact.event_on))


def _repointed(world: World, fact: f.Repointed) -> None:
    world.put(world.obligation(fact.number).but(directive=fact.directive, item=fact.item))


def _linked(world: World, fact: f.Linked) -> None:
    item = world.item(fact.directive, fact.item)
    bases = list(item.bases)
    bases[fact.place : fact.place + 1] = [fact.basis]
    world.put_item(replace(item, bases=tuple(bases)))


def _basis_ended(world: World, fact: f.BasisEnded) -> None:
    item = world.item(fact.directive, fact.item)
    bases = list(item.bases)
    bases[fact.place] = replace(bases[fact.place], ended_by=fact.document)
    world.put_item(replace(item, bases=tuple(bases)))


def _offered(world: World, fact: f.Offered) -> None:
    before = world.obligation(fact.number)
    world.put(before.but(offers=(*before.offers, fact.offer)))


def _offer_answered(world: World, fact: f.OfferAnswered) -> None:
    before = world.obligation(fact.number)
    world.put(before.but(offers=tuple(one for one in before.offers if one.key != fact.key)))


_DAYS = ("issued_on", "arrived_on")


def _corrected(world: World, fact: f.Corrected) -> None:
    new: Any = date.fromisoformat(fact.new) if fact.field in _DAYS else fact.new
    if fact.item is not None and fact.directive is not None:
        world.put_item(replace(world.item(fact.directive, fact.item), **{fact.field: new}))
    elif fact.directive is not None:
        world.put_directive(replace(world.directive(fact.directive), **{fact.field: new}))
    elif fact.number is not None:
        before = world.obligation(fact.number)
        changes: dict[str, Any] = {"sent_at": fact.sent_at} if fact.sent_at else {"sent_as": fact.new}
        if right := fact.figure:
            changes = {"figures": tuple(right if one.name == right.name else one for one in before.figures)}
        world.put(before.but(**changes))


def _fired(
    world: World, fact: f.ReceiptMissed | f.DeadlineMissed | f.PeriodOpened | f.ReviewDue | f.EventAsked
) -> None:
    before = world.obligation(fact.number)
    world.put(before.but(fired=(*before.fired, fact.key), failures=0, retry_at=None))


def _returned(world: World, fact: f.Returned) -> None:
    world.put(world.obligation(fact.number).but(returned_period=fact.period, returned_events=fact.events))


def _carried_over(world: World, fact: f.CarriedOver) -> None:
    world.put(world.obligation(fact.number).but(until=fact.until, failures=0, retry_at=None))


def _answer_missed(world: World, fact: f.AnswerMissed) -> None:
    before = world.obligation(fact.number)
    changes: dict[str, Any] = {"fired": (*before.fired, fact.key), "failures": 0, "retry_at": None}
    if fact.again_at is None:  # the giver's own ladder goes on from the day by which it should have answered
        world.put(before.but(**changes))
        return
    if fact.about == "extension" and before.request:
        changes["request"] = replace(before.request, decide_by=fact.again_at)
    else:
        changes["answer_by"] = fact.again_at
    world.put(before.but(**changes))


def _rung_reached(world: World, fact: f.RungReached) -> None:
    before = world.obligation(fact.number)
    fired, tasks = (*before.fired, *fact.skipped, fact.key), (*before.tasks, *fact.tasks)
    if fact.of == "giver":  # the holder's own ladder stands where it stood
        world.put(before.but(fired=fired, failures=0, retry_at=None, tasks=tasks))
        return
    world.put(
        before.but(
            fired=fired,
            rung=max(before.rung, fact.rung),
            rung_at=fact.at,
            held_until=None,
            failures=0,
            retry_at=None,
            tasks=tasks,
        )
    )


def _task_recorded(world: World, fact: f.TaskRecorded) -> None:
    before = world.obligation(fact.number)
    world.put(before.but(tasks=tuple(one for one in before.tasks if one.id != fact.task)))


def _officer_named(world: World, fact: f.OfficerNamed) -> None:
    world.put(world.obligation(fact.number).but(officer=fact.officer))


def _acknowledged(world: World, fact: f.Acknowledged) -> None:
    world.put(world.obligation(fact.number).but(held_until=fact.held_until))


def _joined(world: World, fact: f.Joined) -> None:
    world.put(world.obligation(fact.number).but(joined_at=fact.at))


def _unjoined(world: World, fact: f.Unjoined) -> None:
    world.put(world.obligation(fact.number).but(joined_at=None))


def _incident(world: World, fact: f.Incident) -> None:
    before = world.obligation(fact.number)
    world.put(before.but(failures=before.failures + 1, retry_at=fact.retry_at))


def _incident_retried(world: World, fact: f.IncidentRetried) -> None:
    world.put(world.obligation(fact.number).but(retry_at=None))


def _incident_resolved(world: World, fact: f.IncidentResolved) -> None:
    before = world.obligation(fact.number)
    world.put(before.but(fired=(*before.fired, *fact.keys), failures=0, retry_at=None))


def _nothing(world: World, fact: f.Fact) -> None:
    """What is written down and told, and changes no state: administration, letters, offers on their way."""


_STEPS: dict[type[Any], Callable[[World, Iterable[Any]], None]] = {
    f.Assigned: _assigned,
    f.CascadeOpened: _each(_cascade_opened),
    f.CalendarFollowed: _each(_calendar_followed),
    f.Issued: _each(_issued),
    f.DirectiveMoved: _each(_directive_moved),
    f.Acted: _acted,
    f.Attached: _each(_nothing),
    f.DueSet: _each(_due_set),
    f.ExtensionRequested: _each(_extension_requested),
    f.ExtensionGranted: _each(_extension_granted),
    f.ExtensionRefused: _each(_extension_refused),
    f.ExtensionCountered: _each(_extension_countered),
    f.ExtensionWithdrawn: _each(_extension_withdrawn),
    f.ItemAmended: _each(_item_amended),
    f.EventDaySet: _each(_event_day_set),
    f.EventAsked: _each(_fired),
    f.Repointed: _each(_repointed),
    f.Linked: _each(_linked),
    f.BasisEnded: _each(_basis_ended),
    f.Offered: _each(_offered),
    f.OfferAnswered: _each(_offer_answered),
    f.Corrected: _each(_corrected),
    f.Kept: _each(_nothing),
    f.Urged: _each(_nothing),
    f.ReportOffered: _each(_nothing),
    f.ReceiptMissed: _each(_fired),
    f.DeadlineMissed: _each(_fired),
    f.AnswerMissed: _each(_answer_missed),
    f.PeriodOpened: _each(_fired),
    f.Returned: _each(_returned),
    f.ReviewDue: _each(_fired),
    f.CarriedOver: _each(_carried_over),
    f.RenewalDue: _each(_renewal_due),
    f.RenewalRefused: _each(_renewal_refused),
    f.Continued: _each(_continued),
    f.RungReached: _each(_rung_reached),
    f.TaskRecorded: _each(_task_recorded),
    f.OfficerNamed: _each(_officer_named),
    f.Acknowledged: _each(_acknowledged),
    f.Joined: _each(_joined),
    f.Unjoined: _each(_unjoined),
    f.Incident: _each(_incident),
    f.IncidentRetried: _each(_incident_retried),
    f.IncidentResolved: _each(_incident_resolved),
    f.Administered: _each(_nothing),
    f.SealKeySet: _each(_nothing),
}

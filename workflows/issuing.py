"""The law of issuing: a directive and its items become obligations, each with its date.

A directive may be recorded for an outside office, pass an obligation on (by dispatch or endorsement), take the place of
another one, take over an earlier list, or pass on by itself, level by level, where the workflow says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from workflows import assigning, dating, ending, guards, item_dates, parties, renewal, targets
from workflows.assigning import Delivery
from workflows.calendar import Calendar, day_end, day_of, last_day
from workflows.causes import Cause
from workflows.commands import TIMER, Issue, ItemDraft
from workflows.definition import Definition
from workflows.directive import Cascade, Directive, Item, cascade_id_of
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import Acted, CascadeOpened, DueSet, Fact, Issued
from workflows.fields import check_backdating, is_text, show_day
from workflows.grammar import TimeRule
from workflows.guards import Share
from workflows.linking import BASES_MAX, check_basis
from workflows.machine import StepRefused, directive_machine
from workflows.obligation import Obligation
from workflows.offices import Office
from workflows.text import say
from workflows.words import DATED, DIRECTIVE_MEANS
from workflows.workflow import Workflow
from workflows.world import World

_PARTS = ("lead", "support", "info")
_PASSED_ON = ("lead", "info")  # parts that pass on by themselves; a supporting office answers for its own share


@dataclass(slots=True)
class _Numbers:
    """The next numbers of a cascade while one command makes several directives and obligations."""

    directive: int
    obligation: int

    def next_directive(self) -> int:
        self.directive += 1
        return self.directive - 1

    def next_obligation(self) -> int:
        self.obligation += 1
        return self.obligation - 1


def issue(world: World, command: Issue, now: datetime) -> Iterator[Fact]:
    """Facts of a directive being issued or, for an outside issuer, recorded. Raises Refused."""
    workflow = world.workflows.get(command.workflow)
    issuer = world.office(command.issuer)
    command = ending.with_parents(world, command)
    parents = [world.obligation(number) for number in sorted({one.parent for one in command.items if one.parent})]
    command = _endorsed(world, command, parents)
    _check_in_use(world, command, workflow, parents)
    _check_document(command, now)
    _check_seat(world, command, issuer, workflow)
    if command.continues and command.cascade:
        asked = say("let {symbol} continue cascade {cascade}", symbol=command.symbol, cascade=command.continues)
        raise Unmet(asked, say("only a document that opens a cascade continues another one"))
    _check_parties(world, command)
    if world.cascade is None:
        yield _opened(world, command, workflow)
    cascade = world.opened if world.cascade else _new_cascade(world, command, workflow)
    _check_arrival(world, command, cascade, workflow, now)
    numbers = _Numbers(cascade.next_directive, cascade.next_obligation)
    directive = _directive(world, command, issuer, workflow, numbers.next_directive())
    relayed = [fact for parent in parents for fact in _relayed(world, parent, directive, command, now)]
    limits = {parent.number: parent.due_at for parent in parents}
    limits |= {fact.number: fact.due_at for fact in relayed if isinstance(fact, DueSet)}
    moded = [_with_mode(world, draft, workflow, directive, limits.get(draft.parent or 0)) for draft in command.items]
    moded = [_with_targets(draft, workflow) for draft in moded]
    items = tuple(
        Item(directive.number, place, draft.label, draft.text, draft.mode or DATED, draft.due, draft.due_wording,
             draft.parent, draft.due_form, draft.due_rule, draft.due_event, None, draft.due_from, draft.targets,
             draft.bases)
        for place, draft in enumerate(moded, 1)
    )  # fmt: skip
    yield Issued(directive, items)
    yield from relayed
    delivery = _delivery(world, command, cascade, workflow, directive, now)
    replacing = ending.Replacing(world, command, directive, items, delivery) if command.replaces else None
    made = []
    for item, draft in zip(items, moded, strict=True):
        limit = limits.get(item.parent or 0)
        for part in _PARTS:
            for holder in getattr(draft, part):
                if replacing and (old := replacing.takes_over(item, holder, part)):
                    yield from replacing.repointed(old, item, limit)
                    continue
                assigned = assigning.assignment(world, delivery, item, world.office(holder), part, limit)
                made.append(
                    assigned.but(
                        number=numbers.next_obligation(),
                        officer=draft.officer,
                        controller=draft.controller,
                        recipient=draft.recipient,
                        note=draft.note,
                    )
                )
                yield assigning.assigned(world, made[-1], delivery.cause)
    if replacing:
        yield from replacing.ended()
    yield from _passed_on(world, delivery, dict.fromkeys(items), made, numbers)


def _renew_at(world: World, command: Issue, workflow: Workflow) -> datetime | None:
    """When the cascade that this directive opens goes on anew, if it opens one; an opened one counts from its own day."""
    if world.cascade is not None or command.cascade is not None:
        return None
    since = command.arrived_on or command.issued_on
    calendar = _calendar_of(world, command, workflow)
    return renewal.renew_at(workflow.definition.renewal, since, command.renewals, calendar)


def _directive(world: World, command: Issue, issuer: Office, workflow: Workflow, number: int) -> Directive:
    recorded = issuer.outside or command.means in ("opening", renewal.MEANS)
    return Directive(
        number=number,
        symbol=command.symbol,
        type=command.type,
        issuer=issuer.id,
        issued_on=command.issued_on,
        subject=command.subject,
        workflow=workflow.key,
        state=directive_machine().step("draft", "issue"),
        means=command.means,
        arrived_on=command.arrived_on,
        arrival_number=command.arrival_number,
        place=command.place,
        signer=command.signer,
        urgency=command.urgency,
        recorded_by=str(command.by) if recorded else None,
        replaces=command.replaces,
        renew_at=_renew_at(world, command, workflow),
        renewals=command.renewals,
        continues=command.continues,
    )


def _delivery(
    world: World, command: Issue, cascade: Cascade, workflow: Workflow, directive: Directive, now: datetime
) -> Delivery:
    """How the directive reaches its holders: when, and whether that is their receipt."""
    opening = command.means == "opening"
    reached = min(day_end(command.arrived_on), now) if command.arrived_on and not opening else now
    calendar = world.calendars[cascade.calendar]
    cause = Cause("opening") if opening else None
    return Delivery(workflow, calendar, directive, reached, now, received=opening, cause=cause)


def _passed_on(
    world: World, above: Delivery, items: Iterable[Item], made: list[Obligation], numbers: _Numbers
) -> Iterator[Fact]:
    """What passes on by itself: every office that was just given work at such a level gives it to all offices below it.

    One directive for each office, under the symbol of the one above, and so on down the tree.
    """
    by_number = {item.number: item for item in items}
    holders: dict[str, list[Obligation]] = {}
    for one in made:
        if one.part in _PASSED_ON:
            holders.setdefault(one.holder, []).append(one)
    for holder, obligations in holders.items():
        offices = assigning.passes_on_to(world, above.workflow, world.office(holder))
        works = [(one, by_number[one.item]) for one in obligations]
        if offices:
            yield from _passed_on_by(world, above, holder, offices, works, numbers)


def _passed_on_by(
    world: World,
    above: Delivery,
    holder: str,
    offices: list[Office],
    works: list[tuple[Obligation, Item]],
    numbers: _Numbers,
) -> Iterator[Fact]:
    """One office's own step: its directive, its obligations passed on, and what the offices below owe now."""
    directive = replace(
        above.directive, number=numbers.next_directive(), issuer=holder, issued_on=day_of(above.now), means="automatic",
        arrived_on=None, arrival_number=None, signer=None, recorded_by="timer", replaces=None, renew_at=None,
        renewals=0, continues=None,
    )  # fmt: skip
    items = tuple(
        replace(dating.handed_down(item, one), directive=directive.number, number=place, parent=one.number,
                mode=DATED if dating.has_own_date(item.mode) and one.due_at else item.mode)
        for place, (one, item) in enumerate(works, 1)
    )  # fmt: skip
    yield Issued(directive, items)
    delivery = replace(above, directive=directive, cause=Cause("automatic"))
    made = []
    for (one, _), item in zip(works, items, strict=True):
        yield _step_of_relay(world, above.workflow, one, Cause("automatic"))
        for office in offices:
            part = one.part if one.mode != "info" else "info"
            assigned = assigning.assignment(world, delivery, item, office, part, one.due_at)
            made.append(assigned.but(number=numbers.next_obligation(), recipient=one.recipient))
            yield assigning.assigned(world, made[-1], delivery.cause)
    yield from _passed_on(world, delivery, items, made, numbers)


def _step_of_relay(world: World, workflow: Workflow, one: Obligation, cause: Cause) -> Acted:
    """The step of an obligation that passes on by itself, through the machine like any other."""
    relay = workflow.rules_at(one.level).action_that("issue_below")
    asked = say("pass obligation {number} on by itself", number=one.number)
    if relay is None:
        raise Unmet(asked, say("workflow {key} has no action that passes an obligation on", key=workflow.key))
    try:
        after = workflow.machine_at(one.level).step(one.state, relay)
    except StepRefused as refused:
        because = say("it is {state}, from which it cannot be passed on", state=repr(one.state))
        raise Unmet(asked, because) from refused
    return Acted(one.number, relay, one.state, after, cause=cause)


def _with_mode(
    world: World, draft: ItemDraft, workflow: Workflow, directive: Directive, limit: datetime | None
) -> ItemDraft:
    """The item with its follow-up mode settled. Raises Incomplete where nobody chose one, or nobody is named."""
    asked = say("issue item {label}", label=draft.label)
    if not draft.lead and not draft.info:
        raise Incomplete(asked, say("no office leads it, and none is to be informed"))
    twice = [office for office, times in Counter((*draft.lead, *draft.support, *draft.info)).items() if times > 1]
    if twice:
        raise Incomplete(asked, say("{office} is named more than once", office=repr(twice[0])))
    definition = workflow.definition
    item_dates.check(draft, asked)
    if draft.due or draft.due_rule:
        if draft.mode not in (None, "once", DATED):
            raise Incomplete(
                asked, say("it gives a date, so it cannot be followed up as {mode}", mode=repr(draft.mode))
            )
        if draft.due:
            due_at = item_dates.last_instant(definition, draft.due, draft.due_form)
            _check_parent_date(replace(draft, due=due_at), definition, limit, asked)
        return replace(draft, mode=DATED)
    if draft.mode:
        if draft.mode not in definition.undated_items:
            allowed = tuple(definition.undated_items) or say("none in this workflow: give a date")
            because = say(
                "{mode} is not a follow-up mode of {key}; allowed: {allowed}",
                mode=repr(draft.mode), key=workflow.key, allowed=allowed,
            )  # fmt: skip
            raise Incomplete(asked, because)
        return draft
    if not all(_gets_a_date(world, draft, definition, directive, limit, part) for part in _PARTS):
        because = say("it gives no date: choose its mode, one of {modes}", modes=tuple(definition.undated_items))
        if draft.due_form in ("at_once", "soft"):
            line = f"when: {draft.due_form}"
            because = say("{because} (workflow {key} has no line `{line}` that gives it one)",
                          because=because, key=workflow.key, line=line)  # fmt: skip
        raise Incomplete(asked, because)
    return replace(draft, mode=DATED)


def _with_targets(draft: ItemDraft, workflow: Workflow) -> ItemDraft:
    """The item with its targets as the journal keeps them. Raises Incomplete naming all that is wrong with them."""
    try:
        asked = targets.targets_as_read(workflow.definition, draft.targets, draft.mode or DATED)
    except ValueError as error:
        raise Incomplete(say("issue item {label}", label=draft.label), error.args[0]) from None
    return replace(draft, targets=asked)


def _gets_a_date(
    world: World, draft: ItemDraft, definition: Definition, directive: Directive, limit: datetime | None, part: str
) -> bool:
    """Does the due table give a date to every office that has this part in an item without one?"""
    item = Item(directive.number, 0, draft.label, draft.text, DATED, None, None, draft.parent, draft.due_form)
    giver = world.office(directive.issuer)
    levels = {world.office(office).level for office in getattr(draft, part)}
    shares = [Share(item, directive, part, level, giver.level, limit) for level in levels]
    rules = [guards.first_rule(definition, share) for share in shares]
    return all(rule is not None and isinstance(rule.is_, TimeRule) for rule in rules)


def _check_parent_date(draft: ItemDraft, definition: Definition, limit: datetime | None, asked: str) -> None:
    if definition.deadlines.later_than_parent == "refuse" and limit and draft.due and draft.due > limit:
        because = say(
            "its date {day} is later than {limit}, the date of obligation {parent} above it;"
            " have that one extended first",
            day=show_day(last_day(draft.due)), limit=show_day(last_day(limit)), parent=draft.parent,
        )  # fmt: skip
        raise Unmet(asked, because)


def _check_document(command: Issue, now: datetime) -> None:
    asked = say("issue {symbol}", symbol=command.symbol)
    if command.means not in DIRECTIVE_MEANS or command.means == "automatic":
        raise Incomplete(asked, say("{means} is not a way to issue it", means=repr(command.means)))
    if not command.items:
        raise Incomplete(asked, say("it has no item"))
    texts = (command.symbol, command.subject, command.place, command.signer, command.reason, command.arrival_number)
    of_items = [text for item in command.items for text in (item.text, item.note, item.officer, item.due_wording)]
    if not all(is_text(text) for text in (*texts, *of_items) if text):
        raise Incomplete(asked, say("it holds characters that are no text"))
    for item in command.items:
        for basis in item.bases:
            check_basis(basis, asked)
        if len(item.bases) > BASES_MAX:
            because = say("item {label} rests on {count} documents; {most} is the most",
                          label=item.label, count=len(item.bases), most=BASES_MAX)  # fmt: skip
            raise Unmet(asked, because)
        if item.due and last_day(item.due) < command.issued_on:
            day = show_day(last_day(item.due))
            raise Incomplete(asked, say("item {label} is due {day}, before its own date", label=item.label, day=day))
    if day_end(command.issued_on) > day_end(last_day(now)):
        raise Incomplete(asked, say("its date {day} has not come yet", day=show_day(command.issued_on)))
    if command.arrived_on and command.arrived_on < command.issued_on:
        day = show_day(command.arrived_on)
        raise Incomplete(asked, say("it cannot have arrived on {day}, before its own date", day=day))
    if command.arrived_on and day_end(command.arrived_on) > day_end(last_day(now)):
        raise Incomplete(asked, say("its arrival on {day} has not come yet", day=show_day(command.arrived_on)))


def _check_arrival(world: World, command: Issue, cascade: Cascade, workflow: Workflow, now: datetime) -> None:
    """An arrival may be entered late, within what the workflow allows; a paper's own date may be as old as it is."""
    if command.arrived_on and command.means != "opening":
        asked = say("issue {symbol}", symbol=command.symbol)
        calendar = world.calendars[cascade.calendar]
        check_backdating(workflow.definition.backdating, "arrived_on", command.arrived_on, now, calendar, asked)


def _check_parties(world: World, command: Issue) -> None:
    for item in command.items:
        for office in (item.controller, item.recipient):
            if office:
                world.office(office)


def _check_seat(world: World, command: Issue, issuer: Office, workflow: Workflow) -> None:
    """A directive is issued by its issuer's leader or clerk; an outside one is recorded by the host's clerk.

    A direction on the slip is given by who may pass the work on; an earlier list is taken over by the host's clerk too.
    """
    host = world.offices.host
    hosts = [(host.id, "clerk")] if host else []
    if command.means == renewal.MEANS:
        allowed = [(TIMER.office, TIMER.role)]  # nobody opens it by hand
    elif issuer.outside:
        allowed = hosts
    elif command.means == "endorsement":
        rules = workflow.rules_at(issuer.level)
        relay = rules.action_that("issue_below")
        by = rules.actions[relay].by if relay else ()
        allowed = [(issuer.id, party.split(".")[1]) for party in by if party.startswith("holder.")]
    else:
        allowed = [(issuer.id, "leader"), (issuer.id, "clerk")]
        allowed += [seat for seat in hosts if command.means == "opening" and seat not in allowed]
    if (command.by.office, command.by.role) not in allowed:
        who = tuple(f"{office}/{role}" for office, role in allowed)
        raise NotYours(
            say("issue {symbol} of {office}", symbol=command.symbol, office=issuer.id),
            say("that is for {who}, and you are {actor}", who=who, actor=command.by)
            if who
            else say("that is for the host's clerk, and no office is the host"),
        )
    asked = say("issue {symbol} of {office}", symbol=command.symbol, office=issuer.id)
    parties.check_deputy(world, command.by, "issue", asked)


def _check_in_use(world: World, command: Issue, workflow: Workflow, parents: list[Obligation]) -> None:
    """Raises Unmet where the workflow is retired. What is under way stays on its version: work under it is passed on, and
    a directive replaced, under the version they have."""
    pinned = {world.workflow_of(parent).key for parent in parents}
    if command.replaces and world.cascade:
        pinned.add(world.directive(command.replaces).workflow)
    if world.workflows.usable(workflow) or workflow.key in pinned:
        return
    newer = world.workflows.newest_in_use(workflow.definition.workflow)
    others = list(world.workflows.in_use())
    instead = (
        say("in use is {key}", key=newer.key)
        if newer
        else say("none of its versions is in use; in use are {names}", names=others)
        if others
        else say("no workflow is in use any more; publish one, or: cascade workflow unretire {key}", key=workflow.key)
    )
    because = say("workflow {key} is retired ({why}); {instead}",
                  key=workflow.key, why=world.workflows.retired[workflow.key], instead=instead)  # fmt: skip
    raise Unmet(say("issue {symbol}", symbol=command.symbol), because)


def _endorsed(world: World, command: Issue, parents: list[Obligation]) -> Issue:
    """A direction on the processing slip has no symbol of its own: it goes under that of the document it stands on."""
    if command.means != "endorsement":
        return command
    asked = say("pass work on by a direction on the slip")
    if len(parents) != 1 or any(item.parent is None for item in command.items):
        raise Incomplete(asked, say("it stands on the slip of one obligation; every item has to be under that one"))
    above = world.directive(parents[0].directive)
    return replace(command, symbol=above.symbol, type=above.type, issuer=command.by.office, arrived_on=None)


def _relayed(world: World, parent: Obligation, directive: Directive, command: Issue, now: datetime) -> Iterator[Fact]:
    """The steps by which an obligation above is passed on. A holder that passes it on has evidently received it."""
    workflow, number = world.workflow_of(parent), parent.number
    asked = say("issue {symbol} under obligation {number}", symbol=directive.symbol, number=number)
    if parent.holder != directive.issuer:
        raise Unmet(asked, say("it is owed by {holder}, and only its holder passes it on", holder=parent.holder))
    rules, machine = workflow.rules_at(parent.level), workflow.machine_at(parent.level)
    relay, receive = rules.action_that("issue_below"), rules.action_that("mark_received")
    if relay is None:
        raise Unmet(asked, say("workflow {key} has no action that passes an obligation on", key=workflow.key))
    action = rules.actions[relay]
    means = action.means
    if means and directive.means in ("dispatch", "endorsement") and directive.means not in means:
        because = say("workflow {key} passes work on by {means} alone", key=workflow.key, means=means)
        raise Unmet(asked, because)
    doer = f"{directive.issuer}/leader" if world.office(directive.issuer).outside else str(command.by)
    guards.check_guard(world, parent, action, {}, {}, None, now, asked)
    guards.check_person(world, parent, action, doer, asked)
    cause = Cause("issued", text=directive.symbol)
    state = parent.state
    closed = say("it is {state}, from which it cannot be passed on", state=repr(state))
    if receive and parent.received_at is None and relay not in machine.open_from(state):
        try:
            after = machine.step(state, receive)
        except StepRefused as refused:
            raise Unmet(asked, closed) from refused
        yield Acted(number, receive, state, after, received_at=now, cause=cause)
        yield from dating.date_at_receipt(world, parent, now, now)
        state = after
    try:
        after = machine.step(state, relay)
    except StepRefused as refused:
        raise Unmet(asked, closed) from refused
    yield Acted(number, relay, state, after, cause=cause, doer=guards.remembered(world, parent, relay, doer))


def _calendar_of(world: World, command: Issue, workflow: Workflow) -> Calendar:
    """The newest version of the calendar that a new cascade computes with. Raises Unmet where it is not there."""
    name = workflow.definition.calendar
    versions = [calendar for calendar in world.calendars.values() if calendar.name == name]
    if not versions:
        asked = say("issue {symbol}", symbol=command.symbol)
        because = say("calendar {name} of {key} is not in this database", name=repr(name), key=workflow.key)
        raise Unmet(asked, because)
    return max(versions, key=lambda calendar: calendar.version)


def _new_cascade(world: World, command: Issue, workflow: Workflow) -> Cascade:
    newest = _calendar_of(world, command, workflow)
    year = f" ({command.issued_on.year + command.renewals})" if command.renewals else ""
    title = f"{command.symbol} {command.subject}{year}"
    return Cascade(cascade_id_of(command.id), title, workflow.key, newest.key)


def _opened(world: World, command: Issue, workflow: Workflow) -> CascadeOpened:
    cascade = _new_cascade(world, command, workflow)
    return CascadeOpened(cascade.id, cascade.title, cascade.workflow, cascade.calendar, world.simulated)

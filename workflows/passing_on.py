"""Work that is passed on: the steps of what is above, and what passes on by itself, level by level, as the workflow says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from workflows import assigning, dating, guards
from workflows.assigning import Delivery
from workflows.calendar import day_of
from workflows.causes import Cause
from workflows.commands import Issue
from workflows.directive import Directive, Item
from workflows.errors import Incomplete, Unmet
from workflows.facts import Acted, Fact, Issued
from workflows.machine import StepRefused
from workflows.obligation import Obligation
from workflows.offices import Office
from workflows.text import say
from workflows.words import DATED
from workflows.workflow import Workflow
from workflows.world import World

PASSED_ON = ("lead", "info")  # parts that pass on by themselves; a supporting office answers for its own share


@dataclass(slots=True)
class Numbers:
    """The next numbers of a cascade while one command makes several directives and obligations."""

    directive: int
    obligation: int

    def next_directive(self) -> int:
        self.directive += 1
        return self.directive - 1

    def next_obligation(self) -> int:
        self.obligation += 1
        return self.obligation - 1


def passed_on(
    world: World, above: Delivery, items: Iterable[Item], made: list[Obligation], numbers: Numbers
) -> Iterator[Fact]:
    """What passes on by itself: every office that was just given work at such a level gives it to all offices below it.

    One directive for each office, under the symbol of the one above, and so on down the tree.
    """
    by_number = {item.number: item for item in items}
    holders: dict[str, list[Obligation]] = {}
    for one in made:
        if one.part in PASSED_ON:
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
    numbers: Numbers,
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
            number, recipient = numbers.next_obligation(), one.recipient
            below = assigning.assignment(
                world, delivery, item, office, part, one.due_at, number=number, recipient=recipient
            )
            made.append(below)
            yield assigning.assigned(world, below, delivery.cause)
    yield from passed_on(world, delivery, items, made, numbers)


def _step_of_relay(world: World, workflow: Workflow, one: Obligation, cause: Cause) -> Acted:
    """The step of an obligation that passes on by itself, through the machine like any other."""
    relay = workflow.rules_at(one.level).action_that("issue_below")
    asked = say("pass obligation {number} on by itself", number=one.number)
    if relay is None:
        raise Unmet(asked, say("workflow {key} has no action that passes an obligation on", key=workflow.key))
    try:
        after = world.step(one, relay)
    except StepRefused as refused:
        because = say("it is {state}, from which it cannot be passed on", state=repr(one.state))
        raise Unmet(asked, because) from refused
    return Acted(one.number, relay, one.state, after, cause=cause)


def endorsed(world: World, command: Issue, parents: list[Obligation]) -> Issue:
    """A direction on the processing slip has no symbol of its own: it goes under that of the document it stands on."""
    if command.means != "endorsement":
        return command
    asked = say("pass work on by a direction on the slip")
    if len(parents) != 1 or any(item.parent is None for item in command.items):
        raise Incomplete(asked, say("it stands on the slip of one obligation; every item has to be under that one"))
    above = world.directive(parents[0].directive)
    return replace(command, symbol=above.symbol, type=above.type, issuer=command.by.office, arrived_on=None)


def relayed_by(world: World, parent: Obligation, directive: Directive, command: Issue, now: datetime) -> Iterator[Fact]:
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
            after = world.step(parent, receive)
        except StepRefused as refused:
            raise Unmet(asked, closed) from refused
        yield Acted(number, receive, state, after, received_at=now, cause=cause)
        yield from dating.date_at_receipt(world, parent, now, now)
        state = after
    try:
        after = world.step(parent, relay, state)
    except StepRefused as refused:
        raise Unmet(asked, closed) from refused
    yield Acted(number, relay, state, after, cause=cause, doer=guards.remembered(world, parent, relay, doer))

"""May a document be issued as it is asked? Its own words and days, its seat, its workflow, who is named in it."""

from datetime import datetime

from workflows import parties, renewal
from workflows.calendar import day_end, last_day
from workflows.commands import TIMER, Issue
from workflows.directive import Cascade
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.fields import check_backdating, is_text, show_day
from workflows.linking import BASES_MAX, check_basis
from workflows.obligation import Obligation
from workflows.offices import Office
from workflows.text import say
from workflows.words import DIRECTIVE_MEANS
from workflows.workflow import Workflow
from workflows.world import World


def check_document(command: Issue, now: datetime) -> None:
    """Its own words, days and items. Raises Incomplete, or Unmet where an item rests on too many documents."""
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


def check_arrival(world: World, command: Issue, cascade: Cascade, workflow: Workflow, now: datetime) -> None:
    """An arrival may be entered late, within what the workflow allows; a paper's own date may be as old as it is."""
    if command.arrived_on and command.means != "opening":
        asked = say("issue {symbol}", symbol=command.symbol)
        calendar = world.calendars[cascade.calendar]
        check_backdating(workflow.definition.backdating, "arrived_on", command.arrived_on, now, calendar, asked)


def check_parties(world: World, command: Issue) -> None:
    """Who controls and who receives is in the directory. Raises NotFound."""
    for item in command.items:
        for office in (item.controller, item.recipient):
            if office:
                world.office(office)


def check_seat(world: World, command: Issue, issuer: Office, workflow: Workflow) -> None:
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


def check_in_use(world: World, command: Issue, workflow: Workflow, parents: list[Obligation]) -> None:
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

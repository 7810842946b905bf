"""`cascade obligation show`: one obligation in full, printed or as JSON."""

from dataclasses import asdict
from typing import Any

from engine.cli import figures_page
from engine.cli.printing import data, pairs
from engine.entry_words import what, who
from engine.showing import figures
from engine.showing.obligation import Asks, ObligationPage
from engine.showing.obligation_words import (
    REQUEST_KINDS,
    about,
    clock_why,
    clock_words,
    due_and_why,
    what_became_of,
)
from engine.wording import mode_words, moment_words, office_words, task_words
from workflows import tasks
from workflows.obligation import Task
from workflows.text import joined, say, say_count

_DEEDS = (
    "Acted", "Attached", "DueSet", "EventDaySet", "Acknowledged", "ExtensionRequested", "ExtensionGranted", "ExtensionRefused",
    "ExtensionCountered", "ExtensionWithdrawn", "TaskRecorded", "OfficerNamed", "Returned", "CarriedOver", "Urged",
    "Offered", "OfferAnswered", "Kept", "Repointed",
)  # fmt: skip
_DEEDS_MAX = 10


def as_data(page: ObligationPage) -> dict[str, Any]:
    """The page as one JSON object."""
    one, world, directive, item = page.obligation, page.world, page.directive, page.item
    definition = world.workflow_of(one).definition
    return {
        "cascade": world.opened.id,
        "now": page.now,
        **{
            name: value
            for name, value in asdict(one).items()
            if name not in ("because", "fired", "failures", "retry_at")
        },
        "group": one.group(page.now),
        "labels": {
            "state": {
                "vi": definition.state_labels.get(one.state),
                "en": definition.english.states.get(one.state),
            },
            "mode": mode_words(definition, one.mode),
        },
        "directive": {
            "number": directive.number,
            "symbol": directive.symbol,
            "issued_on": directive.issued_on,
            "issuer": directive.issuer,
            "subject": directive.subject,
        },
        "item": {
            "number": item.number,
            "label": item.label,
            "text": item.text,
            "due_wording": item.due_wording,
            "due_form": item.due_form,
            "due_rule": item.due_rule,
            "due_event": item.due_event,
            "event_on": item.event_on,
            "due_from": item.due_from,
            "bases": [asdict(one) for one in item.bases],
            "targets": dict(item.targets),
        },
        "numbers": figures_page.numbers_data(page.figures),
        "why": due_and_why(one, item),
        "because": asdict(one.because) if one.because else None,
        "ladder": [{**asdict(rung), "told": [str(one) for one in rung.told]} for rung in page.rungs],
        "more_periods": page.more_periods,
        "clocks": [
            {
                "key": clock.key,
                "kind": clock.kind,
                "at": clock.at,
                "says": clock_words(page, clock),
                "why": clock_why(page, clock),
            }
            for clock in page.clocks
        ],
        "extension_requests": [
            {
                "seq": entry.seq,
                "kind": entry.kind,
                "by": who(entry),
                "at": entry.recorded_at,
                "says": what(entry),
            }
            for entry in page.entries
            if entry.kind in REQUEST_KINDS
        ],
        "children": {
            "open": one.leads_open,
            "done": one.leads_done,
            "void": one.leads_void,
            "joined_at": one.joined_at,
        },
        "open_to": {seat: list(actions) for seat, actions in page.open_to.items()},
        "asks_for": {seat: dict(actions) for seat, actions in page.open_to.items()},
    }


def show(page: ObligationPage) -> None:
    """Print the page."""
    one, world = page.obligation, page.world
    holder = office_words(world.offices, one.holder)
    data(
        say(
            "Obligation {number} of cascade {cascade}: {office}",
            number=one.number,
            cascade=world.opened.id,
            office=holder,
        )
    )
    pairs(about(page), indent="  ")
    if page.figures.numbers:
        _head(say("FIGURES (cascade obligation figures {number})", number=one.number))
        pairs(figures.lines(page.figures), indent="  ")
    if page.rungs:
        _head(say("LADDER"))
        pairs(((moment_words(rung.at), what_became_of(rung, one.open)) for rung in page.rungs), indent="  ")
    if one.tasks:
        _head(say("TASKS that wait for a person"))
        pairs(((moment_words(task.opened_at), _task_words(task)) for task in one.tasks), indent="  ")
    if page.clocks:
        calendar = world.opened.calendar
        _head(say("WHAT HAPPENS BY ITSELF if nobody does anything (calendar {calendar})", calendar=calendar))
        pairs(
            (
                (moment_words(clock.at), joined([clock_words(page, clock), clock_why(page, clock)], "\n"))
                for clock in page.clocks
            ),
            indent="  ",
        )
    deeds = [entry for entry in page.entries if entry.kind in _DEEDS]
    if deeds:
        _head(say("WHAT PEOPLE DID"))
        shown = deeds[-_DEEDS_MAX:]
        pairs(((moment_words(one.recorded_at), joined([who(one), what(one)], "  ")) for one in shown), indent="  ")
        if len(deeds) > len(shown):
            how = f"cascade journal show --obligation {one.number}"
            earlier = say_count("{count} earlier: {how}", "{count} earlier: {how}", len(deeds) - len(shown), how=how)
            data(joined(["  ", earlier], ""))
    if page.past:
        return
    _head(say("OPEN NOW"))
    if any(page.open_to.values()):
        pairs(((seat, _offered(actions)) for seat, actions in page.open_to.items()), indent="  ")
    elif one.open:
        data(joined(["  ", say("nothing, to {seats}", seats=list(page.open_to) or say("anybody"))], ""))
    else:
        data(joined(["  ", say("nothing: it has ended")], ""))


def _head(text: str) -> None:
    data()
    data(text)


def _task_words(task: Task) -> str:
    """A task with what it asks for when it is recorded."""
    given = ", ".join(name for name in tasks.recording_of(task) if name != "task")
    return say("{id}  {task} (record_task: task={id}, {given})", id=task.id, task=task_words(task), given=given)


def _offered(actions: Asks) -> str:
    """`accept (document, happened_on), redo (reason)`: each action with what it asks for."""
    return ", ".join(f"{name} ({', '.join(fields)})" if fields else name for name, fields in actions.items())

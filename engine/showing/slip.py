"""The processing slip that an obligation stands on, read: the document, the directions given on it, what was done."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from engine.entry_words import what, who
from engine.exchange.slip import Endorsement, Slip
from engine.language import told
from engine.reporting.paper import heads_words
from engine.wording import moment_words
from storage.journal import Entry
from storage.queries import entries as entry_lists
from storage.queries import heads
from workflows.definition import Action
from workflows.facts import Acted
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import World

_DEEDS = ("Acted", "DueSet", "EventDaySet", "ExtensionRequested", "ExtensionGranted", "ExtensionRefused")
_ENTRIES_MAX = 500
_SHOWN_MAX = 12  # deeds on a sheet of paper; how many came before is said
_CLIMB_MAX = 32  # directions that stand on each other


def read(connection: Connection, world: World, number: int) -> Slip:
    """The slip that an obligation stands on. Raises NotFound."""
    path = _path(world, number)
    top, last = path[0], path[-1]
    definition = world.workflow_of(last).definition
    return Slip(
        top,
        world.directive(top.directive),
        world.item(top.directive, top.item),
        world.offices,
        tuple(_endorsements(world, path)),
        {mode: one.label for mode, one in definition.undated_items.items()},
        tuple(_done(connection, world, last)),
        told(heads_words(heads.of(connection, world.opened.id))),
    )


def _path(world: World, number: int) -> list[Obligation]:
    """From the obligation that came with a document of its own down to this one, by directions on the slip alone."""
    path = [world.obligation(number)]
    while path[0].parent and len(path) < _CLIMB_MAX and world.directive(path[0].directive).means == "endorsement":
        path.insert(0, world.obligation(path[0].parent))
    return path


def _endorsements(world: World, path: list[Obligation]) -> Iterator[Endorsement]:
    """The directions along the path, and those under its end."""
    for place, one in enumerate(path):
        next_one = path[place + 1] if place + 1 < len(path) else None
        numbers = (
            [next_one.directive] if next_one else sorted({child.directive for child in world.children(one.number)})
        )
        for number in numbers:
            directive = world.directive(number)
            if directive.means == "endorsement":
                given = [one for one in world.under(number) if one.standing is None]  # a period is no direction
                items = sorted({one.item for one in given})
                yield Endorsement(directive, tuple(world.item(number, item) for item in items), tuple(given))


def _done(connection: Connection, world: World, one: Obligation) -> Iterator[str]:
    """What people did about the obligation, in words of the language in use, oldest first."""
    entries = entry_lists.listed(connection, entry_lists.Wanted(world.opened.id, one.number), _ENTRIES_MAX).entries
    deeds = [entry for entry in entries if entry.kind in _DEEDS]
    earlier = len(deeds) - _SHOWN_MAX
    if earlier > 0:
        yield told(say("{count} earlier entries are in the journal", count=earlier))
    actions = world.workflow_of(one).rules_at(one.level).actions
    for entry in deeds[-_SHOWN_MAX:]:
        said = _label(entry, actions) or told(what(entry))
        yield f"{told(moment_words(entry.happened_at))}, {_seat(world, entry)}: {said}"


def _label(entry: Entry, actions: Mapping[str, Action]) -> str:
    """What an action is called, with what was given for it; empty for whatever else happened, or an altered entry."""
    try:
        fact = entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):
        return ""
    action = actions.get(fact.action) if isinstance(fact, Acted) else None
    if action is None or not isinstance(fact, Acted):
        return ""
    given = "; ".join(value for _, value in fact.fields)
    return f"{action.label} ({given})" if given else action.label


def _seat(world: World, entry: Entry) -> str:
    """Who did it, as the directory names office and seat."""
    office = world.offices.find(entry.office)
    return f"{office.name}, {office.people.get(entry.role, entry.role)}" if office else who(entry)

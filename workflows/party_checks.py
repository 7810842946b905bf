"""The cascade lint of parties: whoever has to act or to hear is somebody, another person where one is wanted, and once."""

from collections.abc import Callable, Iterator, Sequence

from workflows.definition import Action, Definition
from workflows.each_machine import Part
from workflows.findings import Finding, either
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.way_checks import is_tree, owing_levels


def _nobody_else(part: Part) -> Iterator[Finding]:
    """E404: where another person has to act, there is another one: not one seat alone for both actions."""
    actions = part.machine.actions
    for name, action in actions.items():
        for place, other in enumerate(action.not_same_person):
            whose = set(action.by)
            if other in actions and other != name and len(whose) == 1 and set(actions[other].by) == whose:
                message = say(
                    "{party} alone takes both {name!r} and {other!r}, so after {other!r} nobody can take {name!r}; "
                    "give one of them to another party",
                    party=action.by[0],
                    name=name,
                    other=other,
                )
                yield Finding((*part.actions, name, "not_same_person", place), "E404", message)
                break
        else:
            yield from _perhaps_nobody(part, name, action)


def _perhaps_nobody(part: Part, name: str, action: Action) -> Iterator[Finding]:
    """W457: whoever took the others, somebody is left for this one."""
    taken: dict[str, str] = {}  # each other action, and the party it takes away
    others = [
        other for other in dict.fromkeys(action.not_same_person) if other in part.machine.actions and other != name
    ]

    def takes_away(party: str, tried: set[str]) -> bool:
        for other in others:
            if party in part.machine.actions[other].by and other not in tried:
                tried.add(other)
                if other not in taken or takes_away(taken[other], tried):
                    taken[other] = party
                    return True
        return False

    if others and all(takes_away(party, set()) for party in dict.fromkeys(action.by)):
        message = say(
            "where {others} was taken by {parties}, nobody is left for {name!r}; open it to one more party",
            others=either(list(taken)),
            parties=either(list(dict.fromkeys(action.by))),
            name=name,
        )
        yield Finding((*part.actions, name, "not_same_person"), "W457", message)


def _no_office(part: Part) -> Iterator[Finding]:
    """W455: whose act it is can be somebody; where only the top level gives, nobody in the workflow is above the giver."""
    owing = owing_levels(part)
    if owing and not any(_has_above_giver(part.definition, level) for level in owing):
        for name, action in part.machine.actions.items():
            yield from _above_top((*part.actions, name, "by"), action.by, owing)


def _has_above_giver(definition: Definition, level: str) -> bool:
    """May the giver of an office at this level have an office above in the workflow?"""
    giver = definition.above.get(level)
    return giver is not None and definition.above.get(giver) is not None


def _above_top(path: Path, parties: Sequence[str], levels: Sequence[str]) -> Iterator[Finding]:
    for place, party in enumerate(parties):
        if party.startswith("above_giver."):
            message = say(
                "the giver of {levels} is at the top level, and no level of this workflow is above it; {party} may be nobody",
                levels=either(levels),
                party=party,
            )
            yield Finding((*path, place), "W455", message)


def _twice(path: Path, parties: Sequence[str]) -> Iterator[Finding]:
    for place, party in enumerate(parties):
        if party in parties[:place]:
            yield Finding((*path, place), "W412", say("{party} stands before it already", party=party))


def _told(definition: Definition) -> Iterator[Finding]:
    """W412, W455, W456: who is told or asked is somebody, once, and of the giver's ladder somebody who can answer."""
    owing = [level for level, above in definition.above.items() if above is not None]
    top = is_tree(definition) and not any(_has_above_giver(definition, level) for level in owing)
    listed: list[tuple[Path, Sequence[str]]] = [(("join", "then_tell"), definition.join.then_tell)]
    if definition.extension:
        listed.append((("extension", "asked_by"), definition.extension.asked_by))
        listed.append((("extension", "decided_by"), definition.extension.decided_by))
    for ladder, whose in (("ladder", "holder"), ("giver_ladder", "giver")):
        for place, rung in enumerate(definition.rungs_of(whose)):
            listed.append(((ladder, "rungs", place, "tell"), rung.tell))
            if whose == "giver" and all(party.startswith("holder.") for party in rung.tell):
                message = say(
                    "who hears this waits for the answer and cannot give it; tell the giver, or who is above it"
                )
                yield Finding((ladder, "rungs", place, "tell"), "W456", message)
    for path, parties in listed:
        yield from _twice(path, parties)
        if top:
            yield from _above_top(path, parties, owing)


def _decides(definition: Definition) -> Iterator[Finding]:
    """E404: who decides on a request is another one than who asks."""
    block = definition.extension
    if block and len(set(block.decided_by)) == 1 and set(block.decided_by) == set(block.asked_by):
        message = say(
            "{party} alone asks and decides, and nobody decides on their own request", party=block.decided_by[0]
        )
        yield Finding(("extension", "decided_by"), "E404", message)


def _named_once(part: Part) -> Iterator[Finding]:
    """W412: nobody is named twice for an action."""
    for name, action in part.machine.actions.items():
        yield from _twice((*part.actions, name, "by"), action.by)


PARTY_CHECKS: tuple[Callable[[Part], Iterator[Finding]], ...] = (_nobody_else, _no_office, _named_once)
TOLD_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (_told, _decides)

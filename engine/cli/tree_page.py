"""The tree of a cascade: directives under each other, their items, and what each office owes under each."""

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from engine.cli.printing import data, styled
from engine.labels import totals_words
from engine.language import told
from engine.wording import PART_WORDS, by_when, day_words, directive_state_words, mode_words, short, state_words
from storage.cascades import find_directive
from storage.queries import cascades, groups, obligations
from storage.queries.cascades import DirectiveLine
from storage.queries.filters import Wanted
from storage.queries.lines import ObligationLine
from storage.queries.obligations import ItemLine
from storage.queries.sight import EVERYTHING
from workflows.calendar import last_day
from workflows.directive import ROOT, Directive
from workflows.fields import show_day
from workflows.text import Text, joined, say
from workflows.world import World

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_DIRECTIVES_MAX = 2_000
_ITEMS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class TreePage:
    """A cascade as it is shown: items by directive, obligations by directive and item.

    `above` names the directive that each directive carries further.
    """

    world: World
    cascade: str
    directives: list[DirectiveLine]
    items: Mapping[int, list[ItemLine]]
    obligations: Mapping[tuple[int, int], list[ObligationLine]]
    shown: int
    total: int
    totals: Mapping[str, int]
    above: Mapping[int, int]
    root: Directive | None


def read(connection: Connection, world: World, cascade: str, now: datetime, limit: int) -> TreePage:
    """Everything the page shows, of one moment."""
    items = obligations.items(connection, cascade, _ITEMS_MAX)
    wanted = Wanted(cascade)
    shown = obligations.walked(connection, now, EVERYTHING, wanted, limit)
    total = obligations.count(connection, now, EVERYTHING, wanted, most=sys.maxsize)
    return TreePage(
        world,
        cascade,
        cascades.directives(connection, _DIRECTIVES_MAX, cascade),
        _by(items, lambda item: item.directive),
        _by(shown, lambda one: (one.directive, one.item)),
        len(shown),
        total,
        groups.totals(connection, now, cascade),
        {item.directive: item.above for item in reversed(items) if item.above is not None},
        find_directive(connection, cascade, ROOT),
    )


def as_data(page: TreePage) -> dict[str, Any]:
    return {
        "cascade": page.cascade,
        "title": page.world.opened.title,
        "workflow": page.world.opened.workflow,
        "continues": page.root.continues if page.root else None,
        "continued_by": page.root.continued_by if page.root else None,
        "renew_at": page.root.renew_at if page.root else None,
        "directives": [
            {
                **asdict(directive),
                "above": page.above.get(directive.number),
                "items": [
                    {
                        **asdict(item),
                        "obligations": [asdict(one) for one in _of_item(page, item)],
                    }
                    for item in _of_directive(page, directive)
                ],
            }
            for directive in page.directives
        ],
        "totals": {"total": sum(page.totals.values()), **page.totals},
        "shown": page.shown,
    }


def show(page: TreePage) -> None:
    """Print the tree, and the count that adds up."""
    data(say("cascade {cascade}, {workflow}", cascade=page.cascade, workflow=page.world.opened.workflow))
    for line in _years(page.root):
        data(line)
    for directive in page.directives:
        if directive.number not in page.above:
            _show_directive(page, directive, 0, set())
    data()
    data(totals_words(page.totals))


def _years(root: Directive | None) -> Iterator[Text]:
    """What a cascade that goes on year after year continues, is continued by, and when it opens anew."""
    if root and root.continues:
        yield say("continues cascade {cascade}", cascade=root.continues)
    if root and root.continued_by:
        yield say("continued by cascade {cascade}", cascade=root.continued_by)
    if root and root.renew_at:
        yield say("its next year begins on {day}", day=show_day(last_day(root.renew_at)))


def _show_directive(page: TreePage, directive: DirectiveLine, depth: int, seen: set[int]) -> None:
    if directive.number in seen:  # a directive under itself is no tree; nothing of ours makes one
        return
    seen.add(directive.number)
    indent = "    " * depth
    by = directive.recorded_by
    outside = say(", recorded by {seat}", seat=by) if by else ""
    state = joined(["", directive_state_words(directive.state)]) if directive.state != "issued" else ""
    issuer = page.world.offices.find(directive.issuer)
    label = issuer.label if issuer else directive.issuer
    heading = f"{indent}{directive.number}. {directive.symbol}  {show_day(directive.issued_on)}  {label}"
    data()
    data(joined([heading, outside, state], ""))
    data(f"{indent}   {short(directive.subject)}")
    for item in _of_directive(page, directive):
        data(joined([f"{indent}   ", _item(page, directive, item)], ""))
        for one in _of_item(page, item):
            data(f"{indent}     {_obligation(page, one)}")
    for below in page.directives:
        if page.above.get(below.number) == directive.number:
            _show_directive(page, below, depth + 1, seen)


def _item(page: TreePage, directive: DirectiveLine, item: ItemLine) -> Text:
    carries = say(", carries obligation {number} further", number=item.parent) if item.parent else ""
    due = say(", due {day}", day=day_words(item.due_at)) if item.due_at else ""
    mode = mode_words(page.world.workflows.get(directive.workflow).definition, item.mode)
    return say("item {label} ({mode}{due}{carries}): {text}",
               label=item.label, mode=mode, due=due, carries=carries, text=short(item.text, 70))  # fmt: skip


def _obligation(page: TreePage, one: ObligationLine) -> str:
    """One line, said already: on a terminal the overdue ones are red."""
    definition = page.world.workflows.get(one.workflow).definition
    part = "" if one.part == "lead" else joined(["", PART_WORDS.get(one.part, one.part)], " ")
    due: str = say("due {day}", day=day_words(one.due_at)) if one.due_at else say("no date")
    if one.planned_for or one.waits_for:
        due = by_when(None, one.planned_for, one.waits_for)
    late = {"open_overdue": say("  OVERDUE"), "done_late": say("  late")}.get(one.group, "")
    said = say("{number}  {holder}{part}{period}: {state}, {due}{late}",
               number=f"{one.number:>4}", holder=one.holder, part=part, period=f" {one.period}" if one.period else "",
               state=state_words(definition, one.state), due=due, late=late)  # fmt: skip
    return styled(told(said), "red") if one.group == "open_overdue" else told(said)


def _of_directive(page: TreePage, directive: DirectiveLine) -> list[ItemLine]:
    return page.items.get(directive.number, [])


def _of_item(page: TreePage, item: ItemLine) -> list[ObligationLine]:
    return page.obligations.get((item.directive, item.number), [])


def _by(values: Iterable[V], key: Callable[[V], K]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for value in values:
        found.setdefault(key(value), []).append(value)
    return found

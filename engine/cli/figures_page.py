"""The figures of an obligation (số liệu) and of everything below it: own shares, totals as they were reported and as they
are now, who is missing, and what was aimed at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.cli.printing import data, pairs, table
from engine.wording import PART_WORDS, day_words, number_label, office_words
from workflows import figures, live_figures
from workflows.calendar import last_day
from workflows.definition import Definition, Number
from workflows.directive import Item
from workflows.errors import NotFound
from workflows.fields import show_day
from workflows.figures import figure_words, missing_words
from workflows.live_figures import Node
from workflows.obligation import Figure, Obligation
from workflows.targets import reached
from workflows.text import Text, joined, say
from workflows.words import PARTS
from workflows.world import World


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """The numbers of an obligation: `live` holds for each of them what it comes to now, by obligation of the tree."""

    world: World
    tree: Node
    item: Item
    numbers: Mapping[str, Number]
    live: Mapping[str, Mapping[int, Figure]]
    periods: tuple[str, ...] = ()  # of what stands: all that have opened

    @property
    def top(self) -> Obligation:
        return self.tree.obligation

    @property
    def definition(self) -> Definition:
        return self.world.workflow_of(self.top).definition


def read(world: World, number: int, period: str = "", only: str = "") -> FiguresPage:
    """The page of an obligation; of what stands, that of a period of it, the last one where none is named.

    Raises NotFound where it gives no number, or has no such period.
    """
    one, periods = world.obligation(number), tuple[str, ...]()
    if one.mode == "periodic" and one.standing is None:
        opened = {each.period: each for each in world.standing_under(number) if each.period and each.outcome != "void"}
        periods = tuple(opened)
        if not opened or (period and period not in opened):
            known = periods or say("none has opened yet")
            raise NotFound(
                say("Obligation {number} has no such period. Its periods: {known}", number=number, known=known)
            )
        one = opened[period or periods[-1]]
    elif period and period != one.period:
        own = one.period or say("none")
        raise NotFound(
            say("Obligation {number} is not of {period}; its period: {own}", number=number, period=period, own=own)
        )
    found = of(world, one, periods)
    if not found.numbers:
        raise NotFound(say("Obligation {number} gives no number that is added up", number=one.number))
    if only and only not in found.numbers:
        raise NotFound(
            say("There is no number {name} here; there is {known}", name=repr(only), known=tuple(found.numbers))
        )
    if not only:
        return found
    return FiguresPage(world, found.tree, found.item, {only: found.numbers[only]}, found.live, periods)


def of(world: World, one: Obligation, periods: tuple[str, ...] = ()) -> FiguresPage:
    """The page of one obligation, empty where it gives no number."""
    numbers = figures.numbers_of(world, one)
    tree = live_figures.tree_of(world, one) if numbers else Node(one)
    live = {name: live_figures.live_in(world, tree, name) for name in numbers}
    return FiguresPage(world, tree, world.item(one.directive, one.item), numbers, live, periods)


def lines(page: FiguresPage) -> Iterator[tuple[str, Text]]:
    """For each number its label and how it stands: as reported, as it is now where that differs, and its target."""
    for name, number in page.numbers.items():
        sent, now = figures.figure_in(page.top, name), page.live[name].get(page.top.number)
        said: list[Text] = []
        if sent:
            said.append(_reported(number, sent))
        if now and (sent is None or (sent.total, sent.missing) != (now.total, now.missing)):
            said.append(_now(number, now, sent is not None))
        target = _target_words(page, name)
        yield number_label(page.definition, name), joined([*said, *([target] if target else [])], "\n")


def _reported(number: Number, sent: Figure) -> Text:
    total = say("reported: {total}", total=figure_words(number, sent.total))
    if not sent.of:
        return total
    own = figure_words(number, sent.own)
    return say("{total}, its own {own}, {below}", total=total, own=own, below=_below(sent))


def _now(number: Number, now: Figure, was_reported: bool) -> Text:
    total = figure_words(number, now.total)
    said = say("now: {total}", total=total) if was_reported else say("not reported yet; so far: {total}", total=total)
    return joined([said, _below(now)]) if now.of else said


def _below(figure: Figure) -> Text:
    """`6 of 7 below, missing: unit-3`."""
    said = say("{reported} of {of} below", reported=figure.of - len(figure.missing), of=figure.of)
    return (
        say("{said}, missing: {missing}", said=said, missing=missing_words(figure.missing)) if figure.missing else said
    )


def _target_words(page: FiguresPage, name: str) -> Text | None:
    target = figures.target_of(page.item, name)
    if target is None:
        return None
    wanted, total = figure_words(page.numbers[name], dict(page.item.targets)[name]), figures.figure_of(page.top, name)
    if total is None:
        return say("target: {target}", target=wanted)
    if reached(page.numbers[name], target, total):
        return say("target: {target}, reached", target=wanted)
    return say("target: {target}, not reached", target=wanted)


def as_data(page: FiguresPage) -> dict[str, Any]:
    """The page as one JSON object; figures are decimal texts."""
    return {
        "cascade": page.world.opened.id,
        "obligation": page.top.number,
        "period": page.top.period,
        "periods": page.periods,
        "numbers": numbers_data(page),
        "tree": _node_data(page, page.tree),
    }


def numbers_data(page: FiguresPage) -> list[dict[str, Any]]:
    """Each number of the obligation itself, with its target and whether it is reached; null where that is not known."""
    found = []
    for name, number in page.numbers.items():
        target, total = figures.target_of(page.item, name), figures.figure_of(page.top, name)
        known = target is not None and total is not None
        found.append(
            {
                "name": name,
                "labels": {"vi": number.label, "en": page.definition.english.numbers.get(name)},
                "unit": number.unit,
                "total": number.total,
                "target": dict(page.item.targets).get(name),
                "reached": reached(number, target, total)
                if known and target is not None and total is not None
                else None,
                **_figure_data(page, page.top, name),
            }
        )
    return found


def _figure_data(page: FiguresPage, one: Obligation, name: str) -> dict[str, Any]:
    sent, now = figures.figure_in(one, name), page.live[name].get(one.number)

    def shown(figure: Figure | None) -> dict[str, Any] | None:
        if figure is None:
            return None
        return {"own": figure.own or None, "total": figure.total or None, "of": figure.of, "missing": figure.missing}

    return {"reported": shown(sent), "now": shown(now)}


def _node_data(page: FiguresPage, node: Node) -> dict[str, Any]:
    one = node.obligation
    return {
        "obligation": one.number if node.opened else None,
        "holder": one.holder,
        "part": one.part,
        "state": one.state if node.opened else None,
        "outcome": one.outcome,
        "sent_at": one.sent_at,
        "figures": {name: _figure_data(page, one, name) for name in page.numbers},
        "below": [_node_data(page, part) for part in node.below],
    }


def show(page: FiguresPage) -> None:
    """Print the page: how each number stands, and the tree of offices with theirs."""
    one = page.top
    head = say(
        "Figures of obligation {number}: {office}",
        number=one.number,
        office=office_words(page.world.offices, one.holder),
    )
    data(joined([head, *([one.period] if one.period else [])]))
    pairs(lines(page), indent="  ")
    for name, number in page.numbers.items():
        data()
        data(number_label(page.definition, name))
        heads = [say("OFFICE"), say("N"), say("OWN"), say("REPORTED"), say("NOW"), say("HOW IT STANDS")]
        table(heads, _rows(page, name, number, page.tree, 0), "  ")


def _rows(page: FiguresPage, name: str, number: Number, node: Node, depth: int) -> Iterator[list[str]]:
    one = node.obligation
    sent, now = figures.figure_in(one, name), page.live[name].get(one.number)
    counted = now is not None and one.outcome != "void"
    part = (
        joined([one.holder, PART_WORDS.get(one.part, one.part)], ", ")
        if one.part in PARTS and one.part != "lead"
        else one.holder
    )
    yield [
        joined(["  " * depth, part], ""),
        str(one.number) if node.opened else "-",
        _value(sent.own if sent else ""),
        _value(sent.total if sent else ""),
        _value(now.total if now and counted else ""),
        _standing(node, sent, now if counted else None),
    ]
    for below in node.below:
        yield from _rows(page, name, number, below, depth + 1)


def _value(text: str) -> str:
    return figure_words(None, text) if text else "-"


def _standing(node: Node, sent: Figure | None, now: Figure | None) -> Text:
    one = node.obligation
    if one.outcome == "void":
        return say("stopped, and not counted")
    if not node.opened:
        return say("its period has not opened")
    if now is None:
        return say("gives no such number")
    if sent is None:
        due = say("not reported, due {day}", day=day_words(one.due_at)) if one.due_at else say("not reported")
        return joined([due, _below(now)], "; ") if now.of else due
    on = show_day(last_day(one.sent_at)) if one.sent_at else "-"
    said = say("reported {day}", day=on)
    return joined([said, _below(now)], "; ") if now.of else said

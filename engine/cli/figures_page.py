"""The figures of an obligation and of everything below it, printed or as JSON."""

from collections.abc import Iterator
from typing import Any

from engine.cli.printing import data, pairs, table
from engine.showing.figures import FiguresPage, below_words, lines
from engine.wording import PART_WORDS, day_words, number_label, office_words
from workflows import figures
from workflows.calendar import last_day
from workflows.definition import Number
from workflows.fields import show_day
from workflows.figures import figure_words
from workflows.live_figures import Node
from workflows.obligation import Figure, Obligation
from workflows.targets import reached
from workflows.text import Text, joined, say
from workflows.words import PARTS


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
        return joined([due, below_words(now)], "; ") if now.of else due
    on = show_day(last_day(one.sent_at)) if one.sent_at else "-"
    said = say("reported {day}", day=on)
    return joined([said, below_words(now)], "; ") if now.of else said

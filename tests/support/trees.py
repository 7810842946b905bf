"""Work on five levels of offices: a tree of obligations under one directive, and somebody who goes on adding to it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from threading import Event

from storage.errors import Away, Held
from tests.support.desk import Desk, task
from tests.support.offices import GOVERNMENT, SEATS, seat
from workflows.errors import Refused
from workflows.offices import Office

LEVELS = ("province", "department", "unit", "team", "member")
LATE = "2023-09-29"


def grow(desk: Desk, widths: Sequence[int]) -> None:
    """One cascade with so many obligations on each level below the Government's directive, and the offices that owe them."""
    desk.staff(_offices(widths)).publish(
        ('  unit:       "Phòng, đơn vị thuộc sở"',
         '  unit:       "Phòng, đơn vị thuộc sở"\n  team:       "Tổ"\n  member:     "Thành viên"'),
        ('unit: "Unit"}', 'unit: "Unit", team: "Team", member: "Member"}'),
    )  # fmt: skip
    above = [(GOVERNMENT, 0)]
    for level, width in zip(LEVELS, widths, strict=True):
        above = _hand_down(desk, above, level, width)


def add(desk: Desk, parents: Sequence[tuple[str, int]], begun: Event | None = None) -> int:
    """Each holder in turn gives a member more work under its obligation, until one of them is refused; how much was given."""
    given = 0
    for holder, number in cycle(parents):
        try:
            desk.issue(
                holder, task(LATE, "member-0", under=number), symbol=f"{desk.next_id()}/CV", by=seat(f"{holder}/leader")
            )
            given += 1
        except Refused:
            break
        except (Held, Away):  # by something long, or a busy file: who is told so tries again
            continue
        if begun and given > len(parents):
            begun.set()
    return given


def _hand_down(desk: Desk, above: Sequence[tuple[str, int]], level: str, width: int) -> list[tuple[str, int]]:
    """Each holder above gives its share of a level; the holders and obligations of that level."""
    drafts, made = [], []
    for place, (issuer, parent) in enumerate(above):
        holders = [f"{level}-{n}" for n in range(place, width, len(above))]
        if holders:
            item = task(LATE, *holders, under=parent or None)
            drafts.append(replace(desk.draft(issuer, item, symbol=f"{issuer}/CV"), by=seat(f"{issuer}/leader")))
            made.append(holders)
    answers = desk.runtime.executor.execute(drafts)
    desk.cascade = answers[0].cascade
    return [
        (holder, number)
        for holders, answer in zip(made, answers, strict=True)
        for holder, number in zip(holders, answer.obligations, strict=True)
    ]


def _offices(widths: Sequence[int]) -> list[Office]:
    offices = [Office(GOVERNMENT, "Government Office", "government", host=True, people=SEATS)]
    above = [GOVERNMENT]
    for level, width in zip(LEVELS, widths, strict=True):
        ids = [f"{level}-{n}" for n in range(width)]
        offices += [Office(name, name, level, above[n % len(above)], people=SEATS) for n, name in enumerate(ids)]
        above = ids
    return offices

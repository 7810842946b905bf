"""A batch remembers the clocks of alike obligations: alike in everything that a clock asks for."""

from collections.abc import Iterator
from dataclasses import fields

from tests.support.law import Law
from tests.support.offices import unit
from workflows.batch import NEVER_TIMED
from workflows.ladder import clocks
from workflows.obligation import Obligation


class Watched:
    """An obligation that knows which of its fields were asked for."""

    def __init__(self, obligation: Obligation) -> None:
        self._obligation, self.asked = obligation, set[str]()

    def __getattr__(self, name: str) -> object:
        if name in _FIELDS:
            self.asked.add(name)
            return getattr(self._obligation, name)
        return getattr(Obligation, name).fget(self)  # a question to it reads its fields in turn


_FIELDS = {field.name for field in fields(Obligation)}


def states(law: Law) -> Iterator[Obligation]:
    """An obligation as it is given, received, reported and ended; others that ask for another date, and that rest."""
    law.order("2023-09-20", unit(1), unit(2))
    yield law[2]
    law.receive(2)
    yield law[2]
    law.report(2)
    yield law[2]
    law.decide(2, "accept")
    yield law[2]
    law.put(law.act("department/leader", 1, "request_extension", until="2023-09-27", reason="Staff were away"))
    yield law[1]
    law.receive(3)
    law.decide(3, "pause", document="3/CV", reason="Flood", until="2023-09-01")
    yield law[3]


def test_no_clock_asks_for_what_alike_obligations_may_differ_in() -> None:
    law, asked = Law(), set[str]()
    for one in states(law):
        watched = Watched(one)
        found = clocks(watched, law.world.workflow_of(one), law.world.calendar)  # type: ignore[arg-type]
        assert found == law.world.clocks(one)
        asked |= watched.asked
    assert {"due_at", "rested_at", "fired", "request", "paused_until"} <= asked  # it has looked at them all
    assert not asked & NEVER_TIMED

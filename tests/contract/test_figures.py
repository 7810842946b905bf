"""Figures are stored with the obligation and its entry, verified with them, and read level by level; on both databases."""

from decimal import Decimal

from engine.notify.words import subject_of
from storage import outbox
from storage.cascades import Stored
from tests.support.desk import Desk, task
from tests.support.numbers import JOIN, NUMBERS
from tests.support.offices import units
from workflows import figures, live_figures
from workflows.obligation import Figure, Obligation
from workflows.world import World


class Counting(Stored):
    """Counts the statements that read obligations."""

    statements = 0

    def _obligations(self, where: str, *values: int | str, by: str | None = None) -> list[Obligation]:
        self.statements += 1
        return super()._obligations(where, *values, by=by)


def test_figures_are_kept_put_together_and_verified(desk: Desk) -> None:
    desk.publish((JOIN, NUMBERS.replace("POLICY", "allow")))
    desk.order("2023-09-29", *units(4))
    desk.report(2, spent="1.234,5", staff="3")
    desk.report(3, spent="10", staff="8")
    asked = {"symbol": "9/BC", "sent_on": "2023-08-14"}
    desk.act("department/leader", 1, "report", **asked)
    assert desk[2].figures == (Figure("spent", "1234.5", "1234.5"), Figure("staff", "3", "3"))
    missing = ("unit-3", "unit-4")
    assert desk[1].figures == (Figure("spent", "", "1244.5", 4, missing), Figure("staff", "", "8", 4, missing))
    [entry] = [one for one in desk.entries("Acted", about=1) if one.data["fact"].get("figures")]
    assert entry.data["fact"]["figures"][0] == {
        "name": "spent", "own": "", "total": "1244.5", "of": 4, "missing": list(missing),
    }  # fmt: skip
    with desk.runtime.database.transaction() as connection:
        waiting = [one for one in outbox.claim(connection, desk.runtime.now(), 100) if one.kind == "Acted"]
    [said] = [subject_of(one, None) for one in waiting if one.obligation == 1]
    assert said.endswith("; spent is without unit-3, unit-4; staff is without unit-3, unit-4")
    desk.correct("unit-1/leader", desk.entries("Acted", about=2)[-1].seq, "spent", "1.234,6")
    assert figures.figure_of(desk[2], "spent") == Decimal("1234.6")
    desk.report(4, spent="1", staff="1")
    assert desk.verdict().verified
    with desk.runtime.database.reading() as connection:
        known, source = desk.runtime.executor.known(connection), Counting(connection, desk.cascade)
        world = World(desk.head(), known.offices, known.workflows, known.calendars, source)
        tree = live_figures.tree_of(world, world.obligation(1))
        assert live_figures.live(world, tree, "spent") == Figure("spent", "", "1245.6", 4, ("unit-4",))
    assert (len(tree.below), source.statements) == (4, 3)  # the obligation itself, its level, the empty level below


def test_targets_are_kept_with_the_item(desk: Desk) -> None:
    desk.publish((JOIN, NUMBERS.replace("POLICY", "allow")))
    desk.issue("department", task("2023-09-29", "unit-1", targets=(("spent", "85"),)))
    assert desk.items()[0].targets == (("spent", "85.0"),)
    assert desk.verdict().verified

"""A directive is revoked while others go on giving work under it: all of it ends, or is refused, and nothing is left open."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from engine.runtime import Runtime
from tests.support import trees
from tests.support.desk import Desk
from tests.support.offices import seat

WIDTHS = (2, 4, 8, 16, 64)
ADDERS = 3
PATIENCE = 60  # seconds, of a machine that does much else


def test_what_is_added_during_a_revocation_ends_with_it_or_is_refused(
    desk: Desk, open_node: Callable[[], Runtime]
) -> None:
    trees.grow(desk, WIDTHS)
    parents = [(one.holder, one.number) for one in desk.obligations() if one.level != "member"]
    begun = [Event() for _ in range(ADDERS)]
    nodes = [open_node() for _ in range(ADDERS)]

    def add(place: int) -> int:
        mine = Desk(nodes[place], desk.cascade, f"adder-{place}")
        return trees.add(mine, parents[place::ADDERS], begun[place])

    with ThreadPoolExecutor(ADDERS) as pool:
        adding = [pool.submit(add, place) for place in range(ADDERS)]
        assert all(one.wait(PATIENCE) for one in begun)  # each has given work at every level, and goes on
        desk.runtime.executor.execute([desk.revoke(1, by=seat("gov/leader"))])
        added = [one.result(timeout=PATIENCE) for one in adding]

    there = desk.obligations()
    assert len(there) == sum(WIDTHS) + sum(added)
    assert [one.number for one in there if one.open] == []
    assert {one.outcome for one in there} == {"void"}
    assert all(one.leads_open == 0 and one.wake_at is None for one in there)
    stopped = [entry.obligation for entry in desk.entries("Acted") if entry.fact.outcome]
    assert sorted(stopped) == [one.number for one in there]  # each by one entry
    last = desk.entries()[-1]
    assert last.obligation in stopped  # whoever came later was refused, and left no trace
    assert desk.verdict().verified

"""What waits for whom, on every database: each kind, the order by time left, the filters, and nothing of others."""

from datetime import datetime

import pytest

from storage.queries import my_work
from storage.queries.my_work import Wanted, Work
from storage.queries.sight import Sight
from tests.support.desk import Desk
from tests.support.offices import DEPARTMENT
from workflows.fields import parse_instant

ALL = Sight(None)


def work(desk: Desk, *offices: str, sight: Sight = ALL, limit: int = 50, offset: int = 0, **how: str) -> Work:
    now: datetime = desk.runtime.now()
    wanted = Wanted(now, max(now, parse_instant("2023-08-17")), **how)  # type: ignore[arg-type]
    with desk.runtime.database.reading() as connection:
        return my_work.listed(connection, sight, [(office, None) for office in offices], wanted, limit, offset)


def asked(found: Work) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.holder, one.asked) for one in found.rows]


def test_each_kind_waits_for_its_own_office(desk: Desk) -> None:
    first, second = desk.order("2023-08-21", "unit-1", "unit-2")
    assert asked(work(desk, "unit-1")) == [("unit-1", ("receive",))]
    desk.act("unit-1/clerk", first, "receive")
    assert asked(work(desk, "unit-1")) == [("unit-1", ("report",))]
    desk.act("unit-1/leader", first, "report", symbol="1/BC", sent_on="14/08/2023")
    assert asked(work(desk, "unit-1")) == [], "it waits for the department now"
    waiting = work(desk, DEPARTMENT, asks="decide")
    assert asked(waiting) == [("unit-1", ("decide",))]
    assert waiting.rows[0].by is not None
    desk.act(f"{DEPARTMENT}/leader", first, "accept")
    assert work(desk, DEPARTMENT, asks="decide").total == 0
    desk.act("unit-2/clerk", second, "receive")
    desk.live_until("2023-08-23T09:00")
    assert asked(work(desk, "unit-2")) == [("unit-2", ("acknowledge", "report"))]
    assert work(desk, "unit-2").counted.times == {"overdue": 1, "near": 0, "later": 0, "none": 0}


def test_the_least_time_left_comes_first_and_pages_follow_one_another(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1")
    desk.order("2023-08-16", "unit-1")
    whole = [one.due_at for one in work(desk, "unit-1").rows]
    assert whole == sorted(whole)
    assert len(whole) == 2
    assert [work(desk, "unit-1", limit=1, offset=place).rows[0].due_at for place in (0, 1)] == whole
    assert work(desk, "unit-1", limit=1).total == 2


@pytest.mark.parametrize(("time", "count"), [("overdue", 0), ("near", 1), ("later", 1), ("none", 0)])
def test_filters_narrow_what_is_shown_and_not_what_is_counted(desk: Desk, time: str, count: int) -> None:
    desk.order("2023-08-25", "unit-1")
    desk.order("2023-08-16", "unit-1")
    found = work(desk, "unit-1", time=time)
    assert (len(found.rows), found.total, found.counted.total) == (count, count, 2)


def test_a_symbol_is_found_as_it_was_typed_and_its_signs_mean_nothing(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1")
    symbol = work(desk, "unit-1").rows[0].symbol
    assert work(desk, "unit-1", symbol=symbol.lower()).total == 1
    assert work(desk, "unit-1", symbol="%").total == 0


def test_nobody_sees_what_their_sight_does_not_reach(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1", "unit-2")
    assert work(desk, "unit-1", "unit-2", sight=Sight(frozenset({"unit-2"}))).total == 1
    assert work(desk, "unit-1", sight=Sight(frozenset())).total == 0
    assert work(desk).total == 0

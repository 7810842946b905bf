"""Messages are claimed at a cost that does not grow with what waits, and given back when they cannot be sent in time."""

import pytest

from storage import bulk, outbox
from tests.contract.test_outbox import Postbox, delivery, waiting
from tests.support.desk import Desk


def test_delivery_that_is_told_to_stop_gives_back_what_it_has_not_sent(desk: Desk) -> None:
    desk.order("2023-08-25", *(f"unit-{n}" for n in range(1, 7)))
    postbox, all_waiting = Postbox(), waiting(desk)
    delivery(desk.runtime, postbox).run(stopped=lambda: bool(postbox.sent))
    assert len(postbox.sent) == 1
    delivery(desk.runtime, postbox).run()
    assert len(postbox.sent) == len({one.id for one in postbox.sent}) == all_waiting


def test_a_slow_channel_gives_back_what_its_claim_may_not_last_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.scheduler.delivery._SENDING_SECONDS", -1)
    desk.order("2023-08-25", *(f"unit-{n}" for n in range(1, 7)))
    postbox, all_waiting = Postbox(), waiting(desk)
    assert delivery(desk.runtime, postbox).run().sent == all_waiting
    assert len({one.id for one in postbox.sent}) == all_waiting


def looked_at(desk: Desk, count: int) -> int:
    """Rows, or steps of SQLite's machine, that a claim costs where so many messages wait."""
    now, database = desk.runtime.now(), desk.runtime.database
    with database.transaction() as connection:
        bulk.write(connection, "DELETE FROM outbox")
        made = [
            outbox.Message(f"c{place % 7}", place, 1, place // 21, "RungReached", f"unit-{place % 3}", "clerk", None, None,
                           "{}", now)
            for place in range(count)
        ]  # fmt: skip
        rows = [outbox.ROWS.to_row(one, database.is_sqlite) for one in made]
        bulk.insert(connection, "outbox", outbox.ROWS.columns, rows)
    with database.transaction() as connection:
        if not database.is_sqlite:
            rows_read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'outbox'"
            assert len(outbox.claim(connection, now, 50)) == 50
            return int(bulk.read(connection, rows_read)[0][0])
        steps: list[int] = []
        driver = connection.connection.driver_connection
        driver.set_progress_handler(lambda: steps.append(1), 10)  # type: ignore[union-attr]
        assert len(outbox.claim(connection, now, 50)) == 50
        driver.set_progress_handler(None, 0)  # type: ignore[union-attr]
        return len(steps)


def test_what_a_claim_costs_does_not_grow_with_what_waits(desk: Desk) -> None:
    few, many = looked_at(desk, 300), looked_at(desk, 9_000)
    assert many <= 1.5 * few, (few, many)


def test_what_waits_behind_a_message_that_failed_is_not_looked_at_until_it_is_tried_again(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1")
    desk.at("2023-08-22T09:00").round()
    postbox = Postbox(lambda message: message.obligation == 2)
    delivery(desk.runtime, postbox).run()
    now = desk.runtime.now()
    with desk.runtime.database.reading() as connection:
        rows = bulk.read(connection, "SELECT available_at FROM outbox WHERE sent_at IS NULL AND obligation = 2")
    assert len(rows) > 1
    assert all((bulk.read_instant(connection, row[0]) or now) > now for row in rows)
    postbox.fails = lambda _: False
    desk.at("2023-08-22T09:05")
    delivery(desk.runtime, postbox).run()
    assert waiting(desk) == 0
    seats = {(one.office, one.role) for one in postbox.sent}
    for seat in seats:
        mine = [one.seq for one in postbox.sent if one.obligation == 2 and (one.office, one.role) == seat]
        assert mine == sorted(mine)

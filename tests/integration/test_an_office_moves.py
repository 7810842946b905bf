"""An office moves from SQLite to PostgreSQL, whole or in partitions, and back: the same rows, and work goes on from there."""

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Connection

from engine import calendars, office_changes
from engine.cli.demo import demo
from engine.clock import SystemClock
from engine.deeds import INSTALLER
from engine.errors import Unverified
from engine.hooks import subscribe
from engine.moving import Moved, move
from engine.runtime import check, opened
from storage import (
    attempts,
    bulk,
    cascades,
    documents,
    drafts,
    migrate,
    nodes,
    partitions,
    transfer,
    uploads,
    views,
    webhooks,
)
from storage.attempts import Attempt
from storage.database import Database
from storage.errors import Unmovable, WrongSchema
from storage.nodes import Node
from storage.queries import messages
from storage.transfer import Sum
from storage.verification import verify
from tests.support.databases import PostgresServer, SqliteFiles, create_installation, tables, tamper
from tests.support.desk import READY, Desk
from tests.support.people import use_everything
from tests.support.sealing import outside, round_with, something_happens, with_key
from workflows.calendar import Day
from workflows.calendar_text import to_text
from workflows.errors import CascadeError, Conflict, NotFound, Refused, Unmet

CHANGED_BY_THE_COPY = {"journal", "installation"}  # its own entry, and the head of that chain
ALL = tuple(table.name for table in transfer.tables())


@contextmanager
def both(source: str, target: str) -> Iterator[tuple[Database, Database]]:
    one, other = Database(source), Database(target)
    try:
        yield one, other
    finally:
        one.close()
        other.close()


def copied(source: str, target: str, parts: int = 0, **more: Any) -> Moved:
    with both(source, target) as (one, other):
        return move(one, other, SystemClock(), parts, **more)


def sums(url: str) -> dict[str, Sum]:
    database = Database(url)
    with database.reading() as connection:
        found = transfer.sums(connection)
    database.close()
    return found


def desk_at(runtime: Any) -> Desk:
    """A desk at the one cascade of an opened office."""
    with runtime.database.reading() as connection:
        [(cascade,)] = bulk.read(connection, "SELECT id FROM cascade")
    return Desk(runtime, cascade, name="afterwards")


@pytest.fixture(scope="module")
def played(sqlite: SqliteFiles) -> str:
    """The sample office after its year: every table has rows."""
    url = sqlite.empty()
    with redirect_stdout(io.StringIO()):
        demo(database=url, full=False, as_json=True)
    with opened(url) as runtime:
        use_everything(runtime)
    with opened(url) as runtime, runtime.database.transaction() as connection:
        now, known = runtime.now(), runtime.executor.known(connection).offices
        office_changes.set_address(connection, "vp", "leader", "vp@example.vn", None, now, INSTALLER)
        subscribe(connection, known, ("hook", "https://example.vn/"), [], [], now, INSTALLER)
        [message] = [one for key in [_first_message(connection)] if (one := messages.find(connection, key))]
        webhooks.fan_out(connection, [message], now)
        documents.keep(connection, "pdf", bytes(range(256)), "vp/clerk", now)
        drafts.begin(connection, "an", drafts.RegisterDraft("d", "61", "", now, {}, "pdf"), bytes(range(256)))
        drafts.begin(connection, "an", drafts.RegisterDraft("e", "62", "", now), None)
        uploads.put(connection, "an", "txt", b"handed in, and named by nothing", now)
        views.save(connection, "an", "Late", "group=open_overdue")
        rules = runtime.executor.known(connection).calendars
        text = to_text(calendars.with_day(calendars.newest(rules.values()), Day(date(2026, 1, 2), False, "Nghỉ", None)))
        calendars.publish(
            connection, text, "vn-public", "Swapped", ["12/TB"], now, INSTALLER
        )  # no round has come since
        attempts.add(connection, [Attempt(*_first_message(connection), "mail", 1, "node", now, "failed", "550 no")])
    with TemporaryDirectory() as folder, opened(url) as runtime:
        made = with_key(runtime, Path(folder))
        beat = round_with(runtime, made, [outside(Path(folder) / "outside")])
        for _ in range(2):  # a later seal has leaves of its own
            assert beat.run().copied == 1
            something_happens(runtime)
    return url


def _first_message(connection: Connection) -> tuple[str, int, int]:
    [row] = bulk.read(connection, "SELECT cascade_id, seq, place FROM outbox ORDER BY 1, 2, 3 LIMIT 1")
    return row[0], row[1], row[2]


@pytest.fixture(scope="module")
def small(sqlite: SqliteFiles) -> str:
    """An office with one order to two units."""
    url = create_installation(sqlite.empty())
    with opened(url) as runtime:
        desk = Desk(runtime, name="before").at(READY)
        desk.order("2023-09-29", "unit-1", "unit-2")
    return url


@pytest.fixture
def office(sqlite: SqliteFiles, small: str) -> Iterator[str]:
    url = sqlite.copy(small)
    yield url
    sqlite.drop(url)


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.empty()
    yield url
    postgres.drop(url)


def nothing_in(url: str) -> bool:
    database = Database(url)
    with database.reading() as connection:
        found = migrate.current(connection)
    database.close()
    return found is None


@pytest.mark.parametrize("parts", [0, 4])
def test_every_row_of_every_table_is_the_same_there_and_back(
    sqlite: SqliteFiles, played: str, empty: str, parts: int
) -> None:
    back = sqlite.empty()
    before = sums(played)
    empty_ones = [name for name, one in before.items() if not one.rows]
    assert not empty_ones, "a table without rows proves nothing"
    there, again = copied(played, empty, parts), copied(empty, back)
    assert there.sums == before
    assert {name: one for name, one in again.sums.items() if name not in CHANGED_BY_THE_COPY} == {
        name: one for name, one in before.items() if name not in CHANGED_BY_THE_COPY
    }
    assert again.sums["journal"].rows == before["journal"].rows + 1
    old, new = tables(played, *ALL), tables(back, *ALL)
    for name in ALL:
        if name not in CHANGED_BY_THE_COPY:
            assert new[name] == old[name], name
    added = [row for row in new["journal"] if row not in old["journal"]]
    assert [(row[0], row[2]) for row in added] == [("administration", "Administered")] * 2
    assert not [row for row in old["journal"] if row not in new["journal"]]
    database = Database(empty)
    with database.reading() as connection:
        assert partitions.count(connection) == parts
        assert verify(connection).verified
    database.close()
    sqlite.drop(back)


def test_work_goes_on_where_it_stood(office: str, empty: str) -> None:
    with opened(office) as runtime:
        before = desk_at(runtime).head()
    copied(office, empty, 3)
    with opened(empty) as runtime:
        desk = desk_at(runtime)
        assert desk.head() == before
        again = Desk(runtime, name="before")
        again.order("2023-09-29", "unit-1", "unit-2")  # the same commands, under the same ids
        assert desk.head() == before
        made = desk.order("2023-09-29", "unit-3")
        assert made[0] == before.next_obligation + 1  # after the one of the office between
        desk.act("unit-1/leader", 2, "name_officer", officer="Bà An")
        assert runtime.delivery.run().sent > 0
        assert desk.head().last_seq > before.last_seq
        assert desk.verdict().verified


def test_the_copy_is_on_the_record_of_the_new_database_alone(office: str, empty: str) -> None:
    before = tables(office, *ALL)
    moved = copied(office, empty)
    assert tables(office, *ALL) == before
    database = Database(empty)
    with database.reading() as connection:
        [(body,)] = bulk.read(
            connection, "SELECT body FROM journal WHERE cascade_id = 'administration' ORDER BY seq DESC LIMIT 1"
        )
    database.close()
    for said in ('"what":"copied"', f'"subject":"{office}"', f'["rows","{moved.rows}"]'):
        assert said in body


def test_a_full_database_is_not_copied_into(office: str, small: str, empty: str) -> None:
    create_installation(empty)
    before = tables(empty, *ALL)
    with pytest.raises(Conflict, match="name an empty database"):
        copied(office, empty)
    assert tables(empty, *ALL) == before
    with pytest.raises(Conflict, match="name an empty database"):
        copied(office, office)


def test_the_database_of_another_program_is_not_copied_into(office: str, sqlite: SqliteFiles) -> None:
    other = sqlite.empty()
    file = sqlite3.connect(other)
    file.execute("CREATE TABLE invoice (id INTEGER)")
    file.close()
    with pytest.raises(WrongSchema, match="something else"):
        copied(office, other)
    assert tables(other, "invoice") == {"invoice": []}


def test_what_is_no_installation_of_this_schema_is_not_copied(office: str, empty: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no installation in .*nowhere.db"):
        copied(str(tmp_path / "nowhere.db"), empty)
    tamper(office, "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(WrongSchema, match="cascade db upgrade"):
        copied(office, empty)
    assert nothing_in(empty)


def test_an_office_that_is_being_served_is_not_copied(sqlite: SqliteFiles, empty: str) -> None:
    url = create_installation(sqlite.empty(), simulated=False)
    now = SystemClock().now()
    database = Database(url)
    with database.transaction() as connection:
        nodes.hold(connection, Node("node-7", now - timedelta(hours=1), seen_at=now - timedelta(seconds=30)))
    with pytest.raises(Unmet, match=r"node node-7 gave a sign of life at .* stop every service on it"):
        copied(url, empty)
    assert nothing_in(empty)
    with database.transaction() as connection:
        nodes.forget(connection, "node-7")
        nodes.hold(connection, Node("node-7", now - timedelta(hours=1), seen_at=now - timedelta(minutes=3)))
    database.close()
    assert copied(url, empty).verdict.verified
    sqlite.drop(url)


def test_what_somebody_writes_meanwhile_is_never_left_behind(office: str, empty: str) -> None:
    """The copy is of one moment; whoever wrote after it would be missed, so the copy is taken back."""

    def writes(phase: str, _total: int) -> Callable[[int], None]:
        if phase.startswith("Verifying"):
            with opened(office) as runtime:
                desk_at(runtime).act("unit-1/leader", 2, "name_officer", officer="Bà An")
        return lambda _: None

    with pytest.raises(Unmet, match="somebody wrote to it while it was copied"):
        copied(office, empty, progress=writes)
    assert nothing_in(empty)
    assert copied(office, empty).verdict.verified


SPOILT: list[tuple[str, type[CascadeError], str]] = [
    ("UPDATE journal SET body = replace(body, 'unit-1', 'unit-3') WHERE kind = 'Assigned'", Unverified, "entry"),
    ("UPDATE obligation SET state = 'done' WHERE number = 2", Unverified, "state is stored as"),
    ("DELETE FROM journal WHERE seq = 2", Unmovable, "next entry"),
    ("UPDATE directive SET subject = 'a' || char(0) || 'b'", Unmovable, "table directive"),
    ("UPDATE obligation SET counted = 7", Unmovable, "neither true nor false"),
    ("UPDATE obligation SET due_at = 'soon'", Unmovable, "table obligation"),
    ("UPDATE obligation SET item = 99999999999", Unmovable, "table obligation"),
    ("UPDATE office SET name = x'00ff'", Unmovable, "table office"),
]


@pytest.mark.parametrize(("statement", "error", "says"), SPOILT)
def test_what_is_not_whole_is_not_copied_and_nothing_is_left_half_done(
    office: str, empty: str, statement: str, error: type[CascadeError], says: str
) -> None:
    tamper(office, statement)
    with pytest.raises(error, match=says):
        copied(office, empty)
    assert nothing_in(empty)


def test_a_file_that_was_made_for_a_copy_that_failed_is_gone(office: str, tmp_path: Path) -> None:
    target = tmp_path / "new.db"
    tamper(office, "UPDATE obligation SET state = 'done' WHERE number = 2")
    with pytest.raises(Unverified):
        copied(office, str(target))
    assert list(tmp_path.iterdir()) == []


def test_numbers_and_texts_beyond_one_page_are_all_carried(
    office: str, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small a page is: entries of one chain that are written apart still follow each other."""
    monkeypatch.setattr(transfer, "PAGE", 3)
    before = sums(office)
    assert copied(office, empty, 2).sums == before


def test_both_can_be_opened_afterwards_and_only_the_same_cascade_is_in_them(office: str, empty: str) -> None:
    copied(office, empty)
    with both(office, empty) as (one, other):
        assert check(one).created_at == check(other).created_at
        with one.reading() as here, other.reading() as there:
            [(cascade,)] = bulk.read(here, "SELECT id FROM cascade")
            assert list(cascades.read_all(here, cascade)) == list(cascades.read_all(there, cascade))
    with opened(empty) as runtime, pytest.raises(Refused):
        desk_at(runtime).act("unit-1/leader", 2, "accept")

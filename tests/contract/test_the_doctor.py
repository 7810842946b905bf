"""Every look of the doctor sees the fault it looks for, on both databases, and says what to do about it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url

from engine.clock import Clock, SimulatedClock, SystemClock
from engine.doctor import of_database
from engine.doctor.examine import LOOKS, examine
from engine.doctor.finding import OK, RED, WARNING, Examination, Finding
from engine.runtime import Runtime
from engine.scheduler.delivery import Delivery
from engine.scheduler.presence import Presence
from storage import migrate
from storage.database import Database
from storage.definitions import Published, add_published
from storage.outbox import Message
from storage.queries.subjects import About
from tests.support.databases import Databases, create_installation
from tests.support.desk import Desk, task
from workflows.calendar_text import shipped_calendar, to_text
from workflows.fields import parse_instant

ON_PARTITIONS = "long"

BEAT = timedelta(seconds=5)


def examined(where: Database | Desk, clock: Clock | None = None) -> dict[str, Finding]:
    database = where.runtime.database if isinstance(where, Desk) else where
    return {one.name: one for one in examine(database, clock or SystemClock(), BEAT)}


def change(desk: Desk, *statements: str) -> None:
    """What somebody with all rights does to the database itself."""
    with desk.runtime.database.transaction() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def in_sight(database: Database, connection: Connection) -> Examination:
    now = parse_instant("2023-08-14T09:00")
    return Examination(database, connection, SystemClock(), now, True, BEAT, None)


def test_a_sound_installation_is_well_in_every_look(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1", "unit-2")
    desk.runtime.delivery.run()
    found = examined(desk)
    assert list(found) == ["database", "schema", *LOOKS]
    unwell = {name: one.says for name, one in found.items() if one.state != OK}
    if not desk.runtime.database.is_sqlite:
        assert "fsync" in unwell.pop("settings", "fsync")  # the server of the tests is fast, and not safe
    assert unwell == {}
    assert not any(one.hint for one in found.values() if one.state == OK)


def test_what_is_not_well_says_what_to_do(desk: Desk) -> None:
    change(desk, "UPDATE office SET host = false", "DELETE FROM seat", "UPDATE workflow SET text = text || ' '")
    found = examined(desk)
    assert {"host", "seats", "published"} <= {name for name, one in found.items() if one.state != OK}
    assert all(one.hint for one in found.values() if one.state != OK)


def test_a_database_that_is_away_is_red_and_ends_the_examination(database_url: str, databases: Databases) -> None:
    for name in ("nowhere", ".", "no/such/folder"):
        url = name if "://" not in database_url else make_url(database_url).set(database="nowhere")
        with opened(str(url) if isinstance(url, str) else url.render_as_string(hide_password=False)) as database:
            [found] = examined(database).values()
        assert (found.name, found.state) == ("database", RED)
        assert "--database" in found.hint


def test_a_database_that_takes_no_write_is_red(database_url: str) -> None:
    with set_to(database_url, "query_only = ON", "default_transaction_read_only = on") as database:
        assert examined(database)["database"].state == RED


@contextmanager
def set_to(url: str, pragma: str, setting: str) -> Iterator[Database]:
    """The database with a setting that somebody chose for everybody who connects."""
    if "://" in url:
        with opened(url) as database, database.transaction() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{database.url.database}" SET {setting}')
    with opened(url) as database:
        if database.is_sqlite:
            event.listen(database.connections, "connect", lambda one, _: one.execute(f"PRAGMA {pragma}"))
        yield database


def test_an_empty_database_a_foreign_one_and_a_newer_one_are_red(
    empty_url: str, database_url: str, tmp_path: Path
) -> None:
    with opened(empty_url) as database:
        with database.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE one (id INTEGER)")
        found = examined(database)
        assert (list(found), found["schema"].state) == (["database", "schema"], RED)
        assert "something else" in found["schema"].says
        with database.transaction() as connection:
            connection.exec_driver_sql("DROP TABLE one")
        assert examined(database)["schema"].hint == "cascade db create"
    with opened(database_url) as database:
        with database.transaction() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'zzzz'")
        assert "newer" in examined(database)["schema"].says


def test_an_older_schema_is_red_until_it_is_upgraded(database_url: str) -> None:
    with opened(database_url) as database:
        with database.transaction() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        found = examined(database)["schema"]
    assert found.state == RED
    assert f"schema 0001, this program wants {migrate.head()}" in found.says
    assert "cascade db upgrade" in found.hint


def test_a_missing_guard_is_red(desk: Desk) -> None:
    sqlite = desk.runtime.database.is_sqlite
    change(desk, "DROP TRIGGER journal_no_update" if sqlite else "DROP TRIGGER journal_no_change ON journal")
    found = examined(desk)["guards"]
    assert found.state == RED
    assert "is missing" in found.says
    assert "cascade journal verify" in found.hint


def test_settings_that_lose_what_was_committed_are_red(database_url: str) -> None:
    with set_to(database_url, "synchronous = NORMAL", "synchronous_commit = off") as database:
        found = examined(database)["settings"]
    assert found.state == RED
    assert "synchronous" in found.says


def test_a_file_on_a_disk_without_write_ahead_logs_is_red(sqlite: Databases, tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE one (id INTEGER)")
    file.close()
    # This way of locking has no memory that processes share, as on a network drive: SQLite keeps to its old journal.
    with opened(f"sqlite:///file:{path}?vfs=unix-dotfile&uri=true") as database, database.reading() as connection:
        found = of_database.settings(in_sight(database, connection))
    assert (found.state, "journal_mode delete" in found.says) == (RED, True)


def test_an_old_server_and_readings_of_more_than_one_moment_are_red(
    postgres: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.empty()
    with opened(url) as database:
        with database.transaction() as connection:
            assert "read committed" in of_database.settings(in_sight(database, connection)).says
        monkeypatch.setattr(of_database, "POSTGRES_MIN", 99)
        with database.reading() as connection:
            found = of_database.settings(in_sight(database, connection))
    postgres.drop(url)
    assert (found.state, "older than 99" in found.says) == (RED, True)


def test_a_full_disk_is_a_warning(sqlite: Databases, template: str, tmp_path: Path) -> None:
    path = tmp_path / "large.db"
    path.touch()
    with opened(str(path)) as database, database.reading() as connection:
        assert of_database.disk(in_sight(database, connection)).state == OK
        os.truncate(path, shutil.disk_usage(tmp_path).free // 2)  # a hole: it takes no room
        found = of_database.disk(in_sight(database, connection))
    path.unlink()
    assert (found.state, "free beside a file of" in found.says) == (WARNING, True)


def test_an_entry_from_the_future_is_red(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1")
    moment = "2023-08-14 02:30:00.000000" if desk.runtime.database.is_sqlite else "2023-08-14 02:30:00+00"
    change(desk, f"UPDATE cascade SET last_at = '{moment}'")  # half an hour from now
    assert examined(desk)["clock"].state == WARNING
    change(desk, f"UPDATE cascade SET last_at = '{moment.replace('-14', '-16')}'")
    found = examined(desk)["clock"]
    assert (found.state, "2 days" in found.says) == (RED, True)


def test_a_long_silence_is_a_warning_and_a_machine_that_is_off_is_seen(databases: Databases) -> None:
    url = create_installation(databases.empty(), simulated=False, units=1)
    with opened(url) as database:
        with database.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO cascade (id, title, workflow, calendar, simulated, next_directive, next_obligation,"
                " last_seq, last_hash, last_at) VALUES ('a', 'A', 'government-notice@1', 'vn-public@1', false, 1, 1, 0, '',"
                f" '2026-01-01 00:00:00{'.000000' if database.is_sqlite else '+00'}')"
            )
        silent = examined(database)["clock"]
        off = examined(database, SimulatedClock(parse_instant("2026-01-02T09:00")))["clock"]
        slow = SystemClock()
        slow.shift = -timedelta(minutes=5)
        late = examined(database, slow)["clock"]
    databases.drop(url)
    assert (silent.state, "--confirm-time" in silent.hint) == (WARNING, True)
    if "://" in url:  # a SQLite file has no other clock to compare with
        assert (off.state, late.state) == (RED, WARNING)
        assert "apart" in late.says


def test_an_altered_text_is_red(desk: Desk) -> None:
    change(desk, "UPDATE calendar SET text = 'calendar: ['")
    found = examined(desk)
    assert "calendar vn-public@1 is not the text that was published" in found["published"].says
    assert found["calendar"].state == found["actors"].state == RED  # the rules cannot be read at all
    assert found["host"].state == OK


def test_the_next_year_is_wanted_from_october_and_this_one_always(desk: Desk) -> None:
    found = [examined(desk.at(day))["calendar"] for day in ("2027-09-30T09:00", "2027-10-01T09:00", "2028-01-02T09:00")]
    assert [one.state for one in found] == [OK, WARNING, RED]
    assert "2028" in found[0].says
    assert all("vn-public@1 does not know the days off of 2028" in one.says for one in found[1:])


def test_a_calendar_that_work_under_way_has_kept_counts_as_well(desk: Desk) -> None:
    newer = to_text(replace(shipped_calendar(), version=2, covers=(date(2020, 1, 1), date(2029, 12, 31))))
    with desk.runtime.database.transaction() as connection:
        now = desk.runtime.now()
        add_published(
            connection, "calendar", Published("vn-public", 2, sha256(newer.encode()).hexdigest(), newer, now, "a")
        )
    assert "2028 and 2029 are covered" in examined(desk.at("2028-01-03T09:00"))["calendar"].says
    desk.order("2028-03-31", "unit-1")
    assert examined(desk)["calendar"].state == OK, "new work goes by the newest"
    change(desk, "UPDATE cascade SET calendar = 'vn-public@1'")
    found = examined(desk)["calendar"]
    assert (found.state, "vn-public@1 does not know" in found.says) == (RED, True)


def test_a_directory_without_a_host_is_red_and_an_empty_office_a_warning(desk: Desk) -> None:
    change(desk, "DELETE FROM seat WHERE office = 'unit-8'")
    found = examined(desk)["seats"]
    assert (found.state, "1 office has every seat vacant: unit-8" in found.says) == (WARNING, True)
    change(desk, "DELETE FROM seat", "UPDATE office SET host = false")
    found = examined(desk)
    assert found["host"].state == RED
    assert "9 offices have every seat vacant" in found["seats"].says
    assert "and 4 more" in found["seats"].says


def test_work_that_nobody_can_act_on_is_red_and_work_that_can_only_be_stopped_a_warning(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1", "unit-2")
    change(desk, "DELETE FROM seat WHERE office = 'unit-1' AND role = 'officer'")
    assert examined(desk)["actors"].state == OK
    change(desk, "DELETE FROM seat WHERE office = 'unit-1'")
    found = examined(desk)["actors"]
    assert (found.state, found.says) == (
        WARNING,
        "1 open obligation that can only be stopped or paused, the other seats are vacant: unit-1 (assigned)",
    )
    standing_in = "'unit-1', 1, 'clerk', 'Deputy', '2023-08-01', '[]'"
    change(desk, f"INSERT INTO deputy (office, place, role, deputy, since, actions) VALUES ({standing_in})")
    assert examined(desk)["actors"].state == OK
    change(desk, "DELETE FROM seat", "DELETE FROM deputy")
    found = examined(desk)["actors"]
    assert (found.state, "3 open obligations that nobody can act on" in found.says) == (RED, True)


def test_a_round_that_does_not_come_is_red_until_it_has_come(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1", "unit-2")
    assert "no round has had anything to do yet" in examined(desk)["rounds"].says
    desk.at("2023-08-16T09:00")
    found = examined(desk)["rounds"]
    assert found.state == RED
    assert "2 obligations wait for a round, the oldest since 16/08/2023 00:00" in found.says
    desk.round()
    found = examined(desk)["rounds"]
    assert (found.state, desk.runtime.node in found.says) == (OK, True)


def test_a_node_that_died_is_a_warning_and_one_that_holds_its_rounds_alone_is_red(desk: Desk) -> None:
    node = Presence(desk.runtime.database, desk.runtime.clock, "one", 5)
    assert examined(desk)["nodes"].says == "0 nodes serve"
    node.sign_in()
    assert (examined(desk)["nodes"].state, examined(desk)["nodes"].says) == (WARNING, "1 node is not ready: one")
    node.sign(True, None)
    assert (examined(desk)["nodes"].state, examined(desk)["nodes"].says) == (OK, "1 node serves")
    node.sign(False, "the clock leapt")
    found = examined(desk)["nodes"]
    assert (found.state, "--confirm-time" in found.hint) == (RED, True)
    assert "one (the clock leapt)" in found.says
    change(desk, "UPDATE node SET host = 'elsewhere'")
    other = Presence(desk.runtime.database, desk.runtime.clock, "two", 5)
    other.sign_in()
    other.sign(True, None)
    assert examined(desk)["nodes"].state == WARNING
    node.sign_out()
    assert examined(desk)["nodes"].state == OK
    change(desk, "UPDATE node SET seen_at = '2026-01-01 00:00:00'")
    found = examined(desk)["nodes"]
    assert (found.state, "died, or cannot reach the database: two" in found.says) == (WARNING, True)
    assert "cascade nodes --forget two" in found.hint


def test_what_fails_in_a_round_is_a_warning_and_red_when_it_lasts(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1")
    change(desk, "UPDATE obligation SET state = 'nowhere' WHERE number = 2")
    desk.at("2023-08-16T09:00").round()
    found = examined(desk)["incidents"]
    assert (found.state, f"{desk.cascade}/2 failed 1 times" in found.says) == (WARNING, True)
    for minute in ("09:01", "09:03"):
        desk.at(f"2023-08-16T{minute}").round()
    assert examined(desk)["incidents"].state == RED
    assert "-k Incident" in examined(desk)["incidents"].hint


class _Broken:
    """A channel whose line is cut."""

    def send(self, message: Message, about: About | None) -> None:
        raise OSError("the line is cut")


def test_messages_that_do_not_leave_are_a_warning_and_red_when_they_fail(desk: Desk, installation: Runtime) -> None:
    desk.order("2023-08-31", "unit-1")
    installation.delivery.run()
    desk.at("2023-08-16T09:00").round()
    assert examined(desk)["messages"].state == OK  # written a moment ago
    desk.at("2023-08-16T09:01")
    assert examined(desk)["messages"].state == WARNING
    for minute in (2, 5, 10):
        desk.at(f"2023-08-16T09:{minute:02}")
        Delivery(installation.database, installation.clock, _Broken(), installation.executor).run()
    found = examined(desk)["messages"]
    assert (found.state, "the line is cut" in found.says) == (RED, True)


def test_a_deadline_that_no_clock_will_tell_is_red(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1", "unit-2")
    change(desk, "UPDATE obligation SET wake_at = NULL WHERE number = 2")
    found = examined(desk)["deadlines"]
    assert (found.state, f"{desk.cascade}/2" in found.says) == (RED, True)
    assert f"cascade obligation show {desk.cascade}/2" in found.hint


def test_a_deadline_of_which_every_rung_was_told_is_a_warning(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1")
    desk.at("2024-03-01T09:00").round()
    found = examined(desk)["deadlines"]
    assert (found.state, found.says) == (
        WARNING,
        "2 overdue obligations have no rung left: nobody is told of them any more",
    )


def test_what_rests_stands_or_is_only_to_be_known_is_no_lost_deadline(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1")
    desk.report(2)
    modes = ("on_event", "periodic", "linked", "info")
    desk.issue("department", *(task(None, f"unit-{place}", mode=mode) for place, mode in enumerate(modes, 2)))
    change(desk, "UPDATE obligation SET wake_at = NULL WHERE number > 1")
    assert examined(desk)["deadlines"].state == OK


def test_a_look_that_fails_is_a_finding_and_keeps_no_other_from_being_made(desk: Desk) -> None:
    change(desk, "DROP TABLE node")
    found = examined(desk)
    assert list(found) == ["database", "schema", *LOOKS]
    assert (found["rounds"].state, "it cannot be looked at" in found["rounds"].says) == (RED, True)
    assert found["deadlines"].state == OK


def test_looking_changes_nothing(desk: Desk) -> None:
    desk.order("2023-08-31", "unit-1")
    before = desk.head()
    examined(desk)
    assert desk.head() == before
    assert desk.verdict().verified

"""What was known at an instant is what was stored at it, on every database; the one it is rebuilt from is only read."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from engine.deeds import record
from storage import carrying_back, directory
from storage.as_of import as_of
from storage.database import Database
from storage.queries import groups, obligations, overview
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING
from storage.rebuilding import Unsound
from storage.tables import metadata
from tests.support.databases import Databases, tamper
from tests.support.desk import Desk, desk_on
from tests.support.histories import REST, STATES, messages, sums
from tests.support.offices import DIRECTOR
from tests.support.offices import directory as units
from workflows.errors import NotFound
from workflows.fields import parse_instant


class Worked(NamedTuple):
    """An office that was at work: what was stored and shown at each of some moments, by their names."""

    desk: Desk
    stored: dict[str, tuple[datetime, object, object]]

    def at(self, name: str) -> datetime:
        return self.stored[name][0]

    @property
    def database(self) -> Database:
        return self.desk.runtime.database


@pytest.fixture(scope="module")
def worked(databases: Databases, template: str) -> Iterator[Worked]:
    """Two weeks of work, with four moments."""
    url = databases.copy(template)
    stored: dict[str, tuple[datetime, object, object]] = {}
    with desk_on(url) as desk:

        def note(name: str) -> None:
            now, database = desk.runtime.now(), desk.runtime.database
            with database.reading() as connection:
                stored[name] = (now, sums(database), _looked(connection, now))

        desk.order("2023-08-25", "unit-1", "unit-2", "unit-3")
        note("ordered")
        desk.live_until("2023-08-16T09:00")
        desk.report(2)
        desk.act("unit-2/clerk", 3, "receive")
        note("reported")
        desk.live_until("2023-08-18T10:00")
        [sent] = [one for one in desk.entries("Acted", about=2) if one.fact.action == "report"]
        desk.correct("unit-1/leader", sent.seq, "symbol", "7/BC")
        desk.accept(2)
        desk.deliver()
        note("corrected")
        desk.live_until("2023-08-28T10:00")
        desk.staff([replace(one, people={**one.people, "clerk": "Somebody new"}) for one in units(8)][:9])
        note("late")
        desk.live_until("2023-08-29T10:00")
        yield Worked(desk, stored)
    databases.drop(url)


def _looked(connection: Connection, now: datetime) -> object:
    """What the overview, a list and the totals say."""
    counted = sorted(map(repr, overview.tallies(connection, now, EVERYTHING, overview.BY)))
    return counted, obligations.walked(connection, now, EVERYTHING, Wanted(), 100), groups.totals(connection, now)


@pytest.mark.parametrize("name", ["ordered", "reported", "corrected", "late"])
def test_what_was_known_then_is_what_was_stored_then_row_by_row(worked: Worked, name: str) -> None:
    at, rows, shown = worked.stored[name]
    with as_of(worked.database, at) as past:
        assert sums(past.database) == rows
        with past.database.reading() as connection:
            assert _looked(connection, past.instant) == shown
        assert not past.unknown


def test_as_of_now_every_row_is_the_one_that_is_stored(worked: Worked) -> None:
    database = worked.database
    with as_of(database, worked.desk.runtime.now()) as past:
        compared = STATES | REST | {"installation"}
        assert sums(past.database, compared) == sums(database, compared)
        assert messages(past.database) == messages(database)


def test_one_cascade_alone_is_rebuilt_alike(worked: Worked) -> None:
    at, rows, _ = worked.stored["reported"]
    with as_of(worked.database, at, cascades=[worked.desk.cascade]) as past:
        assert sums(past.database) == rows


def test_a_message_that_was_sent_later_waits(worked: Worked) -> None:
    with as_of(worked.database, worked.at("reported")) as past:
        assert {one[-2] for one in messages(past.database)} == {None}
    with as_of(worked.database, worked.at("corrected")) as past:
        assert None not in {one[-2] for one in messages(past.database)}


def test_a_correction_recorded_later_is_left_out_or_applied_as_asked(worked: Worked) -> None:
    at = worked.at("reported")
    for corrected, symbol, applied in ((False, "2/BC", 0), (True, "7/BC", 1)):
        with as_of(worked.database, at, corrected) as past:
            assert (past.corrected, past.corrections) == (corrected, applied)
            with past.database.reading() as connection:
                [(sent_as, state)] = connection.exec_driver_sql(
                    "SELECT sent_as, state FROM obligation WHERE number = 2"
                ).fetchall()
            assert (sent_as, state) == (symbol, "reported")  # what followed since has not happened either way


def test_the_directory_is_the_one_of_then(worked: Worked) -> None:
    for name, clerk in (("reported", "Clerk"), ("late", "Somebody new")):
        with as_of(worked.database, worked.at(name)) as past, past.database.reading() as connection:
            assert directory.read_offices(connection).get("department").people["clerk"] == clerk


def test_what_was_before_the_first_entry_is_told(worked: Worked) -> None:
    early, cascade = parse_instant("2023-08-01"), worked.desk.cascade
    with pytest.raises(NotFound, match="on end of 01/07/2023: this installation was created on 19/07/2023"):
        as_of(worked.database, parse_instant("2023-07-01")).__enter__()
    with pytest.raises(NotFound, match="was not there yet on end of 01/08/2023: its first entry is of 14/08/2023"):
        as_of(worked.database, early, cascades=[cascade]).__enter__()
    with (
        as_of(worked.database, early, cascades=[cascade], required=False) as past,
        past.database.reading() as connection,
    ):
        assert sum(groups.totals(connection, past.instant).values()) == 0


def test_nothing_is_rebuilt_from_an_entry_that_was_changed(database_url: str) -> None:
    with desk_on(database_url) as desk:
        desk.order("2023-09-08", "unit-1")
        at = desk.runtime.now()
    tamper(
        database_url,
        "UPDATE journal SET body = replace(body, 'seq', 'seq ') WHERE seq = 5 AND cascade_id <> 'administration'",
    )
    database = Database(database_url)
    with pytest.raises(Unsound, match="Entry 5 of .* is not as it was written"), as_of(database, at):
        pass
    database.close()


def test_a_database_that_may_only_be_read_is_enough(database_url: str) -> None:
    with desk_on(database_url) as desk:
        desk.order("2023-09-08", "unit-1")
        at, rows = desk.runtime.now(), sums(desk.runtime.database)
    with _only_read(database_url) as url:
        database = Database(url)
        with as_of(database, at + timedelta(days=1)) as past:
            assert sums(past.database) == rows
        database.close()


@contextmanager
def _only_read(url: str) -> Iterator[str]:
    """The same database, for somebody who may read and do nothing else."""
    if "://" not in url:
        Path(url).chmod(stat.S_IRUSR)
        opened = f"file:{url}?mode=ro"
        if os.geteuid() == 0:  # whom no file refuses
            yield f"sqlite:///{opened}&uri=true"
        else:
            yield url
        Path(url).chmod(stat.S_IRUSR | stat.S_IWUSR)
        return
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute("CREATE ROLE looker LOGIN PASSWORD 'looker'")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker")
        yield make_url(url).set(username="looker", password="looker").render_as_string(hide_password=False)
        admin.execute("DROP OWNED BY looker")
        admin.execute("DROP ROLE looker")


def test_every_table_has_its_place_in_a_rebuilding() -> None:
    placed = [carrying_back.REBUILT, carrying_back.CARRIED, carrying_back.LEFT_OUT]
    assert sum(map(len, placed)) == len(frozenset.union(*placed)), "a table has two places"
    assert frozenset.union(*placed) == set(metadata.tables)


def test_what_an_earlier_release_wrote_down_of_the_directory_is_said_not_to_be_enough(desk: Desk) -> None:
    database, before = desk.runtime.database, desk.runtime.now()
    desk.at("2023-08-15T09:00")
    with database.transaction() as connection:  # as it was written then: how many offices, and not which
        directory.write_offices(connection, units(3))
        record(connection, "imported", "offices", desk.runtime.now(), DIRECTOR, [("count", "6"), ("digest", "0" * 64)])
    desk.at("2023-08-16T09:00").staff(units(2))
    with as_of(database, before) as past:
        [said] = past.unknown
        assert "The directory was replaced on 15/08/2023 09:00, by a release that did not write down" in said
        assert _offices(past.database) == {"gov", "province", "department", "unit-1", "unit-2", "unit-3"}
    with as_of(database, before + timedelta(days=1)) as past:
        assert not past.unknown
        assert "unit-3" in _offices(past.database)


def _offices(database: Database) -> set[str]:
    with database.reading() as connection:
        return {one.id for one in directory.read_offices(connection)}

"""A fault at every database call and every call to the disk while the journal is sealed and seals go outside: nothing is lost,
nothing is sealed twice, and what is outside is what the database has."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from engine.notify import witnesses
from engine.notify.witnesses import Folder
from engine.runtime import Runtime, opened
from engine.scheduler import sealing
from storage import outside, seals
from storage.errors import Unavailable
from storage.verification import verify
from tests.crash.calls import FAILED, LOST, MET, watch_drivers, watched
from tests.support.desk import Desk
from tests.support.sealing import outside as folder_at
from tests.support.sealing import round_with, sealer, something_happens, with_key

pytestmark = pytest.mark.long
CALLS_MAX = 80


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_PAUSE_SECONDS", 0.0)
    watch_drivers(monkeypatch)


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Desk:
    """One seal was made and is outside; more has happened since."""
    with_key(desk.runtime, tmp_path)
    beat(desk.runtime, tmp_path)
    desk.order("2023-09-29", "unit-1")
    something_happens(desk.runtime)
    return desk


def beat(runtime: Runtime, folder: Path) -> sealing.SealReport:
    return round_with(runtime, sealer(runtime, folder), [folder_at(folder / "outside")]).run()


def hold_whole(runtime: Runtime, folder: Path, upto: int) -> None:
    """All is sealed, each number once, and the folder holds exactly those seals."""
    with runtime.database.reading() as connection:
        assert verify(connection).verified
        assert seals.changed(connection, None) == []
        found = seals.after(connection, 0, 100)
        compared = outside.compare(connection, folder / "outside")
    assert [one.number for one in found] == list(range(1, upto + 1))
    assert (compared.faults, compared.newest, compared.missing) == ((), upto, 0)
    assert len(list((folder / "outside").iterdir())) == upto, "nothing is left beside the notes"


@pytest.mark.parametrize("how", [FAILED, LOST, MET])
def test_a_fault_at_every_call_of_a_round_that_seals(
    office: Desk, tmp_path: Path, how: str, copied: Callable[[str], str], database_url: str
) -> None:
    office.runtime.database.close()
    before = set((tmp_path / "outside").iterdir())
    for at in range(1, CALLS_MAX):
        with opened(copied(database_url), node="node") as runtime:
            with watched(at, how) as calls:
                with suppress(Unavailable, psycopg.Error, sqlite3.Error):
                    beat(runtime, tmp_path)
            if calls.happened:
                beat(runtime, tmp_path)
            hold_whole(runtime, tmp_path, 2)
        for one in set((tmp_path / "outside").iterdir()) - before:
            one.unlink()
        if not calls.happened:
            assert at > 8, "a round that seals asks more of a database"
            return
    pytest.fail("a round asks too much")


class _Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("name", ["open", "fsync", "link"])
@pytest.mark.parametrize("after", [False, True])
def test_a_death_at_every_call_to_the_disk(office: Desk, tmp_path: Path, name: str, after: bool) -> None:
    real, count = getattr(os, name), 0

    def dying(at: int) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == at and not after:
                raise _Died
            done = real(*given, **more)
            if count == at:
                raise _Died
            return done

        return call

    for at in (1, 2, 3):
        count = 0
        with pytest.MonkeyPatch.context() as dies:
            dies.setattr(witnesses.os, name, dying(at))
            with suppress(_Died):
                beat(office.runtime, tmp_path)
        for left in (tmp_path / "outside").glob(".*"):
            left.unlink()  # what a dead process leaves has a name that is no note's
        beat(office.runtime, tmp_path)
        with office.runtime.database.reading() as connection:
            number = seals.last(connection)
        assert number is not None
        hold_whole(office.runtime, tmp_path, number.number)
        something_happens(office.runtime)


def test_a_disk_without_links_gets_whole_notes_as_well(office: Desk, tmp_path: Path) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    with pytest.MonkeyPatch.context() as without:
        without.setattr(witnesses.os, "link", no_links)
        beat(office.runtime, tmp_path)
    hold_whole(office.runtime, tmp_path, 2)
    assert isinstance(folder_at(tmp_path / "outside"), Folder)

"""A standby that streams from the primary: looks go there, nothing is written there, and when the primary is lost it is
promoted and work goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from engine import administration, replica
from engine.cli.main import app
from engine.clock import SystemClock
from engine.replica import opened_to_look
from engine.runtime import opened
from storage import bulk
from storage.database import Database
from storage.errors import Unavailable
from storage.verification import verify
from tests.integration.test_the_service import Service, kinds, order_with_a_deadline_just_passed
from tests.support.databases import PostgresServer, SqliteFiles, create_installation, quick_folder
from tests.support.desk import READY, Desk
from tests.support.offices import directory
from tests.support.replicas import Pair

pytestmark = pytest.mark.long
QUIET: list[str] = []


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A simulated office of one order, on a primary and its standby."""
    with quick_folder() as folder:
        servers = Pair(folder)
        try:
            with opened(create_installation(servers.primary_url())) as runtime:
                Desk(runtime).at(READY).order("2023-09-29", "unit-1", "unit-2")
            yield servers
        finally:
            servers.stop()


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CASCADE_DATABASE", "CASCADE_READ_DATABASE"):
        monkeypatch.delenv(name, raising=False)


def typed(*words: str, ends: int = 0) -> tuple[str, str]:
    """What a command says: data, talk."""
    done = CliRunner().invoke(app, list(words), prog_name="cascade")
    assert done.exit_code == ends, f"{words} ended with {done.exit_code}\n{done.stdout}\n{done.stderr}"
    return done.stdout, done.stderr


def order(pair: Pair, name: str, *, alone: bool = False) -> str:
    """One more order; the cascade it opens."""
    with opened(pair.primary_url(alone=alone)) as runtime:
        desk = Desk(runtime, name=name)
        desk.order("2023-09-29", "unit-3")
        return desk.cascade


def test_what_is_written_on_the_primary_is_seen_on_the_replica(pair: Pair) -> None:
    cascade = order(pair, "seen")
    for place in (["--database", pair.standby_url], ["--database", "away.db", "--read-database", pair.standby_url]):
        assert cascade in typed("directive", "list", *place)[0]


@pytest.mark.parametrize(
    "look",
    [
        ("directive", "list"),
        ("directive", "tree", "{cascade}"),
        ("obligation", "list", "--cascade", "{cascade}"),
        ("obligation", "show", "{cascade}/2"),
        ("obligation", "slip", "{cascade}/1"),
        ("journal", "show", "--cascade", "{cascade}"),
        ("journal", "verify"),
        ("office", "list"),
        ("task", "list"),
        ("workflow", "list"),
        ("db", "status"),
    ],
    ids=" ".join,
)
def test_every_look_is_answered_by_the_replica(
    pair: Pair, look: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    cascade = order(pair, "looked-at")
    monkeypatch.setenv("CASCADE_DATABASE", pair.primary_url())
    words = [word.format(cascade=cascade) for word in look]
    from_primary = typed(*words)[0]
    monkeypatch.setenv("CASCADE_READ_DATABASE", pair.standby_url)
    assert typed(*words)[0].startswith(from_primary)  # the status has one line more


def test_a_look_goes_to_the_replica_and_a_command_to_the_primary(pair: Pair) -> None:
    places = ("--database", pair.primary_url(), "--read-database", pair.standby_url)
    with pair.held_back():
        cascade = order(pair, "unseen", alone=True)
        assert cascade not in typed("directive", "list", *places)[0]
        assert cascade in typed("directive", "list", *places[:2])[0]
        primary = ("--database", pair.primary_url(alone=True), "--read-database", pair.standby_url)
        act = ("obligation", "do", "name_officer", f"{cascade}/2", "--as", "unit-3/leader", "--ask", "officer=An")
        typed(*act, *primary)
    with opened(pair.standby_url) as runtime:
        assert Desk(runtime, cascade)[2].officer == "An"


def test_nothing_is_written_through_the_read_database(pair: Pair) -> None:
    cascade = order(pair, "held")
    with opened(pair.standby_url) as runtime:
        with pytest.raises(Unavailable, match="is a replica, which is only read. Name the primary"):
            Desk(runtime, cascade, name="refused").act("unit-3/leader", 2, "name_officer", officer="An")
    for reads in (pair.standby_url, pair.primary_url()):  # where looking would be allowed to write it cannot either
        with pytest.raises((DBAPIError, Unavailable), match="read"):
            with opened_to_look(pair.primary_url(), reads, QUIET.append) as (_, connection):
                bulk.write(connection, "UPDATE installation SET purpose = 'another'")
    _, talk = typed("obligation", "do", "name_officer", f"{cascade}/2", "--as", "unit-3/leader", "--ask", "officer=An",
                    "--database", pair.standby_url, ends=7)  # fmt: skip
    assert "is a replica, which is only read" in talk


def test_the_status_says_how_far_the_replica_is_behind(pair: Pair) -> None:
    places = ("--database", pair.primary_url(alone=True), "--read-database", pair.standby_url)
    order(pair, "before")
    assert "behind: nothing is missing" in typed("db", "status", *places)[0]
    with pair.held_back():
        order(pair, "after", alone=True)
        said, _ = typed("db", "status", *places)
        assert "bytes, " in said
        assert "nothing is missing" not in said
    assert "this is one, only read" in typed("db", "status", "--database", pair.standby_url)[0]


def test_who_looks_is_told_where_the_replica_is_far_behind(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "TOLD_FROM", 0.0)
    places = ("--database", pair.primary_url(alone=True), "--read-database", pair.standby_url)
    with pair.held_back():
        order(pair, "missed", alone=True)
        assert "is behind the primary: " in typed("directive", "list", *places)[1]


def test_another_installation_is_not_read_in_its_place(
    pair: Pair, postgres: PostgresServer, sqlite: SqliteFiles
) -> None:
    other = create_installation(postgres.empty())
    file = create_installation(sqlite.empty())
    for reads, why in ((other, "it is no replica of"), (file, "it is SQLite, where nothing follows a primary")):
        places = ("--database", pair.primary_url(), "--read-database", reads)
        _, talk = typed("directive", "list", *places, ends=5)
        assert why in talk
        assert "the primary, by --read-database none" in talk
        assert why in typed("db", "status", *places)[0]
    postgres.drop(other)
    sqlite.drop(file)


def test_an_office_that_went_on_elsewhere_is_no_replica(pair: Pair, postgres: PostgresServer) -> None:
    """A copy has the same beginning; but it follows nobody, and would be read as if it did."""
    copy = postgres.empty()
    typed("db", "copy", pair.primary_url(), copy)
    for primary, reads in ((pair.primary_url(), copy), (copy, pair.primary_url())):
        _, talk = typed("directive", "list", "--database", primary, "--read-database", reads, ends=5)
        assert "one that went ways of its own" in talk
    postgres.drop(copy)


def test_a_replica_that_is_away_is_said_with_what_is_open_instead(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASCADE_DATABASE", pair.primary_url())
    monkeypatch.setenv("CASCADE_READ_DATABASE", f"postgresql://postgres@/office?host={tmp_path}")
    _, talk = typed("directive", "list", ends=7)
    assert "The read database does not answer" in talk
    assert "the primary, by --read-database none" in talk
    for instead in (["--read-database", "none"], ["--database", pair.primary_url()]):
        assert typed("directive", "list", *instead)[0]
    assert "The read database does not answer" in typed("db", "status")[0]


def test_while_the_primary_is_away_the_replica_is_read_and_it_is_said(pair: Pair, tmp_path: Path) -> None:
    gone = f"postgresql://postgres@/office?host={tmp_path}"
    said, talk = typed("directive", "list", "--read-database", pair.standby_url, "--database", gone)
    assert "1/TB" in said
    assert "The primary is away, so that nobody can say whether" in talk


def test_the_primary_by_another_address_is_read_as_itself(pair: Pair) -> None:
    """As after a failover, when the address for looking has no replica left behind it."""
    same = pair.primary_url(alone=True)
    assert typed("directive", "list", "--database", pair.primary_url(), "--read-database", same)[1] == ""
    assert (
        "is this very database" in typed("db", "status", "--database", pair.primary_url(), "--read-database", same)[0]
    )


def test_the_auditor_verifies_on_the_replica(pair: Pair) -> None:
    for place in (
        ["--database", pair.standby_url],
        ["--database", pair.primary_url(), "--read-database", pair.standby_url],
    ):
        assert typed("journal", "verify", *place)[0].startswith("Verified: ")


def test_after_the_primary_is_lost_the_replica_is_promoted_and_everybody_goes_on(tmp_path: Path) -> None:
    with quick_folder() as folder:
        servers = Pair(folder)
        try:
            _fail_over(servers, tmp_path)
        finally:
            servers.stop()


def _fail_over(servers: Pair, tmp_path: Path) -> None:
    """One node on both addresses; what was committed before is all there, and the node carries out what comes after."""
    database = Database(servers.either_url)
    administration.create(database, SystemClock())
    with database.transaction() as connection:
        administration.import_offices(connection, directory(), SystemClock().now(), administration.INSTALLER)
    cascade = order_with_a_deadline_just_passed(servers.either_url)
    service = Service(servers.either_url, tmp_path / "messages.jsonl")
    try:
        assert service.until("round")["RungReached"] == 3
        service.until("delivery")
        committed = kinds(servers.either_url, cascade)
        servers.lose_the_primary()
        service.until("database_away")
        servers.promote()
        assert kinds(servers.either_url, cascade) == committed
        later = order_with_a_deadline_just_passed(servers.either_url, "later")
        assert service.until("round")["RungReached"] == 3
        service.until("delivery")
        service.stop()
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.communicate()
    assert [kind for kind, _ in kinds(servers.either_url, later)].count("DeadlineMissed") == 3
    with database.reading() as connection:
        assert bulk.read(connection, "SELECT pg_is_in_recovery()") == [(False,)]
        assert verify(connection).verified
    database.close()

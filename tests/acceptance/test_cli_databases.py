"""Creating in partitions, copying, and looking at a read database, as a person types it."""

from pathlib import Path

import pytest

from storage.database import Database
from tests.acceptance.conftest import Typed
from tests.support.databases import PostgresServer

HERE = "postgresql://nobody@/nothing?host=/nowhere"


@pytest.mark.parametrize("wanted", ["1", "-4", "257"])
def test_a_number_of_partitions_that_makes_no_sense_is_refused(typed: Typed, wanted: str) -> None:
    talk = typed("db", "create", "--database", HERE, "--partitions", wanted, ends=2).talk
    assert f"{wanted} is not from 2 to 256" in talk


def test_sqlite_has_no_partitions_and_says_so_before_anything_is_made(typed: Typed, tmp_path: Path) -> None:
    talk = typed("db", "create", "--database", "office.db", "--partitions", "4", ends=2).talk
    assert "office.db is SQLite, which keeps a table whole" in talk
    assert "is SQLite" in typed("db", "copy", "office.db", "other.db", "--partitions", "4", ends=2).talk
    assert list(tmp_path.iterdir()) == []


def test_a_partitioned_installation_is_made_and_says_what_it_is(typed: Typed, postgres: PostgresServer) -> None:
    url = postgres.empty()
    typed("db", "create", "--database", url, "--partitions", "2")
    assert "0, in 2 partitions" in typed("db", "status", "--database", url).data
    assert typed.json("db", "status", "--database", url)["partitions"] == 2
    assert typed("journal", "verify", "--database", url).data.startswith("Verified: ")
    postgres.drop(url)


def test_an_office_is_copied_to_postgresql_and_back(issued: Typed, typed: Typed, postgres: PostgresServer) -> None:
    url = postgres.empty()
    said = issued("db", "copy", issued.database, url, "--partitions", "2").talk
    assert "holds what" in said
    assert "the same on both sides; verified: " in said
    assert typed("obligation", "list", "--database", url).data == issued("obligation", "list").data
    typed("db", "copy", url, "back.db")
    last = typed("journal", "show", "--cascade", "administration", "--database", "back.db").data.splitlines()[-1]
    assert f"copied everything here from {Database(url).shown}" in last
    again = typed("db", "copy", url, "back.db", ends=5).talk
    assert "back.db holds an installation already. Open to you now: name an empty database" in again
    postgres.drop(url)


@pytest.mark.parametrize(
    "words",
    [
        ("--read-database", "file.db", "office", "list"),
        ("office", "--read-database", "file.db", "list"),
        ("office", "list", "--read-database", "file.db"),
        ("office", "list", "--read-database=file.db"),
    ],
    ids=" ".join,
)
def test_a_read_database_may_be_named_anywhere(office: Typed, words: tuple[str, ...]) -> None:
    talk = office(*words, ends=5).talk
    assert (
        "it is SQLite, where nothing follows a primary. Open to you now: the primary, by --read-database none" in talk
    )


def test_what_is_set_to_be_read_does_not_stand_in_for_what_is_typed(
    office: Typed, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASCADE_DATABASE", str(office.database))
    monkeypatch.setenv("CASCADE_READ_DATABASE", "file.db")
    typed("office", "list", ends=5)
    assert typed("office", "list", "--read-database", "none").data == office("office", "list").data


def test_a_read_database_without_its_name_is_a_usage_error(office: Typed) -> None:
    assert "requires an argument" in office("office", "list", "--read-database", ends=2).talk

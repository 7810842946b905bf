"""Creating in partitions, copying, and looking at a read database, as a person types it."""

from pathlib import Path

import pytest

from storage.database import Database
from tests.acceptance.conftest import Typed
from tests.support.databases import PostgresServer

HERE = "postgresql://nobody@/nothing?host=/nowhere"


@pytest.mark.parametrize("wanted", ["1", "0", "-4", "257"])
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
    assert f"Copied everything here from {Database(url).shown}" in last
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


def test_a_read_database_that_holds_nothing_answers_and_is_not_to_be_created(
    typed: Typed, postgres: PostgresServer
) -> None:
    primary, empty = postgres.empty(), postgres.empty()
    typed("db", "create", "--database", primary)
    talk = typed("office", "list", "--database", primary, "--read-database", empty, ends=5).talk
    assert "it holds no installation of this program's schema, as a replica of one would" in talk
    assert f"by --read-database none (it is {Database(primary).shown})" in talk
    postgres.drop(empty)
    postgres.drop(primary)


def test_there_is_nothing_to_copy_where_nothing_is(typed: Typed, postgres: PostgresServer, tmp_path: Path) -> None:
    """Whoever was told to create FROM would copy an empty office."""
    empty = postgres.empty()
    for source in ("nowhere.db", empty):
        talk = typed("db", "copy", source, "new.db", ends=4).talk
        assert f"There is no installation in {Database(source).shown}, so that nothing can be copied from it" in talk
        assert "db create" not in talk
    assert list(tmp_path.iterdir()) == []
    postgres.drop(empty)


def test_a_place_where_no_file_can_lie_is_named(issued: Typed, typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for words in (("db", "create", "--database"), ("db", "upgrade", "--database"), ("db", "copy", issued.database)):
        assert "There is no folder nowhere for the database" in typed(*words, "nowhere/new.db", ends=7).talk
        assert "folder is a folder, not a database file" in typed(*words, "folder", ends=7).talk


def test_an_address_where_nobody_answers_is_said_once_with_what_to_look_at(typed: Typed, tmp_path: Path) -> None:
    talk = typed("office", "list", "--database", f"postgresql://postgres@/office?host={tmp_path}", ends=7).talk
    assert "cannot be used: connection to server on socket" in talk
    assert "Look whether the address (--database) is right, its server up" in talk


def test_a_database_that_is_an_installation_says_what_can_be_done_with_it(office: Typed) -> None:
    talk = office("db", "create", ends=5).talk
    assert "Open to you now: see how it stands (cascade db status), name another one (--database)." in talk


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("BEAT_SECONDS", "0", "it has to be more than 0"),
        ("BEAT_SECONDS", "3601", "it may be at most 3600"),
        ("BEAT_SECONDS", "soon", "'soon' is no number"),
        ("LOG_LEVEL", "loud", "'loud' is none of TRACE, DEBUG, INFO, WARNING, ERROR"),
        ("NODE", "a\nb", "it holds a character that cannot be printed"),
        ("NODE", "x" * 65, "it may have at most 64 characters"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_why(
    office: Typed, monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(f"CASCADE_{name}", value)
    talk = office("office", "list", ends=2).talk
    assert f"Invalid value for CASCADE_{name}: {why} (it is set in the environment or in .env)" in talk
    monkeypatch.setenv("CASCADE_LANG", "vi")
    assert why not in office("office", "list", ends=2).talk


def test_several_settings_that_cannot_be_used_are_named_together(
    office: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASCADE_BEAT_SECONDS", "0")
    monkeypatch.setenv("CASCADE_LOG_LEVEL", "loud")
    talk = office("office", "list", ends=2).talk
    assert "CASCADE_BEAT_SECONDS, CASCADE_LOG_LEVEL: it has to be more than 0; 'loud' is none of" in talk


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("nonsense=3", 'invalid connection option "nonsense"'),
        ("host=a&host=b&port=1,2", "Can't mix 'multihost' formats"),
    ],
)
def test_a_url_that_no_connection_takes_is_no_fault_of_ours(typed: Typed, options: str, why: str) -> None:
    talk = typed("office", "list", "--database", f"postgresql://postgres:secret@/office?{options}", ends=7).talk
    assert talk.startswith("the URL postgresql+psycopg://postgres:***@/office?")
    assert f"cannot be used: {why}" in talk


def test_a_beat_of_no_seconds_is_refused(office: Typed) -> None:
    assert "it has to be more than 0" in office("serve", "--beat", "0", ends=2).talk

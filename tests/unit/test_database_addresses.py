"""How databases are named, opened and shown."""

import os
from pathlib import Path

import pytest

from storage import database
from storage.database import Database, parse_url
from storage.errors import Unavailable


def test_a_plain_path_is_a_sqlite_file() -> None:
    assert parse_url("office.db").get_backend_name() == "sqlite"
    assert parse_url("postgresql://a@b/c").drivername == "postgresql+psycopg"


def test_an_address_of_another_kind_of_database_is_refused() -> None:
    with pytest.raises(Unavailable, match="not supported"):
        parse_url("mysql://a@b/c")


def test_a_password_is_never_shown() -> None:
    assert "hidden-word" not in Database("postgresql://a:hidden-word@b/c").shown


def test_a_file_that_cannot_be_written_is_read_as_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "archive.db"
    made = Database(str(path))
    with made.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (id INTEGER)")
    made.close()
    before = path.read_bytes()
    may = os.access
    monkeypatch.setattr(database.os, "access", lambda name, mode: mode != os.W_OK and may(name, mode))
    archive = Database(str(path))
    with archive.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar() == 0
    with pytest.raises(Unavailable, match="readonly"), archive.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
    archive.close()
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["archive.db"]

"""Dumps of PostgreSQL: by a program of the right version, with no secret to be seen, or not at all."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from engine import manifest as manifests
from engine.backing_up import BackupFailed
from engine.restored import read_backup
from storage.database import Database
from storage.errors import Unavailable
from tests.support.backups import PROGRAMS, backed_up, deeds
from tests.support.databases import PostgresServer, create_installation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir(mode=0o700)
    return tmp_path / "backups"


SAYS = """#!/bin/sh
if [ "$1" = --version ]; then {version}; exit; fi
echo "$@" > {folder}/arguments; env > {folder}/environment; cat "$PGPASSFILE" > {folder}/passwords
{then}
"""


def program(folder: Path, name: str, then: str = "", version: str = "") -> Path:
    """A program of this name in a folder of its own, which notes what it was told."""
    bin_ = folder / "bin"
    bin_.mkdir(exist_ok=True)
    real = (PROGRAMS or Path("/usr/bin")) / name
    text = SAYS.format(folder=folder, then=then or f'exec {real} "$@"', version=version or f"{real} --version")
    (bin_ / name).write_text(text)
    (bin_ / name).chmod(0o700)
    return bin_


def secret(url: str) -> str:
    """The same database by a URL with a password, which this server does not ask for."""
    with closing(Database(url)) as database:
        return database.url.set(password="b\u00ed:m\\\u1eadt").render_as_string(hide_password=False)


def test_a_password_is_on_no_command_line_and_in_no_file_with_a_name(postgres: PostgresServer, folder: Path) -> None:
    url = create_installation(postgres.empty())
    seen = folder.parent
    made = backed_up(secret(url), folder, programs=program(seen, "pg_dump"))
    assert "b\u00ed" not in (seen / "arguments").read_text() + (seen / "environment").read_text()
    assert (seen / "passwords").read_text() == "*:*:*:*:b\u00ed\\:m\\\\\u1eadt\n"
    assert "***" in made.manifest.database
    assert "b\u00ed" not in manifests.beside(made.file).read_text()
    assert "b\u00ed" not in str(deeds(url))
    failing = program(
        seen, "pg_dump", then='cut -d: -f5- "$PGPASSFILE" >&2; echo "wrong password b\u00ed:m\\\u1eadt" >&2; exit 1'
    )
    with pytest.raises(BackupFailed, match=r"pg_dump says: .*wrong password \*\*\*") as told:
        backed_up(secret(url), folder / "two", programs=failing)
    assert "b\u00ed:m" not in str(told.value)
    postgres.drop(url)


def test_a_pg_dump_of_another_version_or_none_says_what_to_install(postgres: PostgresServer, folder: Path) -> None:
    url = create_installation(postgres.empty())
    with pytest.raises(Unavailable, match=r"bin/pg_dump is of version 9. Install it .*postgresql-client-\d\d"):
        backed_up(url, folder, programs=program(folder.parent, "pg_dump", version="echo 'pg_dump (PostgreSQL) 9.6.1'"))
    with pytest.raises(Unavailable, match=f"there is none in {folder}"):
        backed_up(url, folder, programs=folder)
    assert list(folder.iterdir()) == []
    postgres.drop(url)


def test_a_pg_dump_that_dies_leaves_nothing(postgres: PostgresServer, folder: Path) -> None:
    url = create_installation(postgres.empty())
    with pytest.raises(BackupFailed, match="pg_dump was ended by signal SIGKILL"):
        backed_up(url, folder, programs=program(folder.parent, "pg_dump", then="kill -9 $$"))
    assert list(folder.iterdir()) == []
    postgres.drop(url)


def test_a_backup_that_cannot_go_on_the_record_is_made_all_the_same(postgres: PostgresServer, folder: Path) -> None:
    url = create_installation(postgres.empty())
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        [(name,)] = connection.execute("SELECT current_database()").fetchall()
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    made = backed_up(url, folder)
    assert "is only read" in str(made.unrecorded)
    assert read_backup(made.file).size == made.manifest.size
    postgres.drop(url)

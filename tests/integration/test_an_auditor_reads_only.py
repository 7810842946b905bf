"""An auditor's account and a connection that may only read suffice for all of reading: a file on read-only media, a role of the
server with SELECT alone. Pages want somewhere to keep who is signed in, and nothing else."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from engine.cli.main import app
from engine.notify.channels import Silent
from engine.runtime import opened
from tests.support.browsing import Visitor, account, served
from tests.support.databases import Databases, PostgresServer, create_installation
from tests.support.desk import READY, Desk

NOBODY = 65534
SESSIONS = ("session", "sign_in", "sign_in_try")  # what pages write of who is there
LISTS = (
    ("show", "--all"), ("show", "--all", "--person", "clerk"), ("show", "--happened-since", "1/8/2023"), ("show", "--late"),
    ("counts",), ("late",), ("corrections",), ("claimed",), ("unsealed",), ("administration", "--about", "account"),
    ("sign-ins",), ("denials",), ("verify",),
)  # fmt: skip
PAGES = ("/journal", "/journal?kind=Acted&late=1", "/journal/late", "/journal/corrections", "/journal/claimed",
         "/journal/unsealed", "/sign-ins", "/administration", "/obligations", "/journal/verify")  # fmt: skip


@pytest.fixture(scope="module")
def installation(databases: Databases) -> Iterator[tuple[str, str]]:
    """An office that has worked a little; its address and its cascade."""
    url = create_installation(databases.empty())
    with opened(url, channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        first, *_ = desk.order("2023-08-21", "unit-1", "unit-2")
        desk.act("unit-1/clerk", first, "receive")
        account(runtime, "reader", roles=("auditor",))
        cascade = desk.cascade
    yield url, cascade
    databases.drop(url)


def run(url: str, *words: str) -> str:
    done = CliRunner().invoke(app, ["--database", url, "journal", *words], prog_name="cascade")
    assert done.exit_code == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


@contextmanager
def nobody() -> Iterator[None]:
    """Be somebody who owns nothing: whoever runs the tests as root may write whatever stands in a file's mode."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@contextmanager
def only_readable(databases: Databases, url: str) -> Iterator[str]:
    """The address by which somebody may read this database and do nothing else."""
    if isinstance(databases, PostgresServer):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as owner:
            owner.execute("DROP ROLE IF EXISTS auditor")
            owner.execute("CREATE ROLE auditor LOGIN")
            owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor")
            yield make_url(url).set(username="auditor").render_as_string(hide_password=False)
            owner.execute("DROP OWNED BY auditor")
            owner.execute("DROP ROLE auditor")
        return
    folder = Path(tempfile.mkdtemp(prefix="cascade-archive-"))
    copy = folder / "office.db"
    shutil.copy(url, copy)
    copy.chmod(0o444)
    folder.chmod(0o555)
    try:
        with nobody():
            yield str(copy)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_every_command_of_the_journal_reads_a_database_that_nobody_may_write(
    databases: Databases, installation: tuple[str, str]
) -> None:
    url, cascade = installation
    commands = [*LISTS, ("entry", f"{cascade}/4"), ("show", "--cascade", cascade, "--raw")]
    written = [run(url, *words) for words in commands]  # which imports what is needed, too
    with only_readable(databases, url) as there:
        read = [run(there, *words) for words in commands]
        with pytest.raises(AssertionError):
            run(there, "correct", f"{cascade}/2", "subject", "x", "--reason", "y", "--as", "department/clerk")
    assert read == written


def test_what_the_commands_say_in_json_is_the_same_as_in_words(installation: tuple[str, str]) -> None:
    url, cascade = installation
    acted = json.loads(run(url, "show", "--kind", "Acted", "--all", "--json"))
    entry = next(one for one in acted["entries"] if one["office"] == "unit-1")
    assert (entry["cascade"], entry["kind"]) == (cascade, "Acted")
    assert entry["changed"][0] == {"name": "State", "before": "not received", "after": "working"}
    assert entry["known_by"] == "only claimed at the command line"
    assert entry["who"] == "clerk of Unit 1"
    counted = json.loads(run(url, "counts", "--json"))
    assert counted["claimed"] > counted["corrected"] == 0
    assert counted["unsealed_chains"] == 2


def test_an_auditor_reads_every_page_through_a_role_that_may_write_sessions_alone(
    databases: Databases, installation: tuple[str, str]
) -> None:
    if not isinstance(databases, PostgresServer):
        pytest.skip("a SQLite file has no roles: pages are read on a copy that may be written")
    url, cascade = installation
    with only_readable(databases, url) as there:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as owner:
            owner.execute(f"GRANT INSERT, UPDATE, DELETE ON {', '.join(SESSIONS)} TO auditor")
            owner.execute("GRANT UPDATE (epoch) ON account TO auditor")  # who signs in holds the row: SELECT FOR UPDATE
        with opened(there, channel=Silent()) as runtime, served(runtime) as at, Visitor(at) as reader:
            reader.sign_in("reader")
            for path in (*PAGES, f"/journal/{cascade}/3"):
                page = reader.look(path)
                assert page.status_code == 200, path
                assert 'action="/sign-in"' not in page.text, path
            assert reader.look("/journal?claimed=1").text.count('data-label="Việc đã diễn ra"') > 3

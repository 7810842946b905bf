"""What starts pays for what it uses: the service and the help of a command load no library that they do not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.databases import SqliteFiles, create_installation

ROOT = Path(__file__).parents[2]
# Each costs a start between a twentieth and a third of a second.
HEAVY = ("alembic", "sqlmodel", "openpyxl", "rich", "yaml", "sqlalchemy.orm")
WEB = ("fastapi", "uvicorn", "jinja2", "prometheus_client", "argon2")
ONE_ROUND = """
import json, os, sys, threading
from engine.cli.main import app
from engine.scheduler.beat import Beat

run = Beat.run
def once(beat):
    threading.Timer(0.3, beat.stop).start()
    run(beat)
    print(json.dumps([name for name in sys.modules if name in {heavy}] + [beat.ready]))
Beat.run = once
app({arguments}, prog_name="cascade")
"""
HELP = """
import contextlib, io, json, sys
from engine.cli.main import app

with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    app({arguments}, prog_name="cascade")
print(json.dumps([name for name in sys.modules if name in {heavy}]))
"""


def loaded(script: str, heavy: tuple[str, ...], *arguments: str) -> list[object]:
    source = script.replace("{heavy}", repr(heavy)).replace("{arguments}", repr(list(arguments)))
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    found: list[object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_service_that_finds_nothing_to_do_loads_nothing_heavy(sqlite: SqliteFiles) -> None:
    url = create_installation(sqlite.empty(), simulated=False)
    assert loaded(ONE_ROUND, (*HEAVY, *WEB), "serve", "--no-web", "--database", url) == [True], (
        "ready, and none of the heavy ones loaded"
    )


def test_the_help_of_cascade_loads_no_library_but_the_one_that_shows_it() -> None:
    heavy = (*HEAVY, *WEB, "sqlalchemy", "pydantic", "loguru", "transitions", "apscheduler")
    assert loaded(HELP, heavy, "--help") == []


@pytest.mark.parametrize("group", ["journal", "obligation", "directive", "office", "round", "workflow"])
def test_an_ordinary_command_leaves_migrations_alone(group: str) -> None:
    assert loaded(HELP, ("alembic", "sqlmodel", "sqlalchemy.orm", "openpyxl"), group, "--help") == []

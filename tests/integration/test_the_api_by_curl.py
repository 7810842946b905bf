"""The walk through the API that the operator's page shows, line by line as it stands there, against a served installation."""

import os
import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from engine.administration import INSTALLER, import_offices
from engine.exchange.offices import read_offices, sample
from engine.notify.channels import Silent
from engine.runtime import opened
from storage.verification import verify
from tests.support.browsing import served
from tests.support.databases import SqliteFiles, create_installation

ROOT = Path(__file__).parents[2]


def walk() -> str:
    page = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")
    section = page.split("## API\n")[1].split("\n## ")[0]
    [found] = re.findall(r"```sh\n(.*?)```", section, re.S)
    return str(found)


def test_the_walk_by_curl_does_what_the_page_says(sqlite: SqliteFiles, tmp_path: Path) -> None:
    url = create_installation(sqlite.empty(), simulated=False)
    command = tmp_path / "cascade"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m engine "$@"\n')
    command.chmod(0o755)
    with opened(url, channel=Silent()) as runtime, served(runtime) as address:
        with runtime.database.transaction() as connection:
            import_offices(connection, read_offices(sample(), "sample"), runtime.now(), INSTALLER)
        there = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "CASCADE_DATABASE": url,
                 "API": f"{address}/api/v1", "TZ": "Asia/Ho_Chi_Minh"}  # fmt: skip
        done = subprocess.run(["bash", "-eu", "-o", "pipefail"], input=walk(), cwd=tmp_path, env=there, text=True,
                              capture_output=True, timeout=120, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        answers = [
            orjson.loads(one) for one in re.sub(r"\}\{", "}\n{", done.stdout).splitlines() if one.startswith("{")
        ]
        with runtime.database.reading() as connection:
            assert verify(connection).verified
    received, reported, accepted, history, refused = answers
    assert [one["state"] for one in (received, reported, accepted)] == ["working", "reported", "accepted"]
    assert history["items"][0]["says"].startswith("accept")
    assert (refused["status"], refused["code"], refused["exit"]) == (409, "refused", 5)


@pytest.mark.parametrize("told", ["If-Match", "Idempotency-Key", "X-CSRF-Token", "openapi.json", "Accept-Language"])
def test_the_page_tells_of_every_header_that_counts(told: str) -> None:
    page = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")
    assert told in page.split("## API\n")[1].split("\n## ")[0]

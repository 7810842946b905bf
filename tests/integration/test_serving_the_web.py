"""`cascade serve` with its pages: one process, ready in words a supervisor reads, a busy port told, ended in time."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.support.databases import SqliteFiles, create_installation

ROOT = Path(__file__).parents[2]
SECONDS = 60


@pytest.fixture
def url(sqlite: SqliteFiles) -> str:
    return create_installation(sqlite.empty(), simulated=False)


def begun(url: str, *options: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "engine", "serve", "--database", url, "--beat", "0.2", *options], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CASCADE_LANG": "en", **environment},
    )  # fmt: skip


@contextmanager
def running(url: str, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = begun(url, *options, **environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """Read the log up to an event; the line itself is the signal."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        found: dict[str, Any] = orjson.loads(line)
        seen.append(found["event"])
        if found["event"] == event:
            return found
    raise AssertionError(f"it ended without {event}: {seen}")


def test_pages_and_rounds_are_one_process_that_says_when_it_is_ready_and_ends_in_time(url: str, tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(SECONDS)
        with running(url, "--listen", "127.0.0.1:0", NOTIFY_SOCKET=str(tmp_path / "notify")) as service:
            address = until(service, "web_served")["address"]
            told = until(service, "setup_link")
            file = Path(told["file"])
            assert (file.stat().st_mode & 0o777, file.parent) == (0o600, Path(url).resolve().parent)
            link = file.read_text().strip()
            assert link.rpartition("/")[2] not in str(told), "what opens the installation is in no log"
            assert supervisor.recv(100) == b"READY=1"
            assert link.startswith(f"{address}/link/")
            assert "Tài khoản đầu tiên" in httpx.get(link).text
            until(service, "ready")
            assert httpx.get(f"{address}/health/ready").json() == {"ready": True, "red": []}
            assert supervisor.recv(100) == b"WATCHDOG=1"
            assert "cascade_rounds_total" in httpx.get(f"{address}/metrics").text
            with closing(socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), 5)):  # an idle browser
                told = time.monotonic()
                service.send_signal(signal.SIGTERM)
                service.communicate(timeout=10)
            assert service.returncode == 0
            assert time.monotonic() - told < 10
            assert b"STOPPING=1" in iter(lambda: supervisor.recv(100), b"")


def test_pages_alone_are_ready_without_rounds(url: str) -> None:
    with running(url, "--listen", "127.0.0.1:0", "--no-beat", "--metrics-listen", "127.0.0.1:0") as service:
        served = until(service, "web_served")
        assert httpx.get(f"{served['address']}/health/ready").json() == {"ready": True, "red": []}
        assert httpx.get(f"{served['metrics']}/metrics").status_code == 200
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=10)
        assert service.returncode == 0


def test_a_busy_port_that_was_asked_for_ends_it_and_one_that_nobody_chose_costs_only_the_pages(url: str) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = f"127.0.0.1:{other.getsockname()[1]}"
        ended = begun(url, "--listen", busy)
        said = ended.communicate(timeout=SECONDS)[1]
        assert ended.returncode == 7
        assert f"Another program listens at {busy}" in said
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8000))
            other.listen()
        except OSError:
            pass  # somebody else's program listens there: as good
        with running(url) as service:
            assert "127.0.0.1:8000" in until(service, "web_not_served")["because"]
            until(service, "ready")
            service.send_signal(signal.SIGTERM)
            service.communicate(timeout=10)
            assert service.returncode == 0


def test_the_demonstration_prints_its_address_and_a_password_for_each_role(tmp_path: Path) -> None:
    with running(str(tmp_path / "demo.db"), "--demo", "--listen", "127.0.0.1:0") as service:
        assert service.stdout is not None
        told = ""
        for line in service.stdout:
            told += line
            if "http://" in line:
                break
        assert re.findall(r"(clerk|leader|officer|admin|auditor|operator)$", told, re.M) == [
            "clerk", "leader", "officer", "admin", "auditor", "operator",
        ]  # fmt: skip
        [address] = re.findall(r"http://\S+", told)
        assert httpx.get(f"{address}/sign-in").status_code == 200


def test_nothing_to_serve_is_a_usage_error(url: str) -> None:
    ended = begun(url, "--no-web", "--no-beat")
    assert "nothing would be left to serve" in ended.communicate(timeout=SECONDS)[1]
    assert ended.returncode == 2


def test_the_unit_is_hardened_and_notifies(tmp_path: Path) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "engine", "service-files", "systemd"], check=True, capture_output=True, text=True,
        timeout=SECONDS, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout  # fmt: skip
    assert "Type=notify" in printed
    assert "WatchdogSec=" in printed
    assert "{" not in printed
    analyse = shutil.which("systemd-analyze")
    if analyse:  # a container may have none
        unit = tmp_path / "cascade.service"
        unit.write_text(printed, encoding="utf-8")
        rated = subprocess.run(
            [analyse, "security", "--offline=true", "--no-pager", str(unit)],
            check=False,
            capture_output=True,
            text=True,
        ).stdout
        [level] = re.findall(r"exposure level for cascade.service: ([\d.]+)", rated)
        assert float(level) <= 2.0


def test_the_site_names_the_host_and_hides_the_figures() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "engine", "service-files", "nginx", "--host", "giaoviec.example.vn"], check=True,
        capture_output=True, text=True, timeout=SECONDS, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout  # fmt: skip
    assert printed.count("server_name giaoviec.example.vn;") == 2
    assert "location = /metrics { return 404; }" in printed

"""The structure that design and README draw is the structure of the code."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("workflows", "storage", "engine")
TOOLS = Path(sys.executable).parent


def sources() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)


def test_imports_go_one_way_and_every_file_has_its_place() -> None:
    done = ran(str(TOOLS / "lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_hold() -> None:
    # To write a cache that was not there costs half as much again as the check; one that is there is used.
    cache = () if (ROOT / ".mypy_cache").is_dir() else (f"--cache-dir={os.devnull}",)
    done = ran(sys.executable, "-m", "mypy", *cache)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_code_is_linted_and_formatted() -> None:
    for command in (["check"], ["format", "--check"]):
        done = ran(sys.executable, "-m", "ruff", *command, ".")
        assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_clock_asks_the_time() -> None:
    asked = {
        "now",
        "utcnow",
        "today",
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "localtime",
        "gmtime",
    }
    for name, text in sources():
        if name == "engine/clock.py":
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr in asked and isinstance(node.value, ast.Name):
                assert node.value.id not in {"datetime", "date", "time"}, f"{name}:{node.lineno} asks the time"
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                raise AssertionError(f"{name}:{node.lineno} imports from time")


def test_one_library_one_place() -> None:
    places = {
        "transitions": {"workflows/machine.py"},
        "apscheduler": {"engine/scheduler/beat.py"},
        "alembic": {"storage/migrate.py", "storage/migrations/"},
    }
    for name, text in sources():
        for node in ast.walk(ast.parse(text)):
            found = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            found += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in found:
                allowed = places.get(module.split(".")[0])
                assert allowed is None or any(name.startswith(place) for place in allowed), f"{name} imports {module}"


def test_every_file_says_what_it_is() -> None:
    for name, text in sources():
        assert ast.get_docstring(ast.parse(text)), f"{name} has no first line"


def test_nothing_is_committed_that_speaks_of_a_machine_or_a_registry() -> None:
    listed = ran("git", "ls-files").stdout.splitlines()
    forbidden = re.compile(
        "|".join(("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian", "/wo" + "rk/"))
    )
    for name in listed:
        path = ROOT / name
        if path.exists() and path.suffix not in {".png"}:
            assert not forbidden.search(path.read_text(encoding="utf-8", errors="replace")), name
    assert not {"uv.lock", "pylock.toml"} & set(listed)
    folders = {name.split("/")[0] for name in listed if "/" in name}
    assert {folder for folder in folders if not folder.startswith(".")} <= {*ROOMS, "tests"}

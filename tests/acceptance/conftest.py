"""The command as people type it: in this process for speed, in one of its own where that is the point."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.exchange.offices import sample

ROOT = Path(__file__).parents[2]
LETTERS = ROOT / "tests" / "support" / "dispatches"
SEED = sorted((ROOT.parent / "shared" / "seed").glob("*.txt"))
START = "2023-08-16T09:00"  # a Wednesday; 1 and 4 September are days off that year
TRANSPORT = sample().replace("Sở Khoa học và Công nghệ", "Sở Giao thông vận tải")  # whose letter the fixture is


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    data: str
    talk: str

    @property
    def json(self) -> Any:
        return json.loads(self.data)


class Typed:
    """Types commands at one prompt, in one folder, against one database."""

    def __init__(self, database: str = "") -> None:
        self.database = database

    def __call__(self, *words: str, ends: int = 0, text: str | bytes | None = None) -> Said:
        """Run one command; it has to end with this exit code."""
        before = ["--database", self.database] if self.database else []
        done = CliRunner().invoke(app, [*before, *words], input=text, prog_name="cascade")
        said = Said(done.exit_code, done.stdout, done.stderr)
        assert said.code == ends, f"{' '.join(words)} ended with {said.code}\n{said.data}\n{said.talk}"
        return said

    def json(self, *words: str, ends: int = 0) -> Any:
        return self(*words, "--json", ends=ends).json


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test types in a folder of its own, with nothing set in the environment, the locale neither."""
    for name in [name for name in os.environ if name.startswith(("CASCADE_", "LC_")) or name in ("LANG", "LANGUAGE")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def typed() -> Typed:
    """A prompt in an empty folder."""
    return Typed()


@pytest.fixture(scope="session")
def _files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An office before its first directive, and with the fixture's letter issued; made once, only ever copied."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "offices.yaml").write_text(TRANSPORT, encoding="utf-8")
    (folder / ".env").touch()
    before = Path.cwd()
    os.chdir(folder)
    try:
        empty, issued = folder / "empty.db", folder / "issued.db"
        Typed(str(empty))("db", "create", "--simulated-from", START, "--offices", "offices.yaml")
        (folder / "draft.yaml").write_text(Typed()("directive", "read", str(letter())).data, encoding="utf-8")
        shutil.copy(empty, issued)
        Typed(str(issued))(
            "directive", "issue", "draft.yaml", "--as", "skhcn/leader", "--number", "72", "--date", "16/8/2023"
        )
    finally:
        os.chdir(before)
    return {"empty": empty, "issued": issued, "draft": folder / "draft.yaml"}


@pytest.fixture
def office(_files: dict[str, Path], tmp_path: Path) -> Typed:
    """The Department of Transport on 16 August 2023, before its first directive."""
    return Typed(shutil.copy(_files["empty"], tmp_path / "office.db"))


@pytest.fixture
def issued(_files: dict[str, Path], tmp_path: Path) -> Typed:
    """The same with one letter of five undated items issued to its seven units: obligations 1 to 35."""
    return Typed(shutil.copy(_files["issued"], tmp_path / "issued.db"))


@pytest.fixture
def draft(_files: dict[str, Path], tmp_path: Path) -> Path:
    """The draft that was read from the fixture's letter; its number and day are blank."""
    return Path(shutil.copy(_files["draft"], tmp_path / "draft.yaml"))


def letter(name: str = "letter_like_the_seed") -> Path:
    return LETTERS / f"{name}.txt"


@pytest.fixture
def installed(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command in a process of its own."""

    def run(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "engine", *words],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})},
            capture_output=True, text=True, check=False, timeout=60, **more,
        )  # fmt: skip

    return run

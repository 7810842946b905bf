"""What is installed is enough: definitions, migrations and samples travel in the wheel, and it works from any folder."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "storage", "workflows")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked into an empty folder."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_every_file_of_the_rooms_travels_in_the_wheel_and_no_test_does(unpacked: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, check=True, capture_output=True, text=True)
    missing = [
        name for name in tracked.stdout.splitlines() if (ROOT / name).exists() and not (unpacked / name).exists()
    ]
    assert not missing
    assert not (unpacked / "tests").exists()


def test_the_demonstration_runs_from_the_wheel_alone_in_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CASCADE_")}
    done = subprocess.run(
        [sys.executable, "-m", "engine", "demo", "--json"], cwd=tmp_path, check=False, capture_output=True, text=True,
        timeout=120, env={**environment, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["journal"]["verified"] is True
    assert (tmp_path / "cascade-demo.db").exists()

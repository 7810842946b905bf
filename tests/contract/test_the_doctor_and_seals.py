"""The doctor is red until a first seal is outside, and speaks again when what happens does not follow."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.doctor.examine import examine
from engine.doctor.finding import OK, RED, WARNING, Finding
from engine.runtime import Runtime, opened
from engine.settings import Settings
from engine.web.metrics import Metrics
from tests.support.databases import Databases, create_installation
from tests.support.sealing import outside, round_with, sealed, sealer, something_happens


@pytest.fixture
def real(databases: Databases) -> Iterator[Runtime]:
    """An office that lives in real time."""
    url = create_installation(databases.empty(), simulated=False)
    with opened(url) as runtime:
        yield runtime
    databases.drop(url)


@contextmanager
def ahead(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> Iterator[None]:
    """The doctor looks so much later, whichever clock it goes by."""
    with monkeypatch.context() as moved:
        now = SystemClock().now() + by
        moved.setattr("engine.doctor.examine._server_now", lambda _: now)
        moved.setattr(SystemClock, "now", lambda _: now)
        yield


def seen(runtime: Runtime, folder: Path) -> Finding:
    settings = Settings(seal_key=folder / "seal.key", seal_folders=str(folder / "outside"))  # type: ignore[call-arg]
    found = examine(runtime.database, SystemClock(), timedelta(seconds=5), settings)
    return next(one for one in found if one.name == "seals")


def test_it_is_red_until_a_first_seal_is_outside_and_again_when_nothing_follows(
    real: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []

    def look() -> str:
        found = seen(real, tmp_path)
        said.append((found.state, found.says))
        assert found.state == OK or found.hint
        return found.state

    assert look() == RED
    assert "no seal key" in said[-1][1]
    made = sealer(real, tmp_path)
    made.init()
    assert look() == RED
    sealed(made)
    assert look() == RED
    assert "outside" in said[-1][1]
    beat = round_with(real, made, [outside(tmp_path / "outside")])
    beat.run()
    assert look() == OK
    with ahead(monkeypatch, timedelta(days=30)):
        assert look() == OK, "nothing has happened since: there is nothing that could be lost"
    something_happens(real)
    assert look() == OK
    for by, state in ((timedelta(minutes=59), OK), (timedelta(hours=2), WARNING), (timedelta(days=2), RED)):
        with ahead(monkeypatch, by):
            assert look() == state
    (tmp_path / "seal.key").chmod(0o644)
    assert look() == RED
    assert "chmod 600" in said[-1][1]


def test_a_witness_that_fails_is_named(real: Runtime, tmp_path: Path) -> None:
    made, witness = sealer(real, tmp_path), outside(tmp_path / "outside")
    made.init()
    beat = round_with(real, made, [witness])
    beat.run()
    (witness.folder / "0000000001.note").unlink()
    something_happens(real)
    sealed(made)
    beat.copy()
    found = seen(real, tmp_path)
    assert (found.state, witness.name in found.says) == (WARNING, True)


def test_nobody_has_to_seal_a_simulated_database(installation: Runtime, tmp_path: Path) -> None:
    found = examine(installation.database, SystemClock(), timedelta(seconds=5))
    assert next(one for one in found if one.name == "seals").state == OK


def test_the_figures_tell_how_far_seals_are(installation: Runtime, tmp_path: Path) -> None:
    made, witness = sealer(installation, tmp_path), outside(tmp_path / "outside")
    made.init()
    round_with(installation, made, [witness]).run()
    something_happens(installation)
    text = Metrics(installation).text().decode()
    for line in ("cascade_seal_number 1.0", "cascade_seal_outside_number 1.0", "cascade_seal_open_entries 1.0",
                 f'cascade_seal_copied_number{{witness="{witness.name}"}} 1.0'):  # fmt: skip
        assert line in text

"""A desk whose journal is sealed: a key beside its database, folders as witnesses, and what tests ask of both."""

from collections.abc import Sequence
from pathlib import Path

from engine.deeds import INSTALLER, record
from engine.notify.witnesses import Folder, Witness
from engine.runtime import Runtime
from engine.scheduler.sealing import SealRound
from engine.sealing import Sealer
from storage import seals
from storage.faults import Fault
from storage.seals import Seal
from storage.verification import verify


def sealer(runtime: Runtime, folder: Path, name: str = "seal.key") -> Sealer:
    return Sealer(runtime.database, runtime.clock, folder / name)


def with_key(runtime: Runtime, folder: Path) -> Sealer:
    """A sealer whose first key is in use."""
    made = sealer(runtime, folder)
    made.init()
    return made


def sealed(made: Sealer) -> Seal:
    """The next seal; there has to be something to seal."""
    found, more = made.seal()
    assert found is not None
    assert not more
    return found


def round_with(runtime: Runtime, made: Sealer | None, witnesses: Sequence[Witness], node: str = "node") -> SealRound:
    """A round that seals at every beat."""
    return SealRound(runtime.database, runtime.clock, made, witnesses, node, 1e-9)


def outside(folder: Path) -> Folder:
    """A witness in a folder that is there."""
    folder.mkdir(exist_ok=True)
    return Folder(folder)


def faults(runtime: Runtime) -> list[Fault]:
    with runtime.database.reading() as connection:
        return list(verify(connection).faults)


def last(runtime: Runtime) -> Seal:
    with runtime.database.reading() as connection:
        found = seals.last(connection)
    assert found is not None
    return found


def something_happens(runtime: Runtime) -> None:
    """An entry of the administration's chain."""
    with runtime.database.transaction() as connection:
        record(connection, "settled", "something", runtime.now(), INSTALLER)

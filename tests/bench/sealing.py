"""What seals cost: a look where nothing changed, a seal of a minute's work, and its share of that minute."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.clock import stopwatch
from engine.runtime import Runtime
from engine.scheduler.sealing import SealRound
from engine.sealing import MARGIN, Sealer
from storage import bulk, journal, merkle
from storage.cascades import CASCADES
from storage.database import Database
from storage.journal import Context
from storage.seals import Head
from tests.bench import scenes
from tests.bench.ground import Ground
from tests.bench.scenes import at_work
from tests.bench.timing import Result, Watch, milliseconds, rate
from workflows.commands import Actor
from workflows.directive import Cascade
from workflows.facts import CascadeOpened

IDLE_LOOKS = 50
TURNS = 3
EVENTS = 200  # commands whose rate says how many a minute there can be
MINUTE = 60
_PAGE = 5_000


def sealing(ground: Ground, size: int) -> Result:
    """`size` cascades. As many of them change as commands can be carried out in a minute, each in a cascade of its own: the
    worst there is."""
    idle, ours, theirs = Watch(), Watch(), Watch()
    a_second = _commands_a_second(ground)
    changed = max(1, min(size, round(a_second * MINUTE)))
    with ground.copy(_with_cascades(ground, size)) as url, at_work(url) as runtime, TemporaryDirectory() as folder:
        sealer = Sealer(runtime.database, runtime.clock, Path(folder) / "seal.key")
        sealer.init()
        began = stopwatch()
        _everything(runtime, sealer)
        first = stopwatch() - began
        beat = SealRound(runtime.database, runtime.clock, sealer, [], "bench", 1e-9)
        runtime.move_to(runtime.now() + 3 * MARGIN)  # time goes on: what was sealed long ago is looked at no more
        _change(runtime.database, runtime, 1, TURNS)
        beat.run()
        for _ in range(IDLE_LOOKS):
            idle.time(beat.run, collect=False)
        for turn in range(TURNS):
            runtime.move_to(runtime.now() + 3 * MARGIN)
            heads = _change(runtime.database, runtime, changed, turn)
            ours.time(lambda: _sealed(beat))
            theirs.time(lambda heads=heads: merkle.root(merkle.leaf_hash(one.leaf) for one in heads))
    seconds = changed / rate(changed, ours.seconds)
    more = {
        "changed": changed,
        "seal_ms": 1000 * seconds,
        "idle_ms": milliseconds(idle.seconds, 50),
        "first_seal_ms": 1000 * first,
        "commands_a_second": a_second,
        "share_percent": 100 * seconds / MINUTE,
    }
    return Result("sealing", ground.kind, size, rate(changed, ours.seconds), rate(changed, theirs.seconds), more)


def _everything(runtime: Runtime, sealer: Sealer) -> None:
    more = True
    while more:
        _, more = sealer.seal()


def _sealed(beat: SealRound) -> None:
    assert beat.run().made, "there was nothing to seal"


def _commands_a_second(ground: Ground) -> float:
    with ground.copy(scenes.with_open(ground, EVENTS)) as url, at_work(url) as runtime:
        watch = Watch()
        for command in scenes.receipts(EVENTS // 2, EVENTS, scenes.only_cascade(runtime)):
            watch.time(lambda command=command: runtime.executor.execute([command]), collect=False)
    return rate(1, watch.seconds)


def _with_cascades(ground: Ground, size: int) -> str:
    """`size` cascades, each with its first entry."""

    def build(url: str) -> None:
        with at_work(url) as runtime, runtime.database.transaction() as connection:
            for start in range(0, size, _PAGE):
                _add(connection, runtime, range(start, min(size, start + _PAGE)))

    return ground.template(f"cascades {size}", build, on=scenes.empty(ground, 40))


def _add(connection: object, runtime: Runtime, numbers: range) -> None:
    sqlite = runtime.database.is_sqlite
    context = Context(Actor("province", "leader"), "bench", runtime.now(), simulated=True)
    rows, entries = [], []
    for number in numbers:
        chain = sha256(str(number).encode()).hexdigest()[:12]
        [made] = journal.entries(chain, 0, "", [CascadeOpened(chain, "A", "w@1", "c@1")], context)
        entries.append(made)
        cascade = Cascade(chain, "A", "w@1", "c@1", True, 1, 1, 1, made.hash, made.recorded_at, None)
        rows.append(CASCADES.to_row(cascade, sqlite))
    bulk.insert(connection, "cascade", CASCADES.columns, rows)  # type: ignore[arg-type]
    journal.append(connection, entries)  # type: ignore[arg-type]


def _change(database: Database, runtime: Runtime, count: int, turn: int) -> list[Head]:
    """One more entry in so many cascades."""
    context = Context(Actor("province", "leader"), "bench", runtime.now(), simulated=True)
    heads = []
    with database.transaction() as connection:
        rows = bulk.read(connection, f"SELECT id, last_seq, last_hash FROM cascade ORDER BY id LIMIT {count}")
        for start in range(0, len(rows), _PAGE):
            entries = []
            for chain, seq, hash_ in rows[start : start + _PAGE]:
                entries += journal.entries(chain, seq, hash_, [CascadeOpened(chain, str(turn), "w@1", "c@1")], context)
            journal.append(connection, entries)
            heads += [Head(one.cascade_id, one.seq, one.hash) for one in entries]
            keys = [(one.seq, one.hash, one.cascade_id) for one in entries]
            bulk.update(connection, "cascade", ["id"], ["last_seq", "last_hash"], keys)
    return heads

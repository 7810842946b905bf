"""The pieces of work that write nothing: a round that finds nothing, a chain replayed and verified, a process that starts."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from statistics import median

from engine.replaying import Rules, replayed
from engine.runtime import Runtime
from engine.verifying import cores
from engine.verifying import verify as verify_together
from storage import journal
from storage.as_of import as_of as rebuilt_as_of
from storage.verification import count_entries
from storage.verification import verify as verify_stored
from tests.bench import fresh, raw, scenes
from tests.bench.ground import Ground, plain
from tests.bench.scenes import at_work, only_cascade
from tests.bench.timing import Result, Watch, milliseconds, pairs, rate
from workflows.evolve import evolve
from workflows.offices import Offices
from workflows.workflow import Workflows
from workflows.world import World

IDLE_ROUNDS = 200
STARTS = 5


def idle_round(ground: Ground, size: int) -> Result:
    template = scenes.with_open(ground, size)
    ours, theirs = Watch(), Watch()
    with ground.copy(template) as url, at_work(url) as runtime:
        connection = raw.connect(url)
        now = runtime.now()
        at = now.strftime("%Y-%m-%d %H:%M:%S.%f") if ground.sqlite else now
        for _ in range(IDLE_ROUNDS):
            ours.time(runtime.elapse.run, collect=False)
            theirs.time(lambda: connection.awake(at), collect=False)
        assert not connection.awake(at), "the round was to find nothing"
        connection.close()
    more = {"p50_ms": milliseconds(ours.seconds, 50), "p99_ms": milliseconds(ours.seconds, 99)}
    return Result("idle_round", ground.kind, size, rate(1, ours.seconds), rate(1, theirs.seconds), more)


def replay(ground: Ground, size: int) -> Result:
    return _read("replay", ground, size, _replayed, raw.Raw.replay)


def verify(ground: Ground, size: int) -> Result:
    """With every state compared; beside it chains alone, by one process and by all cores, and sha256 alone."""
    result = _read("verify", ground, size, _verified, raw.Raw.verify)
    with ground.copy(scenes.with_history(ground, size)) as url, at_work(url) as runtime:
        cascade = only_cascade(runtime)
        with runtime.database.reading() as connection:
            bodies = [(one.body, one.hash) for one in journal.walk(connection, cascade)]
        alone, together, hashing = Watch(), Watch(), Watch()
        for _ in range(pairs(size)):
            alone.time(lambda: verify_together(runtime.database, cascade, states=False, jobs=1))
            together.time(lambda: verify_together(runtime.database, cascade, states=False, jobs=cores()))
            hashing.time(lambda: _hashed(bodies))
    count = len(bodies)
    result.more |= {
        "chain_only": rate(count, alone.seconds),
        "jobs": cores(),
        "chain_only_by_all": rate(count, together.seconds),
        "sha256_only": rate(count, hashing.seconds),
    }
    return result


def _hashed(bodies: Sequence[tuple[str, str]]) -> None:
    """The chain's hashes and nothing else, of what lies in memory: no verification by one process can be faster."""
    last = ""
    for body, stored in bodies:
        last = sha256((last + body).encode()).hexdigest()
        assert last == stored


def as_of(ground: Ground, size: int) -> Result:
    return _read("as_of", ground, size, _rebuilt, raw.Raw.replay)


def decide(ground: Ground, size: int) -> Result:
    return _read("decide", ground, size, _decided_again, raw.Raw.replay)


def _read(
    name: str, ground: Ground, size: int, ours: Callable[[Runtime, str], int], theirs: Callable[[raw.Raw, str], int]
) -> Result:
    """Entries a second of the chain of one cascade, read from its first to its last."""
    mine, other, counts = Watch(), Watch(), set()
    with ground.copy(scenes.with_history(ground, size)) as url, at_work(url) as runtime:
        connection = raw.connect(url)
        cascade = only_cascade(runtime)
        for _ in range(pairs(size)):
            with mine.running():
                counts.add(ours(runtime, cascade))
            with other.running():
                counts.add(getattr(connection, theirs.__name__)(cascade))
        connection.close()
    [entries] = counts
    return Result(
        name, ground.kind, size, rate(entries, mine.seconds), rate(entries, other.seconds), {"entries": entries}
    )


def _replayed(runtime: Runtime, cascade: str) -> int:
    world, count = World(None, Offices({}), Workflows({}), {}), 0
    with runtime.database.reading() as connection:
        for entry in journal.walk(connection, cascade):
            evolve(world, [entry.fact])
            count += 1
    return count


def _rebuilt(runtime: Runtime, cascade: str) -> int:
    """What is known now, in a database of its own."""
    with (
        rebuilt_as_of(runtime.database, runtime.now(), cascades=[cascade]) as past,
        past.database.reading() as connection,
    ):
        return count_entries(connection, cascade)


def _decided_again(runtime: Runtime, cascade: str) -> int:
    """The same chain through the law, and compared with what is stored."""
    with runtime.database.reading() as connection:
        found = replayed(connection, cascade, Rules(connection))
    assert found.differs is None, found.differs
    return found.entries


def _verified(runtime: Runtime, cascade: str) -> int:
    with runtime.database.reading() as connection:
        verdict = verify_stored(connection, cascade)
    assert verdict.verified, verdict.faults
    return verdict.entries


def start(ground: Ground, size: int) -> Result:
    """A new process with the interpreter and every import, warm; raw's is the interpreter and the driver."""
    ours, theirs, peaks, raw_peaks = [], [], [], []
    with ground.copy(scenes.with_open(ground, size)) as url:
        for _ in range(pairs(size)):
            seconds, megabytes = fresh.started(fresh.OPEN_AND_ROUND, url)
            ours.append(seconds)
            peaks.append(megabytes)
            seconds, megabytes = fresh.started(fresh.RAW_SQLITE if ground.sqlite else fresh.RAW_POSTGRES, plain(url))
            theirs.append(seconds)
            raw_peaks.append(megabytes)
    more = {
        "seconds": median(ours),
        "peak_mb": median(peaks),
        "raw_peak_mb": median(raw_peaks),
    }
    return Result("start", ground.kind, size, rate(1, ours), rate(1, theirs), more)


def cli(ground: Ground, size: int) -> Result:
    ours, theirs = Watch(), Watch()
    for _ in range(STARTS):
        ours.time(lambda: _ran("-m", "engine", "--help"))
        theirs.time(lambda: _ran("-c", "pass"))
    return Result("cli", ground.kind, size, rate(1, ours.seconds), rate(1, theirs.seconds),
                  {"seconds": median(ours.seconds)})  # fmt: skip


def _ran(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)

"""The pieces of work that write: each is done by ours and by raw on copies of one template, and the copies are compared."""

import gc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

from engine.runtime import Runtime
from tests.bench import raw, scenes, wire
from tests.bench.changes import Change, Unequal, changes, each_command, hold_equal
from tests.bench.fresh import peak_of
from tests.bench.ground import Ground
from tests.bench.scenes import Deed, at_work
from tests.bench.timing import PAIRS_LONG, SMALL, Result, Watch, milliseconds, pairs, rate
from tests.support import trees
from tests.support.desk import Desk
from workflows.commands import Command

EVENTS = 100  # of one turn
WIDEST = 10_000  # children of one parent: no node is wider
JOIN_TURNS = 2  # on fresh copies, five parents of each width in each
COMPARED_MAX = 20_000  # obligations up to which every row is compared, not the counts and heads alone
RAW_MAX = 200_000  # obligations up to which raw's rows are held in memory; ours is measured beyond

Prepare = Callable[[Runtime], Deed]


def fan_out(ground: Ground, size: int) -> Result:
    command = scenes.fan_out(size)
    result = _in_bulk(
        "fan_out", ground, size, scenes.empty(ground, size), lambda runtime: lambda: runtime.executor.execute([command])
    )
    result.more["peak_mb"] = peak_of(ground, scenes.empty(ground, size), "fan_out", size)
    return result


def round_of(ground: Ground, size: int) -> Result:
    past = scenes.with_past(ground, size)
    result = _in_bulk("round", ground, size, past, lambda runtime: lambda: scenes.round_of(runtime), due=True)
    result.more["peak_mb"] = peak_of(ground, past, "round", size)
    return result


def revoke(ground: Ground, size: int) -> Result:
    template = scenes.with_tree(ground, size)
    result = _in_bulk("revoke", ground, size, template, scenes.revocation)
    result.more |= _while_adding(ground, template)
    return result


def _while_adding(ground: Ground, template: str) -> dict[str, float]:
    """The same while somebody else goes on giving work under it, until that is refused: how many obligations a second ended,
    how many were added, and how many were left open, which has to be none."""
    watch, added, left_open, ended = Watch(), 0, 0, 0
    for _ in range(PAIRS_LONG):
        with (
            ground.copy(template) as mine,
            at_work(mine) as runtime,
            at_work(mine) as other,
            ThreadPoolExecutor(1) as pool,
        ):
            desk, begun = Desk(other, scenes.only_cascade(other), "adder"), Event()
            parents = [(one.holder, one.number) for one in desk.obligations() if one.level in ("unit", "team")][:EVENTS]
            adding = pool.submit(trees.add, desk, parents, begun)
            deed = scenes.revocation(runtime)
            while not begun.wait(timeout=1):
                if adding.done():  # it was refused too soon: its own error says why
                    raise Unequal(f"nothing could be added: {adding.result()}")
            watch.time(deed)
            added += adding.result()
            there = desk.obligations()
            ended, left_open = ended + len(there), left_open + sum(one.open for one in there)
    if left_open:
        raise Unequal(f"{left_open} obligations were left open")
    return {"while_adding": ended / sum(watch.seconds), "added": added, "left_open": left_open}


def _in_bulk(name: str, ground: Ground, size: int, template: str, prepare: Prepare, due: bool = False) -> Result:
    """Work of one deed. The first of ours is not measured: its rows are what raw is given."""
    given: list[Change] = []
    if size <= RAW_MAX:
        with ground.copy(template) as first:
            with at_work(first) as runtime:
                prepare(runtime)()
            given = changes(template, first)
    ours, theirs = Watch(), Watch()
    due_at = given[0].last_at if given and due else None
    for _ in range(pairs(size)):
        with ExitStack() as stack:
            mine = stack.enter_context(ground.copy(template))
            with at_work(mine) as runtime:
                ours.time(prepare(runtime))
            if not given:
                continue
            other = stack.enter_context(ground.copy(template))
            _write(other, given, due_at, theirs)
            if len(ours.seconds) == 1:
                hold_equal(mine, other, whole=size <= COMPARED_MAX)
    count = size / 5 if due else size
    more = {"runs": pairs(size), "entries": sum(len(change.entries) for change in given)}
    return Result(
        name, ground.kind, size, rate(count, ours.seconds), rate(count, theirs.seconds) if given else None, more
    )


def _write(url: str, given: Sequence[Change], due_at: object, watch: Watch) -> None:
    connection = raw.connect(url)
    try:
        with watch.running():
            for change in given:
                connection.write(change, due_at)
    finally:
        connection.close()


def event(ground: Ground, size: int) -> Result:
    """Ours and raw take turns, a hundred events each; every event is timed."""
    template = scenes.with_open(ground, size)
    each = min(EVENTS, max(1, size // 10))
    turns = pairs(SMALL)
    with ExitStack() as stack:
        first, mine, other, third = (stack.enter_context(ground.copy(template)) for _ in range(4))
        with at_work(first, None) as runtime:
            commands = scenes.receipts(each * turns, size, scenes.only_cascade(runtime))
            for command in commands:
                runtime.executor.execute([command])
        given = each_command(changes(template, first))
        runtime = stack.enter_context(at_work(mine))
        connection, reads_first = raw.connect(other), raw.connect(third)
        stack.callback(connection.close)
        stack.callback(reads_first.close)
        ours, theirs, slower = Watch(), Watch(), Watch()
        for turn in range(turns):
            part = slice(turn * each, (turn + 1) * each)
            _one_by_one(ours, [_asked(runtime, command) for command in commands[part]])
            _one_by_one(theirs, [_stored(connection.event, change) for change in given[part]])
            if not ground.sqlite:
                _one_by_one(slower, [_stored(reads_first.event_read_first, change) for change in given[part]])
        hold_equal(mine, other, whole=size <= COMPARED_MAX)
    more = {
        "p50_ms": milliseconds(ours.seconds, 50),
        "p99_ms": milliseconds(ours.seconds, 99),
        "raw_p50_ms": milliseconds(theirs.seconds, 50),
        "raw_p99_ms": milliseconds(theirs.seconds, 99),
        **_beside_reading_first(ground, ours, slower, each),
        **wire.of_one_event(ground, template, size),
    }
    return Result("event", ground.kind, size, _steady(ours, each), _steady(theirs, each), more)


def join(ground: Ground, size: int) -> Result:
    """The accept of the last child, on parents that have `size` children (at most `WIDEST`) and on parents that have ten, in
    turns."""
    size = min(size, WIDEST)
    template = scenes.with_last_children(ground, size)
    wide, narrow = Watch(), Watch()
    theirs, theirs_narrow = Watch(), Watch()
    commands = {width: scenes.acceptances(template, width) for width in (size, scenes.NARROW)}
    with ground.copy(template) as first:
        with at_work(first) as runtime:
            for command in (*commands[size], *commands[scenes.NARROW]):
                runtime.executor.execute([command])
        given = {change.cascade: change for change in each_command(changes(template, first))}
    for turn in range(JOIN_TURNS):
        with ground.copy(template) as mine, ground.copy(template) as other, at_work(mine) as runtime:
            connection = raw.connect(other)
            for broad, small in zip(commands[size], commands[scenes.NARROW], strict=True):
                wide.time(_asked(runtime, broad))
                narrow.time(_asked(runtime, small))
                theirs.time(_stored(connection.event, given[broad.cascade]))
                theirs_narrow.time(_stored(connection.event, given[small.cascade]))
            connection.close()
            if turn == 0:
                hold_equal(mine, other, whole=size <= COMPARED_MAX)
    more = {
        "p50_ms": milliseconds(wide.seconds, 50),
        "p50_ms_of_ten": milliseconds(narrow.seconds, 50),
        "against_10": milliseconds(wide.seconds, 50) / milliseconds(narrow.seconds, 50),
        "raw_against_10": milliseconds(theirs.seconds, 50) / milliseconds(theirs_narrow.seconds, 50),
    }
    return Result("join", ground.kind, size, rate(1, wide.seconds), rate(1, theirs.seconds), more)


def _asked(runtime: Runtime, command: Command) -> Deed:
    return lambda: runtime.executor.execute([command])


def _stored(way: Callable[[Change], None], change: Change) -> Deed:
    return lambda: way(change)


def _beside_reading_first(ground: Ground, ours: Watch, slower: Watch, each: int) -> dict[str, float]:
    """On PostgreSQL raw takes one round trip. One that reads before it writes takes two; on SQLite there are none."""
    if ground.sqlite:
        return {}
    found = _steady(slower, each)
    return {"raw_reading_first": found, "ratio_reading_first": _steady(ours, each) / found}


def _one_by_one(watch: Watch, deeds: Sequence[Deed]) -> None:
    gc.collect()
    gc.freeze()  # what the benchmark itself keeps, the collector of a service would not have to look through
    for deed in deeds:
        watch.time(deed, collect=False)


def _steady(watch: Watch, each: int) -> float:
    """Events a second by the middle of the turns, each as a whole: the slow ones of a turn count."""
    return rate(each, [sum(watch.seconds[start : start + each]) for start in range(0, len(watch.seconds), each)])

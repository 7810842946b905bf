"""A hundred times kill -9 of a node in the middle of a round over twenty thousand obligations: none is lost, none doubled."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.execute import Known
from engine.notify.channels import File
from engine.runtime import Runtime, opened
from storage import cascades
from tests.crash.nodes import Node, State, audit, state
from tests.support.databases import Databases, SqliteFiles, create_installation
from tests.support.desk import Desk, desk_on, task
from tests.support.offices import DEPARTMENT, units
from workflows.fields import parse_instant

pytestmark = pytest.mark.long
KILLS = 100
OBLIGATIONS = 20_000
SIZES = (4_000, *[500] * 32)  # of the cascades: one takes several transactions, the others one each
NODES = {"sqlite": 2, "postgresql": 3}
# Each gives every obligation something to hear: no receipt, a reminder, the due day, the date itself, and then every week.
WAVES = ("2023-08-16T09:00", "2023-08-22T09:00", "2023-08-25T09:00", "2023-08-28T09:00", "2023-08-30T09:00",
         *(f"2023-{month:02}-{day:02}T09:00" for month in (9, 10, 11, 12) for day in (6, 13, 20, 27)))  # fmt: skip


def filled(url: str) -> str:
    """Twenty thousand obligations of eight units, due on 25/08/2023; their leaders are told every week that they are late."""
    with desk_on(url) as desk:
        desk.publish(("times: 3}", "times: 200}"))
        for place, size in enumerate(SIZES):
            items = [replace(task("2023-08-25", *units(8)), label=str(label)) for label in range(1, size // 8 + 1)]
            leads = size - 8 * len(items)
            more = [task("2023-08-25", *units(leads))] if leads else []
            Desk(desk.runtime, name=f"cascade-{place}").issue(DEPARTMENT, *items, *more)
    return url


class Undisturbed:
    """The same office, on which nobody is ever killed: what it comes to after each wave."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._after: list[State] = []

    def after(self, waves: int) -> State:
        with opened(self._url) as runtime:
            for when in WAVES[len(self._after) : waves]:
                runtime.move_to(parse_instant(when))
                runtime.elapse.run()
                self._after.append(state(runtime))
        return self._after[waves - 1]


@pytest.fixture(scope="module")
def undisturbed(sqlite: SqliteFiles) -> Iterator[Undisturbed]:
    url = filled(create_installation(sqlite.empty()))
    yield Undisturbed(url)
    sqlite.drop(url)


@pytest.fixture
def office(databases: Databases, template: str) -> Iterator[str]:
    url = filled(databases.copy(template))
    yield url
    databases.drop(url)


def asleep(url: str) -> bool:
    with opened(url) as runtime, runtime.database.reading() as connection:
        return not cascades.awake(connection, runtime.now(), 1)


def rounds_under_fire(url: str, folder: Path, known: Known, chance: random.Random, nodes: int) -> tuple[int, int]:
    """Wave after wave falls due, and one node after the other is killed with a transaction in hand and started again.

    Returns the kills and the waves.
    """
    running = [Node(url, folder, slot, known) for slot in range(nodes)]
    kills = waves = 0
    try:
        while kills < KILLS or waves == 0:
            with opened(url) as runtime:
                runtime.move_to(parse_instant(WAVES[waves]))
            waves += 1
            while not asleep(url):
                if kills == KILLS:
                    time.sleep(0.2)
                    continue
                victim = chance.choice(running)
                began = time.monotonic()
                while not victim.shared.in_hand and time.monotonic() - began < 1:
                    time.sleep(0.001)
                time.sleep(chance.uniform(0, 0.25))
                if victim.shared.in_hand:
                    victim.kill()
                    kills += 1
                    victim.start()
    finally:
        for one in running:
            one.stop()
    return kills, waves


def send_the_rest(runtime: Runtime, folder: Path) -> None:
    """What a killed node had claimed is free again after two minutes. Sent by many at a time, to be done sooner."""
    runtime.delivery._channel = File(folder / "last.jsonl")
    runtime.move_to(runtime.now() + timedelta(minutes=10))
    runtime.delivery.run()


def test_a_hundred_kills_in_rounds_lose_nothing_and_double_nothing(
    office: str,
    undisturbed: Undisturbed,
    tmp_path: Path,
    known: Known,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kind = "postgresql" if "://" in office else "sqlite"
    kills, waves = rounds_under_fire(office, tmp_path, known, random.Random(5), NODES[kind])
    with opened(office) as runtime:
        found = state(runtime)
        monkeypatch.setattr("engine.scheduler.delivery._CLAIM_MAX", 20_000)
        send_the_rest(runtime, tmp_path)
        audited = audit(runtime, tmp_path)
    expected = undisturbed.after(waves)
    assert kills == KILLS
    assert audited.verified
    assert found.heads == expected.heads, "the chains of a run without kills are others"
    assert found == expected
    assert (audited.doubled, audited.undelivered, audited.unknown) == (0, 0, 0)
    counts = {"kills": kills, "waves": waves, "obligations": OBLIGATIONS, "facts": audited.fired, "lost": 0,
              "doubled": audited.doubled, "messages": audited.messages, "told_again": audited.repeated}  # fmt: skip
    for name, count in counts.items():
        record_property(name, count)
    with capsys.disabled():
        print(
            f"\n  {kind}, {NODES[kind]} nodes: {kills} kills in {waves} waves over {OBLIGATIONS:,}: {audited}", end=""
        )

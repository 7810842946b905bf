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

from engine.runtime import Runtime
from engine.settings import parse_actor
from storage import cascades, journal
from storage.queries import places
from storage.queries.waiting import waiting
from workflows.commands import Act, Actor, Command, Issue, ItemDraft
from workflows.directive import Basis
from workflows.errors import Refused
from workflows.fields import parse_day, parse_instant
from workflows.strict_yaml import read_yaml

_ROUNDS_MAX = 10_000  # a story that needs more has a clock that never stops firing


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act of the story that was refused, as it must be."""

    at: datetime
    by: str
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
    """What a play gave beside the journal."""

    cascade: str = ""
    rounds: int = 0
    messages: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)


def read_story(name: str = "story.yaml") -> dict[str, Any]:
    """A shipped story as plain data."""
    text = (files("engine") / "demo" / name).read_text(encoding="utf-8")
    data = read_yaml(text, name).data
    assert isinstance(data, dict)  # a shipped file, read by the tests
    return data


def play(runtime: Runtime, story: Mapping[str, Any], progress: Callable[[str], None] = lambda _: None) -> Played:
    """Play a whole story on a simulated installation. Raises Refused where an act is refused that should not be, and
    AssertionError where one is not that should be."""
    played = Played()
    for place, step in enumerate(story["steps"]):
        at = parse_instant(step["on"])
        progress(step["on"])
        run_until(runtime, at, played, up_to=not step.get("kill"))
        if step.get("kill"):
            played.kills.append(_kill(runtime, at, parse_instant(step["restart"]), played))
        else:
            _enter(runtime, step, f"story-{place:03}", str(story["workflow"]), played)
    run_until(runtime, parse_instant(story["until"]), played)
    played.messages += runtime.delivery.run().sent
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


def _enter(runtime: Runtime, step: Mapping[str, Any], command_id: str, workflow: str, played: Played) -> None:
    by = parse_actor(step["as"])
    try:
        if "issue" in step:
            answers = runtime.executor.execute([_issue(runtime, step["issue"], by, command_id, workflow, played)])
            played.cascade = answers[0].cascade
        else:
            runtime.executor.execute(_acts(runtime, step, by, command_id, played))
    except Refused as refused:
        if step.get("expect") != "refused":
            raise
        played.refusals.append(Refusal(runtime.now(), step["as"], step["do"], refused.text))
        return
    assert step.get("expect") != "refused", f"{step} should have been refused"


def _acts(runtime: Runtime, step: Mapping[str, Any], by: Actor, command_id: str, played: Played) -> list[Command]:
    """One act for each obligation that the step names, as one batch."""
    with runtime.database.reading() as connection:
        if "all_of" in step:
            numbers = places.unreceived(connection, played.cascade, step["all_of"])
        else:
            numbers = [
                _number(runtime, played.cascade, step["item"], holder, step.get("period")) for holder in step["holder"]
            ]
    ask = {name: str(value) for name, value in step.get("ask", {}).items()}
    return [Act(f"{command_id}-{number}", by, played.cascade, number, step["do"], ask) for number in numbers]


def _number(runtime: Runtime, cascade: str, item: str, holder: str, period: str | None = None) -> int:
    directive, _, place = item.partition(".")
    with runtime.database.reading() as connection:
        found = places.at_place(connection, cascade, int(directive), int(place), holder, period)
    assert found, f"the story names an obligation that is not there: item {item} of {holder}, {period}"
    return found[-1]


def _issue(
    runtime: Runtime, given: Mapping[str, Any], by: Actor, command_id: str, workflow: str, played: Played
) -> Issue:
    directive = dict(given["directive"])
    for name in ("issued_on", "arrived_on"):
        if name in directive:
            directive[name] = parse_day(directive[name])
    items = tuple(_item(runtime, item, played) for item in given["items"])
    return Issue(command_id, by, items=items, workflow=workflow, cascade=played.cascade or None, **directive)


def _item(runtime: Runtime, given: Mapping[str, Any], played: Played) -> ItemDraft:
    item = dict(given)
    for part in ("lead", "support", "info"):
        item[part] = tuple(item.get(part, ()))
    if "due" in item:
        item["due"] = parse_instant(item["due"])
    if "parent" in item:
        item["parent"] = _number(runtime, played.cascade, item["parent"]["item"], item["parent"]["holder"])
    bases = [{**basis, "issued_on": parse_day(basis["issued_on"])} for basis in item.get("bases", ())]
    item["bases"] = tuple(Basis(**basis) for basis in bases)
    return ItemDraft(**item)


def _kill(runtime: Runtime, at: datetime, restart: datetime, played: Played) -> Kill:
    """Start a service of its own, let it be killed inside its round, then start again and run the round."""
    runtime.move_to(at)
    with runtime.database.reading() as connection:
        due, head = waiting(connection, at).obligations, _head(connection, played.cascade)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ended = subprocess.run(
        [sys.executable, "-m", "engine.demo.killed", runtime.database.url.render_as_string(hide_password=False)],
        check=False, capture_output=True, env=environment, timeout=120,
    )  # fmt: skip
    with runtime.database.reading() as connection:
        kept = _head(connection, played.cascade) - head
    runtime.move_to(restart)
    fired = _round(runtime, played)
    with runtime.database.reading() as connection:
        keys = [
            (entry.obligation, entry.data["fact"]["key"]) for entry in journal.walk(connection, played.cascade, head)
        ]
    obligations = {obligation for obligation, _ in keys}
    return Kill(at, restart, ended.returncode, due, kept, fired, due - len(obligations), len(keys) - len(set(keys)))


def _head(connection: Connection, cascade: str) -> int:
    found = cascades.find(connection, cascade)
    return found.last_seq if found else 0

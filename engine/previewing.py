"""What a workflow's text would do, tried beside the service: pictures, a simulation, what it changes.

The text may be anybody's, so it is tried in a process of its own that may spend a second of work and a hundred megabytes
once it has begun; one that wants more is ended, and nothing else waits for it.
"""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from loguru import logger

from engine import simulation_words as words
from engine.errors import Unreadable
from engine.exchange.offices import read_offices, sample
from engine.exchange.offices_blocks import to_yaml
from engine.labels import totals_words
from engine.language import in_use, speaking, told
from engine.pointing import everything
from engine.rehearsing import PLAYS, rehearse
from engine.wording import moment_words
from engine.workflow_words import title
from storage.errors import Unavailable
from workflows import pictures, tree_pictures
from workflows.differences import differences
from workflows.errors import CascadeError, Incomplete
from workflows.loading import load_workflow
from workflows.obligation import GROUPS
from workflows.offices import Office, Offices
from workflows.text import say
from workflows.timelines import timeline

SECONDS, MEGABYTES = 1, 100
OFFICES_MAX = 200  # of one's own directory that a simulation is made with; a larger one's is the sample's
_WALL_SECONDS = 30  # however busy the machine is
_SHOWN_MAX = 30
_DRAWN_MAX = 2_000_000  # letters of all pictures
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 5.0
_CHANGES_KEPT = 16  # a text is looked at several times before it is published


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be tried: pictures; what is changed against `against`; a play of `PLAYS` from a day on, with offices."""

    pictures: bool = False
    against: str | None = None
    play: str | None = None
    since: date | None = None
    offices: Sequence[Office] = ()


def tried(text: str, name: str, asked: Asked) -> dict[str, Any]:
    """What came of it: `pictures` (of states and levels, as SVG), `changes`, `simulation`; each only where it was asked for.

    Raises Unreadable, saying why, where the text is not one that could be published, or wants more than it may have.
    """
    directory = to_yaml(asked.offices) if 0 < len(asked.offices) <= OFFICES_MAX else ""
    since = asked.since.isoformat() if asked.since else None
    given = {"text": text, "name": name, "language": in_use(), "pictures": asked.pictures, "against": asked.against,
             "play": asked.play, "since": since, "offices": directory}  # fmt: skip
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Unavailable(say("Others are trying workflows at this moment; ask again in a few seconds."))
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__], input=orjson.dumps(given), capture_output=True, timeout=_WALL_SECONDS,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable(_too_dear()) from None
    finally:
        _AT_ONCE.release()
    try:
        answer: dict[str, Any] = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        if done.returncode < 0:
            raise Unreadable(_too_dear()) from None
        logger.bind(error=done.stderr[-2000:].decode("utf-8", "replace")).error("preview_failed")
        raise Unreadable(say("It cannot be tried: a fault of cascade itself, which its log names.")) from None
    if "refused" in answer:
        raise Unreadable(say("{because}", because=answer["refused"]))
    return answer


def changes(text: str, name: str, against: str) -> list[dict[str, str]]:
    """What a text says otherwise than another one; each `kind` and `says`. Raises as `tried` does."""
    return _changes(text, name, against, in_use())


@lru_cache(_CHANGES_KEPT)
def _changes(text: str, name: str, against: str, language: str) -> list[dict[str, str]]:
    with speaking(language):
        found: list[dict[str, str]] = tried(text, name, Asked(against=against))["changes"]
    return found


def _too_dear() -> str:
    return say("It cannot be tried: it wants more than {seconds} s of work or {most} MB. The check stands all the same.",
               seconds=SECONDS, most=MEGABYTES)  # fmt: skip


def _answer(given: dict[str, Any]) -> dict[str, Any]:
    with speaking(given["language"]):
        try:
            return _all_of_it(given)
        except CascadeError as refused:
            return {"refused": told(refused.text)}
        except MemoryError:
            return {"refused": told(_too_dear())}


def _all_of_it(given: dict[str, Any]) -> dict[str, Any]:
    workflow = load_workflow(given["text"], 1, given["name"], published=not given["play"])
    definition, answer = workflow.definition, dict[str, Any]()
    english = None if in_use() == "vi" else definition.english
    if given["pictures"]:
        named = title(definition)
        drawn = [
            (machine, pictures.states(one, english, named, tell=told, language=in_use()))
            for machine, one in definition.every_machine.items()
        ]
        levels = tree_pictures.levels(definition, english, named, tell=told, language=in_use())
        if sum(len(one) for _, one in drawn) + len(levels) > _DRAWN_MAX:
            raise Unreadable(say("Its pictures are too large to be shown."))
        answer["pictures"] = {"states": drawn, "levels": levels}
    if given["against"] is not None:
        old = load_workflow(given["against"], 1, given["name"], published=True).definition
        answer["changes"] = [{"kind": one.kind, "says": told(one.says)} for one in differences(old, definition)]
    if given["play"]:
        answer["simulation"] = _simulated(given, workflow)
    return answer


def _simulated(given: dict[str, Any], workflow: Any) -> dict[str, Any]:
    """A year of the made-up play: in the office's own directory, or in the sample's where it has no office for it."""
    since, own, play = date.fromisoformat(given["since"]), bool(given["offices"]), given["play"]
    try:
        done = rehearse(workflow, _directory(given["offices"] or sample()), since, None, play)
    except Incomplete:
        if not own:
            raise
        done, own = rehearse(workflow, _directory(sample()), since, None, play), False
    simulation = done.simulation
    entries, shown = words.by_obligation(simulation), list(everything(simulation))
    counted = Counter(one.group(simulation.now) for _, one in shown)
    several = len(simulation.worlds) > 1
    drawn = timeline(simulation, workflow, english=in_use() != "vi", tell=told, language=in_use())
    return {
        "own": own,
        "issuer": done.issue.issuer,
        "play": told(say(PLAYS[play])),
        "start": moment_words(simulation.start),
        "until": told(moment_words(simulation.now)),
        "totals": told(totals_words({group: counted[group] for group in GROUPS})),
        "total": len(shown),
        "timeline": drawn if len(drawn) <= _DRAWN_MAX else "",
        "obligations": [
            {
                "head": told(words.head(simulation, one, several)),
                "about": [(told(said), told(value)) for said, value in words.about(simulation, one)],
                "lines": [
                    (told(at), told(said)) for at, said in words.lines(simulation, entries.get(words.key(one), []))
                ],
            }
            for one in shown[:_SHOWN_MAX]
        ],
    }


def _directory(text: str) -> Offices:
    return Offices({one.id: one for one in read_offices(text, "offices.yaml")})


def _bounded() -> None:
    """From now on a second of work and a hundred megabytes more than it took to begin."""
    import resource  # not everywhere; where it is missing the wall clock alone ends it

    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(spent.ru_utime + spent.ru_stime + SECONDS) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    most = pages * resource.getpagesize() + MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _run() -> None:
    given = orjson.loads(sys.stdin.buffer.read())
    with suppress(ImportError, OSError, ValueError):
        _bounded()
    sys.stdout.buffer.write(orjson.dumps(_answer(given)))


if __name__ == "__main__":
    _run()

"""Workflows tried without storing anything: what a text changes, and a year of it simulated."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pydantic import Field

from engine.law_texts import published_texts
from engine.previewing import Asked, changes, tried
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import Body, maybe_day, text
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from storage import directory
from workflows.calendar import day_of
from workflows.errors import NotFound
from workflows.text import say

api = Api("trying", "Workflows tried: what a text changes, and a year of it in memory.")
_TEXT_MAX = 1_000_000
_SOURCE = "workflow.yaml"


@dataclass(frozen=True, slots=True)
class Change:
    """What one text says otherwise than another: `kind` is added, removed, changed and the like."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Course:
    """How one obligation goes: what it is, what is known of it, and what happens when; each pair a moment and words."""

    head: str
    about: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Simulated:
    """A year in memory. `own` says whether it was played in your directory, else in the sample's; `timeline` is an SVG, empty
    where it would be too large; `obligations` are the first of `total`."""

    own: bool
    issuer: str
    play: str
    start: str
    until: str
    totals: str
    total: int
    timeline: str
    obligations: tuple[Course, ...]


class Comparing(Body):
    """A text, and the version it is compared with."""

    against: str = text("NAME@VERSION of a published one.", most=80, examples=["government-notice@1"])
    text: str = text("A workflow as YAML.", most=_TEXT_MAX, examples=["workflow: flood-season\n"])


class Simulating(Body):
    """A text to play for a year."""

    text: str = text("A workflow as YAML.", most=_TEXT_MAX, examples=["workflow: flood-season\n"])
    play: Literal["diligent", "silent"] = Field(
        "diligent", description="Everybody does it in time, or nobody does anything."
    )
    since: str | None = maybe_day("From which day; tomorrow where none is given.")


@api.post("/workflows/differences", "workflow.edit", Listed[Change], keyed=False)
def compare_workflow(visit: Visit, body: Comparing) -> Listed[Change]:
    """What a text changes

    Against a published version, in words. Nothing is stored."""
    with visit.reading() as connection:
        known = {one.key: one.text for one in published_texts(connection)}
    if body.against not in known:
        raise NotFound(say("No workflow {name!r}. There is: {known}", name=body.against, known=list(known)))
    found = changes(body.text, _SOURCE, known[body.against])
    return Listed(tuple(Change(one["kind"], one["says"]) for one in found))


@api.post("/workflows/simulations", "workflow.edit", Simulated, keyed=False)
def simulate_workflow(visit: Visit, body: Simulating) -> Simulated:
    """Play a year of a text in memory

    A made-up document with an item for each way of following up is issued. Nothing is stored and nobody is told. What wants
    more than a second of work or 100 MB is ended."""
    since = asking.day(body.since, "since") or day_of(visit.now()) + timedelta(days=1)
    with visit.reading() as connection:
        offices = list(directory.read_offices(connection))
    found = tried(body.text, _SOURCE, Asked(play=body.play, since=since, offices=offices))["simulation"]
    courses = tuple(
        Course(one["head"], tuple(map(_pair, one["about"])), tuple(map(_pair, one["lines"])))
        for one in found["obligations"]
    )
    return Simulated(found["own"], found["issuer"], found["play"], found["start"], found["until"], found["totals"],
                     found["total"], found["timeline"], courses)  # fmt: skip


def _pair(given: list[str]) -> tuple[str, str]:
    return given[0], given[1]

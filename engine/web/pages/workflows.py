"""Workflows for everybody: the list with versions, one version in words and pictures, its text, two versions compared."""

from functools import lru_cache
from typing import Any

from fastapi import Response

from engine.language import in_use, speaking
from engine.law_texts import WorkflowText, named, published_rows, published_texts
from engine.previewing import Asked, changes, tried
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.web.wordings import Chip
from engine.workflow_words import ACTION_HEADS, sections, title
from storage import installation
from workflows.errors import CascadeError, NotFound
from workflows.loading import shipped
from workflows.text import Text, say

routes = Routes()
_TONES = {"in_use": "good", "superseded": "plain", "retired": "rest"}
_DRAWN_KEPT = 64


@routes.get("/workflows", "look.workflow")
def workflows(visit: Visit) -> Page:
    """Every workflow with its versions, and how much runs under each."""
    with visit.reading() as connection:
        texts = published_texts(connection)
        found = installation.read(connection)
    grouped: dict[str, list[WorkflowText]] = {}
    for one in texts:
        grouped.setdefault(one.name, []).insert(0, one)
    rows = [
        (name, title(current(versions).definition), [(one, chip_of(one)) for one in versions])
        for name, versions in grouped.items()
    ]
    return Page("workflows.html", {"rows": rows, "two_persons": bool(found and found.two_persons)})


@routes.get("/workflows/{key}", "look.workflow")
def workflow(visit: Visit, key: str, done: str = "") -> Page:
    """One version: how it was published, its pictures, and everything it says in words."""
    return page_of_workflow(visit, key, DONE.get(done))


@routes.get("/workflows/{key}/text", "look.workflow")
def workflow_text(visit: Visit, key: str) -> Response:
    """The text of a version, as it was published."""
    one = text_of(visit, key)
    name = f"{one.name}-{one.version}.yaml"
    return Response(one.text, media_type="text/plain; charset=utf-8",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


@routes.get("/workflows/{key}/diagram.svg", "look.workflow")
def workflow_picture(visit: Visit, key: str, what: str = "") -> Response:
    """The picture of its levels, or of one of its machines, to keep or to print."""
    one = text_of(visit, key)
    drawn = _drawn(one.text, one.key, in_use())
    picture = drawn["levels"] if what == "levels" else dict(drawn["states"]).get(what or "obligation")
    if picture is None:
        raise NotFound(say("No machine {name!r} in {workflow}.", name=what[:80], workflow=one.key))
    return Response(picture, media_type="image/svg+xml")


@routes.get("/workflows/{key}/diff", "look.workflow")
def workflow_diff(visit: Visit, key: str, against: str = "") -> Page:
    """What a version says otherwise than another one of the same workflow."""
    with visit.reading() as connection:
        texts = published_texts(connection)
    new = _named(texts, key)
    others = [one for one in texts if one.name == new.name and one.key != new.key]
    chosen = next((one for one in others if one.key == against), None)
    if chosen is None and others:
        chosen = next((one for one in reversed(others) if one.version < new.version), others[-1])
    found = changes(new.text, new.key, chosen.text) if chosen else []
    return Page("workflow_diff.html", {"new": new, "old": chosen, "others": others, "changes": found})


def page_of_workflow(visit: Visit, key: str, done: Text | None = None, wrong: str = "") -> Page:
    """The page of one version; with what was just done, or what stands in the way."""
    with visit.reading() as connection:
        texts = published_texts(connection)
    one = _named(texts, key)
    versions = [each for each in reversed(texts) if each.name == one.name]
    try:
        pictures, undrawn = _drawn(one.text, one.key, in_use()), ""
    except CascadeError as refused:
        pictures, undrawn = None, refused.text
    return Page(
        "workflow_one.html",
        {
            "one": one, "title": title(one.definition), "chip": chip_of(one), "rows": published_rows(one),
            "versions": [(each, chip_of(each)) for each in versions], "sections": list(sections(one.definition)),
            "heads": ACTION_HEADS, "pictures": pictures, "undrawn": undrawn, "done": done, "wrong": wrong,
            "shipped": shipped().get(one.name, one.text) != one.text and all(
                each.text != shipped().get(one.name) for each in versions
            ),
        },
        409 if wrong else 200,
    )  # fmt: skip


def current(versions: list[WorkflowText]) -> WorkflowText:
    """The version that is in use; else the newest."""
    return next((one for one in versions if one.state == "in_use"), versions[0])


def chip_of(one: WorkflowText) -> Chip:
    return Chip(one.state_words, _TONES[one.state])


def text_of(visit: Visit, key: str) -> WorkflowText:
    """The version that `NAME@VERSION` or `NAME` means. Raises NotFound."""
    with visit.reading() as connection:
        return _named(published_texts(connection), key)


def _named(texts: list[WorkflowText], key: str) -> WorkflowText:
    return named(texts, key[:100])


@lru_cache(_DRAWN_KEPT)
def _drawn(text: str, key: str, language: str) -> dict[str, Any]:
    """The pictures of a published text, which never changes."""
    with speaking(language):
        found: dict[str, Any] = tried(text, key, Asked(pictures=True))["pictures"]
    return found


DONE = {
    "published": say(
        "It is published. Directives issued from now on may follow it; what is open stays with its version."
    ),
    "retired": say("It is retired: no new directive is issued under it. What runs under it goes on."),
    "unretired": say("It is in use again: new directives may be issued under it."),
}

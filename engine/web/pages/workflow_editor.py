"""The editor of a workflow's text: check it, see its pictures, try it, compare it with what is published. Nothing is stored."""

from datetime import date, timedelta
from typing import Any

from fastapi import Response

from engine.law_texts import WorkflowText, is_name, published_texts
from engine.previewing import Asked, changes, tried
from engine.rehearsing import PLAYS
from engine.web.pages.workflows import current
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import directory
from workflows.calendar import day_of
from workflows.copying import copied
from workflows.errors import CascadeError, NotFound, Problem
from workflows.fields import parse_day
from workflows.loading import check_text, shipped
from workflows.text import Text, mark, say, say_count

routes = Routes()
_DO = ("check", "pictures", "simulate", "diff")
_LISTED_MAX = 4_000  # lines that are shown beside their numbers


@routes.get("/workflows/{name}/edit", "workflow.edit")
def edit(visit: Visit, name: str, like: str = "") -> Page:
    """The text in force, to be changed; of a name that is new, a copy of another workflow."""
    start = _start(visit, name, like)
    return _page(visit, name, start, "")


@routes.post("/workflows/{name}/edit", "workflow.edit")
def edited(visit: Visit, name: str) -> Page:
    """The text as it stands in the form, with what was asked of it."""
    text, do = typed_text(visit), visit.typed("do")
    return _page(visit, name, text, do if do in _DO else "check")


@routes.post("/workflows/{name}/check", "workflow.edit")
def checked(visit: Visit, name: str) -> Page:
    """What the check says of the text that is being typed: the list alone, for the page that shows it."""
    text = typed_text(visit)
    return Page("workflow_findings.html", findings(check_text(text, f"{name}.yaml"), text))


@routes.get("/new/workflow", "workflow.edit")
def new_workflow(visit: Visit, name: str = "", like: str = "") -> Page | Response:
    """A name, and which workflow to begin with."""
    with visit.reading() as connection:
        known = sorted({one.name for one in published_texts(connection)} | set(shipped()))
    error: Text | None = None
    if name:
        if not is_name(name) or "@" in name:
            error = say("A name is small letters, digits and -, and begins with a letter.")
        elif name in known:
            error = say("There is one of that name; open it to change it.")
        elif like in known:
            return go(f"{visit.way('edit', name=name)}?like={like}")
        else:
            error = say("Choose which workflow to begin with.")
    values = {"name": name[:80], "like": like, "known": known, "error": error or ""}
    return Page("workflow_new.html", values, 422 if error else 200)


def typed_text(visit: Visit) -> str:
    """The text of the form, with the ends of lines that files here have."""
    given = visit.form.get("text")
    text = given.replace("\r\n", "\n").replace("\r", "\n") if isinstance(given, str) else ""
    return text if not text or text.endswith("\n") else text + "\n"


def findings(problems: list[Problem], text: str) -> dict[str, Any]:
    """What the list of findings shows."""
    errors = sum(not one.warning for one in problems)
    warnings = len(problems) - errors
    return {
        "problems": problems, "errors": errors, "empty": not text.strip(),
        "error_words": say_count("{count} error", "{count} errors", errors),
        "warning_words": say_count("{count} warning", "{count} warnings", warnings) if warnings else "",
    }  # fmt: skip


def versions_of(visit: Visit, name: str) -> list[WorkflowText]:
    """The published versions of a name, the newest first."""
    with visit.reading() as connection:
        return [one for one in reversed(published_texts(connection)) if one.name == name]


def _start(visit: Visit, name: str, like: str) -> str:
    versions = versions_of(visit, name)
    if versions:
        return current(versions).text
    if not is_name(name) or "@" in name:
        raise NotFound(say("No workflow {name!r}.", name=name[:80]))
    if name in shipped():
        return shipped()[name]
    others = versions_of(visit, like)
    text = current(others).text if others else shipped().get(like)
    if text is None:
        raise NotFound(say("No workflow {name!r}.", name=(like or name)[:80]))
    return copied(text, name, name)


def _page(visit: Visit, name: str, text: str, do: str) -> Page:
    """The editor; whatever goes wrong with what was asked, the text is in it."""
    versions = versions_of(visit, name)
    published = current(versions) if versions else None
    problems = check_text(text, f"{name}.yaml")
    sound = all(one.warning for one in problems)
    since = visit.typed("since") or f"{day_of(visit.now()) + timedelta(days=1):%d/%m/%Y}"
    play = visit.typed("play") if visit.typed("play") in PLAYS else "diligent"
    answer: dict[str, Any] = {}
    wrong: str | Text = ""
    if do in ("pictures", "simulate", "diff"):
        if not sound:
            wrong = say("First put right what the check names below; then it can be shown.")
        elif do == "diff" and published is None:
            wrong = say("Nothing is published under this name yet, so there is nothing to compare it with.")
        else:
            answer, wrong = _tried(visit, name, text, do, published, play, since)
    return Page(
        "workflow_edit.html",
        {
            **findings(problems, text), "name": name, "text": text, "published": published, "do": do, "wrong": wrong,
            "answer": answer, "lines": text.split("\n")[:_LISTED_MAX] if do == "check" and problems else [],
            "marked": {one.line for one in problems}, "plays": [(one, say(said)) for one, said in PLAY_WORDS.items()],
            "play": play, "since": since,
        },
        200,
    )  # fmt: skip


def _tried(
    visit: Visit, name: str, text: str, do: str, published: WorkflowText | None, play: str, since: str
) -> tuple[dict[str, Any], str]:
    day: date | None = None
    if do == "diff" and published:
        try:
            return {"changes": changes(text, f"{name}.yaml", published.text)}, ""
        except CascadeError as refused:
            return {}, refused.text
    if do == "simulate":
        try:
            day = parse_day(since)
        except ValueError:
            return {}, say("{text!r} is not a day; write 02/03/2026", text=since[:40])
    with visit.reading() as connection:
        offices = list(directory.read_offices(connection)) if do == "simulate" else []
    asked = Asked(
        pictures=do == "pictures",
        play=play if do == "simulate" else None, since=day, offices=offices,
    )  # fmt: skip
    try:
        return tried(text, f"{name}.yaml", asked), ""
    except CascadeError as refused:
        return {}, refused.text


PLAY_WORDS = {"diligent": mark("everybody does it in time"), "silent": mark("nobody does anything")}

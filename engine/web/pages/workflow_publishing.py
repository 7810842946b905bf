"""A workflow's text published as a version, retired, taken back into use; what follows is said before it is confirmed."""

from fastapi import Response

from engine import publishing
from engine.previewing import changes as changes_of
from engine.publishing import Grounds
from engine.web.pages.workflow_editor import findings, typed_text, versions_of
from engine.web.pages.workflows import current, page_of_workflow
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import installation
from workflows.errors import CascadeError, InvalidDefinition, NotFound, Problem, Refused
from workflows.loading import check_text, load_definition
from workflows.text import Text, say

routes = Routes()
_BASIS_MAX = 20


@routes.post("/workflows/{name}/publish", "workflow.publish")
def publish(visit: Visit, name: str) -> Page | Response:
    """First what it changes and what follows; then, confirmed and with a reason, the next version."""
    text = typed_text(visit)
    problems = check_text(text, f"{name}.yaml")
    if not all(one.warning for one in problems):
        return _page(visit, name, text, problems)
    called = load_definition(text, f"{name}.yaml").workflow
    if called != name:
        said = say("The text calls itself {called}, and this page is of {name}. Publish it from its own page, or correct"
                   " the line workflow: in it.", called=called, name=name)  # fmt: skip
        return _page(visit, name, text, problems, {"": said})
    if visit.typed("do") != "confirm":
        return _page(visit, name, text, problems)
    why, author = visit.typed("why"), visit.typed("author")
    errors: dict[str, str | Text] = {}
    if not why:
        errors["why"] = say("Say why; it goes on the record.")
    if problems and not visit.typed("warned"):
        errors["warned"] = say("Look at the warnings, and say that they are meant.")
    if errors:
        return _page(visit, name, text, problems, errors)
    basis = tuple(one.strip() for one in visit.typed("basis").splitlines() if one.strip())[:_BASIS_MAX]
    by = visit.known.administrator()
    try:
        with visit.database.transaction() as connection:
            made = publishing.publish_workflow(
                connection, text, f"{name}.yaml", visit.now(), by, Grounds(author or None, why, basis)
            )
    except InvalidDefinition as refused:
        return _page(visit, name, text, list(refused.problems))
    except (Refused, NotFound) as refused:
        return _page(visit, name, text, problems, {"": refused.text})
    return go(f"{visit.way('workflow', key=made.key)}?done=published")


@routes.post("/workflows/{key}/retire", "workflow.publish")
def retire(visit: Visit, key: str) -> Page | Response:
    """Let no new directive be issued under it."""
    return _moved(visit, key, "retired")


@routes.post("/workflows/{key}/unretire", "workflow.publish")
def unretire(visit: Visit, key: str) -> Page | Response:
    """Take it back into use."""
    return _moved(visit, key, "unretired")


def _moved(visit: Visit, key: str, word: str) -> Page | Response:
    deed = publishing.retire if word == "retired" else publishing.unretire
    if not visit.typed("why"):
        return page_of_workflow(visit, key, wrong=say("Say why; it goes on the record."))
    try:
        with visit.database.transaction() as connection:
            deed(connection, key, visit.typed("why"), visit.now(), visit.known.administrator())
    except Refused as refused:
        return page_of_workflow(visit, key, wrong=refused.text)
    return go(f"{visit.way('workflow', key=key)}?done={word}")


def _page(
    visit: Visit, name: str, text: str, problems: list[Problem], errors: dict[str, str | Text] | None = None
) -> Page:
    versions = versions_of(visit, name)
    last = current(versions) if versions else None
    sound = all(one.warning for one in problems)
    changes, uncompared = None, ""
    if last and sound:
        try:
            changes = changes_of(text, name, last.text)
        except CascadeError as refused:
            uncompared = refused.text
    with visit.reading() as connection:
        found = installation.read(connection)
    typed = {one: visit.typed(one) for one in ("why", "author", "basis", "warned")}
    running = [(one.key, one.running) for one in versions if one.running]
    values = {
        **findings(problems, text), "name": name, "text": text, "last": last, "sound": sound,
        "next": f"{name}@{versions[0].version + 1 if versions else 1}", "changes": changes, "uncompared": uncompared,
        "wrongs": errors or {}, "typed": typed, "running": running, "two_persons": bool(found and found.two_persons),
    }  # fmt: skip
    return Page("workflow_publish.html", values, 422 if errors or not sound else 200)

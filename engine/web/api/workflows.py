"""Workflows: what may happen, in which version; checked, published, retired; and the date that a rule gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from engine import publishing
from engine.language import told
from engine.publishing import Grounds
from engine.web.api import asking
from engine.web.api.calendars import calendar_of
from engine.web.api.door import Api
from engine.web.api.parameters import Body, Name, Texts, Version, given_day, maybe, text, word
from engine.web.api.replies import Listed, Reply
from engine.web.visit import Visit
from storage import definitions
from storage.definitions import Published
from storage.queries import versions
from workflows.deadlines import reckon, sentence
from workflows.errors import Incomplete, NotFound
from workflows.grammar import RuleText, TimeRule
from workflows.loading import check_text
from workflows.text import say

api = Api("workflows", "Workflows: what may happen, and by when.")
_TEXT_MAX = 1_000_000
_RULE: TypeAdapter[TimeRule] = TypeAdapter(RuleText)


@dataclass(frozen=True, slots=True)
class WorkflowLine:
    """A version of a workflow; `running` counts the directives that are open under it."""

    name: str
    version: int
    digest: str
    published_at: datetime
    published_by: str
    author: str | None
    why: str | None
    basis: tuple[str, ...]
    warnings: int
    retired_at: datetime | None
    running: int


@dataclass(frozen=True, slots=True)
class WorkflowFound:
    """A version with its text."""

    workflow: WorkflowLine
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a text, and where; a warning does not stand in the way of publishing."""

    line: int
    column: int
    code: str
    warning: bool
    says: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The date that a rule gives, and why."""

    rule: str
    at: datetime
    calendar: str
    sentence: str


class Checking(Body):
    """A text to check."""

    text: str = text("A workflow as YAML.", most=_TEXT_MAX, examples=["workflow: flood-season\n"])


class Publishing(Checking):
    """A text to publish, and on which grounds."""

    author: str | None = maybe("Who wrote it, OFFICE/ROLE, if not who publishes.", most=130)
    why: str | None = maybe("Why; goes on the record.")
    basis: Texts = Field([], description="The documents on which it is published.")
    strict: bool = Field(False, description="Let warnings refuse it too.")


class Reason(Body):
    """Why; it goes on the record."""

    why: str = text("Why.", examples=["Replaced by flood-season@2"])


@api.get("/workflows", "look.workflow", Listed[WorkflowLine])
def list_workflows(visit: Visit) -> Listed[WorkflowLine]:
    """Every version of every workflow"""
    with visit.reading() as connection:
        running = versions.open_directives(connection)
        found = definitions.read_published(connection, "workflow")
    return Listed(tuple(_line(one, running.get(one.key, 0)) for one in found))


@api.get("/workflows/{name}/{version}", "look.workflow", WorkflowFound)
def show_workflow(visit: Visit, name: Name, version: Version) -> WorkflowFound:
    """One version with its text"""
    return _found(visit, name, version)


def _found(visit: Visit, name: str, version: int) -> WorkflowFound:
    with visit.reading() as connection:
        running = versions.open_directives(connection)
        found = definitions.read_published(connection, "workflow")
    one = next((one for one in found if (one.name, one.version) == (name, version)), None)
    if one is None:
        raise NotFound(say("No workflow {name!r}. There is: {known}", name=f"{name}@{version}",
                           known=[each.key for each in found] or say("none yet")))  # fmt: skip
    return WorkflowFound(_line(one, running.get(one.key, 0)), one.text)


@api.post("/workflows/checks", "look.workflow", Listed[Finding], keyed=False)
def check_workflow(visit: Visit, body: Checking) -> Listed[Finding]:
    """Check a text

    Every fault and warning with its line, column and code. Nothing is stored."""
    found = check_text(body.text, "workflow.yaml")
    return Listed(tuple(Finding(one.line, one.column, one.code, one.warning, told(one.message)) for one in found))


@api.post("/workflows", "workflow.publish", WorkflowLine, 201)
def publish_workflow(visit: Visit, body: Publishing) -> Reply:
    """Publish a text as the next version of its name

    What is under way stays with the version it has. The checks run again: errors refuse it."""
    by, grounds = asking.administrator(visit), Grounds(body.author, body.why, tuple(body.basis))
    with visit.database.transaction() as connection:
        made = publishing.publish_workflow(
            connection, body.text, "workflow.yaml", visit.now(), by, grounds, strict=body.strict
        )
    return Reply(_line(made, 0), 201, path=f"/api/v1/workflows/{made.name}/{made.version}")


@api.post("/workflows/{name}/{version}/retirement", "workflow.publish", WorkflowLine)
def retire_workflow(visit: Visit, name: Name, version: Version, body: Reason) -> WorkflowLine:
    """Take a version out of use

    No new directive is issued under it. What runs under it goes on to its end."""
    with visit.database.transaction() as connection:
        by = asking.administrator(visit)
        publishing.retire(connection, f"{name}@{version}", body.why, visit.now(), by)
    return _found(visit, name, version).workflow


@api.post("/workflows/{name}/{version}/return", "workflow.publish", WorkflowLine)
def unretire_workflow(visit: Visit, name: Name, version: Version, body: Reason) -> WorkflowLine:
    """Take a retired version back into use"""
    with visit.database.transaction() as connection:
        by = asking.administrator(visit)
        publishing.unretire(connection, f"{name}@{version}", body.why, visit.now(), by)
    return _found(visit, name, version).workflow


@api.get("/dates", "look.calendar", Reckoned)
def explain_date(
    visit: Visit,
    rule: Annotated[str, word("A rule as workflows write it.", "2 working days after receipt")],
    start: Annotated[str, given_day("The day it counts from.")],
    calendar: Annotated[str, word("The calendar and its version.")] = "vn-public@1",
) -> Reckoned:
    """Which date a rule gives, and why"""
    used = calendar_of(visit, calendar)
    try:
        wanted = _RULE.validate_python(" ".join(rule.split()))
    except ValidationError as error:
        because = (
            error.errors()[0].get("ctx", {}).get("error")
        )  # the text of the law, where it was the law that refused
        said = (
            because.args[0] if isinstance(because, ValueError) and because.args else say("{rule} is no rule", rule=rule)
        )
        raise Incomplete(say("reckon a date"), said, fields={"rule": said}) from None
    at = asking.instant(start, "start")
    assert at is not None  # it has to be given
    due = reckon(wanted, at, used)
    return Reckoned(str(wanted), due.at, due.because.calendar, told(sentence(due.because)))


def _line(one: Published, running: int) -> WorkflowLine:
    return WorkflowLine(one.name, one.version, one.digest, one.published_at, one.published_by, one.author, one.why,
                        tuple(one.basis), one.warnings, one.retired_at, running)  # fmt: skip

"""A workflow's text under another name: the copy that an admin begins with, comments and all."""

import re

from workflows.definition import Definition
from workflows.errors import Incomplete
from workflows.loading import load_workflow
from workflows.text import say

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_TITLE_MAX = 300
_WORKFLOW_LINE = re.compile(r"^workflow:[ \t]*[^\s#]+", re.MULTILINE)
_QUOTED = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\n]|\'\')*\''
_TITLE = re.compile(
    rf"(?P<key>(?:^|[{{,])[ ]*title:[ \t]*)(?:{_QUOTED}|[^\s\"'#][^\n#]*?(?=[ \t]*(?:#|$)))", re.MULTILINE
)


def copied(text: str, name: str, title: str) -> str:
    """The text with its name and its titles (that of its English words too) replaced; nothing else changes.

    Raises Incomplete for a name that no workflow may have, or a text in which they are not on lines of their own.
    """
    asked = say("begin workflow {name}", name=name)
    if not _NAME.fullmatch(name):
        raise Incomplete(asked, say("a name is small letters, digits and hyphens, and begins with a letter"))
    if not title.strip() or len(title) > _TITLE_MAX or not title.isprintable():
        raise Incomplete(asked, say("a title is one line of at most {most} characters", most=_TITLE_MAX))
    quoted = '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
    made = _WORKFLOW_LINE.sub(lambda _: f"workflow: {name}", text, count=1)
    made = _TITLE.sub(lambda found: found["key"] + quoted, made)
    if _parts(made) != (name, title, title if _parts(text)[2] else None, _rest(text)):
        raise Incomplete(asked, say("its name and its title are not on lines of their own; copy it by hand"))
    return made


def _definition(text: str) -> Definition:
    return load_workflow(text, 1, published=True).definition


def _parts(text: str) -> tuple[str, str, str | None, str]:
    found = _definition(text)
    return found.workflow, found.title, found.english.title, _rest(text)


def _rest(text: str) -> str:
    """All of a definition but its name and titles."""
    found = _definition(text).model_dump(mode="json", by_alias=True)
    found.pop("workflow")
    found.pop("title")
    found["english"].pop("title")
    return repr(found)

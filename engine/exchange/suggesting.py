"""Which workflow suits a document, by what each says in `suggest_for`: the most particular one, if there is one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workflows.definition import Definition
from workflows.errors import Incomplete
from workflows.offices import Office
from workflows.text import say
from workflows.workflow import Workflows


@dataclass(frozen=True, slots=True)
class Suited:
    """What is known of a document before it has a workflow; `kind` is the code of its type."""

    kind: str | None
    issuer: Office
    subject: str | None = None
    urgency: str | None = None


def suitable_workflow(document: Suited, workflows: Workflows, given: str | None, asked: str) -> str:
    """The workflow that is given; else the one that suits a document; else the only one that has the issuer's level.

    One suits where everything holds that its `suggest_for` names, and of several the one that names most. Where none does,
    one suits that is meant for such documents of another level: a department writes on under a notice that nobody entered.
    Raises NotFound or Incomplete.
    """
    if given:
        workflows.get(given)
        return given
    definitions: dict[str, Definition] = {name: one.definition for name, one in workflows.in_use().items()}
    fitting = {name: one for name, one in definitions.items() if document.issuer.level in one.levels}
    for choice in (
        _best(fitting, lambda one: _named(document, one)),
        _best(fitting, lambda one: _named(document, one, anywhere=True)),
        [*fitting],
        [*definitions],
    ):
        if len(choice) == 1:
            return choice[0]
    if not definitions:
        raise Incomplete(asked, say("no workflow is in use: cascade workflow list says which are retired"))
    names = [*definitions]
    raise Incomplete(asked, say("several workflows are published; give --workflow with one of {names}", names=names))


def _best(definitions: dict[str, Definition], named: Callable[[Definition], list[bool]]) -> list[str]:
    """The names of those for which all holds that they name, and who name most."""
    found = {name: named(one) for name, one in definitions.items()}
    suited = {name: len(all_hold) for name, all_hold in found.items() if all_hold and all(all_hold)}
    return [name for name, many in suited.items() if many == max(suited.values())]


def _named(document: Suited, definition: Definition, anywhere: bool = False) -> list[bool]:
    """What a workflow names in `suggest_for`, each whether it holds of the document; nothing where it names no document."""
    wanted = definition.suggest_for
    return [*_holding(document, definition, anywhere)] if wanted.types or wanted.subject_has else []


def _holding(document: Suited, definition: Definition, anywhere: bool) -> Iterator[bool]:
    wanted, subject = definition.suggest_for, (document.subject or "").lower()
    if wanted.types:
        yield document.kind in wanted.types
    if wanted.issued_at and not anywhere:
        yield document.issuer.level == wanted.issued_at
    if wanted.urgency:
        yield document.urgency in wanted.urgency
    if wanted.subject_has:
        yield any(words.lower() in subject for words in wanted.subject_has)

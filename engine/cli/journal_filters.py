"""What `cascade journal show` may be narrowed by: options as typed, made into what the query is asked."""

from typing import Annotated

import typer
from sqlalchemy import Connection

from engine.cli.options import day
from engine.kind_words import KIND_WORDS
from engine.labels import ROLE_WORDS
from engine.office_words import office_called
from storage.queries import history
from storage.queries.entry_filters import Wanted
from workflows.calendar import after_day, first_instant
from workflows.errors import NotFound
from workflows.offices import Office, Offices
from workflows.text import say

ROLES = (*ROLE_WORDS, "timer", "admin", "installer")
_KINDS = {kind.lower(): kind for kind in KIND_WORDS}


def _option(name: str, says: str, metavar: str = "TEXT") -> typer.models.OptionInfo:
    return typer.Option(name, metavar=metavar, show_default=False, help=says)  # type: ignore[no-any-return]


OfficeOption = Annotated[str, _option("--office", "What this office did: its id, or its name.", "OFFICE")]
RoleOption = Annotated[str, _option("--role", "What this role did: clerk, officer, leader, timer, admin.", "ROLE")]
PersonOption = Annotated[str, _option("--person", "Who acted, by name; accents may be left out.", "NAME")]
ForOption = Annotated[
    str, _option("--acted-for", "For whom a deputy acted, or the office it was recorded for.", "NAME")
]
ActionOption = Annotated[str, _option("--action", "By this action, such as report or acknowledge.", "ACTION")]
KindOption = Annotated[str, typer.Option("--kind", "-k", metavar="KIND", show_default=False,
                                         help="Only this, such as RungReached.")]  # fmt: skip
SymbolOption = Annotated[
    str, _option("--symbol", "About this document and all it gave; spaces and capitals may differ.")
]
SinceOption = Annotated[str, _option("--since", "Recorded on this day or later.", "DAY")]
UntilOption = Annotated[str, _option("--until", "Recorded by the end of this day.", "DAY")]
HappenedSinceOption = Annotated[str, _option("--happened-since", "Happened on this day or later.", "DAY")]
HappenedUntilOption = Annotated[str, _option("--happened-until", "Happened by the end of this day.", "DAY")]
DirectiveOption = Annotated[
    int | None, typer.Option("--directive", min=1, metavar="N", show_default=False, help="About this directive itself.")
]
AccountOption = Annotated[str, _option("--account", "What was changed of this account.", "NAME")]
AboutOption = Annotated[
    str, _option("--about", "What administrators changed: workflow, calendar, account, offices, webhook.", "SUBJECT")
]


def kind_of(text: str) -> str | None:
    """A kind as it is typed. Anything else is a usage error."""
    if text and text.lower() not in _KINDS:
        said = say("{kind!r} is not a kind; kinds are {known}", kind=text, known=list(_KINDS.values()))
        raise typer.BadParameter(said, param_hint="--kind")
    return _KINDS.get(text.lower())


def role_of(text: str) -> str | None:
    if text and text not in ROLES:
        said = say("{word!r} is not known here; write one of {allowed}", word=text, allowed=ROLES)
        raise typer.BadParameter(said, param_hint="--role")
    return text or None


def office_of(text: str, offices: Offices) -> str | None:
    """An office by its id or its name, without accents too. Raises NotFound."""
    if not text:
        return None
    found = office_called(text, offices)
    if isinstance(found, Office):
        return found.id
    if found:
        alike = [f"{one.id} ({one.name})" for one in found[:5]]
        raise NotFound(say("Several offices are meant by {value}: {alike}", value=text, alike=alike))
    raise NotFound(say("No office is called {value}. See: cascade office list", value=text))


def person_of(connection: Connection, text: str) -> str | None:
    """A person as the journal has the name. Raises NotFound, naming who may be meant."""
    if not text:
        return None
    found = history.persons(connection, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(say("Several persons are meant by {value}: {alike}", value=text, alike=found[:10]))
    raise NotFound(say("Nobody called {value} has acted.", value=text))


def days_of(since: str, until: str, names: tuple[str, str]) -> dict[str, object]:
    """Two days as the instants that bound them, under these names."""
    found: dict[str, object] = {}
    if since:
        found[names[0]] = first_instant(day(since, f"--{names[0].replace('_', '-')}"))
    if until:
        found[names[1]] = after_day(day(until, f"--{names[1].replace('_', '-')}"))
    return found


def is_narrowed(wanted: Wanted) -> bool:
    """Is more asked than one chain, one obligation, one kind?"""
    return wanted != Wanted(wanted.chain, wanted.obligation, kind=wanted.kind)

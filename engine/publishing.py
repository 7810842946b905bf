"""What becomes of a workflow's text: published as a version, retired, taken back into use. What runs stays as it is.

Author and publisher are named; where the office says so they have to be two persons.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.deeds import INSTALLER, record
from storage import definitions, directory, installation
from storage.definitions import Published
from storage.rulebook import called
from workflows import parties
from workflows.calendar import day_of
from workflows.commands import Actor
from workflows.errors import Conflict, Incomplete, InvalidDefinition, NotFound, Unmet
from workflows.fields import is_text
from workflows.loading import check_text, load_workflow, shipped
from workflows.offices import Offices, seat_of_text
from workflows.text import Text, say

SHIPPED = "shipped with the program"  # the author of what comes with the program, as it is stored
WORDS_MAX = 2000  # characters of a reason, or of a document on which something is published


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is said of a publication: who wrote the text (a seat; None: the publisher), why, on which documents."""

    author: str | None = None
    why: str | None = None
    basis: tuple[str, ...] = ()


def publish_workflow(
    connection: Connection, text: str, source: str, now: datetime, by: Actor, grounds: Grounds = Grounds(),
    *, strict: bool = False,
) -> Published:  # fmt: skip
    """Publish a definition as the next version of its name; the checks run again. `strict` lets warnings refuse it.

    Raises InvalidDefinition; Conflict if nothing changed; Incomplete or Unmet where author and publisher are not as the
    office wants them.
    """
    problems = check_text(text, source)
    if any(strict or not problem.warning for problem in problems):
        raise InvalidDefinition(source, problems)
    name = load_workflow(text, 1, source, published=True).definition.workflow
    asked = say("publish {name}", name=name)
    directory.hold(connection)  # two who publish at once get two versions
    by, author = _people(connection, asked, now, by, grounds.author)
    _check_words(asked, grounds.why, *grounds.basis)
    versions = [one for one in definitions.read_published(connection, "workflow") if one.name == name]
    if versions and versions[-1].text == text:
        raise Conflict(asked, _same_text(versions[-1]))
    made = Published(name, versions[-1].version + 1 if versions else 1, _digest(text), text, now, called(by), author,
                     grounds.why or None, grounds.basis, len(problems))  # fmt: skip
    return _stored(connection, made, by)


def publish_shipped(connection: Connection, now: datetime) -> list[Published]:
    """Publish the shipped workflows whose names are new here, each as version 1. What is published already stays."""
    known = {one.name for one in definitions.read_published(connection, "workflow")}
    made = [
        Published(name, 1, _digest(text), text, now, str(INSTALLER), SHIPPED, warnings=len(check_text(text, name)))
        for name, text in shipped().items()
        if name not in known
    ]
    return [_stored(connection, one, INSTALLER) for one in made]


def differing_shipped(published: Sequence[Published]) -> list[str]:
    """The shipped workflows whose text is none of the versions published under their name: a later release changed
    them, or the office has one of its own."""
    digests = {(one.name, one.digest) for one in published}
    names = {one.name for one in published}
    return [name for name, text in shipped().items() if name in names and (name, _digest(text)) not in digests]


def retire(connection: Connection, named: str, why: str, now: datetime, by: Actor) -> list[Published]:
    """Let no new directive be issued under a version; a bare name means every version of it. What runs goes on.

    Raises NotFound, Incomplete without a reason, or Conflict where it is retired already.
    """
    asked = say("retire {name}", name=named)
    _check_reason(asked, why)
    directory.hold(connection)
    by = _known(connection, now, by)
    found = _named(connection, named)
    going = [one for one in found if not one.retired]
    if not going:
        raise Conflict(asked, _retired_words(found[-1]))
    definitions.set_retired(connection, going, now, called(by), why.strip())
    for one in going:
        record(connection, "retired", f"workflow {one.key}", now, by, [("why", why.strip())])
    return going


def unretire(connection: Connection, named: str, why: str, now: datetime, by: Actor) -> Published:
    """Take a retired version back into use. A bare name means the only version of it that is retired.

    Raises NotFound, Incomplete, or Conflict where it is not retired or several are.
    """
    asked = say("take {name} back into use", name=named)
    _check_reason(asked, why)
    directory.hold(connection)
    by = _known(connection, now, by)
    found = _named(connection, named)
    coming = [one for one in found if one.retired]
    if not coming:
        raise Conflict(asked, say("it is not retired"))
    if len(coming) > 1:
        raise Conflict(asked, say("several versions are retired; name one of {keys}", keys=[one.key for one in coming]))
    definitions.set_retired(connection, coming, None, None, None)
    record(connection, "unretired", f"workflow {coming[0].key}", now, by, [("why", why.strip())])
    return coming[0]


def require_two_persons(connection: Connection, required: bool, why: str, now: datetime, by: Actor) -> None:
    """Settle whether author and publisher of a workflow have to be two persons. Raises Conflict where it is so already."""
    asked = say("settle who may publish")
    _check_words(asked, why)
    directory.hold(connection)
    by = _known(connection, now, by)
    found = installation.read(connection)
    if found and found.two_persons == required:
        raise Conflict(asked, say("it is so already"))
    installation.set_two_persons(connection, required)
    value = "required" if required else "not_required"
    details = [("value", value), *([("why", why.strip())] if why.strip() else [])]
    record(connection, "settled", "two_persons", now, by, details)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _stored(connection: Connection, made: Published, by: Actor) -> Published:
    definitions.add_published(connection, "workflow", made)
    details = [("name", made.name), ("version", str(made.version)), ("digest", made.digest),
               ("author", str(made.author)), ("publisher", made.published_by), ("warnings", str(made.warnings)),
               *(("basis", one) for one in made.basis)]  # fmt: skip
    if made.why:
        details.append(("why", made.why))
    record(connection, "published", f"workflow {made.key}", made.published_at, by, details)
    return made


def _named(connection: Connection, named: str) -> list[Published]:
    """The versions that `NAME` or `NAME@VERSION` means. Raises NotFound, naming what there is."""
    published = definitions.read_published(connection, "workflow")
    found = [one for one in published if named in (one.key, one.name)]
    if not found:
        known = [one.key for one in published] or say("none yet")
        raise NotFound(say("No workflow {name!r}. There is: {known}", name=named, known=known))
    return found


def _people(connection: Connection, asked: Text, now: datetime, by: Actor, author: str | None) -> tuple[Actor, str]:
    """The publisher with the names the directory gives, and the author. Raises where they should be two and are not."""
    found = installation.read(connection)
    two_persons = bool(found and found.two_persons)
    by = _known(connection, now, by)
    if author == SHIPPED:
        return by, author
    if author is None:
        if two_persons:
            because = say("author and publisher have to be two persons here; say who wrote it: --author OFFICE/ROLE")
            raise Incomplete(asked, because)
        return by, called(by)
    offices = directory.read_offices(connection).on(day_of(now))
    seat = seat_of_text(author)
    if seat and len(offices):
        offices.get(seat[0])
    same = _same_person(offices, author, by) if two_persons else None
    if same:
        raise Unmet(asked, same)
    return by, author


def _same_person(offices: Offices, author: str, by: Actor) -> Text | None:
    """Why author and publisher are one person: one seat, one deputy, or one name that the directory gives for both."""
    seat = parties.same_person(author, str(by))
    if seat:
        return say("{who} wrote it, and author and publisher have to be two persons here; somebody else publishes it",
                   who=seat)  # fmt: skip
    written = seat_of_text(author)
    name = offices.holder(*written) if written else author
    mine = {_plain(one) for one in (by.person, by.deputy_person, by.deputy) if one}
    if name and _plain(name) in mine:
        return say("the directory gives {name} for {author} and for {publisher}, and author and publisher have to be two"
                   " persons here; if they are, write their names apart: cascade office import",
                   name=name, author=author, publisher=str(by))  # fmt: skip
    return None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _known(connection: Connection, now: datetime, by: Actor) -> Actor:
    """The actor with the names of the directory. Raises NotFound or NotYours where the directory knows no such seat or
    deputy; before there is a directory anybody may be named."""
    offices = directory.read_offices(connection).on(day_of(now))
    if by.office == INSTALLER.office or not len(offices):  # an administrator's account belongs to no office
        return by
    offices.get(by.office)
    parties.check_stands_in(offices, by, "publish", say("publish or retire a workflow"))
    return parties.named(offices, by)


def _check_reason(asked: Text, why: str) -> None:
    if not why.strip():
        raise Incomplete(asked, say("say why: --why TEXT"))
    _check_words(asked, why)


def _check_words(asked: Text, *words: str | None) -> None:
    for one in words:
        if one is not None and (len(one) > WORDS_MAX or not is_text(one)):
            raise Incomplete(asked, say("a text of at most {most} characters, and no control characters, is wanted",
                                        most=f"{WORDS_MAX:,}"))  # fmt: skip


def _same_text(last: Published) -> Text:
    if last.retired:
        return say("version {version} has the very same text, and is retired; cascade workflow unretire {key}",
                   version=last.version, key=last.key)  # fmt: skip
    return say("version {version} has the very same text", version=last.version)


def _retired_words(one: Published) -> Text:
    assert one.retired_at is not None  # the caller has looked
    return say("{key} was retired on {day} by {by} ({why})", key=one.key, day=f"{day_of(one.retired_at):%d/%m/%Y}",
               by=one.retired_by, why=one.retired_why)  # fmt: skip

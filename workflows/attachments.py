"""The law of files given with an act, or added to an obligation or a document afterwards: which, to what, by whom.

A file enters the journal by its sha256; the content lies in the memory, and no law ever reads it. A field that asks an
attachment is answered by files, or by words that say where the paper lies.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from workflows import parties
from workflows.commands import Act, Attach
from workflows.directive import Attachment
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import Attached, Fact
from workflows.text import say
from workflows.words import ROLES
from workflows.world import World

BESIDE = "files"  # the field of files that answer no field of their own
FILES_MAX = 20  # of one field; an installation may allow fewer
NAME_MAX = 200
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MAY_ADD = tuple(f"{office}.{role}" for office in ("holder", "giver") for role in ROLES)


def with_names(command: Act) -> dict[str, str]:
    """What is given, with the names of its files in each field that files alone answer."""
    named: dict[str, list[str]] = {}
    for one in command.attachments:
        if one.field != BESIDE and not command.fields.get(one.field, "").strip():
            named.setdefault(one.field, []).append(one.name)
    return {**command.fields, **{field: "; ".join(names) for field, names in named.items()}}


def check_given(asks: Mapping[str, str], files: tuple[Attachment, ...], asked: str) -> None:
    """Raises Incomplete where files are given that nothing asks for, too many of them, or what is no file."""
    check_files(files, asked)
    for field in dict.fromkeys(one.field for one in files):
        if field != BESIDE and asks.get(field) != "attachment":
            takes = [name for name, kind in asks.items() if kind == "attachment"] + [BESIDE]
            because = say("{field}: it takes no file; files are taken by {fields}", field=field, fields=takes)
            raise Incomplete(asked, because, fields={field: because})


def check_files(files: tuple[Attachment, ...], asked: str) -> None:
    """Raises Incomplete for a file that could not be kept under what is said of it, or for too many of one field."""
    for one in files:
        good = _DIGEST.fullmatch(one.digest) and one.size > 0 and one.kind
        if not (good and 0 < len(one.name) <= NAME_MAX and one.name.isprintable() and "/" not in one.name):
            because = say("{field}: {name!r} is no file that is kept", field=one.field, name=one.name[:NAME_MAX])
            raise Incomplete(asked, because, fields={one.field: because})
    for field, count in Counter(one.field for one in files).items():
        if count > FILES_MAX:
            because = say("{field}: {count} files, and {most} are the most", field=field, count=count, most=FILES_MAX)
            raise Incomplete(asked, because, fields={field: because})


def attached_by(command: Act) -> Iterator[Attached]:
    """What an act had with it, said beside what it did."""
    if command.attachments:
        yield Attached(command.attachments, number=command.obligation, action=command.action)


def attach(world: World, command: Attach) -> Iterator[Fact]:
    """Files are added to an obligation by whoever owes it or gave it, or to a document by its issuer or who holds work under
    it; nothing of what stands is changed. Raises Refused."""
    if command.obligation is not None:
        yield from _to_obligation(world, command, command.obligation)
    elif command.directive is not None:
        yield from _to_directive(world, command, command.directive)
    else:
        raise Incomplete(say("attach files"), say("to which obligation or document is not said"))


def _to_obligation(world: World, command: Attach, number: int) -> Iterator[Fact]:
    one = world.obligation(number)
    asked = say("attach files to obligation {number}", number=number)
    if parties.party_for(world, _MAY_ADD, one, command.by) is None:
        who = say("the offices {holder} and {giver}", holder=one.holder, giver=one.giver)
        raise NotYours(asked, say("that is for {who}, and you are {actor}", who=who, actor=command.by))
    _check_some(command, asked)
    yield Attached(command.files, number=number)


def _to_directive(world: World, command: Attach, number: int) -> Iterator[Fact]:
    directive = world.directive(number)
    asked = say("attach files to {symbol}", symbol=directive.symbol)
    issuer, host = world.office(directive.issuer), world.offices.host
    offices = {host.id if host and issuer.outside else issuer.id, *(one.holder for one in world.under(number))}
    if command.by.office not in offices:
        because = say("that is for its issuer and for who holds work under it, and you are {actor}", actor=command.by)
        raise NotYours(asked, because)
    _check_some(command, asked)
    yield Attached(command.files, directive=number)


def _check_some(command: Attach, asked: str) -> None:
    if not command.files:
        raise Unmet(asked, say("no file is given"))
    check_files(command.files, asked)

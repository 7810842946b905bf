"""What commands open: the installation, one of its cascades or obligations, and the files they are given."""

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from sqlalchemy import Connection

from engine import logs, runtime
from engine.cli.options import settings
from engine.cli.printing import data, talk
from engine.cli.progress import reaching
from engine.errors import Unreadable
from engine.exchange.dispatch import decode, from_yaml
from engine.exchange.drafts import Draft
from engine.exchange.errors import SecretDocument, UnreadableDocument
from engine.replica import opened_to_look
from engine.runtime import Runtime
from engine.showing import worlds
from storage.queries import cascades as cascade_lists
from workflows.directive import ADMINISTRATION
from workflows.errors import NotFound, Refused
from workflows.loading import shipped
from workflows.text import say
from workflows.world import World

_NAMED_MAX = 5
_FILE_MAX = 16 << 20  # bytes; whoever reads the content sets a tighter bound
_REFERENCE = re.compile(r"(?:(?P<cascade>[0-9a-z]+)/)?(?P<number>[0-9]{1,9})")


@contextmanager
def opened(database: str) -> Iterator[Runtime]:
    """The installation, for one command; its machinery logs nothing unless debugging was asked for."""
    quiet()
    with runtime.opened(database) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Then:
    """What --as-of and --as-corrected say. Only of `cascade` is the past rebuilt; None: of all. `silent`: for --json.

    `option` is what says the moment."""

    moment: str
    corrected: bool
    cascade: str | None = None
    silent: bool = False
    option: str = "--as-of"
    required: bool = True  # the cascade has to have been there
    offices: bool = False  # only the directory is looked at


@contextmanager
def looking(database: str, then: Then | None = None) -> Iterator[tuple[Runtime, Connection]]:
    """The installation and a reading of it, for a command that only looks: from the read database where one is named, and as
    it was known `then`."""
    if then is None or not (then.moment or then.corrected):
        with _looking_now(database) as there:
            yield there
        return
    if not then.moment:
        raise typer.BadParameter(say("it goes with --as-of; say as of when"), param_hint="--as-corrected")
    with _looking_now(database) as (present, connection), _rebuilt(present, connection, then) as past:
        yield past


@contextmanager
def _rebuilt(present: Runtime, connection: Connection, then: Then) -> Iterator[tuple[Runtime, Connection]]:
    """What was known then, of the cascade that is meant or of all."""
    from engine.looking_back import NoSuchMoment, lines, looking_back, read_moment
    from storage import as_of

    try:
        moment = read_moment(then.moment, then.corrected, present.now())
    except NoSuchMoment as error:
        raise typer.BadParameter(error.text, param_hint=then.option) from None
    only = [] if then.offices else None if then.cascade is None else [cascade_named(connection, then.cascade)]
    total = as_of.count_entries(present.database, only)
    with ExitStack() as stack:
        with reaching(say("Looking back, entries"), total, silent=then.silent) as reached:
            past = stack.enter_context(looking_back(present, moment, only, reached, required=then.required))
        if not then.silent:
            for line in lines(past.past):
                data(line)
            data()
        yield past, stack.enter_context(past.database.reading())


@contextmanager
def _looking_now(database: str) -> Iterator[tuple[Runtime, Connection]]:
    """The installation as it is."""
    reads = getattr(database, "reads", "")
    if not reads:
        with opened(database) as found, found.database.reading() as connection:
            yield found, connection
        return
    quiet()
    with opened_to_look(database, reads, talk) as there:
        yield there


def quiet() -> None:
    """No log lines beside what a command says, unless CASCADE_LOG_LEVEL asks for the machine's own."""
    level = settings().log_level
    if level in ("DEBUG", "TRACE"):
        logs.set_up(level)
    else:
        logs.silence()


def world_of(found: Runtime, connection: Connection, cascade_id: str) -> World:
    """A cascade as the law sees it, for looking only: nothing is locked and nothing will be saved."""
    return worlds.world_of(connection, found.executor.known(connection), cascade_id, found.now())


def cascade_named(connection: Connection, text: str, *, administration: bool = False) -> str:
    """The id of the cascade that a text means: all of its id, how it begins, or (empty) the only one.

    Several are a usage error that names them. Raises NotFound where there is none.
    """
    if administration and text == ADMINISTRATION:
        return ADMINISTRATION
    found = cascade_lists.listed(connection, _NAMED_MAX + 1, text)
    if not found and text:
        raise NotFound(say("No cascade begins with {text!r}. See: cascade directive list", text=text))
    if not found:
        raise NotFound(say("There is no cascade yet. Begin one: cascade directive issue DRAFT.yaml --as OFFICE/ROLE"))
    exact = [one for one in found if one.id == text]
    if len(found) == 1 or exact:
        return (exact or found)[0].id
    named = "; ".join(f"{one.id} ({one.title[:40]})" for one in found[:_NAMED_MAX])
    more = say(", and more") if len(found) > _NAMED_MAX else ""
    what = say("several begin with {text!r}", text=text) if text else say("this database holds several cascades")
    said = say("{what}; name one: {named}{more}", what=what, named=named, more=more)
    raise typer.BadParameter(said, param_hint="--cascade")


def split_reference(text: str, cascade: str, hint: str) -> tuple[str, int]:
    """`12` or `CASCADE/12` as what --cascade should say, and the number. Anything else is a usage error."""
    found = _REFERENCE.fullmatch(text.strip())
    if not found:
        said = say("{text!r} is not a number such as 12, or CASCADE/12", text=text)
        raise typer.BadParameter(said, param_hint=hint)
    named = found["cascade"] or ""
    if named and cascade and not (named.startswith(cascade) or cascade.startswith(named)):
        said = say("{text!r} and --cascade {cascade!r} name two cascades", text=text, cascade=cascade)
        raise typer.BadParameter(said, param_hint=hint)
    return max(named, cascade, key=len), int(found["number"])


def check_is_a_path(file: str) -> None:
    """Raises NotFound naming what ships, where a name without an ending was given that is neither a file nor a workflow."""
    if file != "-" and not Path(file).suffix:
        says = say("There is no file {file}, and no workflow of that name ships; there is {known}. A file ends in .yaml",
                   file=file, known=list(shipped()))  # fmt: skip
        raise NotFound(says)


def file_bytes(path: str) -> bytes:
    """What a file holds, or standard input for `-`. Raises NotFound or Unreadable."""
    if path == "-":
        if sys.stdin.isatty():
            talk(say("Reading from the keyboard; end with Ctrl-D."))
        return sys.stdin.buffer.read(_FILE_MAX)
    try:
        with Path(path).open("rb") as stream:
            return stream.read(_FILE_MAX)
    except FileNotFoundError:
        raise NotFound(say("There is no file {path}", path=path)) from None
    except IsADirectoryError:
        raise Unreadable(say("{path} is a folder; give a file", path=path)) from None
    except OSError as error:
        raise Unreadable(say("{path} cannot be read: {why}", path=path, why=error.strerror)) from None


def file_text(path: str) -> str:
    """A file of UTF-8 text. Raises NotFound or Unreadable."""
    content = file_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        said = say("{path}: byte {byte} (line {line}) is not UTF-8; save it as UTF-8",
                   path=path, byte=error.start + 1, line=line)  # fmt: skip
        raise Unreadable(said) from None


def draft_of(file: str) -> Draft:
    """A reviewed draft. Raises Refused or Unreadable, in this door's terms."""
    with reading(file):
        return from_yaml(decode(file_bytes(file)), file)


@contextmanager
def reading(file: str) -> Iterator[None]:
    """What the reader of documents refuses, in this door's terms."""
    name = say("standard input") if file == "-" else file
    try:
        yield
    except SecretDocument as error:
        raise Refused(say("read {name}", name=name), error.text) from None
    except UnreadableDocument as error:
        said = error.text if error.problems else say("{name}: {why}", name=name, why=error.text)
        raise Unreadable(said) from None

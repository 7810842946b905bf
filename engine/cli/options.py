"""What every command's options have in common, and how a command with an example in its help is registered.

Light to import: nothing heavy is loaded before a command runs.
"""

import inspect
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from workflows.text import joined, say

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from engine.settings import Settings
    from workflows.commands import Actor

F = TypeVar("F", bound=Callable[..., Any])
LIMIT_MAX = 100_000
NO_READS = "none"  # what --read-database says to look at the primary all the same


def settings() -> "Settings":
    """The environment and .env. A value that cannot be used is a usage error."""
    from pydantic import ValidationError

    from engine.settings import Settings

    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        names = [f"CASCADE_{str(one['loc'][0]).upper().removeprefix('CASCADE_')}" for one in error.errors()]
        whys = [_unusable(one) for one in error.errors()]
        said = whys[0] if len(whys) == 1 else joined(whys, "; ")
        raise typer.BadParameter(
            say("{why} (it is set in the environment or in .env)", why=said), param_hint=", ".join(names)
        ) from None


def _unusable(fault: "ErrorDetails") -> str:
    """Why a setting cannot be used, in words of our own; what has none keeps the library's."""
    of = fault.get("ctx", {})
    match fault["type"]:
        case "float_parsing":
            return say("{value} is no number", value=repr(fault["input"]))
        case "greater_than_equal":
            return say("it has to be at least {limit}", limit=f"{of['ge']:g}")
        case "int_parsing" | "int_from_float":
            return say("{value} is no whole number", value=repr(fault["input"]))
        case "greater_than":
            return say("it has to be more than {limit}", limit=f"{of['gt']:g}")
        case "greater_than_equal":
            return say("it has to be at least {limit}", limit=f"{of['ge']:g}")
        case "int_parsing":
            return say("{value} is no whole number", value=repr(fault["input"]))
        case "less_than_equal":
            return say("it may be at most {limit}", limit=f"{of['le']:g}")
        case "literal_error":
            return say(
                "{value} is none of {known}", value=repr(fault["input"]), known=re.findall(r"'(\w+)'", of["expected"])
            )
        case "string_too_long":
            return say("it may have at most {count} characters", count=of["max_length"])
        case "string_pattern_mismatch":
            return say("it holds a character that cannot be printed")
    return fault["msg"]


class Address(str):
    """A database's URL, and the URL of the one that looks read instead of it; empty where that is itself."""

    __slots__ = ("reads",)
    reads: str

    @classmethod
    def of(cls, url: str, reads: str) -> "Address":
        made = cls(url)
        made.reads = "" if reads == NO_READS else reads
        return made


def _given(context: typer.Context, value: str) -> Address:
    """What --database says, after the command or before it; empty where it is nowhere. Who names a database means that
    one, also where another is set to be read."""
    return Address.of(value or context.find_root().params.get("database") or "", _reads(context))


def _given_or_set(context: typer.Context, value: str) -> Address:
    given, found = _given(context, value), settings()
    set_there = found.database if "database" in found.model_fields_set else ""
    return given or Address.of(set_there, _reads(context) or found.read_database or "")


def _database(context: typer.Context, value: str) -> Address:
    given = _given(context, value)
    if given:
        return given
    found = settings()
    return Address.of(found.database, _reads(context) or found.read_database or "")


def _reads(context: typer.Context) -> str:
    """What --read-database says, which stands before the command when it is parsed."""
    return context.find_root().params.get("read_database") or ""


def _actor_text(value: str) -> str:
    return value or settings().as_ or ""


def _database_option(callback: Callable[..., Any] | None, says: str) -> Any:
    return typer.Option("--database", metavar="URL", callback=callback, show_default=False, help=says)


_SAYS = "A SQLite path or postgresql:// URL [env: CASCADE_DATABASE; else cascade.db]."

# The URL of the database; always one, from the option, the environment, .env, or the default.
DatabaseOption = Annotated[str, _database_option(_database, _SAYS)]
# Empty where neither the option nor the environment names one: for commands with a default of their own.
DatabaseIfGiven = Annotated[str, _database_option(_given_or_set, "A SQLite path or postgresql:// URL.")]
# Empty unless it stands on the command line.
DatabaseIfTyped = Annotated[str, _database_option(_given, "A SQLite path or postgresql:// URL.")]
# For commands that need none: accepted, so that a script can give it everywhere.
DatabaseUnused = Annotated[str, _database_option(None, "Accepted as everywhere; not needed here.")]

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
CascadeOption = Annotated[
    str,
    typer.Option("--cascade", "-c", metavar="ID", show_default=False, help="The cascade, or how its id begins."),
]
AsOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="OFFICE/ROLE",
        callback=_actor_text,
        show_default=False,
        help="Who acts [env: CASCADE_AS].",
    ),
]
DeputyOption = Annotated[
    str,
    typer.Option(
        "--deputy",
        metavar="SEAT|POST",
        show_default=False,
        help="The deputy who acts for that seat, as the directory names it: vp/leader.",
    ),
]
CommandIdOption = Annotated[
    str,
    typer.Option("--command-id", metavar="ID", show_default=False, help="The same id is carried out at most once."),
]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, max=LIMIT_MAX, help="How many at most.")]

AsOfOption = Annotated[
    str,
    typer.Option(
        "--as-of", metavar="DAY [HH:MM]", show_default=False, help="As it was known then; a day means its end."
    ),
]
AsCorrectedOption = Annotated[
    bool, typer.Option("--as-corrected", help="With --as-of: also apply corrections that were recorded later.")
]


def help_text(does: str, *examples: str) -> str:
    """Help that leads with examples, kept as written, and goes on with what the command does."""
    block = "\b\n" + "\n".join(examples) + "\n\n" if examples else ""
    return block + inspect.cleandoc(does)


def group(says: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(help=says, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


def command(app: typer.Typer, name: str, *examples: str) -> Callable[[F], F]:
    """Register a command under a group; its docstring is its help, after the examples."""

    def register(function: F) -> F:
        does = inspect.cleandoc(function.__doc__ or "")
        short = does.split("\n\n", 1)[0].replace("\n", " ")
        app.command(name, help=help_text(does, *examples), short_help=short)(function)
        return function

    return register


def actor(text: str, deputy: str = "") -> "Actor":
    """Who acts, as far as --as or CASCADE_AS says, and --deputy. A missing or malformed one is a usage error."""
    from dataclasses import replace

    from engine.settings import parse_actor
    from workflows.errors import Incomplete

    try:
        return replace(parse_actor(text), deputy=deputy.strip() or None)
    except Incomplete as error:
        raise typer.BadParameter(error.because, param_hint="--as") from None


def day(text: str, option: str) -> Any:
    """A day as people type it. Anything else is a usage error."""
    from workflows.fields import parse_day

    try:
        return parse_day(text)
    except ValueError:
        said = say("{text!r} is not a day; write 2023-08-31 or 31/08/2023", text=text)
        raise typer.BadParameter(said, param_hint=option) from None


def one_of(text: str, allowed: Iterable[str], option: str) -> None:
    """A word of a closed set. Anything else is a usage error that names them."""
    if text not in allowed:
        said = say("{word!r} is not known here; write one of {allowed}", word=text, allowed=tuple(allowed))
        raise typer.BadParameter(said, param_hint=option)


def instant(text: str, option: str) -> Any:
    """An instant as people type it, in UTC; a day alone means its end. Anything else is a usage error."""
    from workflows.fields import parse_instant

    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        said = say(
            "{text!r} is not a moment; write 2023-08-31, 31/08/2023 or 2023-08-31T16:00 (Vietnam's time)", text=text
        )
        raise typer.BadParameter(said, param_hint=option) from None

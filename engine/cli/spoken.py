"""Help and usage errors in the language in use.

Nothing is translated before it is shown, so that one process can speak to people of two languages. What the library of
the command line says by itself is recognised by its sentence, and said again.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup

from engine.language import looked_up, told
from workflows.text import Text, mark, say

USAGE_ERROR: Any = typer.BadParameter.__mro__[1]  # the classes of all usage errors and of all that the library refuses,
LIBRARY_ERROR: Any = typer.BadParameter.__mro__[2]  # which typer does not export
KEPT = "\b\n"  # what stands before a paragraph whose lines are kept as they are written
_FORMATTER: Any = typer.Context.formatter_class

# What typer, click and pydantic say to whoever types a command, as they write it.
_SENTENCES = (
    mark("Invalid value:"),
    mark("Invalid value for {what}:"),
    mark("Missing argument {name}."),
    mark("Missing option {name}."),
    mark("Missing command."),
    mark("No such command {name}."),
    mark("No such command {name}. Did you mean {near}?"),
    mark("No such option: {option} (Possible options: {near})"),
    mark("No such option: {option}"),
    mark("Option {option} requires an argument."),
    mark("Option {option} does not take a value."),
    mark("Got unexpected extra argument(s) ({arguments})"),
    mark("Input should be a valid integer, unable to parse string as an integer"),
    mark("Input should be a valid number, unable to parse string as a number"),
    mark("Input should be greater than or equal to {limit}"),
    mark("Input should be greater than {limit}"),
    mark("Input should be less than or equal to {limit}"),
    mark("Input should be less than {limit}"),
    mark("File {path} is a directory."),
    mark("File {path} is not readable."),
    mark("File {path} is not writable."),
    mark("default: {value}"),
    mark("required"),
    mark("Show this message and exit."),
)
_HEADINGS = (mark("Arguments"), mark("Options"), mark("Commands"))
_METAVARS = (mark("[OPTIONS]"), mark("COMMAND [ARGS]..."))
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_EXTRA = re.compile(r"(?s)(?P<help>.*?)(?:^|  )\[(?P<extra>[^\[\]]*)\]")


class SpokenFormatter(_FORMATTER):  # type: ignore[misc]
    """Writes help, looking every piece of it up on the way."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        for metavar in _METAVARS:
            args = args.replace(metavar, looked_up(metavar))
        usage = told(say("Usage:"))
        super().write_usage(prog, args, prefix or f"{usage} ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(looked_up(heading))

    def write_text(self, text: str) -> None:
        super().write_text("\n\n".join(_looked_up(one) for one in paragraphs(text)))

    def write_dl(self, rows: Sequence[tuple[str, str]], *place: int, **places: int) -> None:
        super().write_dl([(first, _row_help(second)) for first, second in rows], *place, **places)


class SpokenContext(typer.Context):
    """The context of a command whose help is spoken."""

    formatter_class = SpokenFormatter


def let_speak(command: Any) -> Any:
    """Let a command, and those of a group, write their help through SpokenFormatter."""
    command.context_class = SpokenContext
    for inner in getattr(command, "commands", {}).values():
        let_speak(inner)
    return command


def paragraphs(text: str) -> Iterator[str]:
    """The messages that a help text consists of: its paragraphs, each on one line; those kept as written stay so."""
    for paragraph in _PARAGRAPHS.split(text.strip("\n ")):
        yield paragraph if paragraph.startswith(KEPT) else " ".join(paragraph.split())


def help_messages(command: Any) -> Iterator[str]:
    """Everything that translators have to see of a command's help, and of those below it; examples are for typing."""
    said = [command.help, command.short_help, command.epilog, *(getattr(one, "help", "") for one in command.params)]
    for text in filter(None, said):
        yield from (one for one in paragraphs(text) if one and not one.startswith(KEPT))
    if isinstance(command, TyperGroup):
        for inner in command.commands.values():
            yield from help_messages(inner)


def recognised(message: str) -> str:
    """A sentence of the library as a text with its parts; what it never said before stays as it is."""
    if not isinstance(message, Text):
        for template, pattern in _patterns():
            found = pattern.fullmatch(message)
            if found:
                return say(template, **found.groupdict())
    return message


def show_usage_error(error: Any) -> None:
    """Say on standard error what was typed wrongly, and where there is help."""
    if type(error).show not in (USAGE_ERROR.show, LIBRARY_ERROR.show):  # it is the help itself
        error.show()
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        typer.echo(context.get_usage(), err=True)
        hint = say("Try '{command}' for help.", command=f"{context.command_path} {context.help_option_names[0]}")
        typer.echo(f"{told(hint)}\n", err=True)
    typer.echo(told(say("Error: {what}", what=_usage_said(error))), err=True)


def _usage_said(error: Any) -> str:
    whole, message = error.format_message(), error.message
    if isinstance(error, typer.BadParameter) and message and whole.endswith(message):
        place = recognised(whole.removesuffix(message).rstrip())
        return say("{place} {why}", place=place, why=recognised(message))
    return recognised(message if isinstance(message, Text) else whole)


def _looked_up(paragraph: str) -> str:
    if paragraph.startswith(KEPT):
        return KEPT + looked_up(paragraph.removeprefix(KEPT))
    return looked_up(paragraph)


def _row_help(text: str) -> str:
    """The help of one line, which the library may have given an end such as `[default: 200; required]`."""
    found = _EXTRA.fullmatch(text)
    if not found:
        return looked_up(" ".join(text.split()))
    extras = "; ".join(told(recognised(one)) for one in found["extra"].split("; "))
    return "  ".join(filter(None, [looked_up(" ".join(found["help"].split())), f"[{extras}]"]))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(one)))) for one in _SENTENCES)

"""The command `cascade`: loads what is asked for and nothing else, and ends with an honest exit code.

This is the one place of the command line that catches errors.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperGroup

_USAGE: Any = typer.BadParameter.__mro__[1]  # the class of all usage errors, which typer does not export


@dataclass(frozen=True, slots=True)
class _Lazy:
    """Where a command or group lives (`module:attribute`), and what --help says of it before it is loaded."""

    where: str
    says: str
    example: str = ""

    def load(self, name: str) -> Any:
        module, _, attribute = self.where.partition(":")
        target = getattr(import_module(module), attribute)
        if isinstance(target, typer.Typer):
            return typer.main.get_group(target)
        from engine.cli.options import help_text

        alone = typer.Typer(rich_markup_mode=None, add_completion=False)
        alone.command(name, help=help_text(target.__doc__ or self.says, self.example))(target)
        return typer.main.get_command(alone)


_COMMANDS: Mapping[str, _Lazy] = {
    "demo": _Lazy("engine.cli.demo:demo", "Run the sample cascade under a simulated clock.", "cascade demo"),
    "serve": _Lazy("engine.cli.serve:serve", "Run the background service.", "cascade serve"),
    "office": _Lazy("engine.cli.office:app", "The directory of offices: list, show, import."),
    "import": _Lazy("engine.cli.imports:app", "The opening balance: import the list of open tasks."),
    "workflow": _Lazy("engine.cli.workflow:app", "Workflows: check, list, show, words, publish."),
    "directive": _Lazy("engine.cli.directive:app", "Directives: read, issue, list, tree, revoke."),
    "obligation": _Lazy("engine.cli.obligation:app", "What offices owe: list, show, do."),
    "journal": _Lazy("engine.cli.journal:app", "The record of what happened: show, verify."),
    "calendar": _Lazy("engine.cli.calendar:app", "Working days: explain a date."),
    "db": _Lazy("engine.cli.db:app", "The database: create, upgrade, status."),
    "round": _Lazy("engine.cli.rounds:run_rounds", "Run the rounds of time and delivery once, now.", "cascade round"),
}

_EPILOG = """\b
Exit codes:
  0  done                            4  not found
  1  failure                         5  refused, or in conflict
  2  wrong usage                     6  verification failed
  3  invalid definition or document  7  database not available

\b
CASCADE_DATABASE and CASCADE_AS stand for --database and --as, in the
environment or in a file .env. Data goes to standard output, talk to
standard error; every command that reads takes --json.
"""


class _Commands(TyperGroup):
    """The groups by name, loaded when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        lazy = _COMMANDS.get(cmd_name)
        return lazy.load(cmd_name) if lazy else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.says) for name, lazy in _COMMANDS.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, _COMMANDS, 1, 0.5)
            meant = f" Did you mean {near[0]!r}?" if near else f" There are {', '.join(_COMMANDS)}."
            ctx.fail(f"No such command {name!r}.{meant}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (typer.Exit, typer.Abort, _USAGE):
            raise
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except BrokenPipeError:  # whoever read our output has seen enough
            _close_quietly()
            raise typer.Exit(0) from None
        except Exception as error:  # noqa: BLE001 - the last place that can tell a person what went wrong
            raise typer.Exit(_told(error, debug=bool(ctx.params.get("debug")) or _debug_asked())) from None
        return result


app = typer.Typer(
    cls=_Commands,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)


def _show_version(value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"cascade {version('directive-cascade')}")
        except PackageNotFoundError:  # run from a checkout that was never installed
            typer.echo("cascade, from a checkout")
        raise typer.Exit


@app.callback()
def cascade(
    database: Annotated[
        str,
        typer.Option("--database", metavar="URL", help="A SQLite path or postgresql:// URL.", show_default=False),
    ] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Show where a fault of cascade itself came from.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """
    \b
    cascade demo                                     see it work
    cascade db create && cascade office import --sample
    cascade directive read LETTER.txt > draft.yaml   begin in earnest

    Carries a directive down the tree of offices, watches every deadline, and keeps a journal that can be
    verified.
    """


def run() -> None:
    """The console's entry."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="cascade")
    except KeyboardInterrupt:
        sys.exit(130)


def _told(error: Exception, *, debug: bool) -> int:
    """Say on standard error what went wrong, and return the exit code."""
    from workflows.errors import CascadeError

    if isinstance(error, CascadeError):
        from engine.errors import exit_code

        if debug:
            _trace(error)
        typer.echo(str(error), err=True)
        return exit_code(error)
    if debug:
        _trace(error)
    said = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    typer.echo(
        f"This is a fault of cascade itself: {said}. A command is stored whole or not at all; what"
        f" was stored is in the journal.{'' if debug else ' Where it came from: cascade --debug ...'}",
        err=True,
    )
    return 1


def _trace(error: Exception) -> None:
    import traceback

    typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)


def _debug_asked() -> bool:
    return os.environ.get("CASCADE_LOG_LEVEL", "").upper() in ("DEBUG", "TRACE")


def _close_quietly() -> None:
    """Let the interpreter's last flush go nowhere, instead of failing once more."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # a stream without a file behind it has nothing to flush
        return

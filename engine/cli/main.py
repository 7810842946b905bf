"""The command `cascade`: loads what is asked for and nothing else, and ends with an honest exit code.

This is the one place of the command line that catches errors.
"""

import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperGroup

from engine import language
from engine.cli.spoken import KEPT, LIBRARY_ERROR, SpokenContext, let_speak, show_usage_error
from engine.language import looked_up, told
from workflows.text import joined, mark, say


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """What is imported stays: to search it for garbage on the way costs a tenth of a start."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Lazy:
    """Where a command or group lives (`module:attribute`), and what --help says of it before it is loaded."""

    where: str
    says: str
    example: str = ""

    def load(self, name: str) -> Any:
        module, _, attribute = self.where.partition(":")
        with _collecting_nothing():
            target = getattr(import_module(module), attribute)
        if isinstance(target, typer.Typer):
            return let_speak(typer.main.get_group(target))
        from engine.cli.options import help_text

        alone = typer.Typer(rich_markup_mode=None, add_completion=False)
        alone.command(name, help=help_text(target.__doc__ or self.says, self.example))(target)
        return let_speak(typer.main.get_command(alone))


_COMMANDS: Mapping[str, _Lazy] = {
    "demo": _Lazy("engine.cli.demo:demo", mark("Run the sample cascade under a simulated clock."), "cascade demo"),
    "serve": _Lazy("engine.cli.serve:serve", mark("Run the service: pages and rounds."), "cascade serve"),
    "service-files": _Lazy(
        "engine.cli.service_files:service_files",
        mark("Print a systemd unit and an nginx site for the service."),
        "cascade service-files systemd > /etc/systemd/system/cascade.service",
    ),
    "office": _Lazy(
        "engine.cli.office:app",
        mark("The directory of offices: list, show, add, import, export, deputy, absence, address."),
    ),
    "account": _Lazy(
        "engine.cli.account:app",
        mark("Accounts: add, list, show, seat, role, password, token, disable, enable, unlock, sign-ins."),
    ),
    "import": _Lazy("engine.cli.imports:app", mark("The opening balance: import the list of open tasks.")),
    "workflow": _Lazy(
        "engine.cli.workflow:app",
        mark("Workflows: check, simulate, test, list, show, diff, new, diagram, words, publish, retire."),
    ),
    "directive": _Lazy(
        "engine.cli.directive:app",
        mark("Directives: read, issue, list, tree, diagram, unreported, amend, link, urge, revoke."),
    ),
    "obligation": _Lazy(
        "engine.cli.obligation:app", mark("What offices owe: list, show, diagram, form, figures, do, relay.")
    ),
    "task": _Lazy("engine.cli.task:app", mark("Persons' tasks that the ladder opened: list, letter.")),
    "report": _Lazy(
        "engine.cli.report:app",
        mark("Reports: four-groups, follow-up, overdue, urging; on paper and as of any moment."),
    ),
    "journal": _Lazy(
        "engine.cli.journal:app", mark("The record of what happened: show, correct, verify, prove, export.")
    ),
    "seal": _Lazy("engine.cli.seal:app", mark("Seals of the journal: init, now, status, rotate.")),
    "calendar": _Lazy(
        "engine.cli.calendar:app", mark("Working days: show, explain, publish, set-day, swap, versions.")
    ),
    "db": _Lazy("engine.cli.db:app", mark("The database: create, upgrade, copy, status.")),
    "backup": _Lazy(
        "engine.cli.backup:backup",
        mark("Make a backup, beside all work."),
        "cascade backup /var/backups/cascade --keep 14",
    ),
    "restore": _Lazy(
        "engine.cli.restore:restore",
        mark("Try a backup, or restore it into an empty place."),
        "cascade restore office-20231002T190000Z.db --check\ncascade restore office-20231002T190000Z.db --to office.db",
    ),
    "doctor": _Lazy("engine.cli.doctor:doctor", mark("How the installation stands, and what to do."), "cascade doctor"),
    "nodes": _Lazy(
        "engine.cli.nodes:nodes", mark("The service nodes: do they live, how late are they."), "cascade nodes"
    ),
    "outbox": _Lazy("engine.cli.outbox:app", mark("Messages: list, show, log, retry, check.")),
    "webhook": _Lazy("engine.cli.webhook:app", mark("Webhooks: add, list, remove.")),
    "incident": _Lazy("engine.cli.incident:app", mark("What rounds could not carry out: list, show, retry, resolve.")),
    "round": _Lazy(
        "engine.cli.rounds:run_rounds", mark("Run the rounds of time and delivery once, now."), "cascade round"
    ),
}

_BEGIN = mark("""\
cascade demo                                     see it work
cascade db create && cascade office import --sample
cascade directive read LETTER.txt > draft.yaml   begin in earnest""")
_EXITS = mark("""\
Exit codes:
  0  done                            4  not found
  1  failure                         5  refused, or in conflict
  2  wrong usage                     6  verification failed
  3  invalid definition or document  7  database not available""")
_ENVIRONMENT = mark("""\
CASCADE_DATABASE, CASCADE_READ_DATABASE, CASCADE_AS and CASCADE_LANG stand for
--database, --read-database, --as and --lang, in the environment or in a file
.env. Data goes to standard output, talk to standard error;
every command that reads takes --json.""")


class _Commands(TyperGroup):
    """The groups by name, loaded when they are asked for."""

    context_class = SpokenContext

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Settle the language before anything is loaded, then run, and tell a usage error in it."""
        words = [os.fspath(word) for word in (sys.argv[1:] if args is None else args)]
        try:
            result = super().main(
                _reading(_speaking(words)), prog_name, complete_var, False, windows_expand_args, **extra
            )
        except LIBRARY_ERROR as error:
            if not standalone_mode:
                raise
            show_usage_error(error)
            sys.exit(error.exit_code)
        except typer.Abort:
            typer.echo(told(say("Aborted.")), err=True)
            sys.exit(1)
        return sys.exit(result if isinstance(result, int) else 0) if standalone_mode else result

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        lazy = _COMMANDS.get(cmd_name)
        return lazy.load(cmd_name) if lazy else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, looked_up(lazy.says)) for name, lazy in _COMMANDS.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, _COMMANDS, 1, 0.5)
            if near:
                ctx.fail(say("No such command {name}. Did you mean {near}?", name=repr(name), near=repr(near[0])))
            ctx.fail(say("No such command {name}. There are {known}.", name=repr(name), known=list(_COMMANDS)))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (typer.Exit, typer.Abort, LIBRARY_ERROR):
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
    epilog=f"{KEPT}{_EXITS}\n\n{KEPT}{_ENVIRONMENT}",
)


def _show_version(value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"cascade {version('directive-cascade')}")
        except PackageNotFoundError:  # run from a checkout that was never installed
            typer.echo(told(say("cascade, from a checkout")))
        raise typer.Exit


@app.callback(
    help=f"{KEPT}{_BEGIN}\n\n"
    + mark(
        "Carries a directive down the tree of offices, watches every deadline, and keeps a journal that can be verified."
    )
)
def cascade(
    database: Annotated[
        str,
        typer.Option("--database", metavar="URL", help="A SQLite path or postgresql:// URL.", show_default=False),
    ] = "",
    read_database: Annotated[
        str,
        typer.Option(
            "--read-database",
            metavar="URL|none",
            show_default=False,
            help="A replica that everything that only looks reads from [env: CASCADE_READ_DATABASE].",
        ),
    ] = "",
    lang: Annotated[
        str,
        typer.Option(
            "--lang", metavar="vi|en", show_default=False, help="The language to speak; else as the locale says."
        ),
    ] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Show where a fault of cascade itself came from.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """The options before the command; `main` has taken --lang away and brought --read-database here, wherever they stood."""


def run() -> None:
    """The console's entry."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="cascade")
    except KeyboardInterrupt:
        sys.exit(130)


def _speaking(words: list[str]) -> list[str]:
    """Settle the language to speak, and give the words without --lang, which may stand anywhere before a `--`.

    It is what --lang says, else CASCADE_LANG in the environment or in .env, else what the locale asks for.
    """
    language.use(language.of_environment())
    words, end = list(words), words.index("--") if "--" in words else len(words)
    asked, whence = _setting("CASCADE_LANG"), "CASCADE_LANG"
    for place in reversed(range(end)):
        name, equals, value = words[place].partition("=")
        if name == "--lang":
            asked, whence = value if equals else "".join(words[place + 1 : min(place + 2, end)]), "--lang"
            del words[place : place + (1 if equals else 2)]
    if (asked or whence == "--lang") and asked not in language.LANGUAGES:
        known = list(language.LANGUAGES)
        raise typer.BadParameter(say("{asked!r} is not spoken here; there is {known}", asked=asked, known=known),
                                 param_hint=whence)  # fmt: skip
    if asked:
        language.use(asked)
    return words


def _reading(words: list[str]) -> list[str]:
    """The words with --read-database before the command, wherever before a `--` it stood."""
    end = words.index("--") if "--" in words else len(words)
    for place in range(end):
        name, equals, _ = words[place].partition("=")
        if name == "--read-database":
            last = place + (1 if equals else 2)
            others = [*words[:place], *words[last:]] if last <= end else []  # without a value it is all there is to say
            return [*words[place:last], *others]
    return words


def _setting(name: str) -> str:
    """One setting before anything is loaded: the environment, else .env in this folder."""
    if name not in os.environ and os.path.exists(".env"):  # noqa: PTH110  pathlib costs as much as all the rest of --help
        from dotenv import dotenv_values

        return dotenv_values(".env").get(name) or ""
    return os.environ.get(name, "")


def _told(error: Exception, *, debug: bool) -> int:
    """Say on standard error what went wrong, and return the exit code."""
    from workflows.errors import CascadeError

    if isinstance(error, CascadeError):
        from engine.errors import exit_code

        if debug:
            _trace(error)
        typer.echo(told(error.text), err=True)
        if getattr(error, "unreached", False):
            from storage.errors import WHERE_TO_LOOK

            typer.echo(told(joined([WHERE_TO_LOOK, "."], "")), err=True)
        return exit_code(error)
    if debug:
        _trace(error)
    fault = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    said = say("This is a fault of cascade itself: {fault}. A command is stored whole or not at all; what was stored is"
               " in the journal.", fault=fault)  # fmt: skip
    typer.echo(told(said if debug else say("{said} Where it came from: cascade --debug ...", said=said)), err=True)
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

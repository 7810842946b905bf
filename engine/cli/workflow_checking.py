"""`cascade workflow check`, `codes` and `words`: what is wrong with workflow files, and every word and code there is."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.opening import file_bytes
from engine.cli.options import DatabaseOption, DatabaseUnused, JsonOption, command
from engine.cli.printing import data, json_document, pairs, table, talk
from engine.cli.workflow_texts import is_name, named, shipped_text, texts
from engine.errors import INVALID
from engine.exchange.scenarios import read_scenarios
from workflows import words
from workflows.errors import InvalidDefinition, Problem
from workflows.findings import CODES
from workflows.loading import check_text
from workflows.strict_yaml import examine
from workflows.text import Text, joined, say, say_count


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file. `kind` is workflow, or scenarios where it holds those."""

    source: str
    kind: str
    problems: tuple[Problem, ...]
    strict: bool

    @property
    def errors(self) -> int:
        return sum(self.strict or not one.warning for one in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors

    @property
    def result(self) -> Text:
        """`2 errors, 1 warning`."""
        return _result(self.errors, self.warnings)


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", show_default=False)],
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail it too.")] = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Look for everything that is wrong with workflows; exit code 3 if something is.

    FILE is a file, - for standard input, NAME[@VERSION] of a published workflow, or shipped:NAME. What each code means:
    cascade workflow codes.
    """
    found = [_checked(file, database, strict) for file in files]
    errors, warnings = sum(one.errors for one in found), sum(one.warnings for one in found)
    if as_json:
        json_document({"valid": not errors, "problems": [asdict(one) for file in found for one in file.problems],
                       "files": [_as_data(one) for one in found]})  # fmt: skip
    else:
        for problem in (one for file in found for one in file.problems):
            data(problem.text)
        for file in found:
            for line in _told_of(file, several=len(found) > 1):
                talk(line)
        files_read = say_count("{count} file", "{count} files", len(files))
        talk(say("{files} checked: {result}.", files=files_read, result=_result(errors, warnings)))
    if errors:
        raise typer.Exit(INVALID)


def codes(database: DatabaseUnused = "", as_json: JsonOption = False) -> None:
    """Show every code that a problem can have, and what it means.

    A code stays the same: E1xx it is not strict YAML, E2xx it is not what the language allows, E3xx and E4xx it parses and
    cannot work, E5xx a calendar, W4xx it works and is perhaps not meant.
    """
    known = sorted(CODES.items())
    if as_json:
        listed = [{"code": code, "warning": code.startswith("W"), "meaning": say(means)} for code, means in known]
        json_document({"codes": listed})
        return
    table([say("CODE"), say("MEANING")], [(code, say(means)) for code, means in known])


def show_words(database: DatabaseUnused = "", as_json: JsonOption = False) -> None:
    """Show every word a workflow may use, and what it means."""
    if as_json:
        json_document({**words.SETS, "built_in": words.BUILT_IN})
        return
    for title, known in [*words.SETS.items(), (say("steps every workflow has"), words.BUILT_IN)]:
        data(title)
        pairs(((word, say(means)) for word, means in known.items()), indent="  ")
        data()


def _checked(given: str, database: str, strict: bool) -> Checked:
    """What one argument means, checked. Raises NotFound where it is neither a file nor a workflow."""
    if given.startswith("shipped:"):
        return Checked(
            given, "workflow", tuple(check_text(shipped_text(given.removeprefix("shipped:")).text, given)), strict
        )
    if given != "-" and is_name(given) and not Path(given).exists():
        found = named(texts(database), given)
        return Checked(found.key, "workflow", tuple(check_text(found.text, found.key)), strict)
    text = file_bytes(given)
    if _holds_scenarios(text, given):
        return Checked(given, "scenarios", tuple(_of_scenarios(text, given)), strict)
    return Checked(given, "workflow", tuple(check_text(text, given)), strict)


def _holds_scenarios(text: bytes, source: str) -> bool:
    located, _ = examine(text, source) if b"scenarios" in text else (None, [])
    written = located.data if located else None
    return isinstance(written, dict) and "scenarios" in written and "workflow" not in written


def _of_scenarios(text: bytes, source: str) -> list[Problem]:
    """What is wrong with a file of scenarios by itself; whether they fit their workflow, `workflow test` says."""

    def beside(name: str) -> bytes:
        return file_bytes(str(Path(source).parent / name))

    try:
        read_scenarios(text, source, beside)
    except InvalidDefinition as refused:
        return list(refused.problems)
    return []


def _told_of(file: Checked, several: bool) -> Iterator[Text]:
    if file.kind == "scenarios":
        how = f"cascade workflow test {file.source}"
        yield say(
            "{file} holds scenarios of a workflow, and is no workflow; to play them: {how}", file=file.source, how=how
        )
    if several:
        yield say("{file}: {result}", file=file.source, result=file.result)


def _result(errors: int, warnings: int) -> Text:
    said = [say_count("{count} error", "{count} errors", errors) if errors else say("no error")]
    if warnings:
        said.append(say_count("{count} warning", "{count} warnings", warnings))
    return joined(said, ", ")


def _as_data(file: Checked) -> dict[str, Any]:
    counts = {"errors": file.errors, "warnings": file.warnings}
    return {"file": file.source, "kind": file.kind, "valid": not file.errors, **counts}


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade workflow`."""
    command(app, "check", "cascade workflow check flood-season.yaml", "cascade workflow check *.yaml --strict",
            "cascade workflow check government-notice")(check)  # fmt: skip
    command(app, "codes", "cascade workflow codes")(codes)
    command(app, "words", "cascade workflow words")(show_words)

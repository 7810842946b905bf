"""The admin's guide beside the catalog does what it says: its commands run, its texts check, its words exist."""

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.exchange.draft_yaml import from_yaml
from engine.exchange.offices import sample
from engine.exchange.scenario_fields import EXPECT_FIELDS, STEP_FIELDS
from engine.exchange.scenarios import read_scenarios
from workflows import words
from workflows.json_schema import json_schema
from workflows.loading import check_text, shipped, shipped_scenarios
from workflows.obligation import GROUPS
from workflows.strict_yaml import read_yaml

PAGE = (Path(__file__).parents[2] / "workflows" / "catalog" / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(yaml|sh)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
YAML = [text for kind, text in BLOCKS if kind == "yaml"]
NAMED = re.compile(r"# ([\w.-]+\.yaml)(, at its end|, in place of that block)?\n")
OTHERS = ("and", "or", "not", "any_open", "role", "none", "period", "not_required")  # of no closed set
LETTER = """\
number: 91
notation: "SKHCN-VP"
type: "CV"
issued_on: 2023-08-16
subject: "Giao việc"
issuer: "Sở Khoa học và Công nghệ"
issue: {workflow: government-notice, issuer: skhcn, to: [vp]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to type in, with nothing set in the environment."""
    for name in [name for name in os.environ if name.startswith(("CASCADE_", "LC_")) or name in ("LANG", "LANGUAGE")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_of_the_guide_runs_in_its_order_on_the_files_that_it_shows(folder: Path) -> None:
    for kind, text in BLOCKS:
        if kind == "sh":
            for line in text.splitlines():
                run(line)
        elif named := NAMED.match(text):
            file = folder / named[1]
            file.write_text(written(file, named[2], text), encoding="utf-8")
    assert "<svg" in (folder / "timeline.svg").read_text(encoding="utf-8")


def run(line: str) -> None:
    """One line as it is typed; it ends well, or with the exit code that its comment tells."""
    command, _, comment = line.partition(" #")
    typed, output = shlex.split(command), None
    if ">" in typed:
        typed, output = typed[: typed.index(">")], typed[-1]
    assert typed[0] == "cascade", line
    done = CliRunner().invoke(app, typed[1:], prog_name="cascade")
    wanted = re.search(r"exit code (\d)", comment)
    assert done.exit_code == int(wanted[1] if wanted else 0), f"{line}\n{done.output}"
    if output:
        Path(output).write_text(done.stdout, encoding="utf-8")


def written(file: Path, how: str, text: str) -> str:
    """What stands in a file after a block of the guide: the block alone, at its end, or in the place of its namesake."""
    if not how:
        return text
    before = file.read_text(encoding="utf-8")
    text = text.partition("\n")[2]
    if how == ", at its end":
        return f"{before}\n{text}"
    blocks = re.split(r"^(?=\w+:)", before, flags=re.MULTILINE)
    key = text.partition(":")[0]
    assert sum(block.startswith(f"{key}:") for block in blocks) == 1
    return "".join(f"{text}\n" if block.startswith(f"{key}:") else block for block in blocks)


def test_the_fault_that_the_guide_shows_is_told_in_those_words() -> None:
    shown = re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[0]
    text = YAML[0].replace("to: reported", "to: reportd", 1)
    assert [str(problem) for problem in check_text(text, "draft-comments.yaml")] == shown.splitlines()


@pytest.mark.parametrize("text", YAML, ids=lambda text: text.split("\n", 1)[0])
def test_every_text_of_the_guide_is_without_an_error(text: str) -> None:
    assert [str(fault) for fault in faults(text)] == []


def faults(text: str) -> list[Any]:
    """The errors of a text by what it begins with: a whole workflow, scenarios, a letter, or blocks set into the notice."""
    data: dict[str, Any] = read_yaml(text, "guide").data  # type: ignore[assignment]
    if "workflow" in data:
        return errors_in(text)
    if "scenarios" in data:
        read_scenarios(text, "guide", lambda _: sample().encode())
        return []
    if "items" in data:
        from_yaml(text if "number" in data else LETTER + text)
        return []
    notice: dict[str, Any] = read_yaml(shipped()["government-notice"], "notice").data  # type: ignore[assignment]
    if all(isinstance(value, dict) and {"label", "from", "to"} <= value.keys() for value in data.values()):
        return errors_in(json.dumps(with_actions(notice, data)))
    if "levels" in data or "english" in data:
        notice["english"] = {}
    return errors_in(json.dumps(notice | data))


def with_actions(notice: dict[str, Any], actions: dict[str, Any]) -> dict[str, Any]:
    """The notice with these actions; a state that only they know becomes one of it."""
    machine = notice["obligation"]
    machine["actions"] |= actions
    report = machine["actions"]["report"]  # what was passed on is reported too, whatever a fragment says of the rest
    report["from"] = [report["from"], "relayed"] if isinstance(report["from"], str) else report["from"]
    for action in actions.values():
        machine["states"].setdefault(action["to"], "…") if action["to"] != "same" else None
    return notice


def errors_in(text: str) -> list[Any]:
    return [problem for problem in check_text(text) if not problem.warning]


def test_every_word_of_the_language_in_the_guide_exists() -> None:
    known = set(known_words())
    missing = [
        span
        for span in re.findall(
            r"`([a-z][a-z0-9_]*(?:\.[a-z_]+)*)`", re.sub(r"^```.*?^```", "", PAGE, flags=re.S | re.M)
        )
        if not set(span.split(".")) <= known
    ]
    assert missing == []


def known_words() -> Iterator[str]:
    """Every key and word of the language and of scenarios, and every name in the texts that ship or that the guide shows."""
    yield from words.BUILT_IN
    for closed in words.SETS.values():
        for word in closed:
            yield from word.split()
    yield from (*STEP_FIELDS, *EXPECT_FIELDS, *GROUPS, *words.SETS, *OTHERS, *commands())
    yield from keys_of(json_schema())
    for text in (*YAML, *shipped().values(), *shipped_scenarios().values()):
        yield from keys_of(read_yaml(text, "guide").data)


def commands() -> list[str]:
    """The commands that follow `cascade workflow`."""
    said = CliRunner().invoke(app, ["workflow", "--help"], prog_name="cascade").stdout
    return re.findall(r"^  ([a-z-]+)  ", said.split("Commands:")[1], re.MULTILINE)


def keys_of(data: object) -> Iterator[str]:
    """Every key of a text, and every word that a schema allows."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from (one for one in value if isinstance(one, str)) if key == "enum" else keys_of(value)
    elif isinstance(data, list):
        for one in data:
            yield from keys_of(one)


def test_every_workflow_that_ships_is_in_the_table_of_the_catalog() -> None:
    table = PAGE.split("\n## The catalog\n")[1].split("\n## ")[0]
    assert set(shipped()) <= set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))

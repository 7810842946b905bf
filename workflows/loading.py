"""Workflow files: YAML text in, a definition or a workflow out, or every problem with its line and column.

`strict_yaml` reads, the models of `definition` are the schema, `checks` is the lint; they come together here.
"""

from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files

from pydantic import ValidationError

from workflows import schema_faults
from workflows.checks import check
from workflows.definition import Definition
from workflows.errors import InvalidDefinition, Problem
from workflows.findings import CODES, Finding
from workflows.origins import Expanded
from workflows.reuse import expand
from workflows.strict_yaml import Located, Path, examine
from workflows.workflow import Workflow

# Concluded from all states and actions together, so not to be trusted where some of them were mended.
_FROM_THE_WHOLE = {
    *("E307", "E311", "E312", "E313", "E317", "E321", "E323", "E324", "E343", "E376", "E377"),
    *("E402", "E403", "E405", "E406", "W451"),
    *("W401", "W402", "W403", "W471", "W472", "W473", "W474"),
}

_FROM_THE_LEVELS = {"E401", "W455"}  # likewise, from all levels
_FROM_THE_PARTIES = {"E404", "W456", "W457"}  # likewise, from who may take which action
_MACHINES = {"obligation": 1, "machines": 2}  # how far into the data a machine stands

SCENARIOS = ".scenarios.yaml"  # what the file of a workflow's scenarios, beside it, ends with

__all__ = ["CODES", "SCENARIOS", "check_text", "load_definition", "load_workflow", "shipped", "shipped_scenarios"]


def load_definition(text: str | bytes, source: str = "workflow.yaml") -> Definition:
    """The definition in a text. Raises InvalidDefinition naming every problem; warnings alone do not."""
    definition, problems = _read(text, source)
    if definition is None or not all(problem.warning for problem in problems):
        raise InvalidDefinition(source, problems)
    return definition


def check_text(text: str | bytes, source: str = "workflow.yaml") -> list[Problem]:
    """Every problem of a text, errors and warnings, in the order of its lines. Raises nothing."""
    return _read(text, source)[1]


def load_workflow(
    text: str | bytes, version: int, source: str = "workflow.yaml", *, published: bool = False
) -> Workflow:
    """A workflow with its version and the sha256 of its text. Raises InvalidDefinition.

    What was published stays usable: `published` leaves out the lint, which a later release may make stricter.
    """
    definition = _published(text, source) if published else load_definition(text, source)
    raw = text.encode("utf-8") if isinstance(text, str) else text
    return Workflow(definition, version, sha256(raw).hexdigest())


def shipped() -> dict[str, str]:
    """The text of every workflow in the catalog, by name."""
    found = {name.removesuffix(".yaml"): text for name, text in _catalog().items() if not name.endswith(SCENARIOS)}
    return dict(sorted(found.items()))


def shipped_scenarios() -> dict[str, str]:
    """The text of the scenarios of every workflow in the catalog that has some, by the workflow's name."""
    found = {name.removesuffix(SCENARIOS): text for name, text in _catalog().items() if name.endswith(SCENARIOS)}
    return dict(sorted(found.items()))


def _catalog() -> dict[str, str]:
    catalog = files("workflows") / "catalog"
    return {file.name: file.read_text(encoding="utf-8") for file in catalog.iterdir() if file.name.endswith(".yaml")}


def _read(text: str | bytes, source: str) -> tuple[Definition | None, list[Problem]]:
    located, problems = examine(text, source)
    if located is None:
        return None, problems
    definition, findings = _judged(expand(located.data))
    problems = _in_order(problems, [_problem(one, located, source) for one in findings])
    return definition, problems


def _published(text: str | bytes, source: str) -> Definition:
    located, problems = examine(text, source)
    if located is None or problems:
        raise InvalidDefinition(source, problems)
    expanded = expand(located.data)
    definition, findings = _parsed(expanded)
    if definition is None or not all(one.warning for one in expanded.faults):
        found = expanded.as_written([*expanded.faults, *findings])
        raise InvalidDefinition(source, _in_order([], [_problem(one, located, source) for one in found]))
    return definition


def _parsed(expanded: Expanded) -> tuple[Definition | None, list[Finding]]:
    """What the schema says of a file in which reuse is written out."""
    if expanded.cut_short:
        return None, []
    try:
        return Definition.model_validate(expanded.data, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, _faults(error, expanded)


def _faults(error: ValidationError, expanded: Expanded) -> list[Finding]:
    return schema_faults.faults(error, expanded.data, expanded.is_copy) or schema_faults.faults(error, expanded.data)


def _judged(expanded: Expanded) -> tuple[Definition | None, list[Finding]]:
    """What reuse, the schema and the lint say, each where it was written. Of a faulty file, the lint sees a mended copy,
    and what it says of the sound parts is kept."""
    found = list(expanded.faults)
    if expanded.cut_short:
        return None, found
    try:
        definition = Definition.model_validate(expanded.data, by_alias=True, by_name=False)
        found += check(definition)
    except ValidationError as error:
        definition = None
        found += _faults(error, expanded)
        sound, mended = schema_faults.mended(expanded.data, error, expanded.is_copy)
        found += [one for one in check(sound) if _holds(one, mended)] if sound else []
    return definition, list(expanded.as_written(found))


def _holds(finding: Finding, mended: Iterable[Path]) -> bool:
    """Is a finding true of what was written, and not only of its mended copy?"""
    from_the_whole = finding.code in _FROM_THE_WHOLE
    for path in mended:
        # The lines of the due table, the rungs and the follow-up modes are judged against each other.
        scope = path[: {"deadlines": 2, "ladder": 2, "undated_items": 1}.get(str(path[0]), len(path))]
        shared = min(len(scope), len(finding.path))
        if scope[:shared] == finding.path[:shared] or (from_the_whole and _bears_on(path, finding.path)):
            return False
        if path[0] == "levels" and finding.code in _FROM_THE_LEVELS:
            return False
        if "by" in path[-2:] and finding.code in _FROM_THE_PARTIES:
            return False
        if path[0] == "machines" and len(path) <= 2 and finding.code == "E378":
            return False
    return True


def _bears_on(mended: Path, path: Path) -> bool:
    """May what was mended change what follows from the whole of a machine, or of all of them and their levels?"""
    if path[0] in _MACHINES:
        return mended[0] in _MACHINES and path[: _MACHINES[str(path[0])]] == mended[: _MACHINES[str(path[0])]]
    return mended[0] in _MACHINES or mended[0] == "levels"


def _problem(finding: Finding, located: Located, source: str) -> Problem:
    at = located.at_key(finding.path) if finding.on_key else located.at(finding.path)
    return Problem(source, *at, finding.code, finding.message, finding.warning)


def _in_order(first: list[Problem], others: list[Problem]) -> list[Problem]:
    """All problems by place. What others say of a place where YAML was at fault only follows from that."""
    taken = {(problem.line, problem.column) for problem in first}
    fresh = [problem for problem in others if (problem.line, problem.column) not in taken]
    return sorted([*first, *fresh], key=lambda problem: (problem.line, problem.column, problem.code))

"""Everything that a user reads is in both languages: each message has its translation, and every door asks for it."""

import ast
import gettext
import io
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine import language
from engine.cli import main
from engine.cli.spoken import _SENTENCES
from tests.support import catalogue
from tests.support.catalogue import ROOMS, ROOT, TRANSLATED
from workflows.loading import shipped

GIVING = {"say", "say_count", "mark", "joined", "what", "sentence"}  # what gives a text, beside every `…_words`
SAYING = {"say": 1, "mark": 1, "say_count": 2}  # the functions whose first arguments are what translators see
HOW = "run: python -m tests.support.catalogue"


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_every_message_of_the_code_and_of_the_help_is_translated(spoken: str) -> None:
    known = catalogue.read(spoken)
    wanted = {message.id for message in catalogue.template() if message.id}
    held = {message.id for message in known if message.id}
    assert not wanted - held, f"not in the catalogue, {HOW}: {sorted(map(str, wanted - held))}"
    assert not held - wanted, f"in the catalogue and nowhere said, {HOW}: {sorted(map(str, held - wanted))}"
    assert not [one.id for one in catalogue.untranslated(known)]


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_a_translation_fills_in_what_its_message_does(spoken: str) -> None:
    for message in catalogue.read(spoken):
        if not message.id:
            continue
        *_, many = message.id if isinstance(message.id, tuple | list) else (message.id,)
        for said in message.string if isinstance(message.string, tuple | list) else (message.string,):
            assert _fields(said) == _fields(many), many
            assert _edges(said) == _edges(many), f"{many!r}: white space at an end joins it to what it stands beside"


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_the_compiled_catalogue_is_what_the_text_says(spoken: str) -> None:
    compiled = catalogue.po_file(spoken).with_suffix(".mo").read_bytes()
    found, wanted = (
        gettext.GNUTranslations(io.BytesIO(one)) for one in (compiled, catalogue.as_mo(catalogue.read(spoken)))
    )
    assert _entries(found) == _entries(wanted), HOW


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_the_text_of_the_catalogue_changes_only_where_a_message_does(spoken: str) -> None:
    assert catalogue.po_file(spoken).read_bytes() == catalogue.as_po(catalogue.updated(spoken)), HOW


def test_what_is_said_is_a_literal_that_the_extraction_has_found() -> None:
    found = {
        one for message in catalogue.template() for one in ([message.id] if isinstance(message.id, str) else message.id)
    }
    for file, call in _calls():
        for argument in call.args[: SAYING[call.func.id]]:  # type: ignore[attr-defined]
            where = f"{file}:{call.lineno}"
            if isinstance(argument, ast.Constant):
                assert argument.value in found, f"{where}: {argument.value!r} is not extracted"
            else:  # a template out of a table of `mark`ed ones
                tables = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
                for one in tables:
                    assert isinstance(one, ast.Name | ast.Subscript), f"{where}: a template has to be a literal"


def test_no_text_is_lost_in_another_string() -> None:
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                lost = [name for name in _called(node) if name in GIVING or name.endswith("_words")]
                assert not lost, f"{file.relative_to(ROOT)}:{node.lineno}: an f-string keeps only the English of a text"


def _called(node: ast.AST) -> Iterator[str]:
    """The functions called in an f-string, but for what `told` has said already."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.Call):
            yield _named(inner)
            if _named(inner) == "told":
                continue
        yield from _called(inner)


def test_no_refusal_is_an_f_string() -> None:
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _named(node.exc) in REFUSALS:
                for argument in node.exc.args:
                    where = f"{file.relative_to(ROOT)}:{node.lineno}"
                    literal = isinstance(argument, ast.JoinedStr | ast.Constant)
                    assert not (literal and _wordy(argument)), f"{where}: say(...) what is refused"


REFUSALS = {
    "Refused", "NotOpen", "NotYours", "Incomplete", "Unmet", "Conflict", "NotFound", "Unavailable", "WrongSchema",
    "NotSimulated", "Unreadable", "Unverified", "BadParameter", "UnreadableDocument", "Problem",
}  # fmt: skip


def test_the_sentences_of_the_command_lines_library_are_recognised() -> None:
    """What it really says today has to be among those that are said again; a new release may word them otherwise."""
    typed = {
        "Missing argument {name}.": ["obligation", "do"],
        "No such option: {option}": ["obligation", "list", "--nosuch"],
        "Option {option} requires an argument.": ["obligation", "list", "--state"],
        "Option {option} does not take a value.": ["obligation", "list", "--json=1"],
        "Got unexpected extra argument(s) ({arguments})": ["obligation", "list", "x"],
        "Input should be a valid integer, unable to parse string as an integer": ["obligation", "list", "-n", "x"],
        "Input should be greater than or equal to {limit}": ["obligation", "list", "-n", "0"],
        "Input should be less than or equal to {limit}": ["obligation", "list", "-n", "9999999"],
        "No such command {name}. Did you mean {near}?": ["office", "lst"],
        "Missing option {name}.": ["calendar", "explain", "due"],
    }
    assert set(typed) <= set(_SENTENCES)
    for template, words in typed.items():
        done = CliRunner().invoke(main.app, ["--lang", "vi", *words], prog_name="cascade")
        assert done.exit_code == 2
        english = " ".join(re.split(r"\{\w+\}", template)[0].split())
        assert english not in " ".join(done.stderr.split()), f"{words} is not said in Vietnamese: {done.stderr}"


class _Marked(gettext.NullTranslations):
    """A catalogue of a language that nobody speaks: every template in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if re.search(r"[^\W\d_]", re.sub(r"\{[^}]*\}", "", message)) else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalogue", lambda _: _Marked())


# Data that stands outside every sentence: ids, symbols, dates, names and codes of the sample, shapes of a command.
_DATA = re.compile(
    r"\{[A-Z]+\}|[\w./-]*\d[\w./:-]*|\b(?:cascade|[a-z]+/[a-z]+|[a-z_]+\.[a-z_]+|--?[a-z-]+|[a-z]+(?:_[a-z]+)+)\b"
)
READS = [
    ["office", "list"], ["office", "show", "vp"], ["workflow", "list"], ["workflow", "show", "government-notice"],
    ["workflow", "words"], ["directive", "list"], ["directive", "tree", "MAIN"], ["obligation", "list"],
    ["obligation", "show", "MAIN/9"], ["obligation", "show", "MAIN/2"], ["obligation", "show", "MAIN/16"],
    ["journal", "show", "-c", "MAIN"], ["journal", "verify"], ["journal", "show", "--cascade", "administration"],
    ["db", "status"], ["round"], ["task", "list"],
    ["calendar", "explain", "2 working days after receipt", "--from", "31/08/2023"], ["calendar", "show", "2023"],
    ["doctor"], ["journal", "show", "--late"], ["directive", "unreported", "61/SKHCN-VP"],
    ["obligation", "form", "vp", "2023-Q4", "-c", "MAIN"],
    ["directive", "number", "SKHCN-VP", "--issuer", "skhcn", "--year", "2023"],
]  # fmt: skip
REFUSED = [
    ["obligation", "do", "accept", "MAIN/9", "--as", "vp/leader"],
    ["obligation", "do", "report", "MAIN/3", "--as", "skhcn/leader"], ["obligation", "show", "MAIN/999"],
    ["office", "show", "nosuch"], ["directive", "tree", "nosuch"], ["workflow", "show", "nosuch"],
    ["calendar", "explain", "soon", "--from", "31/08/2023"], ["round", "--at", "2020-01-01"],
    ["directive", "read", "nosuch.txt"], ["obligation", "list", "--state", "nosuch"],
]  # fmt: skip


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The demonstration's database, and its main cascade: MAIN in the commands."""
    url = str(tmp_path_factory.mktemp("both") / "demo.db")
    done = CliRunner().invoke(main.app, ["demo", "--json", "--database", url], prog_name="cascade")
    assert done.exit_code == 0
    return url, json.loads(done.stdout)["cascade"]


@pytest.mark.parametrize("words", [*READS, *REFUSED], ids=" ".join)
@pytest.mark.usefixtures("marked")
def test_a_command_says_nothing_past_the_catalogue(demonstration: tuple[str, str], words: list[str]) -> None:
    url, cascade = demonstration
    typed = ["--lang", "vi", "--database", url, *(word.replace("MAIN", cascade) for word in words)]
    done = CliRunner().invoke(main.app, typed, prog_name="cascade")
    assert done.exit_code in ((0,) if words in READS else (2, 3, 4, 5)), done.output
    said = done.output
    while "⟦" in said:  # from the innermost outwards
        said, before = re.sub(r"⟦[^⟦⟧]*⟧", "", said), said
        assert said != before, f"a bracket is not closed: {before}"
    english = [
        word for word in re.findall(r"[A-Za-z]{3,}", _DATA.sub("", said)) if word.lower() not in {*_names(), *words}
    ]
    assert not english, f"said past the catalogue: {english}\n{said}"


def _names() -> set[str]:
    """Words of the sample's own data and of the definition's: names of offices, states, actions, labels."""
    texts = [
        (ROOT / "engine" / "samples" / "offices.yaml").read_text(encoding="utf-8"),
        (ROOT / "engine" / "demo" / "story.yaml").read_text(encoding="utf-8"),
        *shipped().values(),
        " ".join(one for known in _words().values() for one in known),
        " ".join(_words()),
        "timer installer received entries published workflow calendar digest schema count imported offices created",
    ]
    return {word.lower() for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)}


def _words() -> dict[str, dict[str, str]]:
    from workflows import words

    return {**words.SETS, "built_in": words.BUILT_IN}


def _files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (file for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts)


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for file in _files():
        if file.name == "text.py" and file.parent.name == "workflows":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
                yield file.relative_to(ROOT), node


def _named(call: ast.Call) -> str:
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )


def _wordy(node: ast.expr) -> bool:
    literal = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return bool(re.search(r"[a-z]{2,} [a-z]", " ".join(literal)))


def _fields(text: str) -> set[tuple[str, str]]:
    try:
        return {(name, kind or "") for _, name, _, kind in string.Formatter().parse(text) if name is not None}
    except ValueError:  # help may hold a lone brace, and is never filled in
        return set()


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _entries(compiled: gettext.GNUTranslations) -> dict[object, str]:
    return {key: said for key, said in compiled._catalog.items() if key}  # type: ignore[attr-defined]

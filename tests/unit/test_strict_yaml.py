"""What people may write in YAML, what is refused and where, and what a hostile file costs."""

import subprocess
import sys
import textwrap
import time

import pytest
import yaml

from workflows import strict_yaml
from workflows.errors import InvalidDefinition, Problem
from workflows.findings import CODES
from workflows.strict_yaml import DATA, DEFINITION, Limits, examine, read_yaml

BYTES_MAX, NODES_MAX, DEPTH_MAX = DEFINITION.bytes, DEFINITION.nodes, DEFINITION.depth
SECONDS_MAX = 5  # the promise is one; a busy machine is given more

FAULTS = {
    "not UTF-8": (b'a: "x"\nt\xean: "x"\n', "E101", (2, 2)),
    "UTF-16": ("a: b\n".encode("utf-16"), "E101", (1, 1)),
    "a control character": ('a: "x"\nb: "\x07"\n', "E102", (2, 5)),
    "an escaped NUL": ('a: "x"\nb: "y\\0"\n', "E102", (2, 4)),
    "half a surrogate pair": ('a: "\ud800"\n', "E102", (1, 5)),
    "a line end that only YAML sees": ('a: "x\u2028y"\n', "E102", (1, 6)),
    "a lone carriage return": ("a: b\rc: d\n", "E102", (1, 5)),
    "too large": ("#" * (BYTES_MAX + 1), "E103", (1, 1)),
    "too large in bytes alone": ("ế" * (BYTES_MAX // 2), "E103", (1, 1)),
    "too deep": ("[" * DEPTH_MAX + "\n[", "E104", (2, 1)),
    "too deep in blocks": ("- " * (DEPTH_MAX + 1) + "x", "E104", (1, 65)),
    "too many values": ("[" + "a," * NODES_MAX + "]", "E105", (1, 2 * NODES_MAX)),
    "an open quote": ('a: x\nb: "y\nc: z\n', "E106", (2, 4)),
    "a second colon": ("title: Triển khai: bước 1\n", "E106", (1, 18)),
    "a tab for indentation": ("a:\n\tb: c\n", "E106", (2, 1)),
    "a bracket that is not closed": ("a: [b\nc: d\n", "E106", (2, 2)),
    "an anchor": ("a: &x b\n", "E107", (1, 4)),
    "an alias": ("a: b\nc: *x\n", "E107", (2, 4)),
    "a merge key": ("a:\n  <<: {b: c}\n", "E107", (2, 3)),
    "an anchor on a key": ("&x a: b\n", "E107", (1, 1)),
    "an alias for a key": ("*x : b\n", "E107", (1, 1)),
    "a tag": ("a: !!python/object:os.system x\n", "E108", (1, 4)),
    "a tag on a list": ("a: !set [b]\n", "E108", (1, 4)),
    "an empty tag": ('a: ! "b"\n', "E108", (1, 4)),
    "a directive": ("%YAML 1.1\n---\na: b\n", "E108", (1, 1)),
    "a key twice": ("a: b\nc: d\na: e\n", "E109", (3, 1)),
    "a key twice, quoted once": ('{a: b, "a": c}', "E109", (1, 8)),
    "two documents": ("a: b\n---\nc: d\n", "E110", (2, 1)),
    "a number for a key": ("1: b\n", "E111", (1, 1)),
    "true for a key": ("a: b\ntrue: c\n", "E111", (2, 1)),
    "no key": ("? \n: b\n", "E111", (1, 2)),
    "a list for a key": ("? [a, b]\n: c\n", "E111", (1, 3)),
    "nothing": ("", "E112", (1, 1)),
    "only a comment": ("# a: b\n", "E112", (1, 1)),
    "no end of faults": ("[" + "*a," * 1000 + "]", "E113", (1, 299)),
}

HOSTILE = {
    "brackets": "[" * BYTES_MAX,
    "braces": "{" * BYTES_MAX,
    "brackets on lines": "[\n" * (BYTES_MAX // 2),
    "dashes": "- " * (BYTES_MAX // 2),
    "question marks": "? " * (BYTES_MAX // 2),
    "billion laughs": "a: &a [x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "anchors in anchors": "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(10_000)),
    "one plain text": "a" * BYTES_MAX,
    "one quoted text": '"' + "a" * (BYTES_MAX - 2) + '"',
    "one open quote": '"' + "\n" * (BYTES_MAX - 1),
    "escapes": '"' + "\\u0041" * (BYTES_MAX // 6 - 1) + '"',
    "words": "a " * (BYTES_MAX // 2),
    "one number": "9" * BYTES_MAX,
    "a block of empty lines": "a: >\n" + " x\n\n" * (BYTES_MAX // 5),
    "keys": "".join(f"k{n}: v\n" for n in range(25_000)),
    "equal keys": "{" + "a: b," * (BYTES_MAX // 6) + "}",
    "values": "[" + "a," * (BYTES_MAX // 2 - 1) + "]",
    "values deep down": "[" * DEPTH_MAX + "a," * (BYTES_MAX // 2 - DEPTH_MAX),
    "tags": "[" + "!a b," * (BYTES_MAX // 6) + "]",
    "documents": "---\n" * (BYTES_MAX // 4),
    "directives": "%A b\n" * (BYTES_MAX // 5),
    "control characters": "\x01" * BYTES_MAX,
    "empty lines": "\n" * BYTES_MAX,
}


def found_in(text: str | bytes) -> list[Problem]:
    return examine(text, "file.yaml")[1]


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_refused_with_its_code_where_it_stands(fault: str) -> None:
    text, code, at = FAULTS[fault]
    with pytest.raises(InvalidDefinition) as refused:
        read_yaml(text, "file.yaml")
    assert (code, at) in [(one.code, (one.line, one.column)) for one in refused.value.problems]


def test_what_is_too_much_for_a_definition_may_be_data() -> None:
    for fault in ("too large", "too large in bytes alone", "too many values"):
        text, code, _ = FAULTS[fault]
        assert code in [one.code for one in found_in(text)]
        assert code not in [one.code for one in examine(text, "file.yaml", limits=DATA)[1]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[a, b]    ", "E103 the file has 10 bytes; 9 is the most"),
        ("[a,b,c,d]", "E105 there are more than 4 keys and values"),
        ("[a,[[b]]]", "E104 nested more than 2 deep"),
    ],
)
def test_a_refusal_names_the_limit_that_was_given(text: str, says: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_yaml(text, "file.yaml", limits=Limits(bytes=9, nodes=4, depth=2))
    assert [f"{one.code} {one.message}" for one in refused.value.problems] == [says]


def test_every_code_of_yaml_has_a_fault_here() -> None:
    assert {code for _, code, _ in FAULTS.values()} == {code for code in CODES if code.startswith("E1")}


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = 'a: &x "b"\na: c\n1: d\ne: !!int "5"\nf: *x\n? [g]\n: h\n---\ni: j\n'
    assert [one.code for one in found_in(text)] == ["E107", "E109", "E111", "E108", "E107", "E111", "E110"]


def test_a_problem_reads_as_one_line_with_file_line_and_column() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_yaml("a: b\na: c\n", "offices.yaml")
    assert "offices.yaml:2:1 E109 'a' is written twice; it stands at 1:1 already" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("True", "True"),
        ("2023-08-31", "2023-08-31"),
        ("31/08/2023", "31/08/2023"),
        ("12:30:45", "12:30:45"),
        ("007", "007"),
        ("0o17", "0o17"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("1.5", "1.5"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("=", "="),
        ("9" * 19, "9" * 19),
        ('"12"', "12"),
        ("'true'", "true"),
        ('""', ""),
        ("Sở Khoa học", "Sở Khoa học"),
    ],
)
def test_a_value_is_what_it_looks_like(written: str, meant: object) -> None:
    data = read_yaml(f"a: {written}\n", "file.yaml").data
    assert data == {"a": meant}
    assert type(data["a"]) is type(meant)


def test_texts_over_several_lines_are_read() -> None:
    text = "a: |\n  một\n  hai\nb: >-\n  ba\n  bốn\n"
    assert read_yaml(text, "file.yaml").data == {"a": "một\nhai\n", "b": "ba bốn"}


def test_lines_may_end_as_on_windows_and_begin_with_its_mark() -> None:
    located = read_yaml('\ufefftên: "Sở"\r\nb: c\r\n'.encode(), "file.yaml")
    assert located.data == {"tên": "Sở", "b": "c"}
    assert located.at(("b",)) == (2, 4)


LOCATED = 'tên: "Sở Y tế"  # ế\nđơn vị:\n  - {mã: a, cấp: [sở, phòng]}\n  - mã:\n      b\ntrống:\n'


@pytest.mark.parametrize(
    ("path", "value_at", "key_at"),
    [
        ((), (1, 1), (1, 1)),
        (("tên",), (1, 6), (1, 1)),
        (("đơn vị",), (3, 3), (2, 1)),
        (("đơn vị", 0), (3, 5), (3, 5)),
        (("đơn vị", 0, "mã"), (3, 10), (3, 6)),
        (("đơn vị", 0, "cấp", 1), (3, 23), (3, 23)),
        (("đơn vị", 1, "mã"), (5, 7), (4, 5)),
    ],
)
def test_every_key_and_value_knows_its_place(path: tuple[str | int, ...], value_at: object, key_at: object) -> None:
    located = read_yaml(LOCATED, "file.yaml")
    assert located.at(path) == value_at
    assert located.at_key(path) == key_at


def test_what_is_missing_is_told_at_the_key_above_it() -> None:
    located = read_yaml(LOCATED, "file.yaml")
    assert located.at(("đơn vị", 0, "cấp", 7)) == (3, 13)
    assert located.at(("đơn vị", 9, "mã")) == (2, 1)
    assert located.at(("gì", "đó")) == (1, 1)
    assert located.at(("tên", 0)) == (1, 6)


@pytest.fixture(params=["libyaml", "python"])
def _scanner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML with libyaml, and as it is where it came without."""
    loader = {"libyaml": yaml.CSafeLoader, "python": yaml.SafeLoader}[request.param]
    monkeypatch.setattr(strict_yaml, "_LOADER", loader)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_dealt_with_at_once(name: str) -> None:
    began = time.process_time()
    examine(HOSTILE[name], "file.yaml")
    assert time.process_time() - began < SECONDS_MAX


@pytest.mark.usefixtures("_scanner")
@pytest.mark.parametrize("name", ["brackets", "keys", "one open quote"])
def test_a_hostile_file_is_dealt_with_also_without_libyaml(name: str) -> None:
    began = time.process_time()
    examine(HOSTILE[name], "file.yaml")
    assert time.process_time() - began < 4 * SECONDS_MAX


@pytest.mark.usefixtures("_scanner")
@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"too many values"}))
def test_both_scanners_refuse_the_same(fault: str) -> None:
    text, code, _ = FAULTS[fault]
    assert code in [one.code for one in found_in(text)]


@pytest.mark.usefixtures("_scanner")
def test_both_scanners_see_the_same_places() -> None:
    located = read_yaml(LOCATED, "file.yaml")
    assert located.at(("đơn vị", 0, "cấp", 1)) == (3, 23)
    assert located.at_key(("trống",)) == (6, 1)


def test_hostile_files_leave_the_memory_alone() -> None:
    """Peak memory of a process that reads them all: its imports, and less than 100 MB more."""
    program = """
        import resource, sys
        from tests.unit.test_strict_yaml import HOSTILE, examine
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for text in HOSTILE.values():
            examine(text, "file.yaml")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    kibibytes = int(done.stdout) // (1024 if sys.platform == "darwin" else 1)
    assert kibibytes < 100 * 1024

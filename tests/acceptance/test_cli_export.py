"""What leaves with an auditor: an archive that a file without the program checks, and tables that are read safely."""

import csv
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

from engine.archiving import places, tables, whole
from storage import archived, verify_archive
from tests.acceptance.conftest import Typed

pytestmark = pytest.mark.filterwarnings("error")
LEADER = ("--as", "skhcn/leader")


def alone(checker: Path, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The checker as an auditor runs it: somewhere else, isolated, with nothing in the environment."""
    return subprocess.run(
        [sys.executable, "-I", str(checker), *words], cwd=folder, env={}, capture_output=True, text=True, check=False,
        encoding="utf-8", timeout=60,
    )  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    made = tmp_path / "elsewhere"
    made.mkdir()
    return made


@pytest.mark.parametrize("name", ["audit", "audit.zip"])
def test_an_archive_is_checked_by_its_own_file_in_an_empty_folder(
    issued: Typed, tmp_path: Path, empty: Path, name: str
) -> None:
    said = issued("journal", "export", "--output", name)
    assert said.data.startswith(f"{name}: ")
    assert "verify.py" in said.talk
    if name.endswith(".zip"):
        with zipfile.ZipFile(name) as packed:
            checker = Path(packed.extract("verify.py", empty))
        shutil.move(name, empty / name)
    else:
        shutil.move(name, empty / name)
        checker = empty / name / "verify.py"
    done = alone(checker, name, "--json", folder=empty)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    verified = issued.json("journal", "verify")
    assert (found["entries"], found["chains"]) == (verified["entries"], verified["chains"])
    assert "no seal" in " ".join(found["cannot_show"])
    assert "Hợp lệ" in alone(checker, name, "--lang", "vi", folder=empty).stdout
    assert not list(tmp_path.glob(".*partial*"))


def test_seals_and_the_notes_kept_outside_are_checked_too(issued: Typed, empty: Path) -> None:
    issued("seal", "init", "--key", "seal.key")
    issued("seal", "now", "--key", "seal.key")
    issued("journal", "export", "--output", "audit")
    notes = empty / "notes"
    shutil.copytree("audit/seals", notes)
    done = alone(Path("audit/verify.py").absolute(), str(Path("audit").absolute()), "--seals", "notes", folder=empty)
    assert done.returncode == 0, done.stdout
    assert "seals: 1 (" in done.stdout
    assert "it is what was kept outside" in done.stdout
    note = next(notes.glob("*.note"))
    note.rename(notes / "0000000002.note")
    assert alone(Path("audit/verify.py").absolute(), str(Path("audit").absolute()), "--seals", "notes",
                 folder=empty).returncode == 6  # fmt: skip


def test_what_was_changed_is_named_as_the_program_names_it_in_both_languages(issued: Typed, empty: Path) -> None:
    issued("journal", "export", "--output", "audit")
    [path] = [one for one in Path("audit/journal").iterdir() if not one.name.startswith("administration")]
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = (
        lines[4].replace(b"clerk", b"klerk", 1) if b"clerk" in lines[4] else lines[4].replace(b"lead", b"laed", 1)
    )
    path.write_bytes(b"".join(lines))
    checker, archive = Path("audit/verify.py").absolute(), str(Path("audit").absolute())
    chain = path.name.removesuffix(".jsonl")
    done = alone(checker, archive, folder=empty)
    assert done.returncode == 6
    assert f"entry 5 of {chain}: its hash does not follow from its body and the entry before it" in done.stdout
    assert f"archive: journal/{path.name} is not what the manifest says" in done.stdout
    told = alone(checker, archive, "--lang", "vi", folder=empty).stdout
    assert f"mục 5 của {chain}: mã băm không suy ra từ nội dung mục và mục trước" in told


@pytest.mark.parametrize("words", [(".",), ("nosuch.zip",), ("broken.zip",)])
def test_what_is_no_archive_is_told_apart_from_a_bad_one(empty: Path, words: tuple[str, ...]) -> None:
    (empty / "broken.zip").write_bytes(b"PK\3\4 no zip")
    done = alone(Path(verify_archive.__file__), *words, folder=empty)
    assert done.returncode == 2
    assert "is no archive of the journal" in done.stderr


def test_an_archive_of_one_cascade_holds_the_administration_too_and_says_that_it_is_not_all(issued: Typed) -> None:
    [chain] = [one["cascade"] for one in issued.json("directive", "list")["directives"]]
    issued("journal", "export", "--output", "one", "--cascade", chain[:4])
    assert sorted(one.name for one in Path("one/journal").iterdir()) == sorted(
        [f"{chain}.jsonl", "administration.jsonl"]
    )
    check = verify_archive.Check(verify_archive.Place("one")).run()
    assert check.faults == []
    assert any("some chains only" in says for says, _ in check.unknown)


def test_long_chains_are_split_and_read_by_several_processes(issued: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "PART_MAX", 7)
    monkeypatch.setattr(verify_archive, "PARALLEL_FROM", 2_000)
    issued("journal", "export", "--output", "split")
    names = sorted(one.name for one in Path("split/journal").iterdir())
    assert len(names) > 6
    check = verify_archive.Check(verify_archive.Place("split"), jobs=2).run()
    assert check.faults == []
    assert check.entries == issued.json("journal", "verify")["entries"]
    gone = next(one for one in Path("split/journal").iterdir() if one.name.endswith(".0003.jsonl"))
    gone.unlink()
    [of_files, of_chain] = verify_archive.Check(verify_archive.Place("split"), jobs=2).run().faults
    assert of_files.chain == "archive"
    assert (of_chain.seq, of_chain.says) == (22, "entry {number} is missing before it")


def test_nothing_is_replaced_and_a_wrong_place_or_filter_is_named(issued: Typed) -> None:
    Path("there.zip").write_bytes(b"mine")
    said = issued("journal", "export", "--output", "there.zip", ends=5)
    assert "there already" in said.talk
    assert Path("there.zip").read_bytes() == b"mine"
    assert "no folder" in issued("journal", "export", "--output", "nosuch/a.zip", ends=3).talk
    assert "whole chains" in issued("journal", "export", "--output", "a", "--from", "1/8/2023", ends=2).talk
    assert "no documents" in issued("journal", "export", "--output", "a.csv", "--without-documents", ends=2).talk
    issued("journal", "export", "--output", "a.csv", "--kind", "nosuch", ends=2)
    issued("journal", "export", "--output", "a", "--cascade", "nosuch", ends=4)
    assert sorted(one.name for one in Path().iterdir() if one.name.startswith((".a", "a", ".there"))) == []


@pytest.mark.parametrize("ending", [".zip", "", ".csv", ".xlsx", ".parquet"])
def test_an_export_that_fails_half_way_leaves_nothing(
    issued: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(places, "_take_name", full)
    before = {one.name for one in tmp_path.iterdir()}
    said = issued("journal", "export", "--output", f"half{ending}", ends=3)
    assert "No space left" in said.talk
    assert {one.name for one in tmp_path.iterdir()} - before <= {"issued.db-wal", "issued.db-shm"}


@pytest.mark.parametrize("ending", [".zip", ""])
def test_a_killed_export_leaves_nothing_under_its_name(issued: Typed, tmp_path: Path, ending: str) -> None:
    """Killed between its last file and its name, as unkindly as can be."""
    script = (
        "import os, signal, sys\nfrom engine.archiving import places\n"
        "places._take_name = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from engine.cli.main import run\nrun()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--database", issued.database, "journal", "export", "--output", f"half{ending}"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(places.__file__).parents[2])}, check=False, timeout=60,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / f"half{ending}").exists()
    assert list(tmp_path.glob(".half*.partial"))
    issued("journal", "export", "--output", f"half{ending}")


# Tables


EVIL = '=HYPERLINK("http://x","y")'


@pytest.fixture
def evil(issued: Typed) -> Typed:
    """A correction whose reason would be a formula."""
    holder = issued.json("obligation", "show", "1")["holder"]
    issued("obligation", "do", "receive", "1", "--as", f"{holder}/clerk")
    given = ("--ask", "symbol=16/BC-VP", "--ask", "sent_on=16/08/2023")
    done = issued.json("obligation", "do", "report", "1", "--as", f"{holder}/leader", *given)
    entry = f"{done['cascade']}/{done['first_seq']}"
    issued("journal", "correct", entry, "symbol", "17/BC-VP", "--reason", EVIL, "--as", f"{holder}/leader")
    return issued


def test_a_table_of_csv_has_no_formula_and_its_instants_are_vietnams(evil: Typed) -> None:
    evil("journal", "export", "--output", "t.csv")
    rows = list(csv.DictReader(Path("t.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == evil.json("journal", "verify")["entries"]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    [report] = [row for row in rows if row["By document"]]
    assert report["Recorded"].startswith("2023-08-16 ")
    assert [report[name] for name in ("By document", "From state", "Office", "Document")] == [
        "16/BC-VP", "working", "vp", "72/SGTVT-VP",
    ]  # fmt: skip
    [corrected] = [row for row in rows if row["Kind"] == "Corrected"]
    assert corrected["Reason"] == f"'{EVIL}"
    assert {len(row["Hash"]) for row in rows} == {64}


def test_a_table_of_xlsx_opens_with_dates_as_dates_and_text_as_text(evil: Typed) -> None:
    evil("--lang", "vi", "journal", "export", "--output", "t.xlsx", "--office", "vp")
    sheet = openpyxl.load_workbook("t.xlsx").active
    assert sheet.freeze_panes == "C2"
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert {row["Cơ quan, đơn vị"].value for row in rows} == {"vp"}
    [cell] = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value == EVIL]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert rows[0]["Ghi lúc"].is_date
    assert rows[0]["Ghi lúc"].value.hour == 9
    assert sheet.column_dimensions["E"].width > 40


def test_an_entry_that_cannot_be_read_is_told_and_an_archive_holds_it_as_it_lies(issued: Typed) -> None:
    with sqlite3.connect(issued.database) as past:
        past.execute("DROP TRIGGER journal_no_update")
        past.execute("UPDATE journal SET recorded_at = x'00' WHERE cascade_id = 'administration' AND seq = 2")
    past.close()
    assert "1 entry cannot be read" in issued("journal", "export", "--output", "t.csv").talk
    issued("journal", "export", "--output", "audit")
    check = verify_archive.Check(verify_archive.Place("audit")).run()
    [inside] = [one for one in issued.json("journal", "verify", ends=6)["faults"] if one["seq"]]
    assert (
        [(one.chain, one.seq) for one in check.faults] == [(inside["chain"], inside["seq"])] == [("administration", 2)]
    )


def test_more_rows_than_a_sheet_takes_go_to_further_sheets(tmp_path: Path) -> None:
    rows = ([f"r{number}"] + [None] * (len(tables.COLUMNS) - 1) for number in range(7))
    made = tables.write_xlsx(tmp_path / "many.xlsx", rows, most=4)
    assert (made.rows, made.sheets) == (7, 3)
    book = openpyxl.load_workbook(tmp_path / "many.xlsx")
    assert [[row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] for sheet in book] == [
        ["r0", "r1", "r2"], ["r3", "r4", "r5"], ["r6"],
    ]  # fmt: skip
    assert all(sheet["A1"].value == "Cascade" for sheet in book)


def test_a_text_that_a_cell_does_not_take_is_cut_and_counted(tmp_path: Path) -> None:
    long = ["x" * 40_000] + [None] * (len(tables.COLUMNS) - 1)
    assert tables.write_xlsx(tmp_path / "long.xlsx", [long]).cut == 1
    value = openpyxl.load_workbook(tmp_path / "long.xlsx").active["A2"].value
    assert len(value) <= tables.CELL_MAX
    assert value.endswith("the archive has all of it)")


def test_a_table_of_parquet_has_types(evil: Typed) -> None:
    evil("journal", "export", "--output", "t.parquet", "--from", "16/8/2023", "--to", "16/8/2023")
    table = pyarrow.parquet.read_table("t.parquet")
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["seq"], kinds["recorded_at"], kinds["simulated"]) == ("int64", "timestamp[us, tz=UTC]", "bool")
    assert EVIL in table.column("reason").to_pylist()
    evil("journal", "export", "--output", "none.parquet", "--from", "1/1/2030")
    assert pyarrow.parquet.read_table("none.parquet").num_rows == 0


def test_without_pyarrow_it_is_said_what_to_install(issued: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    said = issued("journal", "export", "--output", "t.parquet", ends=3)
    assert "pip install 'directive-cascade[parquet]'" in said.talk
    assert not Path("t.parquet").exists()


# The checker itself


def test_the_checker_is_one_file_of_the_standard_library_that_python_3_8_reads() -> None:
    import ast

    tree = ast.parse(Path(verify_archive.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    named = {one.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    named |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named <= sys.stdlib_module_names


def test_it_knows_the_same_facts_that_name_documents_as_the_program() -> None:
    assert archived.NAMES_DOCUMENTS == verify_archive._DOCUMENTS_OF
    named = {"kind": "Attached", "fact": {"files": [{"digest": "a" * 64, "name": "x"}, {"digest": "b" * 64}]}}
    assert archived.documents_named("Attached", named) == verify_archive._documents_of(named) == ["a" * 64, "b" * 64]


def test_its_words_are_the_programs_where_both_say_the_same() -> None:
    from engine.language import _catalogue

    shared = [one for one in verify_archive.VIETNAMESE if _catalogue("vi").gettext(one) != one]
    assert len(shared) > 10
    for english in shared:
        assert verify_archive.VIETNAMESE[english] == _catalogue("vi").gettext(english)


def test_its_signatures_are_those_of_the_library() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    for number in range(20):
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(bytes([number])).digest())
        public, message = key.public_key().public_bytes_raw(), bytes(range(number * 7 % 200))
        signature = key.sign(message)
        assert verify_archive.signed(public, message, signature)
        assert not verify_archive.signed(public, message + b"x", signature)
        for place in (0, 31, 32, 63):
            bad = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
            assert not verify_archive.signed(public, message, bad)
        high = int.from_bytes(signature[32:], "little") + verify_archive._L
        assert not verify_archive.signed(public, message, signature[:32] + high.to_bytes(32, "little"))


STRANGE = ([], {}, None, True, "x", -1, 1e99, [[1]], {"a": 1}, 10**30, "\ud800")


def test_whatever_somebody_writes_into_an_archive_the_checker_says_a_verdict(issued: Typed) -> None:
    issued("seal", "init", "--key", "seal.key")
    issued("seal", "now", "--key", "seal.key")
    issued("journal", "export", "--output", "audit")
    files = sorted(one for one in Path("audit").rglob("*.json*") if one.name != "manifest.json")
    for number in range(80):
        dice = random.Random(number)
        path = dice.choice(files)
        before = path.read_text(encoding="utf-8")
        lines = before.splitlines() if path.suffix == ".jsonl" else [before]
        if not lines:
            continue
        at = dice.randrange(len(lines))
        line = json.loads(lines[at])
        body = json.loads(line["body"]) if "body" in line and dice.random() < 0.6 else None
        inside, key = dice.choice(list(_places(line if body is None else body)))
        inside[key] = dice.choice(STRANGE)
        if body is not None:
            line["body"] = json.dumps(body)
        lines[at] = json.dumps(line)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        check = verify_archive.Check(verify_archive.Place("audit"), "audit/seals").run()
        assert check.faults, path
        assert verify_archive.report(check, "vi")
        path.write_text(before, encoding="utf-8")
    assert not verify_archive.Check(verify_archive.Place("audit"), "audit/seals").run().faults


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from _places(inner)

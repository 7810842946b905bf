"""A proof of an entry stands by itself, and nothing in it can be changed."""

import copy
import re
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from storage import proofs
from tests.support.desk import Desk
from tests.support.sealing import sealed, something_happens, with_key
from workflows.directive import ADMINISTRATION
from workflows.errors import NotFound

ON_PARTITIONS = "long"


def proved(desk: Desk, chain: str, seq: int) -> dict[str, Any]:
    with desk.runtime.database.reading() as connection:
        return proofs.prove(connection, chain, seq)


def test_every_sealed_entry_can_be_proved_by_the_first_seal_that_covers_it(desk: Desk, tmp_path: Path) -> None:
    desk.order("2023-09-29", "unit-1")
    made = with_key(desk.runtime, tmp_path)
    first, before = sealed(made), desk.head().last_seq
    desk.act("unit-1/clerk", 2, "receive")
    something_happens(desk.runtime)
    second = sealed(made)
    for one in desk.entries():
        shown = proofs.check(orjson.dumps(proved(desk, desk.cascade, one.seq)))
        seal = first if one.seq <= before else second
        assert (shown.chain, shown.seq, shown.hash, shown.body) == (desk.cascade, one.seq, one.hash, one.body)
        assert (shown.seal, shown.sealed_at) == (seal.number, seal.at)
    assert proofs.check(orjson.dumps(proved(desk, ADMINISTRATION, 1))).seal == 1


def test_what_is_not_sealed_or_not_there_cannot_be_proved(desk: Desk, tmp_path: Path) -> None:
    sealed(with_key(desk.runtime, tmp_path))
    something_happens(desk.runtime)
    with desk.runtime.database.reading() as connection:
        [(head,)] = connection.exec_driver_sql("SELECT admin_seq FROM installation").fetchall()
    with pytest.raises(proofs.NotSealed, match="cascade seal now"):
        proved(desk, ADMINISTRATION, head)
    for chain, seq in ((ADMINISTRATION, head + 1), ("nothing", 1)):
        with pytest.raises(NotFound):
            proved(desk, chain, seq)


def _changed(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return ("1" if value[0] != "1" else "2") + value[1:] if value else "0" * 64
    return None


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [one for key, part in value.items() for one in _places(part, (*way, key))]
    if isinstance(value, list):
        return [one for key, part in enumerate(value) for one in _places(part, (*way, key))] + [
            (*way, "shorter")
        ] * bool(value)
    return [way]


def test_whatever_is_changed_in_a_proof_it_holds_no_more(desk: Desk, tmp_path: Path) -> None:
    desk.order("2023-09-29", "unit-1")
    sealed(with_key(desk.runtime, tmp_path))
    whole = proved(desk, desk.cascade, 2)
    places = _places(whole)
    assert len(places) > 15
    for way in places:
        changed = copy.deepcopy(whole)
        *above, last = way
        there = changed
        for step in above:
            there = there[step]
        if last == "shorter":
            there.pop()
        else:
            there[last] = _changed(there[last])
        with pytest.raises(proofs.Unproved):
            proofs.check(orjson.dumps(changed))
            pytest.fail(f"{way} was changed, and nobody noticed")


@pytest.mark.parametrize("bad", [b"", b"[]", b"{}", b"nonsense", b'{"kind":1,"format":1}', b"\xff"])
def test_what_is_no_proof_is_refused(bad: bytes) -> None:
    with pytest.raises(proofs.Unproved):
        proofs.check(bad)


def by_hand(folder: Path, proof: dict[str, Any]) -> bool:
    """What the auditor's page says to do without this program."""
    page = (Path(__file__).parents[2] / "storage" / "README.md").read_text(encoding="utf-8")
    section = page.split("**One entry for a third person.**")[1].split("## An archive")[0]
    [sketch] = re.findall(r"```python\n(.*?)```", section, re.S)
    [command] = re.findall(r"```sh\n(.*?)```", section, re.S)
    (folder / "proof.json").write_bytes(orjson.dumps(proof))
    (folder / "sketch.py").write_text(sketch, encoding="utf-8")
    read = subprocess.run(
        [sys.executable, "-I", "sketch.py", "proof.json"], cwd=folder, capture_output=True, check=False
    )
    return (
        not read.returncode
        and not subprocess.run(shlex.split(command), cwd=folder, capture_output=True, check=False).returncode
    )


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_a_proof_is_checked_by_hand_as_the_auditors_page_says(desk: Desk, tmp_path: Path) -> None:
    desk.order("2023-09-29", "unit-1", "unit-2", "unit-3")
    made = with_key(desk.runtime, tmp_path)
    sealed(made)
    made.rotate(timedelta(days=7))
    desk.act("unit-1/clerk", 2, "receive")
    sealed(made)
    for chain, seq in ((desk.cascade, 1), (desk.cascade, len(desk.entries())), (ADMINISTRATION, 1)):
        proof = proved(desk, chain, seq)
        assert by_hand(tmp_path, proof)
    for where in (("entry", "body"), ("head", "hash"), ("keys", 0, "public_key")):
        other = copy.deepcopy(proof)
        holder = other
        for step in where[:-1]:
            holder = holder[step]
        holder[where[-1]] = _changed(holder[where[-1]])
        assert not by_hand(tmp_path, other), where

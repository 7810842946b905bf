"""A directory of offices as large as a province's is read; one that is larger than any is refused at once."""

import time

import pytest

from engine.exchange.offices import OFFICES_MAX, read_offices
from workflows import strict_yaml
from workflows.errors import InvalidDefinition
from workflows.strict_yaml import DATA, DEFINITION

SECONDS_MAX = 20  # two are usual; a busy machine, and PyYAML without libyaml, are given more


def directory(count: int) -> str:
    """As many offices as wanted, every field written, three to five levels of them."""
    blocks = ['  o0: {name: "UBND tỉnh", level: province, host: true}\n']
    blocks += [
        f'  o{n}:\n    name: "Phòng Kế hoạch và Quản lý dự án số {n}"\n    short: "PKH{n}"\n    level: unit\n'
        f"    above: o{n // 12}\n    outside: false\n    host: false\n"
        '    people: {clerk: "Văn thư", officer: "Chuyên viên", leader: "Trưởng phòng"}\n'
        for n in range(1, count)
    ]
    return "offices:\n" + "".join(blocks)


def test_a_directory_of_five_thousand_offices_is_read() -> None:
    text = directory(OFFICES_MAX)
    assert OFFICES_MAX == 5_000
    assert DEFINITION.bytes < len(text.encode()) < DATA.bytes
    began = time.process_time()
    offices = read_offices(text, "offices.yaml")
    assert time.process_time() - began < SECONDS_MAX
    assert len(offices) == OFFICES_MAX
    assert (offices[-1].id, offices[-1].above) == ("o4999", "o416")
    assert offices[-1].people["leader"] == "Trưởng phòng"


def test_a_directory_of_one_office_more_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="O103 5,001 offices; 5,000 is the most"):
        read_offices(directory(OFFICES_MAX + 1), "offices.yaml")


def test_a_directory_over_four_mebibytes_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = directory(OFFICES_MAX)
    text += "#" * (DATA.bytes - len(text.encode()) + 1)
    monkeypatch.delattr(strict_yaml.yaml, "parse")  # not one event of it is read
    for given in (text, text.encode()):
        with pytest.raises(InvalidDefinition) as refused:
            read_offices(given, "offices.yaml")
        [said] = refused.value.problems
        assert (said.line, said.column, said.code) == (1, 1, "E103")
        assert said.message == "the file has 4,194,305 bytes; 4,194,304 is the most"


def test_a_file_full_of_faults_is_refused_with_a_hundred_of_them_and_the_number_of_the_rest() -> None:
    rows = "\n".join(f'  u{n}: {{name: "Unit", level: unit, colour: "red"}}' for n in range(150))
    with pytest.raises(InvalidDefinition) as refused:
        read_offices(f"offices:\n{rows}\n", "offices.yaml")
    assert len(refused.value.problems) >= 150
    assert len(str(refused.value).splitlines()) == 102
    assert "more; mend these first" in str(refused.value)

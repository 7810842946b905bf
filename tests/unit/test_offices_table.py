"""A directory of offices as a table is checked as its YAML is: every fault at its cell, nothing twice."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from engine.exchange.errors import UnreadableDocument
from engine.exchange.offices import read_offices, sample
from engine.exchange.offices_blocks import keeping_deputies, to_yaml, with_one_more
from engine.exchange.offices_table import read_offices_table, to_csv
from tests.support.lists import workbook
from tests.support.offices import DEPARTMENT, directory
from workflows.errors import InvalidDefinition, Unmet
from workflows.offices import Absence, Deputy, Offices

HEADERS = "id,name,short,level,above,outside,host,clerk,officer,leader"
HOST = "d,Sở,,department,,,yes,,,"


def faults(*rows: str) -> list[str]:
    with pytest.raises(InvalidDefinition) as error:
        read_offices_table("\n".join([HEADERS, *rows]).encode(), "offices.csv")
    return [f"{one.line}:{one.column} {one.code} {one.message}" for one in error.value.problems]


def test_the_sample_as_a_table_is_the_sample() -> None:
    offices = read_offices(sample(), "sample")
    assert read_offices_table(to_csv(offices).encode(), "offices.csv") == offices
    assert read_offices(to_yaml(offices), "offices.yaml") == offices


def test_a_spreadsheet_with_vietnamese_headers_is_read() -> None:
    data = workbook(
        ["DANH BẠ CƠ QUAN"],
        [
            "STT",
            "Mã đơn vị",
            "Tên đơn vị",
            "Tên viết tắt",
            "Cấp",
            "Cấp trên",
            "Bên ngoài",
            "Chủ quản",
            "Văn thư",
            "Lãnh đạo",
        ],
        [1, "ubnd", "UBND tỉnh", None, "province", None, "Có", None, None, None],
        [2, "so", "Sở", "S", "department", "ubnd", "Không", "x", "Văn thư Sở", "Giám đốc"],
    )
    province, department = read_offices_table(data, "offices.xlsx")
    assert (province.id, province.outside, province.host, dict(province.people)) == ("ubnd", True, False, {})
    assert (department.short, department.above, department.host) == ("S", "ubnd", True)
    assert department.people == {"clerk": "Văn thư Sở", "leader": "Giám đốc"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["A,Sở,,department,,,yes,,,"], ["2:1 O104 'A' cannot be an id"]),
        (["d,,,,,,yes,,,"], ["2:1 O107 d has no `name`", "2:1 O107 d has no `level`"]),
        ([HOST, ",Phòng,,unit,d,,,,,"], ["3:1 O130 the row has no id"]),
        ([HOST, "a,Phòng,,unit,d,,,,,", "a,Ban,,unit,d,,,,,"], ["4:1 O131 a stands in line 3 already"]),
        (["d,Sở,,department,,perhaps,yes,,,"], ['2:6 O132 "perhaps" is neither yes nor no']),
        ([HOST, "a,Phòng,,unit,z,,,,,"], ["3:5 O109 no office 'z' in this directory"]),
        ([HOST, "a,A,,unit,b,,,,,", "b,B,,unit,a,,,,,"], ["3:5 O110 a would be above itself", "4:5 O110 b would be"]),
        (["d,Sở,,department,,,,,,"], ["1:1 O111 no office is the host"]),
        ([HOST, "e,Sở,,department,,,x,,,"], ["3:7 O111 d is the host already"]),
        (["d,Sở,,department,,x,x,,,"], ["2:7 O112 d runs this installation"]),
        ([f"d,{'a' * 301},,department,,,yes,,,"], ["2:2 O106 `name` has to hold 1 to 300 letters"]),
    ],
)
def test_each_fault_is_told_at_its_cell(rows: list[str], says: list[str]) -> None:
    found = faults(*rows)
    assert len(found) == len(says)
    assert all(one.startswith(said) for one, said in zip(found, says, strict=True))


def test_a_cell_without_a_value_is_a_fault_and_a_date_is_its_text() -> None:
    heads = HEADERS.split(",")
    with pytest.raises(InvalidDefinition, match="O133 its formula has no stored value"):
        read_offices_table(workbook(heads, ["d", "=A1", "", "department", "", "", "x"]), "offices.xlsx")
    [office] = read_offices_table(workbook(heads, ["d", datetime(2023, 1, 1), "", "department", "", "", "x"]), "o.xlsx")
    assert office.name == "2023-01-01 00:00:00"


def test_a_table_without_ids_is_refused_with_the_columns_that_are_missing() -> None:
    with pytest.raises(UnreadableDocument, match='T109 there is no column "id"'):
        read_offices_table(b"name,level,host\nA,unit,x\n", "offices.csv")


def test_deputies_and_absences_go_out_as_yaml_and_stay_where_a_table_comes_in() -> None:
    since = date(2023, 8, 21)
    office = replace(
        directory(2)[2],
        deputies=(
            Deputy("leader", "unit-1/leader", since, date(2023, 8, 25), ("accept",), "70/QĐ"),
            Deputy("clerk", "A", since),
        ),
        absent=(Absence("officer", since),),
    )
    offices = [office if one.id == office.id else one for one in directory(2)]
    assert read_offices(to_yaml(offices), "offices.yaml") == offices
    table = read_offices_table(to_csv(offices).encode(), "offices.csv")
    assert table == directory(2)
    assert keeping_deputies(table, Offices({one.id: one for one in offices})) == offices
    without = [one for one in table if one.id != "unit-1"]
    with pytest.raises(Unmet, match="'unit-1/leader' is no seat"):
        keeping_deputies(without, Offices({one.id: one for one in offices}))


def test_an_office_that_joins_is_checked_with_the_others() -> None:
    block = {"name": "Phòng", "level": "unit", "above": DEPARTMENT}
    assert with_one_more(directory(2), "new", block).above == DEPARTMENT
    for id_, changed, says in (
        ("New", {}, "'New' cannot be an id"),
        ("unit-1", {}, "unit-1 is in the directory already"),
        ("new", {"above": "nowhere"}, "no office 'nowhere' in this directory"),
        ("new", {"above": "new"}, "new would be above itself"),
        ("new", {"host": True}, f"{DEPARTMENT} is the host already"),
        ("new", {"name": "", "people": {"king": "A"}}, "letters; 'king' is not a role"),
    ):
        with pytest.raises(Unmet, match=f"Cannot add office {id_}: .*{says}"):
            with_one_more(directory(2), id_, {**block, **changed})

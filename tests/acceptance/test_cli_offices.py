"""The directory grows by one office, and comes and goes as a table."""

from pathlib import Path

from tests.acceptance.conftest import Typed


def test_one_office_is_added_by_flags_and_the_journal_says_so(office: Typed) -> None:
    words = ("office", "add", "cds", "--name", "Phòng Chuyển đổi số", "--level", "unit", "--above", "skhcn")
    assert "cds (Phòng Chuyển đổi số) is in the directory" in office(*words, "--person", "leader=Trưởng phòng").talk
    found = office.json("office", "show", "cds")
    assert (found["above"], found["level"], found["people"]) == ("skhcn", "unit", {"leader": "Trưởng phòng"})
    assert office("office", "list").data.splitlines()[-1].split()[0] == "cds"
    assert "Added office cds" in office("journal", "show", "-c", "administration").data
    office("journal", "verify")
    assert "cds is in the directory already" in office(*words, ends=5).talk


def test_an_office_that_makes_the_directory_wrong_is_refused_by_name(office: Typed) -> None:
    good = ("office", "add", "new", "--name", "N", "--level", "unit")
    assert "no office 'nowhere' in this directory" in office(*good, "--above", "nowhere", ends=5).talk
    assert "skhcn is the host already" in office(*good, "--host", ends=5).talk
    assert "'king' is not a role" in office(*good, "--person", "king=A", ends=5).talk
    assert "is not ROLE=NAME" in office(*good, "--person", "leader", ends=2).talk
    assert "leader is given twice" in office(*good, "--person", "leader=A", "--person", "leader=B", ends=2).talk
    assert len(office.json("office", "list")["offices"]) == 10


def test_the_first_office_is_the_host(typed: Typed) -> None:
    typed("db", "create")
    assert "no office is the host" in typed("office", "add", "so", "--name", "Sở", "--level", "department", ends=5).talk
    assert typed.json("office", "add", "so", "--name", "Sở", "--level", "department", "--host") == {
        "id": "so", "name": "Sở", "level": "department", "host": True,
    }  # fmt: skip


def test_the_directory_goes_out_as_a_table_is_changed_and_comes_back(office: Typed, tmp_path: Path) -> None:
    before = office.json("office", "list")
    table = office("office", "export", "--csv").data
    assert table.startswith("id,name,short,level,above,outside,host,clerk,officer,leader\n")
    (tmp_path / "offices.csv").write_text(table, encoding="utf-8")
    assert "10 offices" in office("office", "import", "offices.csv").talk
    assert office.json("office", "list") == before
    (tmp_path / "offices.csv").write_text(table.replace("Chánh Thanh tra", ""), encoding="utf-8")
    office("office", "import", "offices.csv")
    assert "leader" not in office.json("office", "show", "thanhtra")["people"]


def test_the_directory_goes_out_as_yaml_and_comes_back(office: Typed, tmp_path: Path) -> None:
    before = office.json("office", "list")
    (tmp_path / "offices.yaml").write_text(office("office", "export").data, encoding="utf-8")
    office("office", "import", "offices.yaml")
    assert office.json("office", "list") == before
    assert "give one of --csv and --yaml" in office("office", "export", "--csv", "--yaml", ends=2).talk


def test_a_table_with_faults_is_refused_with_each_at_its_cell(office: Typed, tmp_path: Path) -> None:
    rows = "mã,tên,cấp,cấp trên,chủ quản\nso,Sở,department,,x\np,Phòng,,so,\nq,Phòng,unit,zz,có lẽ\n"
    (tmp_path / "offices.csv").write_text(rows, encoding="utf-8")
    said = office("office", "import", "offices.csv", ends=3).talk
    assert "offices.csv:3:1 O107 p has no `level`" in said
    assert 'offices.csv:4:5 O132 "có lẽ" is neither yes nor no' in said
    (tmp_path / "offices.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert "T109 none of the first 20 rows" in office("office", "import", "offices.csv", ends=3).talk
    assert len(office.json("office", "list")["offices"]) == 10

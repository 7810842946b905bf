"""What happens to documents later, at the prompt: a second superior, attaching, urging, passing on, replacing, correcting."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import Typed

ORDER = """
number: {number}
notation: "{notation}"
type: "CV"
issued_on: 2023-08-14
subject: "{subject}"
issuer: "{issuer}"
cites: [{cites}]
items:
  - {{number: "1", text: "Báo cáo kết quả cải cách hành chính", due: {due}, lead: [{lead}]}}
issue: {{workflow: government-notice, issuer: {office}, under: {under}, to: []}}
"""
CLERK, LEADER = ("--as", "skhcn/clerk"), ("--as", "skhcn/leader")


class Papers:
    """Drafts in the folder, and what was answered when they were issued."""

    def __init__(self, office: Typed, folder: Path) -> None:
        self.office, self._folder = office, folder

    def write(
        self, number: int, due: str, issuer: str = "ubnd", lead: str = "skhcn", under: str = "null", cites: str = "",
        subject: str = "Cải cách hành chính",
    ) -> str:  # fmt: skip
        notation, name = {
            "ubnd": ("UBND-NC", "Ủy ban nhân dân tỉnh"),
            "skhcn": ("SGTVT-VP", "Sở Giao thông vận tải"),
        }[issuer]
        named = f'{{symbol: "{cites}", relation: implements}}' if cites else ""
        text = ORDER.format(number=number, notation=notation, subject=subject, issuer=name, cites=named, due=due,
                            lead=lead, office=issuer, under=under)  # fmt: skip
        (self._folder / f"{number}.yaml").write_text(text, encoding="utf-8")
        return f"{number}.yaml"

    def order(self, number: int, due: str) -> str:
        """The province's order to the department; its cascade."""
        return str(self.office.json("directive", "issue", self.write(number, due), *CLERK)["cascade"])

    def letter(self, number: int, due: str, under: str, cites: str = "", lead: str = "ttut") -> str:
        return self.write(number, due, "skhcn", lead, f'"{under}"', cites)


@pytest.fixture
def papers(office: Typed, tmp_path: Path) -> Papers:
    return Papers(office, tmp_path)


def test_one_report_answers_two_orders_at_the_prompt(papers: Papers) -> None:
    office = papers.office
    first, second = papers.order(4053, "2023-09-29"), papers.order(304, "2023-09-22")
    letter = papers.letter(72, "2023-09-27", f"{first}/1", "304/UBND-NC")
    said = office("directive", "issue", letter, *LEADER)
    assert "1 document it rests on is linked." in said.talk
    assert f"Warning: obligation 2 is due 27/09/2023, later than 22/09/2023, the date of {second}/1" in said.talk
    do = ("obligation", "do")
    office(*do, "receive", f"{first}/2", "--as", "ttut/clerk")
    office(*do, "report", f"{first}/2", "--as", "ttut/leader", "--ask", "symbol=7/BC", "--ask", "sent_on=16/08/2023")
    office(*do, "accept", f"{first}/2", *LEADER)
    office(*do, "receive", f"{second}/1", *CLERK)
    office("round")
    assert f"{first}/2" in office("obligation", "show", f"{second}/1").data
    office(*do, "take_offer", f"{second}/1", *LEADER, "--ask", f"offer={first}/2")
    assert office.json("obligation", "show", f"{second}/1")["state"] == "reported"
    assert office.json("journal", "verify")["verified"]


def test_a_document_that_is_known_is_refused_and_attached_where_that_is_meant(papers: Papers) -> None:
    office = papers.office
    first, second = papers.order(4053, "2023-09-29"), papers.order(304, "2023-10-13")
    office("directive", "issue", papers.letter(72, "2023-09-15", f"{first}/1"), *LEADER)
    again = papers.letter(72, "2023-09-15", f"{second}/1")
    said = office("directive", "issue", again, *LEADER, ends=5)
    assert f"is registered already: directive {first}/2" in said.talk
    assert "--attach" in said.talk
    assert "1 link added to it" in office("directive", "issue", again, *LEADER, "--attach").data
    assert "0 links added to it" in office("directive", "issue", again, *LEADER, "--attach").data
    assert len(office.json("directive", "list")["directives"]) == 3
    assert office.json("journal", "verify")["verified"]


def test_an_urging_letter_is_attached_once_to_what_is_not_reported(papers: Papers) -> None:
    office = papers.office
    first = papers.order(4053, "2023-09-29")
    office("directive", "issue", papers.letter(72, "2023-09-15", f"{first}/1", lead="ttut, vp"), *LEADER)
    urge = ("directive", "urge", "88/SGTVT-VP", "--of", f"{first}/2", *CLERK)
    said = office(*urge)
    assert said.data.split() == [f"{first}/2", f"{first}/3"]
    assert "2 obligations are urged by 88/SGTVT-VP." in said.talk
    office(*urge)
    entries = office.json("journal", "show", "-c", first, "--kind", "urged")["entries"]
    assert [entry["obligation"] for entry in entries] == [2, 3]
    assert "No directive 9" in office("directive", "urge", "88/SGTVT-VP", "--of", f"{first}/9", *CLERK, ends=4).talk
    assert office.json("journal", "verify")["verified"]


def test_an_obligation_is_passed_on_by_a_direction(papers: Papers) -> None:
    office = papers.office
    first = papers.order(4053, "2023-09-29")
    relay = ("obligation", "relay", f"{first}/1", "--to", "ttut", "--direction", "TTUT chủ trì", "--due", "15/09/2023")
    assert "skhcn/leader" in office(*relay, *CLERK, ends=5).talk
    assert "1 obligation" in office(*relay, *LEADER).data
    shown = office.json("obligation", "show", f"{first}/2")
    assert (shown["holder"], shown["due_at"][:10]) == ("ttut", "2023-09-15")
    listed = office.json("directive", "list")["directives"]
    assert {row["symbol"] for row in listed} == {"4053/UBND-NC"}
    assert office.json("journal", "verify")["verified"]


def test_a_letter_is_amended_and_replaced(papers: Papers) -> None:
    office = papers.office
    first = papers.order(4053, "2023-09-29")
    office("directive", "issue", papers.letter(72, "2023-09-15", f"{first}/1"), *LEADER)
    amend = ("directive", "amend", f"{first}/2", "--document", "73/SGTVT-VP", "--reason", "thêm thời gian")
    assert "29/09/2023" in office(*amend, "--due", "1=06/10/2023", *LEADER, ends=5).talk
    office(*amend, "--due", "1=20/09/2023", *LEADER)
    assert office.json("obligation", "show", f"{first}/2")["due_at"][:10] == "2023-09-20"
    new = papers.letter(74, "2023-09-22", f"{first}/1")
    office("directive", "issue", new, *LEADER, "--replaces", f"{first}/2")
    listed = {row["symbol"]: row["state"] for row in office.json("directive", "list")["directives"]}
    assert (listed["72/SGTVT-VP"], listed["74/SGTVT-VP"]) == ("replaced", "issued")
    assert office.json("obligation", "show", f"{first}/2")["due_at"][:10] == "2023-09-22"
    assert office.json("journal", "verify")["verified"]


def test_a_wrong_field_is_corrected_by_a_new_entry(papers: Papers) -> None:
    office = papers.office
    first = papers.order(4053, "2023-09-29")
    entries = office.json("journal", "show", "-c", first, "--after", "0")["entries"]
    seq = next(entry["seq"] for entry in entries if entry["kind"] == "Issued")
    correct = ("journal", "correct", f"{first}/{seq}", "subject", "Cải cách", "--reason", "đọc nhầm dòng")
    assert "skhcn/clerk" in office(*correct, "--as", "ttut/clerk", ends=5).talk
    said = office(*correct, *CLERK).data
    assert "Cải cách hành chính" in said
    assert office.json("directive", "list")["directives"][0]["subject"] == "Cải cách"
    wrong = ("journal", "correct", f"{first}/{seq}", "colour", "red", "--reason", "đọc nhầm dòng")
    assert "no field 'colour'" in office(*wrong, *CLERK, ends=5).talk
    assert office.json("journal", "verify")["verified"]

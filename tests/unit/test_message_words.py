"""Every kind of message that the law can send has words in both languages: a subject, and what to do."""

from dataclasses import fields
from typing import get_args

import pytest

from engine.language import speaking, told
from engine.notify.letters import one_line, write
from engine.notify.parcels import Parcel
from engine.notify.todo import TO_DO, to_do
from tests.support.posts import ABOUT, LINKS, NOW, message, offices
from workflows.facts import Fact

TOLD = sorted(kind.__name__ for kind in get_args(Fact) if any(field.name == "told" for field in fields(kind)))


def test_every_kind_that_is_told_to_somebody_says_what_to_do_and_nothing_else_does() -> None:
    assert sorted(TO_DO) == TOLD


@pytest.mark.parametrize("kind", TOLD)
def test_what_to_do_is_said_in_both_languages(kind: str) -> None:
    english = to_do(message(kind))
    with speaking("vi"):
        vietnamese = told(english)
    assert english != vietnamese
    assert not vietnamese.isascii()


def test_a_letter_says_what_whose_by_when_why_what_to_do_and_where() -> None:
    letter = write([Parcel(message(), ABOUT)], "vi", offices(), LINKS, NOW)
    for said in (
        "Nhắc việc",
        "Việc: spread the notice",
        "Theo văn bản: 61/SKHCN-VP, About the notice: nội dung 1",
        "Bên giao: Department",
        "Đơn vị thực hiện: Unit 1",
        "Thời hạn: 31/08/2023",
        "Vì sao có thời hạn này: 31/08/2023",
        "Cần làm: Bảo đảm hoàn thành",
        "https://office.example.vn/obligations/c1/2",
        "https://office.example.vn/acknowledge/",
        "[c1-7-1]",
    ):
        assert said in letter.text, said
    assert '<html lang="vi">' in letter.html


def test_a_task_and_a_letter_to_draft_go_before() -> None:
    task = {"id": "4.1", "kind": "call", "office": "unit-1", "role": "leader", "to": None}
    fact = {"number": 2, "label": "x", "of": "holder", "tasks": [task]}
    assert to_do(message(fact=fact)) == "Do the task that was opened for you, and record it."
    assert to_do(message(letter_to="gov")).startswith("Draft the letter")


def test_one_line_is_one_line() -> None:
    assert one_line("a\r\n b\u2028c\u202e=?x?=", 50) == "a b c = ?x?="
    assert one_line("đ" * 50, 10) == "đ" * 9 + "…"

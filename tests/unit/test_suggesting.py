"""Which workflow a clerk is offered for a document, with the reasons, and when none or several are."""

from tests.support.definitions import edited
from workflows.definition import Definition
from workflows.loading import load_definition, shipped
from workflows.suggesting import Document, against, best, suggested
from workflows.text import joined

SAID = "suggest_for: {types: [TB], issued_at: ministry}"


def suggested_for(text: str) -> Definition:
    return load_definition(edited((SAID, text)))


def of(**said: str) -> dict[str, Definition]:
    return {name: suggested_for(f"suggest_for: {text}" if text else "") for name, text in said.items()}


def names(definitions: dict[str, Definition], document: Document) -> list[str]:
    return [one.workflow for one in suggested(definitions, document)]


def test_everything_that_a_workflow_says_has_to_hold() -> None:
    known = of(notice="{types: [TB, CV], issued_at: ministry}")
    [found] = suggested(known, Document("TB", "ministry"))
    assert [str(one) for one in found.reasons] == ["its type is Thông báo (TB)", "its issuer is at the level “Bộ”"]
    assert names(known, Document("TB", "office")) == []
    assert names(known, Document("QĐ", "ministry")) == []
    assert [str(one) for one in against(known["notice"], Document("QĐ", "office"))] == [
        "its type is none of TB, CV",
        "its issuer is not at the level “Bộ”",
    ]


def test_the_subject_weighs_more_than_urgency_and_that_more_than_the_type() -> None:
    known = of(plain="{types: CV}", urgent="{urgency: [khẩn, hỏa tốc]}", named="{subject_has: PAPI}")
    document = Document("CV", "office", "khẩn", "Nâng cao chỉ số PAPI")
    assert names(known, document) == ["named", "urgent", "plain"]
    assert names(known, Document("CV", "office", None, "Nâng cao chỉ số PAPI")) == ["named", "plain"]


def test_whoever_says_more_comes_before_whoever_says_less() -> None:
    known = of(any_letter="{types: CV}", from_the_top="{types: CV, issued_at: ministry}")
    assert names(known, Document("CV", "ministry")) == ["from_the_top", "any_letter"]
    assert names(known, Document("CV", "office")) == ["any_letter"]


def test_a_tie_stays_a_tie() -> None:
    known = of(one="{subject_has: PAPI}", other="{subject_has: một cửa}", third="{types: CV}")
    found = suggested(known, Document("CV", "office", None, "PAPI và cơ chế một cửa"))
    assert [one.workflow for one in best(found)] == ["one", "other"]
    assert best([]) == []


def test_words_of_a_subject_are_found_whole_in_any_letters_and_across_lines() -> None:
    known = of(stop='{subject_has: ["một cửa", "PAR INDEX"]}')
    assert names(known, Document(subject="CƠ CHẾ MỘT\n CỬA, một cửa liên thông")) == ["stop"]
    assert names(known, Document(subject="Chỉ số PAR-INDEX năm 2026")) == ["stop"]
    assert names(known, Document(subject="Một cửahàng")) == []
    [found] = suggested(known, Document(subject="PAR INDEX, một cửa"))
    assert str(joined(found.reasons)) == "its subject says “một cửa”, “PAR INDEX”"


def test_what_is_not_known_speaks_neither_for_nor_against() -> None:
    known = of(notice="{types: TB, issued_at: ministry}")
    assert names(known, Document(type="TB")) == ["notice"]
    assert names(known, Document()) == []


def test_a_workflow_that_says_nothing_or_has_no_such_level_is_never_suggested() -> None:
    assert names(of(silent=""), Document("CV", "office", "khẩn", "PAPI")) == []
    assert names(of(letters="{types: CV}"), Document("CV", "province")) == []


def test_each_document_of_the_seed_finds_its_shipped_workflow() -> None:
    known = {name: load_definition(text) for name, text in shipped().items()}

    def chosen(document: Document) -> list[str]:
        return [one.workflow for one in best(suggested(known, document))]

    plan = Document("KH", "department", None, "Cải cách hành chính năm 2023")
    promise = Document(
        "CV", "department", None, "Triển khai các nội dung cam kết nâng cao chỉ số PAR INDEX, SIPAS, PAPI"
    )
    files = Document("CV", "department", None, "Không để hồ sơ trễ hẹn tại bộ phận một cửa")
    letter = Document("CV", "department", None, "Triển khai Thông báo số 304/TB-VPCP")
    assert chosen(plan) == ["annual-plan"]
    assert chosen(promise) == ["index-commitments"]
    assert chosen(files) == ["one-stop-files"]
    assert chosen(letter) == ["government-notice"]

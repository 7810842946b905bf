"""What pictures are made of: text is measured, wrapped and escaped, and a picture stands alone."""

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflows import drawing
from workflows.drawing import Frame, Look

TRICKY = [
    "</svg><script>alert(1)</script>", "&amp; &#0; &nbsp;", "\" onload='x'", "]]>", "<!-- -->", "\x00\x1b[31m\ufffe", "\ud800",
    "\u202eabc", "two\nlines\tand tabs", "Đã hoàn thành", "", "😀 ﬂ°°34¶ß",
]  # fmt: skip


def drawn(text: str) -> str:
    parts = [drawing.write([text, text], 1, 2), drawing.element("g", data_label=text)]
    return drawing.page(100, 50, parts, title=text, says=text, language="vi")


@pytest.mark.parametrize("text", TRICKY)
def test_no_text_ends_its_element(text: str) -> None:
    root = ElementTree.fromstring(drawn(text).encode())
    ours = {"svg", "title", "desc", "defs", "pattern", "path", "rect", "text", "tspan", "g"}
    assert {one.tag.removeprefix("{http://www.w3.org/2000/svg}") for one in root.iter()} <= ours
    shown = [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}tspan")]
    assert shown == [drawing.cleaned(text)] * 2


@given(st.text(max_size=80))
@example("\ud800\uffff")
def test_whatever_is_written_the_picture_is_xml(text: str) -> None:
    ElementTree.fromstring(drawn(text).encode())


@given(st.text(max_size=120), st.floats(20, 300))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: float) -> None:
    lines = drawing.wrapped(text, width)
    assert "".join(lines).replace(" ", "") == drawing.cleaned(text).replace(" ", "")
    assert lines
    assert all(drawing.text_width(line) <= width + 0.01 or len(line) == 1 for line in lines)


def test_words_are_kept_whole_where_they_fit() -> None:
    assert drawing.wrapped("Yêu cầu thực hiện lại", 90) == ("Yêu cầu thực", "hiện lại")


@given(st.text("aăâáàđêếôổơớưựyỹ ĐƠƯ", max_size=30))
def test_vietnamese_is_as_wide_however_it_is_encoded(text: str) -> None:
    whole = drawing.text_width(text)
    assert drawing.text_width(unicodedata.normalize("NFD", text)) == pytest.approx(whole)
    assert whole >= 0.2 * drawing.SIZE * len(text)


def test_marks_do_not_widen_a_letter_and_horns_do() -> None:
    assert drawing.text_width("ế") == drawing.text_width("e")
    assert drawing.text_width("ớ") == drawing.text_width("ơ") > drawing.text_width("o")
    assert drawing.text_width("Bold", bold=True) > drawing.text_width("Bold")


def test_a_picture_has_its_size_in_millimetres_and_words_for_those_who_cannot_see_it() -> None:
    root = ElementTree.fromstring(drawing.page(378, 189, [], title="A", says="B", language="en", print_mm=190))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("190mm", "95mm", "0 0 378 189")
    assert [one.text for one in root[:2]] == ["A", "B"]


def test_boxes_are_told_apart_without_colour() -> None:
    frame = Frame(0, 0, 40, 20)
    looks = [Look(), Look(dash="6 3"), Look(double=True), Look(hatch=True), Look(weight=3)]
    assert len({drawing.box(frame, look) for look in looks}) == len(looks)
    assert (frame.middle, frame.right, frame.bottom) == ((20, 10), 40, 20)


def test_an_arrow_ends_where_it_should() -> None:
    root = ElementTree.fromstring(drawing.arrow([(0, 0), (0, 50), (40, 50)]))
    assert root[1].get("points", "").startswith("40,50 ")
    assert root[0].get("d", "").startswith("M0 0L0 36Q0 50 14 50L")

"""Whatever text comes, the reader gives a draft or a refusal; and a draft survives its YAML."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.exchange.dispatch import Draft, decode, from_yaml, read_dispatch, standing_doubts, to_yaml
from engine.exchange.drafts import DOUBTS, DUE_KINDS, IssueValue
from engine.exchange.due_fields import spelled
from engine.exchange.errors import DocumentRefused
from engine.exchange.proposals import propose

FIXTURES = sorted((Path(__file__).parents[1] / "support" / "dispatches").glob("*.txt"))
LETTERS = [path.read_text(encoding="utf-8") for path in FIXTURES]
PIECES = sorted({piece for letter in LETTERS for piece in letter.replace("\n", " \n ").split(" ") if piece})

ALPHABET = st.characters(exclude_categories=["Cs"])
NOISE = st.one_of(
    st.sampled_from(
        [
            "",
            "\n",
            "\n\n",
            "   ",
            "\t",
            "-",
            "/",
            "**",
            "…",
            "./.",
            "\u0301",
            "\u200b",
            "Số:",
            "1.",
            "Điều 1.",
        ]
    ),
    st.text(ALPHABET, max_size=6),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A fixture with pieces cut out, doubled, or replaced by noise."""
    text = draw(st.sampled_from(LETTERS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 3, 20, 300])))
        text = text[:start] + draw(NOISE) * draw(st.integers(1, 3)) + text[end:]
    return text


shuffled = st.lists(st.sampled_from(PIECES), max_size=80).map(" ".join)


def draft_or_none(text: str) -> Draft | None:
    try:
        return read_dispatch(text)
    except DocumentRefused:
        return None


@given(st.one_of(mutated(), shuffled, st.text(ALPHABET)))
@settings(max_examples=120, deadline=None)
def test_any_text_is_read_or_refused_and_what_is_read_survives_its_yaml(text: str) -> None:
    draft = draft_or_none(text)
    if draft is not None:
        assert from_yaml(to_yaml(draft)) == draft
        proposed = propose(draft)
        assert from_yaml(to_yaml(proposed)) == proposed
        assert all(item.due is None or spelled(item.due) == item.due for item in proposed.items)
        assert all(item.due_kind in DUE_KINDS for item in proposed.items)
        last = text.replace("\r\n", "\n").count("\n") + text.count("\r") + 1
        assert all(doubt.code in DOUBTS for doubt in draft.doubts)
        assert all(doubt.line is None or 1 <= doubt.line <= last for doubt in draft.doubts)


@given(st.binary(max_size=200) | st.text(ALPHABET, max_size=200).map(str.encode))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(DocumentRefused):
        read_dispatch(decode(data))


@given(mutated())
@settings(max_examples=40, deadline=None)
def test_what_stands_in_the_way_is_what_the_reader_doubted_and_found_blocking(text: str) -> None:
    draft = draft_or_none(text)
    if draft is not None:
        blocking = {doubt.code for doubt in draft.doubts if doubt.blocking}
        assert {doubt.code for doubt in standing_doubts(draft)} == blocking


printable = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff")
)
texts = st.lists(printable | st.just("a b\nc d"), max_size=4)


@given(
    printable | st.lists(printable, min_size=1).map("\n".join),
    texts,
    st.dictionaries(printable, st.none() | st.integers(0, 9999) | printable | texts),
)
@settings(max_examples=40, deadline=None)
def test_whatever_texts_a_draft_holds_survive_its_yaml(
    text: str, names: list[str], issue: dict[str, IssueValue]
) -> None:
    draft = replace(BASE, subject=text, recipients=tuple(names), issue=issue)
    draft = replace(draft, items=tuple(replace(item, text=text, lead=tuple(names)) for item in draft.items))
    assert from_yaml(to_yaml(draft)) == draft


@given(st.text(ALPHABET) | mutated())
@settings(max_examples=60, deadline=None)
def test_any_text_given_as_a_sheet_is_read_or_refused(text: str) -> None:
    with suppress(DocumentRefused):
        from_yaml(text)


BASE = read_dispatch(next(letter for letter in LETTERS if "118/TB-VPCP" in letter))

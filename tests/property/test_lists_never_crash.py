"""Whatever bytes are given as a list of tasks or of offices: they are read, or refused in words. Nothing else happens."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.exchange.errors import UnreadableDocument
from engine.exchange.offices import read_offices
from engine.exchange.offices_blocks import to_yaml
from engine.exchange.offices_table import HEADS as OFFICE_HEADS
from engine.exchange.offices_table import read_offices_table, to_csv
from engine.exchange.opening import Choices, read_opening
from tests.support.law import notice, offices
from tests.support.lists import HEADERS, read, task_row
from tests.support.offices import HOST_CLERK, directory
from workflows.errors import InvalidDefinition
from workflows.offices import Office
from workflows.workflow import Workflows

CELLS = [
    "",
    "1/UBND-NC",
    "01/06/2023",
    "province",
    "unit-1",
    "Việc",
    "29/9/2023",
    "31/2/2023",
    "\n",
    '"',
    ";",
    "x",
    "=1",
]
cells = st.sampled_from(CELLS) | st.text(max_size=12)
GOOD = "\n".join(",".join(map(str, row)) for row in [HEADERS, *(task_row(number) for number in range(1, 7))])
edits = st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=8)


def taken(data: bytes | str) -> int:
    """How many documents a list gives; 0 where it is refused in words."""
    try:
        opening = read_opening(read(data), offices(), Workflows({notice().key: notice()}), Choices(HOST_CLERK))
    except UnreadableDocument:
        return 0
    assert opening.rows == sum(len(one.lines) for one in (*opening.documents, *opening.left_out))
    assert bool(opening.faults) == bool(opening.faulty_rows)
    assert opening.faults or not opening.left_out
    return len(opening.documents)


def edited(text: str, changes: list[tuple[int, bytes]]) -> bytes:
    data = text.encode()
    for place, put in changes:
        data = data[:place] + put + data[place + 1 :]
    return data


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    taken(data)


@given(edits)
def test_any_damage_to_a_good_list_is_found_or_harmless(changes: list[tuple[int, bytes]]) -> None:
    assert taken(edited(GOOD, changes)) <= 6
    assert taken(GOOD) == 3


@settings(max_examples=60)
@given(st.lists(st.lists(cells, min_size=11, max_size=11), max_size=6), st.sampled_from(",;\t"))
def test_any_cells_under_good_headers_are_documents_or_faults(rows: list[list[str]], delimiter: str) -> None:
    lines = [delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in [HEADERS, *rows]]
    taken("\n".join(lines))


@given(edits)
def test_any_damage_to_a_table_of_offices_is_found_or_harmless(changes: list[tuple[int, bytes]]) -> None:
    for reader in (read_offices_table, _as_yaml):
        try:
            assert reader(edited(to_csv(directory()), changes), "offices")
        except (UnreadableDocument, InvalidDefinition):
            continue


def _as_yaml(data: bytes, source: str) -> list[Office]:
    return read_offices(data, source)


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
).filter(bool)  # fmt: skip
people = st.dictionaries(st.sampled_from(["clerk", "officer", "leader"]), names, max_size=3)


@given(st.lists(st.tuples(names, names, st.booleans(), people), min_size=1, max_size=5))
def test_a_directory_comes_back_as_it_went_out(drawn: list[tuple[str, str, bool, dict[str, str]]]) -> None:
    made = [
        Office(
            f"o{place}",
            name,
            "unit",
            f"o{place - 1}" if place else None,
            bool(place) and outside,
            not place,
            short,
            sitting,
        )
        for place, (name, short, outside, sitting) in enumerate(drawn)
    ]
    writers: list[tuple[Callable[..., str], Callable[..., list[Office]]]] = [
        (to_csv, lambda text: read_offices_table(text.encode(), "offices.csv")),
        (to_yaml, lambda text: read_offices(text, "offices.yaml")),
    ]
    for write, read_again in writers:
        assert read_again(write(made)) == made
    assert set(OFFICE_HEADS) == {
        "id",
        "name",
        "short",
        "level",
        "above",
        "outside",
        "host",
        "clerk",
        "officer",
        "leader",
    }

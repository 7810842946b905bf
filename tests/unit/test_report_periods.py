"""The periods of reports as people write them, by the windows of decree 09/2019, and in the words of an office."""

from datetime import date

import pytest

from engine.language import speaking, told
from engine.reporting.periods import label_words, month_of, read_period, words
from workflows.errors import Incomplete
from workflows.fields import parse_instant


@pytest.mark.parametrize(
    ("text", "first", "last", "said"),
    [
        ("2023-12", "2023-11-15", "2023-12-14", "tháng 12 năm 2023"),
        ("12/2023", "2023-11-15", "2023-12-14", "tháng 12 năm 2023"),
        ("2024-01", "2023-12-15", "2024-01-14", "tháng 01 năm 2024"),
        ("2023-Q4", "2023-09-15", "2023-12-14", "quý IV năm 2023"),
        ("q1/2023", "2022-12-15", "2023-03-14", "quý I năm 2023"),
        ("2023-H1", "2022-12-15", "2023-06-14", "6 tháng đầu năm 2023"),
        ("2023-h2", "2023-06-15", "2023-12-14", "6 tháng cuối năm 2023"),
        ("2023-9M", "2022-12-15", "2023-09-14", "9 tháng năm 2023"),
        ("2023", "2022-12-15", "2023-12-14", "năm 2023"),
    ],
)
def test_a_label_means_the_window_of_the_decree(text: str, first: str, last: str, said: str) -> None:
    found = read_period(text)
    assert (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))
    with speaking("vi"):
        assert told(words(found)) == said
    assert read_period(found.label) == found


def test_two_days_are_a_period_of_their_own() -> None:
    found = read_period("", "01/08/2023", "2023-08-31")
    assert (found.first, found.last, found.label) == (date(2023, 8, 1), date(2023, 8, 31), "")
    assert told(words(found)) == "from 01/08/2023 to 31/08/2023"
    assert found.since > parse_instant("2023-07-31")  # 24:00 is still the day before
    assert found.until > parse_instant("2023-08-31")


@pytest.mark.parametrize(
    "text", ["", "2023-13", "2023-Q5", "2023-H3", "1800", "13/2023", "tháng 5", "2023-08-16", "2023-W33"]
)
def test_what_is_no_period_is_refused_with_how_one_is_written(text: str) -> None:
    with pytest.raises(Incomplete) as refused:
        read_period(text)
    assert "2023-Q4" in refused.value.fields["period"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("", "01/08/2023", ""), "to"),
        (("", "", "01/08/2023"), "from"),
        (("", "31/02/2023", "01/08/2023"), "from"),
        (("", "02/08/2023", "01/08/2023"), "to"),
        (("2023-08", "01/08/2023", "02/08/2023"), "period"),
    ],
)
def test_two_days_that_do_not_go_together_are_refused_beside_the_one(given: tuple[str, str, str], field: str) -> None:
    with pytest.raises(Incomplete) as refused:
        read_period(*given)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("now", "label"),
    [("2023-12-14T23:00", "2023-12"), ("2023-12-15T07:00", "2024-01"), ("2023-08-01T09:00", "2023-08")],
)
def test_this_month_ends_on_the_fourteenth(now: str, label: str) -> None:
    found = month_of(parse_instant(now))
    assert found == read_period(label)


def test_a_day_or_a_week_keeps_its_label() -> None:
    assert label_words("2023-W33") == "2023-W33"
    assert label_words("2023-08-16") == "2023-08-16"
    assert label_words("2023-Q3") == "quarter III of 2023"

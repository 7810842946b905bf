"""One address may ask so many times at once, and then evenly; another one is not bounded by it."""

from engine.web.guards import rates
from engine.web.guards.rates import Buckets


class Watch:
    """A stopwatch that is turned by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_is_emptied_at_once_and_fills_evenly() -> None:
    watch = Watch()
    buckets = Buckets(2, 3, watch)
    assert [buckets.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    watch.seconds = 0.4
    assert buckets.wait("a") > 0
    watch.seconds = 0.5
    assert buckets.wait("a") == 0
    assert buckets.wait("a") > 0
    watch.seconds = 1000
    assert [bool(buckets.wait("a")) for _ in range(4)] == [False, False, False, True], (
        "it never holds more than its burst"
    )


def test_one_address_does_not_use_up_what_is_another_ones() -> None:
    buckets = Buckets(1, 1, Watch())
    assert buckets.wait("a") == 0
    assert buckets.wait("a") > 0
    assert buckets.wait("b") == 0


def test_a_flood_is_news_once_until_it_has_been_still() -> None:
    watch = Watch()
    buckets = Buckets(1, 2, watch)
    for _ in range(3):
        buckets.wait("a")
    assert [buckets.news("a") for _ in range(3)] == [True, False, False]
    watch.seconds = 10
    for _ in range(3):
        buckets.wait("a")
    assert buckets.news("a")


def test_as_many_addresses_as_there_are_cost_bounded_memory(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(rates, "ADDRESSES_MAX", 10)
    buckets = Buckets(1, 1, Watch())
    for number in range(100):
        buckets.wait(str(number))
    assert len(buckets._found) == 10
    assert buckets.wait("99") > 0

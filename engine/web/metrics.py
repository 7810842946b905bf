"""Figures for a monitor: requests and rounds as they happen, the office's work when somebody asks, now and then."""

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from engine import seal_status
from engine.clock import stopwatch
from engine.runtime import Runtime
from engine.scheduler.elapse import RoundReport
from storage.errors import Unavailable
from storage.queries import groups, health

_KEPT_SECONDS = 15.0  # counting a great database costs a tenth of a second: nobody makes it do so all the time
_FAILED_OFTEN = 5  # tries after which a message counts as failing
_REQUEST = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30)
_LATE = (1, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600)


class Metrics:
    """One process's figures, in a registry of their own."""

    def __init__(self, runtime: Runtime) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram("cascade_request_seconds", "Time of requests", ["method", "route", "status"],
                                   buckets=_REQUEST, registry=self._registry)  # fmt: skip
        self._rounds = Counter("cascade_rounds", "Rounds of time", registry=self._registry)
        self._entries = Counter(
            "cascade_round_entries", "Entries that rounds have written", ["kind"], registry=self._registry
        )
        self._incidents = Counter("cascade_round_incidents", "Failures inside rounds", registry=self._registry)
        self._seconds = Histogram(
            "cascade_round_seconds", "Time of rounds that found something", registry=self._registry
        )
        self._lag = Histogram("cascade_rung_lateness_seconds", "How long the oldest that a round found had been due",
                              buckets=_LATE, registry=self._registry)  # fmt: skip
        self._registry.register(_Work(runtime))

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, status).observe(seconds)

    def round_made(self, report: RoundReport) -> None:
        self._rounds.inc()
        self._incidents.inc(report.incidents)
        for kind, count in report.kinds.items():
            self._entries.labels(kind).inc(count)
        if report.obligations:
            self._seconds.observe(report.seconds)
            self._lag.observe(report.lag.total_seconds())

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Work(Collector):
    """What the database says, asked when it is read."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._lock = runtime, threading.Lock()
        self._found: list[Metric] = []
        self._asked_at: float | None = None

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if self._asked_at is None or stopwatch() - self._asked_at > _KEPT_SECONDS:
                self._found = list(self._asked())
                self._asked_at = stopwatch()
            yield from self._found

    def _asked(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("cascade_database_up", "Does the database answer?")
        try:
            with self._runtime.database.reading() as connection:
                counted = groups.totals(connection, self._runtime.now())
                waiting = health.undelivered(connection, _FAILED_OFTEN)
                round_ = self._runtime.seals
                sealed = seal_status.stored(connection, round_.witnesses if round_ else ())
        except Unavailable:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        obligations = GaugeMetricFamily(
            "cascade_obligations", "Obligations by how they stand in time", labels=["state"]
        )
        for group, count in counted.items():
            obligations.add_metric([group], count)
        yield obligations
        yield GaugeMetricFamily("cascade_outbox_waiting", "Messages that were not sent yet", value=waiting.waiting)
        yield GaugeMetricFamily("cascade_outbox_failing", "Messages that failed often", value=waiting.failing)
        yield from _seals(sealed, self._runtime.now())


def _seals(sealed: seal_status.Status, now: datetime) -> Iterator[Metric]:
    """The seals: numbers that stay where they should go on are what an alarm is made of."""
    yield GaugeMetricFamily("cascade_seal_number", "The newest seal", value=sealed.last.number if sealed.last else 0)
    yield GaugeMetricFamily("cascade_seal_outside_number", "The newest seal outside the database", value=sealed.outside)
    yield GaugeMetricFamily("cascade_seal_open_entries", "Entries that no seal covers", value=sealed.entries_open)
    waits = (now - sealed.oldest_open).total_seconds() if sealed.oldest_open else 0
    yield GaugeMetricFamily(
        "cascade_seal_waiting_seconds", "For how long something has waited to be sealed outside", value=max(0, waits)
    )
    witnesses = GaugeMetricFamily("cascade_seal_copied_number", "The newest seal a witness has", labels=["witness"])
    failing = GaugeMetricFamily(
        "cascade_seal_failures", "Tries in a row that a witness did not take the next seal", labels=["witness"]
    )
    for one in sealed.witnesses:
        witnesses.add_metric([one.witness], one.number)
        failing.add_metric([one.witness], one.failures)
    yield witnesses
    yield failing

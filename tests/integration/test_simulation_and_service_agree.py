"""What a simulation says will happen is what the service does: the same commands, compared fact by fact."""

from collections import Counter
from datetime import datetime

import pytest

from engine import administration
from engine.cli.trying import read_tried
from engine.clock import SystemClock
from engine.demo.play import Played, run_until
from engine.exchange.scenarios import Scenario, read_scenarios
from engine.links import ended_before, known_links
from engine.playing import play
from engine.runtime import Runtime, opened
from storage import journal
from storage.database import Database
from storage.outbox import Message
from storage.queries.subjects import About
from tests.support.databases import SqliteFiles
from workflows.commands import Command, Issue
from workflows.encoding import to_data
from workflows.facts import kind_of
from workflows.fields import parse_instant
from workflows.loading import load_workflow, shipped, shipped_scenarios
from workflows.simulation import Simulation

EVERY = [
    (name, place) for name in shipped_scenarios() for place in range(len(read_tried(name).scenarios.scenarios))
]  # fmt: skip
TWO_CASCADES = """
scenarios:
  - scenario: "A plan, a letter that reports into it, and a third that implements it; then the plan is revoked"
    from: 2026-03-02 08:00
    until: 2026-06-30
    steps:
      - issue: {symbol: "05/KH-UBND", issuer: ubnd, items: [{number: 1, text: "Plan", due: 2026-05-29, lead: skhcn}]}
      - {do: receive, on: {office: skhcn}}
      - at: 2026-03-04
        issue:
          symbol: "70/SKHCN-VP"
          issuer: skhcn
          items:
            - number: 1
              text: "Into the plan"
              due: 2026-04-29
              lead: khtc
              bases: [{kind: reports_into, symbol: "05/KH-UBND"}]
            - number: 2
              text: "By the plan"
              due: 2026-04-29
              lead: qlkh
              bases: [{kind: implements, symbol: "05/KH-UBND"}]
      - {at: 2026-03-05, do: receive, on: {office: [khtc, qlkh]}}
      - {do: report, on: {office: khtc}, ask: {symbol: "1/BC-KHTC", sent_on: 2026-03-05}}
      - {at: 2026-03-06, do: accept, on: {office: khtc}}
      - at: 2026-03-09
        revoke: {directive: "05/KH-UBND", document: "9/QĐ-UBND", reason: "Over", happened_on: 2026-03-09}
        expect: [{told: BasisEnded, to: skhcn/leader}]
      - at: 2026-03-10
        issue:
          symbol: "71/SKHCN-VP"
          issuer: skhcn
          items:
            - number: 1
              text: "Too late"
              due: 2026-04-29
              lead: qlcn
              bases: [{kind: continues, symbol: "05/KH-UBND"}]
"""


@pytest.fixture(scope="module")
def template(sqlite: SqliteFiles) -> str:
    """A simulated installation without offices, before the first scenario begins."""
    url = sqlite.empty()
    database = Database(url)
    administration.create(database, SystemClock(), simulated_from=parse_instant("2020-01-01T08:00"))
    database.close()
    return url


@pytest.mark.parametrize(("workflow", "place"), EVERY)
def test_every_scenario_that_is_shipped_goes_the_same_way(
    workflow: str, place: int, template: str, sqlite: SqliteFiles
) -> None:
    agree(read_tried(workflow).scenarios.scenarios[place], workflow, sqlite.copy(template))


def test_what_one_document_carries_to_another_goes_the_same_way(template: str, sqlite: SqliteFiles) -> None:
    [scenario] = read_scenarios(TWO_CASCADES, "two.scenarios.yaml", lambda name: b"").scenarios
    simulation = agree(scenario, "government-notice", sqlite.copy(template))
    kinds = Counter(kind_of(entry.fact) for entry in simulation.record)
    assert kinds["Linked"] == 2  # both items know which obligation of the plan they are about
    assert kinds["Offered"] == 1
    # Two items rested on it when it was revoked, and one of a letter that was issued after that.
    assert kinds["BasisEnded"] == 3


def agree(scenario: Scenario, workflow: str, url: str) -> Simulation:
    """Play a scenario, put the same commands to a service, and compare their journals entry by entry."""
    played = play(scenario, load_workflow(shipped()[workflow], 1))
    assert not played.failures
    simulation = played.simulation
    with opened(url, channel=Silent()) as runtime:
        with runtime.database.transaction() as connection:
            administration.import_offices(connection, list(scenario.offices), runtime.now(), administration.INSTALLER)
        runtime.move_to(simulation.start)
        for at, command in simulation.asked:
            pass_to(runtime, at)
            ask(runtime, command)
            pass_to(runtime, at)
        pass_to(runtime, simulation.now)
        for cascade in simulation.worlds:
            with runtime.database.reading() as connection:
                stored = [
                    (one.seq, one.recorded_at, one.happened_at, one.kind, one.data["fact"])
                    for one in journal.walk(connection, cascade)
                ]
            so = [
                (one.seq, one.at, one.happened_at, kind_of(one.fact), to_data(one.fact))
                for one in simulation.record
                if one.cascade == cascade
            ]
            assert so == stored
    return simulation


def pass_to(runtime: Runtime, instant: datetime) -> None:
    run_until(runtime, instant, Played("simulation"))


def ask(runtime: Runtime, command: Command) -> None:
    """Put a command as the command line does, with the links of a new document, and deliver what it says to others."""
    [answer] = runtime.executor.execute([command])
    if isinstance(command, Issue):
        with runtime.database.reading() as connection:
            further = [
                *known_links(connection, command, answer.cascade, answer.directive or 0),
                *ended_before(connection, command, answer.cascade, answer.directive or 0),
            ]
        for one in further:
            runtime.executor.execute([one])
    runtime.delivery.run()


class Silent:
    """A channel on which nobody listens."""

    def send(self, message: Message, about: About | None) -> None:
        """Every message arrives."""

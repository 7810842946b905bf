"""Work that rests on several documents: one report answers them all, and it goes on while one of them stands."""

from collections.abc import Callable

import pytest

from engine import links
from engine.runtime import Runtime
from storage.queries.links import passing
from tests.support.desk import Desk, day, task
from tests.support.offices import DEPARTMENT, HOST_CLERK, PROVINCE
from workflows.commands import EndBasis
from workflows.directive import Basis
from workflows.errors import Incomplete, NotOpen, NotYours, Unmet

FIRST, SECOND, LETTER = "4053/UBND-KGVX", "304/UBND-TH", "61/SKHCN-VP"
PAPER = {"document": "12/UBND-VP", "happened_on": "2023-08-14"}


class Superiors:
    """Two documents of the province in two cascades, and the department's letter that carries both further."""

    def __init__(self, desk: Desk) -> None:
        self.first, self.second = desk, Desk(desk.runtime, name="second")
        self.first.issue(PROVINCE, task("2023-09-29", DEPARTMENT), symbol=FIRST)
        self.second.issue(PROVINCE, task("2023-10-13", DEPARTMENT), symbol=SECOND)

    def carry_both_further(self, kind: str = "implements", due: str = "2023-09-15") -> "Superiors":
        """The department's letter to unit-1 stands under the first document and rests on the second one too."""
        item = task(due, "unit-1", under=1, bases=(Basis(kind, SECOND),))
        asked = self.first.draft(DEPARTMENT, item, symbol=LETTER)
        [answer] = self.first.runtime.executor.execute([asked])
        with self.first.runtime.database.reading() as connection:
            known = links.known_links(connection, asked, answer.cascade, answer.directive or 0)
        for one in known:
            self.first.runtime.executor.execute([one])
        return self

    def done_below(self) -> "Superiors":
        self.first.report(2)
        self.first.accept(2)
        return self

    @property
    def basis(self) -> Basis:
        return next(one for one in self.first.items() if one.directive == 2).bases[0]

    @property
    def key(self) -> str:
        return f"{self.first.cascade}/2"

    def receive_second(self) -> None:
        self.second.act("department/clerk", 1, "receive")

    def take(self, **fields: str) -> None:
        self.second.act("department/leader", 1, "take_offer", offer=self.key, **fields)

    def revoke(self, desk: Desk) -> None:
        desk.runtime.executor.execute([desk.revoke(1, by=HOST_CLERK, happened_on="2023-08-14")])


@pytest.fixture
def superiors(desk: Desk) -> Superiors:
    return Superiors(desk)


# One report answers two documents


def test_one_report_satisfies_two_documents_in_two_cascades(superiors: Superiors) -> None:
    superiors.carry_both_further()
    assert (superiors.basis.cascade, superiors.basis.obligation) == (superiors.second.cascade, 1)
    superiors.done_below().first.deliver()
    [offer] = superiors.second[1].offers
    assert (offer.key, offer.symbol, offer.holder, offer.about) == (superiors.key, "2/BC", "unit-1", LETTER)
    assert superiors.second.messages("Offered", 1) == ["department/leader", "department/officer"]
    superiors.receive_second()
    superiors.take()
    taken = superiors.second[1]
    assert (taken.state, taken.sent_as, taken.offers) == ("reported", "2/BC", ())
    superiors.second.act("department/clerk", 1, "accept", **PAPER)
    assert superiors.second[1].group(superiors.second.runtime.now()) == "done_on_time"
    assert superiors.first.verdict().verified


def test_a_report_that_was_sent_in_time_answers_in_time_however_late_it_is_taken(superiors: Superiors) -> None:
    superiors.carry_both_further().done_below().first.deliver()
    superiors.receive_second()
    superiors.second.at("2023-10-20T09:00")
    superiors.take()
    assert day(superiors.second[1].sent_at) == "14/08/2023"
    assert superiors.second[1].group(superiors.second.runtime.now()) == "open_in_time"
    assert superiors.first.verdict().verified


def test_a_report_that_was_sent_late_says_why_here_too(superiors: Superiors) -> None:
    superiors.carry_both_further().receive_second()
    superiors.first.at("2023-10-20T09:00").report(2, cause="Staff were away")
    superiors.first.accept(2)
    superiors.first.deliver()
    with pytest.raises(Incomplete, match="cause"):
        superiors.take()
    superiors.take(cause="It waited for unit-1")
    assert superiors.second[1].group(superiors.second.runtime.now()) == "open_overdue"
    assert superiors.first.verdict().verified


def test_only_the_holders_leader_takes_an_offer_and_only_one_that_was_made(superiors: Superiors) -> None:
    superiors.carry_both_further().done_below().first.deliver()
    with pytest.raises(NotYours, match="department/leader"):
        superiors.second.act("department/clerk", 1, "take_offer", offer=superiors.key)
    with pytest.raises(Incomplete, match=superiors.key):
        superiors.second.act("department/leader", 1, "take_offer", offer="elsewhere/1")
    assert superiors.first.verdict().verified


def test_an_offer_that_is_declined_says_why_and_the_work_goes_on(superiors: Superiors) -> None:
    superiors.carry_both_further().done_below().first.deliver()
    with pytest.raises(Incomplete, match="reason"):
        superiors.second.act("department/leader", 1, "decline_offer", offer=superiors.key)
    superiors.second.act("department/leader", 1, "decline_offer", offer=superiors.key, reason="It leaves out 2022")
    [entry] = superiors.second.entries("OfferAnswered")
    assert (entry.fact.taken, entry.fact.reason) == (False, "It leaves out 2022")
    assert (superiors.second[1].open, superiors.second[1].offers) == (True, ())
    superiors.first.deliver()
    assert superiors.second[1].offers == ()
    assert superiors.first.verdict().verified


def test_delivery_that_dies_in_between_offers_once(superiors: Superiors, open_node: Callable[[], Runtime]) -> None:
    """The offer was carried out and never marked as sent: two minutes later another node carries it again."""
    superiors.carry_both_further().done_below()
    other = open_node()
    mark, other.delivery._channel = other.delivery._carry, None  # type: ignore[assignment]

    def pulled(message: object) -> None:
        mark(message)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    other.delivery._carry = pulled  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        other.delivery.run()
    assert len(superiors.second[1].offers) == 1
    superiors.first.at("2023-08-14T09:05").deliver()
    assert len(superiors.second[1].offers) == 1
    assert len(superiors.second.entries("Offered")) == 1
    assert superiors.first.verdict().verified


def test_an_offer_to_what_has_ended_meanwhile_is_answered_and_waits_no_more(superiors: Superiors) -> None:
    superiors.carry_both_further().done_below()
    superiors.revoke(superiors.second)
    superiors.first.deliver()
    assert superiors.second.entries("Offered") == []
    with superiors.first.runtime.database.reading() as connection:
        unsent = connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE sent_at IS NULL").scalar()
    assert unsent == 0
    assert superiors.first.verdict().verified


def test_an_offer_cannot_be_taken_while_work_below_is_open(superiors: Superiors) -> None:
    superiors.carry_both_further().done_below().first.deliver()
    superiors.second.issue(DEPARTMENT, task("2023-09-29", "unit-2", under=1))
    with pytest.raises(Unmet, match="unit-2"):
        superiors.take()
    assert len(superiors.second[1].offers) == 1
    assert superiors.first.verdict().verified


def test_an_offer_is_taken_once_the_work_is_received(superiors: Superiors) -> None:
    superiors.carry_both_further().done_below().first.deliver()
    with pytest.raises(NotOpen, match="'assigned'.*receive"):
        superiors.take()
    superiors.receive_second()
    superiors.take()
    assert superiors.second[1].state == "reported"
    assert superiors.first.verdict().verified


# Stubs and what is known already


def test_a_document_that_is_not_registered_yet_is_linked_later(desk: Desk) -> None:
    desk.issue(DEPARTMENT, task("2023-09-15", "unit-1", bases=(Basis("reports_into", SECOND),)), symbol=LETTER)
    later = Desk(desk.runtime, name="later")
    asked = later.draft(PROVINCE, task("2023-10-13", DEPARTMENT), symbol=SECOND)
    [answer] = desk.runtime.executor.execute([asked])
    later.cascade = answer.cascade
    with desk.runtime.database.reading() as connection:
        [waiting] = links.bearings(connection, later.cascade, later.directives()[0], [1]).waiting
    assert (waiting.cascade, waiting.by_symbol, waiting.kind) == (desk.cascade, LETTER, "reports_into")
    known = Basis("reports_into", SECOND, cascade=later.cascade, obligation=1)
    with pytest.raises(NotYours, match="department/leader"):
        desk.link("unit-1/leader", 1, known)
    desk.link("department/leader", 1, known)
    [basis] = desk.items()[0].bases
    assert (basis.cascade, basis.obligation) == (later.cascade, 1)
    with pytest.raises(Unmet, match="already"):
        desk.link("department/leader", 1, known)
    desk.report(1)
    desk.accept(1)
    desk.deliver()
    assert len(later[1].offers) == 1
    assert desk.verdict().verified


def test_nothing_rests_on_what_was_passed_on_from_itself(superiors: Superiors) -> None:
    superiors.carry_both_further()
    with pytest.raises(Unmet, match="passed on from it"):
        superiors.first.link(
            "department/clerk", 1, Basis("implements", LETTER, cascade=superiors.first.cascade, obligation=2)
        )
    assert superiors.first.verdict().verified


def test_a_date_that_passes_the_date_of_another_document_is_warned_of(superiors: Superiors) -> None:
    letter = Desk(superiors.first.runtime, name="letter")
    bases = tuple(Basis("implements", one, cascade=where.cascade, obligation=1)
                  for one, where in ((FIRST, superiors.first), (SECOND, superiors.second)))  # fmt: skip
    numbers = letter.issue(DEPARTMENT, task("2023-10-06", "unit-1", bases=bases), symbol=LETTER)
    with letter.runtime.database.reading() as connection:
        [passed] = passing(connection, letter.cascade, list(numbers))
    assert (passed.symbol, day(passed.due_at), day(passed.basis_due_at)) == (FIRST, "06/10/2023", "29/09/2023")
    assert letter.verdict().verified


# What becomes of work when a document is revoked


def test_work_that_another_document_still_supports_goes_on(superiors: Superiors) -> None:
    superiors.carry_both_further()
    superiors.revoke(superiors.first)
    assert superiors.first[1].state == "stopped"
    assert superiors.first[2].open
    [entry] = superiors.first.entries("Kept")
    assert (entry.obligation, entry.fact.basis) == (2, SECOND)
    assert superiors.first.messages("Kept", 2) == ["unit-1/leader", "department/leader"]
    superiors.done_below().first.deliver()
    assert len(superiors.second[1].offers) == 1
    assert superiors.first.verdict().verified


def test_it_stops_when_the_last_document_that_supports_it_is_revoked_too(superiors: Superiors) -> None:
    superiors.carry_both_further()
    superiors.revoke(superiors.first)
    superiors.revoke(superiors.second)
    assert superiors.first[2].open  # delivery has not been there yet
    superiors.first.deliver()
    assert superiors.first[2].state == "stopped"
    assert superiors.basis.ended_by == "9/CV"
    assert superiors.first.head().wake_at is None
    superiors.first.deliver()
    assert len(superiors.first.entries("BasisEnded")) == 1
    assert superiors.first.verdict().verified


def test_it_goes_on_under_its_own_document_when_only_the_further_one_is_revoked(superiors: Superiors) -> None:
    superiors.carry_both_further()
    superiors.revoke(superiors.second)
    superiors.first.deliver()
    assert superiors.first[2].open
    assert superiors.first.entries("BasisEnded")[0].fact.symbol == SECOND
    superiors.revoke(superiors.first)
    assert superiors.first[2].state == "stopped"
    assert superiors.first.verdict().verified


@pytest.mark.parametrize("kind", ["cites", "urges", "reports_into", "amends"])
def test_a_document_that_is_only_named_keeps_nothing(superiors: Superiors, kind: str) -> None:
    superiors.carry_both_further(kind)
    superiors.revoke(superiors.first)
    assert superiors.first[2].state == "stopped"
    assert superiors.first.verdict().verified


def test_the_same_end_twice_is_one_end(superiors: Superiors) -> None:
    superiors.carry_both_further()
    ends = [EndBasis(name, superiors.first.cascade, 2, 1, SECOND, "9/CV") for name in ("a", "b", "a")]
    for end in ends:
        superiors.first.runtime.executor.execute([end])
    assert len(superiors.first.entries("BasisEnded")) == 1
    assert superiors.first.verdict().verified


# Urging


def test_an_urging_letter_attaches_to_what_is_owed_and_owes_nothing_anew(superiors: Superiors) -> None:
    superiors.carry_both_further()
    superiors.first.at("2023-09-18T09:00").act("department/clerk", 2, "urge", document="88/SKHCN-VP")
    superiors.first.act("department/clerk", 1, "urge", document="99/UBND-TH", happened_on="2023-09-15")
    assert [one.fact.document for one in superiors.first.entries("Urged")] == ["88/SKHCN-VP", "99/UBND-TH"]
    assert superiors.first.messages("Urged", 2) == ["unit-1/leader", "unit-1/officer"]
    assert len(superiors.first.obligations()) == 2
    assert day(superiors.first[2].due_at) == "15/09/2023"
    superiors.first.report(2, cause="Staff were away")
    superiors.first.accept(2)
    with pytest.raises(NotOpen, match="final"):
        superiors.first.act("department/clerk", 2, "urge", document="89/SKHCN-VP")
    assert superiors.first.verdict().verified

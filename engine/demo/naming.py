"""What is called how in a told story: offices, seats, obligations by office, item and period."""

from collections.abc import Iterable, Sequence

from engine.demo.outcome import Tale
from engine.labels import ROLE_WORDS
from engine.language import in_use
from engine.wording import period_words
from workflows.obligation import Obligation
from workflows.offices import Addressee, Offices
from workflows.text import Text, joined, say, say_count


class Names:
    """The names of one cascade. Of the directive `known` (the one with most items, in the main cascade) only the item is
    named; what another one gave is named with its symbol."""

    def __init__(self, tale: Tale, offices: Offices, main: bool) -> None:
        self._offices = offices
        issued = list(tale.issued)
        self._symbols = {fact.directive.number: fact.directive.symbol for fact in issued}
        self._items = {(item.directive, item.number): item for fact in issued for item in fact.items}
        self._obligations = {one.number: one for one in tale.obligations}
        self._known = max(issued, key=lambda fact: len(fact.items)).directive.number if main else None

    def __getitem__(self, number: int) -> Obligation:
        return self._obligations[number]

    def is_outside(self, office: str) -> bool:
        return self._offices.get(office).outside

    def is_known(self, number: int) -> bool:
        """Was it given by the directive that the story is about?"""
        return self[number].directive == self._known

    def office(self, office: str) -> str:
        """An office's name in the language in use; the sample's labels are their English names."""
        found = self._offices.find(office)
        if found is None:
            return office
        return found.label if in_use() == "en" else found.name

    def offices(self, offices: Iterable[str]) -> Text:
        return joined([self.office(one) for one in dict.fromkeys(offices)])

    def symbol(self, directive: int) -> str:
        return self._symbols[directive]

    def label(self, number: int) -> str:
        """The label of the item that an obligation is owed under."""
        one = self[number]
        return self._items[one.directive, one.item].label

    def seat(self, one: Addressee) -> Text:
        """Who is told, and to whom they have to write where that is outside."""
        seat = say("{office} {role}", office=self.office(one.office), role=ROLE_WORDS.get(one.role, one.role))
        if one.letter_to:
            return say("{seat}, to draft a letter to the {office}", seat=seat, office=self.office(one.letter_to))
        return seat

    def what(self, numbers: Sequence[int]) -> Text:
        """One obligation or several: whose, which items, which period."""
        ones = [self[number] for number in numbers]
        holders = list(dict.fromkeys(one.holder for one in ones))
        if len(holders) == 1:
            return say("{office}, {items}", office=self.office(holders[0]), items=self._which(ones))
        offices = say_count("{count} office", "{count} offices", len(holders))
        return say("{offices}, {items}", offices=offices, items=self._which(ones))

    def _which(self, ones: Sequence[Obligation]) -> Text:
        """`item 2 of 4053/UBND-NC, 2023-Q3`; `items 3, 4`."""
        labels = list(dict.fromkeys(self.label(one.number) for one in ones))
        items = say("item {label}", label=labels[0]) if len(labels) == 1 else say("items {labels}", labels=labels)
        directives = {one.directive for one in ones} - {self._known}
        if directives:
            items = say("{items} of {symbols}", items=items, symbols=[self.symbol(one) for one in sorted(directives)])
        periods = {one.period for one in ones}
        period = periods.pop() if len(periods) == 1 else None
        return say("{items}, {period}", items=items, period=period_words(period)) if period else items

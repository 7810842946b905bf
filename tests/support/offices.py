"""The offices of the tests: two that stay outside, a department that runs the installation, and its units. Roles, no names."""

from workflows.commands import Actor
from workflows.offices import Office

GOVERNMENT, PROVINCE, DEPARTMENT = "gov", "province", "department"
SEATS = {"clerk": "Clerk", "officer": "Officer", "leader": "Leader"}
UNITS = 8


def unit(number: int) -> str:
    return f"unit-{number}"


def units(count: int) -> tuple[str, ...]:
    return tuple(unit(number) for number in range(1, count + 1))


def directory(count: int = UNITS) -> list[Office]:
    """Government and province outside, the department as host, and `count` units with every seat taken."""
    return [
        Office(GOVERNMENT, "Government Office", "government", outside=True),
        Office(PROVINCE, "People's Committee", "province", GOVERNMENT, outside=True),
        Office(DEPARTMENT, "Department", "department", PROVINCE, host=True, people=SEATS),
        *(Office(unit(n), f"Unit {n}", "unit", DEPARTMENT, people=SEATS) for n in range(1, count + 1)),
    ]


def whole_country(provinces: int, departments: int, units: int) -> list[Office]:
    """Every level inside: the government runs the installation; `p1`, `p1-d2` and `p1-d2-u3` hang below it."""
    offices = [Office(GOVERNMENT, "Government Office", "government", host=True, people=SEATS)]
    for p in range(1, provinces + 1):
        offices.append(Office(f"p{p}", f"Province {p}", "province", GOVERNMENT, people=SEATS))
        for d in range(1, departments + 1):
            offices.append(Office(f"p{p}-d{d}", f"Department {d} of {p}", "department", f"p{p}", people=SEATS))
            offices += [
                Office(f"p{p}-d{d}-u{u}", f"Unit {u} of {p}.{d}", "unit", f"p{p}-d{d}", people=SEATS)
                for u in range(1, units + 1)
            ]
    return offices


def seat(text: str) -> Actor:
    """`unit-1/leader` as an actor; `department/clerk for province` records for an outside office, and
    `department/leader (unit-1/leader)` is acted for by a deputy."""
    who, _, acting_for = text.partition(" for ")
    who, _, deputy = who.partition(" (")
    office, _, role = who.partition("/")
    return Actor(office, role, acting_for=acting_for or None, deputy=deputy.removesuffix(")") or None)


HOST_CLERK = seat("department/clerk")
DIRECTOR = seat("department/leader")

"""A web that is served once for each file, and whoever visits it: of files that have an `office` of their own."""

from collections.abc import Iterator

import pytest

from engine.runtime import Runtime
from tests.support.browsing import Visitor, served


@pytest.fixture(scope="module")
def address(office: Runtime) -> Iterator[str]:
    with served(office) as at:
        yield at


@pytest.fixture
def visitor(address: str) -> Iterator[Visitor]:
    with Visitor(address) as one:
        yield one

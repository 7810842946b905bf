"""Debian's Chromium and a web to look at, each started once for a file of stories."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from engine.runtime import Runtime
from tests.support.browsing import served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def address(office: Runtime) -> Iterator[str]:
    with served(office) as at:
        yield at

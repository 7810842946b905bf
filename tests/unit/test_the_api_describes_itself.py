"""What the API says of itself: one language, and an example for whatever has to be sent."""

import json
import re
from typing import Any

import pytest

from engine.notify.channels import Silent
from engine.runtime import opened
from engine.web.api.document import described
from engine.web.app import build
from engine.web.site import site_of
from tests.support.databases import SqliteFiles, create_installation

_VIETNAMESE = re.compile(r"[àáảãạăắằẳẵặâấầẩẫậđèéẻẽẹêếềểễệìíỉĩịòóỏõọôốồổỗộơớờởỡợùúủũụưứừửữựỳýỷỹỵ]", re.IGNORECASE)
_NEED_NONE = ('"examples"', '"enum"', '"const"', '"boolean"', '"integer"')


@pytest.fixture(scope="module")
def document(sqlite: SqliteFiles) -> dict[str, Any]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        return described(build(site_of(runtime)))


def texts(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        return [found for name, one in value.items() for found in texts(one, (*path, name))]
    if isinstance(value, list):
        return [found for one in value for found in texts(one, path)]
    return [(path, value)] if isinstance(value, str) else []


def test_descriptions_are_in_one_language(document: dict[str, Any]) -> None:
    mixed = [
        "/".join(path)
        for path, said in texts(document)
        if path[-1] in ("description", "summary", "title") and _VIETNAMESE.search(said)
    ]
    assert mixed == []


def test_whatever_has_to_be_sent_has_an_example(document: dict[str, Any]) -> None:
    lacking = []
    for path, ways in document["paths"].items():
        for method, way in ways.items():
            lacking += [
                f"{method} {path}: {one['name']}"
                for one in way.get("parameters", ())
                if not any(word in json.dumps(one["schema"]) for word in _NEED_NONE)
            ]
            for kind, sent in way.get("requestBody", {}).get("content", {}).items():
                if kind == "application/octet-stream":  # a file: any bytes
                    continue
                schema = document["components"]["schemas"][sent["schema"]["$ref"].rpartition("/")[2]]
                lacking += [
                    f"{method} {path}: {name}"
                    for name in schema.get("required", ())
                    if not any(word in json.dumps(schema["properties"][name]) for word in _NEED_NONE)
                ]
    assert lacking == []


def test_every_way_in_says_what_it_does(document: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for path, ways in document["paths"].items()
        for method, way in ways.items()
        if not way.get("summary") or "Deed:" not in way["description"]
    ]
    assert silent == []
    assert len(document["paths"]) > 60

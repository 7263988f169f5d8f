"""Schemathesis asks the API everything that its OpenAPI document allows, and much that it does not: nothing is an error of ours.

Checked of each answer: no 5xx, a status, a media type and a document as they are described, and that what the document forbids is refused.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import Engine, create_engine

from episodes.web.app import application
from episodes.web.settings import Site

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
PATHS = sorted(application(Site(create_engine("sqlite://"), Path())).app.app.openapi()["paths"])
MODES = schemathesis.GenerationMode
#: For each path and mode; more by hand: SCHEMATHESIS_EXAMPLES=500.
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "12"))
#: Of a name nothing is forbidden, so that there is nothing wrong to ask these for.
NAMES_ONLY = ("/api/episodes/{key}", "/api/episodes/{key}/passages")
CASES = [(path, mode) for path in PATHS for mode in MODES if mode is MODES.POSITIVE or path not in NAMES_ONLY]


@pytest.fixture(scope="module")
def schema(filled: Engine, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The API as it describes itself, to be called without a network."""
    site = Site(filled, tmp_path_factory.mktemp("media"))
    return schemathesis.openapi.from_asgi("/openapi.json", application(site))


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_every_answer_is_one_that_is_described(schema: Any, path: str, mode: Any) -> None:
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate()

    asked()

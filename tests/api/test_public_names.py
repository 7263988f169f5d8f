"""What programs may rely on: names, docstrings, types; and that none of it costs anything before it is used."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module

import pytest

import episodes
import episodes.testing
import transcripts
import transcripts.api
from episodes import Catalog, open_catalog
from tests.test_layers import HEAVY

METHODS = [
    method
    for kind in reversed(Catalog.__mro__[:-1])
    for name, method in vars(kind).items()
    if inspect.isfunction(method) and not name.startswith("_")
]
FUNCTIONS = [
    *METHODS, open_catalog, transcripts.api.load, transcripts.api.transcribe, episodes.testing.sample_catalog,
]  # fmt: skip


@pytest.mark.parametrize("module", ["episodes", "transcripts", "episodes.testing"])
def test_every_public_name_is_there(module: str) -> None:
    made = import_module(module)

    for name in made.__all__:
        assert getattr(made, name).__module__.startswith(("episodes.", "transcripts."))
        assert getattr(made, name).__doc__
    assert len(made.__all__) == len(set(made.__all__))
    with pytest.raises(AttributeError, match="nothing_like_it"):
        made.nothing_like_it  # noqa: B018


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_function_tells_its_errors_and_its_types(function: Callable[..., object]) -> None:
    signature = inspect.signature(function)

    assert "raises" in (function.__doc__ or "").casefold()
    assert signature.return_annotation is not signature.empty
    assert [
        one.name for one in signature.parameters.values() if one.annotation is one.empty and one.name != "self"
    ] == []


def test_there_is_a_method_for_what_the_commands_do() -> None:
    wanted = {
        "search", "shows", "episodes", "episode", "articles", "article", "links", "alignment", "status", "export", "update", "retry",
        "import_paths", "add_articles", "link", "confirm", "reject", "transcribe", "correct",
    }  # fmt: skip

    assert {method.__name__ for method in METHODS} >= wanted


@pytest.mark.parametrize(
    ("statement", "light"),
    [
        ("import episodes, transcripts", HEAVY | {"sqlalchemy", "sqlmodel", "pydantic"}),
        ("from transcripts import transcribe", HEAVY | {"sqlalchemy", "sqlmodel", "pydantic"}),
        ("from episodes import open_catalog", HEAVY),
    ],
)
def test_nothing_is_loaded_before_it_is_used(statement: str, light: set[str]) -> None:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert not light & set(json.loads(loaded))

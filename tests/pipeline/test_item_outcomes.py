"""One bad item never stops a batch; Ctrl-C always does."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from episodes.config import Settings
from episodes.database import database_errors
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.run import Run
from episodes.values import State


def refuse(*, interrupted: bool) -> None:
    """What a driver does that is asked to tidy up in the middle of a batch."""
    try:
        if interrupted:
            raise KeyboardInterrupt
    finally:
        raise OperationalError("INSERT", {}, ValueError("cannot exit the pipeline"))


@pytest.fixture
def run(engine, tmp_path) -> Run:
    return Run(engine, Settings.from_environment({"NIR_HOME": str(tmp_path)}))


def test_an_error_that_came_of_ctrl_c_is_one(engine, run):
    for work in (lambda: refuse(interrupted=True), lambda: within(engine)):
        with pytest.raises(KeyboardInterrupt):
            guarded(run, work, item="story", step="read")


def within(engine) -> None:
    with database_errors(engine):
        refuse(interrupted=True)


def test_any_other_error_is_the_items(run):
    def fail() -> None:
        raise ValueError("seven legs")

    outcome = guarded(run, fail, item="story", step="read")
    assert (outcome.state, outcome.item) == (State.FAILED, "story")
    assert "seven legs" in outcome.reason

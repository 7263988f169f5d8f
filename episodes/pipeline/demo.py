"""The sample show through the real code path: served on loopback, listed, fetched, transcribed, linked, indexed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from episodes.catalog import shows
from episodes.database import writing
from episodes.errors import Usage
from episodes.pipeline.adding_articles import add_articles
from episodes.pipeline.linking import link_all
from episodes.pipeline.run import Run
from episodes.pipeline.update import update
from episodes.sample.server import SampleSite
from episodes.values import Outcome

#: A marker file in the folder of a demo: only such a folder may be emptied.
MARK = "this-is-a-demo"


def prepare(home: Path) -> None:
    """Make the folder of the demo, or empty it: URLs of an earlier demo contain that run's port.

    Raises:
        Usage: The folder is not empty and was not made by a demo.
    """
    if home.is_dir() and any(home.iterdir()):
        if not (home / MARK).is_file():
            raise Usage(home, "this folder is not empty and no demo made it; name another by --home")
        shutil.rmtree(home)
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / MARK).touch()


def demo(run: Run) -> Iterator[Outcome]:
    """Follow the sample show, transcribe its episodes, read its articles, link; one outcome per item."""
    with SampleSite() as site:
        with writing(run.database) as session:
            shows.add(session, site.feed, title="", match="", now=run.now())
        yield from update(run)
        yield from add_articles(run, site.articles)
    link_all(run)

"""What can go wrong in the catalog, and the exit code of each.

    CatalogError                1  one thing failed
    ├── SourceError             1  an episode or a list of episodes could not be read
    │   ├── RateLimited         1  the site asks us to stop for a while
    │   └── FileRefused         1  a file of this machine that is not read
    ├── ArticleError            1  a page or file gives no article
    │   ├── BadAddress          1  what should be an address is none
    │   ├── PageRefused         1  the site answers, and gives no page
    │   ├── PageTooLarge        1  the site answers with more than a page
    │   └── RobotsForbid        1  the site's robots.txt asks programs to stay away
    ├── NotFetched              1  nothing came over the network
    │   ├── AddressRefused      1  an address leads to what may not be asked
    │   ├── TooLarge            1  more came than there is room for
    │   └── TooSlow             1  a server took too long
    ├── BadItem                 1  a line or a file that is not what it should be
    ├── NotFound                2  what the person named is not in the catalog
    │   ├── Ambiguous           2  or more than one thing has this name
    │   ├── NoSuchFile          2  nor is a file where it was said to be
    │   ├── WordsNotFound       2  nor in what was heard of an episode
    │   └── NoTopic             2  nor in the manual
    ├── Usage                   2  the command cannot mean anything
    └── NothingDone             3  nothing at all could be done
        ├── DatabaseUnreachable 3
        │   ├── Contended       3  others hold what this needs
        │   ├── NotAllowed      3  it can only be read, or not even that
        │   ├── TooNew          3  a newer version of the program has made it
        │   └── BadBackup       3  a file that cannot be restored
        ├── BadRow              3  a row that another database does not take
        └── DiskFull            3

The docstring of each class is the message that a person reads: what happened, and what to do. Exit codes are set here and
read in one place, ``episodes.cli.errors``; ``transcripts.errors`` are mapped there too, since transcripts/ knows no exit codes.
"""

from __future__ import annotations

from datetime import datetime

from episodes.redaction import redact
from transcripts.errors import DocstringError


def by_a_signal(error: BaseException | None) -> bool:
    """Whether an error came of a person's Ctrl-C: a driver that is interrupted tidies up, and fails at that in words of its own."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


class CatalogError(DocstringError):
    """Something went wrong in the catalog."""

    exit_code = 1

    def __str__(self) -> str:
        """The message, without the passwords that a cause in another library's words may hold."""
        return redact(super().__str__())


class SourceError(CatalogError):
    """The episode could not be read; check the address, and try again later with `nir retry`."""


class RateLimited(SourceError):
    """The site asks to be left alone for a while; nothing is lost, run the command again after the time named."""

    def __init__(self, item: object = "", detail: object = "", until: datetime | None = None) -> None:
        """``until`` is when to go on (UTC)."""
        super().__init__(item, detail)
        self.until = until


class FileRefused(SourceError):
    """This file is not read; only what lies below a folder that a person named is: give its folder to `nir import` (again)."""


class ArticleError(CatalogError):
    """No article could be read there; check the address or the file."""


class BadAddress(ArticleError):
    """This is no address of a page; check how it is written."""


class PageRefused(ArticleError):
    """The site gives no page there; check the address, or look with a browser."""

    def __init__(self, item: object = "", detail: object = "", status: int = 0) -> None:
        """``status`` is the HTTP status: 404 and 410 say that there is no such page."""
        super().__init__(item, detail)
        self.status = status


class PageTooLarge(ArticleError):
    """More came than a page has; give the address of a page."""


class RobotsForbid(ArticleError):
    """The site's robots.txt asks programs to stay away from this address."""


class NotFetched(CatalogError):
    """Nothing could be fetched there; check the address, and try again later."""


class AddressRefused(NotFetched):
    """This address is not asked; only http and https addresses of the public internet are."""


class TooLarge(NotFetched):
    """More came than is taken from there."""


class TooSlow(NotFetched):
    """The server takes too long; try again later."""


class BadItem(CatalogError):
    """This entry cannot be read; correct it and run the import again, the others are in."""


class NotFound(CatalogError):
    """Nothing in the catalog has this name; `nir episodes`, `nir articles` and `nir links` list what there is."""

    exit_code = 2


class Ambiguous(NotFound):
    """More than one could be meant; name one by its key."""


class NoSuchFile(NotFound):
    """There is no such file; check its name and folder."""


class WordsNotFound(NotFound):
    """These words were not heard there; `nir search` finds where they were."""


class NoTopic(NotFound):
    """There is no help on this; `nir help` lists the topics."""


class Usage(CatalogError):
    """This cannot be done as it was asked."""

    exit_code = 2


class NothingDone(CatalogError):
    """Nothing could be done."""

    exit_code = 3


class DatabaseUnreachable(NothingDone):
    """The catalog's database cannot be used; check NIR_DATABASE_URL and NIR_HOME."""


class Contended(DatabaseUnreachable):
    """Another run or program holds the catalog's database; run the command again when it has ended."""


class NotAllowed(DatabaseUnreachable):
    """The database does not allow this from here; use an account, a file or a folder that has the right which is missing."""


class TooNew(DatabaseUnreachable):
    """This was made by a newer version of nir (or by another program); upgrade nir and try again, nothing was changed."""


class BadBackup(DatabaseUnreachable):
    """This is no backup that can be restored; nothing was restored, and the file is as it was: take another backup."""


class BadRow(NothingDone):
    """This row cannot be copied, and nothing was written; mend it in the database that it comes from, and run the command again."""


class DiskFull(NothingDone):
    """The disk is full; free some space and run the command again, what was finished is kept."""

"""The catalog's errors and their exit codes.

    CatalogError                1  one thing failed
    ├── SourceError             1  an episode or a list of episodes could not be read
    │   ├── RateLimited         1  the site limits requests for a while
    │   └── FileRefused         1  a local file that must not be read
    ├── ArticleError            1  a page or file has no article
    │   ├── BadAddress          1  an invalid URL
    │   ├── PageRefused         1  the site returned no page
    │   ├── PageTooLarge        1  the response is too large for a page
    │   └── RobotsForbid        1  the site's robots.txt disallows it
    ├── NotFetched              1  nothing could be fetched
    │   ├── AddressRefused      1  an address that must not be requested (SSRF)
    │   ├── TooLarge            1  the response exceeds the limit
    │   └── TooSlow             1  the server timed out
    ├── BadItem                 1  an invalid line or file
    ├── NotFound                2  the name is not in the catalog
    │   ├── Ambiguous           2  more than one thing has this name
    │   ├── NoSuchFile          2  there is no such file
    │   ├── WordsNotFound       2  the words are not in the transcript
    │   └── NoTopic             2  the topic is not in the manual
    ├── Usage                   2  invalid arguments or settings
    │   └── Closed              2  a catalog that a program has closed
    └── NothingDone             3  nothing could be done
        ├── DatabaseUnreachable 3
        │   ├── Contended       3  another process is in the way
        │   ├── NotAllowed      3  a permission is missing
        │   ├── TooNew          3  made by a newer version of the program
        │   └── BadBackup       3  a file that cannot be restored
        ├── BadRow              3  a row that the other database rejects
        └── DiskFull            3

The docstring of each class is the message shown: what happened, and what to do. ``NotFound`` and ``Usage`` show their
detail instead, if there is one. Exit codes are set here and read in one place, ``episodes.cli.errors``, which also maps
``transcripts.errors``: that package has no exit codes.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from episodes.redaction import redact
from transcripts.errors import DocstringError


def caused_by_interrupt(error: BaseException | None) -> bool:
    """Return True if Ctrl-C caused the error: an interrupted driver cleans up, and reports its own failure at that."""
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
    #: The detail is the whole message where there is one: the class's own sentence would add nothing to it.
    detail_suffices: ClassVar[bool] = False

    def __str__(self) -> str:
        """Return the message without passwords, which a cause in another library's words may contain."""
        if self.detail and self.detail_suffices:
            return redact(f"{self.item}: {self.detail}" if self.item else self.detail)
        return redact(super().__str__())


class SourceError(CatalogError):
    """The episode could not be read; check the address, and try again later with `nir retry`."""


class RateLimited(SourceError):
    """The site limits requests for a while; nothing is lost, run the command again after the time given."""

    def __init__(self, item: object = "", detail: object = "", until: datetime | None = None) -> None:
        """``until`` is when to resume (UTC)."""
        super().__init__(item, detail)
        self.until = until


class FileRefused(SourceError):
    """This file is not read, since only files below a folder that you named are; run `nir import` (again) on its folder."""


class ArticleError(CatalogError):
    """No article could be read; check the address or the file."""


class BadAddress(ArticleError):
    """This is not a valid web address; check its spelling."""


class PageRefused(ArticleError):
    """The site returned no page; check the address, or open it in a browser."""

    def __init__(self, item: object = "", detail: object = "", status: int = 0) -> None:
        """``status`` is the HTTP status; 404 and 410 mean that the page does not exist."""
        super().__init__(item, detail)
        self.status = status


class PageTooLarge(ArticleError):
    """The response is too large for a page; give the address of a single article."""


class RobotsForbid(ArticleError):
    """The site's robots.txt disallows this address for programs."""


class NotFetched(CatalogError):
    """Nothing could be fetched; check the address, and try again later."""


class AddressRefused(NotFetched):
    """This address is not fetched; only http and https addresses on the public internet are."""


class TooLarge(NotFetched):
    """The response is larger than the limit."""


class TooSlow(NotFetched):
    """The server takes too long; try again later."""


class BadItem(CatalogError):
    """This entry cannot be read; correct it and run the import again, the others were imported."""


class NotFound(CatalogError):
    """Nothing in the catalog has this name; `nir episodes`, `nir articles` and `nir links` list what there is."""

    exit_code = 2
    detail_suffices = True

    @classmethod
    def of_kind(cls, kind: str, name: object) -> Self:
        """Return the error that there is no "episode", "article", "link" … of this name; the command ``nir <kind>s`` lists them."""
        shown = name if str(name).isdecimal() else repr(name)
        return cls(detail=f"there is no {kind} {shown}; `nir {kind}s` lists them")


class Ambiguous(NotFound):
    """This name is ambiguous; name one by its key."""

    detail_suffices = False


class NoSuchFile(NotFound):
    """There is no such file; check its name and folder."""

    detail_suffices = False


class WordsNotFound(NotFound):
    """The transcript does not have these words there; `nir search` finds where they were said."""

    detail_suffices = False


class NoTopic(NotFound):
    """There is no such topic; `nir help` lists all."""


class Usage(CatalogError):
    """This cannot be done as requested."""

    exit_code = 2
    detail_suffices = True


class Closed(Usage):
    """The catalog is closed; open it again with `open_catalog`."""


class NothingDone(CatalogError):
    """Nothing could be done."""

    exit_code = 3


class DatabaseUnreachable(NothingDone):
    """The catalog's database cannot be used; check NIR_DATABASE_URL and NIR_HOME."""


class Contended(DatabaseUnreachable):
    """Another run or program is using the catalog's database; run the command again when it has finished."""


class NotAllowed(DatabaseUnreachable):
    """Permission is missing for this; use an account, a file or a folder that has it."""


class TooNew(DatabaseUnreachable):
    """This was made by a newer version of nir (or by another program); upgrade nir and try again, nothing was changed."""


class BadBackup(DatabaseUnreachable):
    """This is not a backup that can be restored; nothing was restored and the file is unchanged, choose another backup."""


class BadRow(NothingDone):
    """This row cannot be copied, and nothing was written; correct it in the source database, and run the command again."""


class DiskFull(NothingDone):
    """The disk is full; free some space and run the command again, finished work is kept."""

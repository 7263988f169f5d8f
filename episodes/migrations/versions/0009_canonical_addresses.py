"""Rewrite URLs to today's canonical form: more tracking parameters are removed, and escapes are normalized.

Lookups canonicalize URLs first, so a URL in the earlier form would never be found. Articles keep the URL that they show, since any of their
URLs finds them. A row whose canonical URL belongs to another row already stays unchanged. The canonical form is computed by the program
that runs this, since that is what it will look up.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from episodes.errors import BadAddress
from episodes.names import bounded
from episodes.urls import canonical, key, youtube_id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NO_VIDEOS = ("youtube:videoseries", "youtube:live_stream")
_WEB = ("http://", "https://")


def upgrade() -> None:
    _rename("article_address", "url", {})
    _rename("site", "url", {})
    _rename("outcome", "item", {"data": _asked})
    _identities()


def _rename(table: str, column: str, others: dict[str, Any]) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(column), sa.column("step"), sa.column("data", sa.JSON))
    name = rows.c[column]
    step = [rows.c.step] if table == "outcome" else []
    for row_id, old, *where in op.get_bind().execute(sa.select(rows.c.id, name, *step)).all():
        new = _canonical(old) if old.startswith(_WEB) else old
        if new == old or _is_taken(rows, name, new, dict(zip(step, where, strict=True))):
            continue
        values = {column: new} | {other: make(rows, row_id, old, new) for other, make in others.items()}
        op.get_bind().execute(rows.update().where(rows.c.id == row_id).values(values))


def _is_taken(rows: Any, name: Any, new: str, where: dict[Any, Any]) -> bool:  # noqa: ANN401 - tables as of this revision
    also = [column == value for column, value in where.items()]
    return op.get_bind().execute(sa.select(rows.c.id).where(name == new, *also)).first() is not None


def _asked(rows: Any, row_id: int, old: str, new: str) -> Any:  # noqa: ANN401
    data = op.get_bind().execute(sa.select(rows.c.data).where(rows.c.id == row_id)).scalar() or {}
    return data | ({"url": new} if data.get("url") == old else {})


def _identities() -> None:
    """Rewrite episodes identified by a URL, and those that came from a YouTube playlist URL mistaken for a video."""
    rows = sa.table("episode", *map(sa.column, ("id", "identity", "key", "show_title", "media", "url")))
    columns = (rows.c.id, rows.c.identity, rows.c.key, rows.c.show_title, rows.c.media, rows.c.url)
    known = sa.or_(rows.c.identity.like("url:%"), rows.c.identity.in_(_NO_VIDEOS))
    for row_id, old, entry_id, show, *addresses in op.get_bind().execute(sa.select(*columns).where(known)).all():
        new = _imported(show, entry_id) if old in _NO_VIDEOS else next(_names(old, addresses))
        if new != old and not _is_taken(rows, rows.c.identity, new, {}):
            op.get_bind().execute(rows.update().where(rows.c.id == row_id).values(identity=new))
            _noted(old, new)


def _noted(old: str, new: str) -> None:
    """Move an episode's outcomes to its new identity."""
    rows = sa.table("outcome", sa.column("item"), sa.column("step"))
    taken = sa.select(rows.c.step).where(rows.c.item == new).scalar_subquery()
    op.get_bind().execute(rows.update().where(rows.c.item == old, rows.c.step.not_in(taken)).values(item=new))


def _imported(show: str, entry_id: str) -> str:
    """Return the identity of the imported line that came first, whose id is the row's key. The next import adds the others."""
    plain = unicodedata.normalize("NFKD", show).encode("ascii", "ignore").decode().lower()
    scope = ""
    for word in re.findall(r"[a-z0-9]+", plain.replace("'", "")):
        if len(scope) + len(word) + 1 > 40:
            break
        scope = f"{scope}-{word}" if scope else word
    return f"import:{scope}:{entry_id}" if scope else f"import:{entry_id}"


def _names(old: str, addresses: list[str]) -> Iterator[str]:
    """Yield the identity by that URL of the episode which its earlier identity was made from, with a rewritten query."""
    earlier, hash_sign, part = old.removeprefix("url:").partition("#")
    for address in (*addresses, f"https://{earlier}"):
        if address.startswith(_WEB) and key(address) == key(f"https://{earlier}") != "":
            video = youtube_id(address)
            yield (
                f"youtube:{video}"
                if video
                else bounded(f"url:{_canonical(address).partition('://')[2]}{hash_sign}{part}")
            )
    yield old


def _canonical(address: str) -> str:
    """Canonicalize, keeping the fragment: it distinguishes parts of a page without their own URL."""
    page, hash_sign, part = address.partition("#")
    try:
        return bounded(f"{canonical(page)}{hash_sign}{part}")
    except BadAddress:
        return address

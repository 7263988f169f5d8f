"""Keep passwords out of what is shown, logged or stored about an address or an error.

``redact_database_url`` shows a database URL whole, or only its scheme if any part is ambiguous: in a malformed URL the
password can be anywhere. ``redact`` masks a text (an error of some library, a traceback): what stands before the ``@``
of web addresses, the values of password parameters, and every password given to this process, as collected by
``register_secrets`` and from the environment.

Private podcast feeds carry their key in the address. The catalog keeps it, because it is needed to fetch the feed, and
shows the address without it. A key inside the path looks like any other path and stays visible.
"""

from __future__ import annotations

import functools
import os
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

#: What is shown instead.
HIDDEN = "***"

#: Environment variables that hold addresses with passwords. They are also read in lower case, the older custom.
_ADDRESSES = ("NIR_DATABASE_URL", "NIR_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY")
_PASSWORDS = ("PGPASSWORD",)

#: Harmless parameters of database URLs (libpq, SQLite, psycopg). An allowlist, so that a misspelt ``pasword`` is
#: masked.
_HARMLESS = {
    *("host", "hostaddr", "port", "dbname", "user", "service", "passfile", "connect_timeout", "client_encoding"),
    *("application_name", "fallback_application_name", "target_session_attrs", "load_balance_hosts"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslnegotiation", "gssencmode", "channel_binding"),
    *("keepalives", "keepalives_idle", "tcp_user_timeout", "uri", "mode", "cache", "immutable", "vfs", "timeout"),
}
#: Characters. A shorter secret would match inside too many ordinary words.
_SHORTEST = 4

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
#: The user info before the host, in an address inside a text.
_BEFORE_HOST = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]{0,30}://)([^\s/?#@\"'<>]{1,500}(?:@[^\s/?#@\"'<>]{0,500})*)@")
_WEB = re.compile(r"(?:https?|wss?|ftps?|socks\w*)://\Z", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"((?:(?<=[?&;])(?:\w{0,30}token|\w{0,30}secret|api_?key|auth|passw(?:or)?d|pwd|pass)|\b(?:ssl)?password)\s{0,3}=\s{0,3})"
    r"(?!\*\*\*)('[^']{0,500}'|[^\s&;#'\"]{1,500})",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    r"(Authorization['\"]?\s{0,3}[:=,]\s{0,3}b?['\"]?(?:Basic|Bearer|Digest)\s{1,3})[^\s'\"]+", re.IGNORECASE
)

_registered: set[str] = set()


def register_secrets(*addresses: str) -> None:
    """Mask the secrets in these addresses in every text from now on."""
    _registered.update(secret for address in addresses for secret in _secrets(address))


def redact(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Mask passwords in a text: recognisable ones, registered ones, and those in the environment."""
    for secret in sorted(_registered.union(_environment_secrets(environment)), key=len, reverse=True):
        if secret in text:
            text = _mask(text, secret)
    text = _BEFORE_HOST.sub(_mask_password, text)
    text = _SECRET_VALUE.sub(rf"\g<1>{HIDDEN}", text)
    return _CREDENTIALS.sub(rf"\g<1>{HIDDEN}", text)


def redact_url(address: str) -> str:
    """Return a web address for display, without a subscriber's key before the host or in a token parameter.

    The stored address keeps the key, so fetching still works.
    """
    return redact(address) if "@" in address or "=" in address else address


def redact_database_url(url: str | URL) -> str:
    """Return a database URL for display; only its scheme if it cannot be parsed or is ambiguous."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError, TypeError):
        return _scheme_only(str(url))
    parts = (parsed.username, parsed.host, "" if parsed.drivername.startswith("sqlite") else parsed.database)
    if any(re.search(r"[@=?&/\s]", part or "") for part in parts):
        return _scheme_only(parsed.drivername + ":")
    known = {name: value if name in _HARMLESS else HIDDEN for name, value in parsed.query.items()}
    shown = parsed.set(query=known).render_as_string(hide_password=True)
    return unquote(shown).replace("%2A", "*")


def _mask(text: str, secret: str) -> str:
    """Mask a secret; one made of letters only as a whole word, so that ``postgres`` does not break ``postgresql``."""
    if secret.isalpha():
        return re.sub(rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", HIDDEN, text)
    return text.replace(secret, HIDDEN)


def _scheme_only(address: str) -> str:
    found = _SCHEME.match(address)
    return f"{found[0]}:…" if found else "an address that cannot be read"


def _mask_password(found: re.Match[str]) -> str:
    """Return ``https://***@host`` for web addresses, where even the user name may be a key.

    Other schemes keep the user name.
    """
    scheme, who = found[1], found[2]
    name, colon, _ = who.partition(":")
    if _WEB.match(scheme):
        return f"{scheme}{HIDDEN}@"
    return f"{scheme}{name}{colon and ':' + HIDDEN}@"


def _environment_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    for name in (*_ADDRESSES, *map(str.lower, _ADDRESSES)):
        yield from _secrets(environment.get(name) or "")
    yield from (secret for name in _PASSWORDS if len(secret := environment.get(name) or "") >= _SHORTEST)


@functools.lru_cache(maxsize=64)  # an import redacts one reason per item, each time with the environment's secrets
def _secrets(address: str) -> frozenset[str]:
    """Find possible passwords in an address, well-formed or not, in the forms in which libraries repeat them."""
    found: set[str] = set()
    for raw in _raw_secrets(address):
        found |= {raw, unquote(raw), quote(raw, safe=""), quote(unquote(raw), safe=""), *re.split(r"[/?#@:&]", raw)}
    return frozenset(form for form in found if len(form) >= _SHORTEST and set(form) != {"*"})


def _raw_secrets(address: str) -> Iterator[str]:
    rest = address.partition("://")[2] or address
    before_host = "@" in rest and not address.startswith("sqlite")
    for who in {rest.partition("@")[0], rest.rpartition("@")[0]} if before_host else ():
        name, _, password = who.partition(":")
        yield password
        yield b64encode(unquote(f"{name}:{password}").encode()).decode()
    port = rest.partition("/")[0].rpartition(":")[2]
    if not port.isdecimal():  # not a port: may be part of a password
        yield port.rpartition("@")[2] if "@" in port else port
    for pair in re.split(r"[?&]", rest)[1:]:
        name, _, value = pair.partition("=")
        if name.casefold() not in _HARMLESS:
            yield value

"""Speech in several languages from Debian's packages."""

from __future__ import annotations

import hashlib
import io
import lzma
import random
import tarfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from tests.quality.real_speech.weights import Missing

RATE = 16_000
POOL = "https://deb.debian.org/debian/pool/main"
LEAST = 1.5
"""Seconds of a sentence at least."""

NO_SENTENCES = {"letters", "digits", "phonetic", "silence"}


@dataclass(frozen=True, slots=True)
class Package:
    """A package with the SHA-256 of the one that was looked at, and which of its files are speech."""

    path: str
    sha256: str
    inside: str
    kind: str


_ASTERISK = "a/asterisk-core-sounds/asterisk-core-sounds-"

PACKAGES = {
    "en": Package(
        f"{_ASTERISK}en-g722_1.6.1-1_all.deb",
        "38c5261820b406dcb0ecb37675720da2b0864850690690352ca52707eb623806",
        "/en_US_f_Allison/",
        "g722",
    ),
    "fr": Package(
        f"{_ASTERISK}fr-g722_1.6.1-1_all.deb",
        "7add61d5e42279ecff1bbdf842a5a946ac3644fac9a0fe44384731aa7270c8e0",
        "/fr_CA_f_June/",
        "g722",
    ),
    "es": Package(
        f"{_ASTERISK}es-g722_1.6.1-1_all.deb",
        "e4e3b4281057d3b81b779298fd6be705f57411513955c518eed1bcaabbd615b8",
        "/es_MX_f_Allison/",
        "g722",
    ),
    "it": Package(
        f"{_ASTERISK}it-g722_1.6.1-1_all.deb",
        "46b4cf7afc508a5fcfc051b7ea233251c0d195dd4ef83cc4b7facb4c6429b016",
        "/it_IT_m_Carlo/",
        "g722",
    ),
    "ru": Package(
        f"{_ASTERISK}ru-g722_1.6.1-1_all.deb",
        "673b4238a6b8269960f055d868c6a11083f7a0d00979167cb01554046b48ed9b",
        "/ru_RU_f_IvrvoiceRU/",
        "g722",
    ),
    "nl": Package(
        "f/fillets-ng-data/fillets-ng-data-nl_1.0.1-1.1_all.deb",
        "afb4443fda9ab507dee578b75be857d121718a1cd6017a474f30e0eb13dc9d10",
        "/nl/",
        "ogg",
    ),
}


def prompts(language: str, cache: Path, seed: int) -> Iterator[np.ndarray]:
    """Sentences spoken in a language, in an order of their own for each seed: samples at 16 kHz.

    Raises:
        Missing: the package cannot be had.
    """
    package = PACKAGES[language]
    with tarfile.open(fileobj=io.BytesIO(_data(_fetched(package, cache)))) as files:
        names = sorted(one.name for one in files if _is_speech(one.name, package))
        random.Random(seed).shuffle(names)
        for name in names:
            content = files.extractfile(name)
            sound = _trimmed(_decoded(content.read(), package.kind)) if content else np.zeros(0, np.float32)
            if len(sound) >= LEAST * RATE:
                yield sound


def _is_speech(name: str, package: Package) -> bool:
    path = PurePath(name)
    return package.inside in name and path.suffix == f".{package.kind}" and path.parent.name not in NO_SENTENCES


def _fetched(package: Package, cache: Path) -> bytes:
    file = cache / PurePath(package.path).name
    if not file.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        try:
            with urllib.request.urlopen(f"{POOL}/{package.path}", timeout=60) as answer:
                file.write_bytes(answer.read())
        except OSError as error:
            raise Missing(f"{file.name} cannot be had ({error}); put it into {cache} by hand") from error
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != package.sha256:
        raise Missing(f"{file.name} is not the file that was looked at")
    return content


def _data(package: bytes) -> bytes:
    """The tar archive inside a package, which is an ``ar`` archive of three members."""
    at = 8
    while at < len(package):
        name, size = package[at : at + 16].decode().strip(" /"), int(package[at + 48 : at + 58])
        if name == "data.tar.xz":
            return lzma.decompress(package[at + 60 : at + 60 + size])
        at += 60 + size + size % 2
    raise Missing("the package holds no data.tar.xz")


def _decoded(content: bytes, kind: str) -> np.ndarray:
    import av

    found: list[Any] = []
    with av.open(io.BytesIO(content), format=kind) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            found += resampler.resample(frame)
        found += resampler.resample(None)
    return np.concatenate([one.to_ndarray()[0] for one in found])


def _trimmed(sound: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    return sound[max(0, loud[0] - RATE // 10) : loud[-1] + RATE // 10] if len(loud) else sound[:0]

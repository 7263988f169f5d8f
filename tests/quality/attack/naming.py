"""Ways to call, from outside, a file that is nobody's business: each with a canary of its own, by whose word a leak is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

#: ``{file}`` is the path, ``{up}`` the way to it from the folder that a person named, ``{name}`` its name there, ``{quoted}`` its path.
NAMES = {
    "absolute": "{file}", "up": "{up}", "up from here": "./{up}", "up and up": "x/../{up}", "doubled slashes": "//{file}",
    "three slashes": "///{file}", "file:": "file:{file}", "file://": "file://{file}", "FILE://": "FILE://{file}", "File:": "File:{file}",
    "file://localhost": "file://localhost{file}", "file://host": "file://files.invalid{file}", "file:////": "file:////{file}",
    "quoted": "{quoted}", "file: quoted": "file://{quoted}", "share": "//files.invalid/share/{name}", "home": "~/{name}",
    "backslashes": "\\\\files.invalid\\share\\{name}", "backslashed": "..\\private\\{name}", "root's home": "~root/{name}",
    "through /proc": "/proc/self/root{file}", "through the folder": "/proc/self/cwd/{up}", "subfile": "subfile,,start,0,end,0,,:{file}",
    "concat": "concat:{file}", "pipe": "pipe:0", "descriptor": "/dev/fd/0", "data": "data:text/vtt,{name}", "no host": "http:{file}",
    "empty host": "http://{file}", "local_file": "local_file://{file}", "zero": "/dev/zero", "random": "/dev/urandom",
    "environment": "/proc/self/environ", "memory": "/proc/kcore", "FIFO": "{fifo}", "link": "{link}", "link beside": "link-{name}",
    "linked folder": "linked/{name}", "a folder": "{folder}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A private file, what it is called, and the word that only it holds."""

    number: int
    how: str
    text: str
    word: str


def named(private: Path, given: Path, ending: str, numbers: Iterator[int]) -> Iterator[Named]:
    """A private file of this ending for each name; ``given`` is the folder that a person will name, with the links that some go by."""
    fifo, linked = private / "fifo", given / "linked"
    if not fifo.exists():
        os.mkfifo(fifo)
        linked.symlink_to(private)
    for how, form in NAMES.items():
        number = next(numbers)
        file, word = private / f"canary{number}{ending}", f"zq{number}canary"
        file.write_text(content(word, ending))
        link = given / f"link-{file.name}"
        link.symlink_to(file)
        up = os.path.relpath(file, given)
        text = form.format(
            file=file,
            up=up,
            name=file.name,
            quoted=quote(str(file), safe="").replace("%2F", "%2f"),
            fifo=fifo,
            link=link,
            folder=private,
        )
        yield Named(number, how, text, word)


def content(word: str, ending: str) -> str:
    """A text that the reader of this ending takes for one of its kind."""
    said = f"The {word} sings of the harbour, and nobody was to hear that it does so every morning at six."
    if ending == ".html":
        return f"<html><head><title>{word}</title></head><body><article><h1>{word}</h1><p>{said}</p><p>{said}</p></article></body></html>"
    if ending == ".jsonl":
        return f'{{"url": "https://paper.example/{word}", "title": "{word}", "paragraphs": ["{said}"]}}\n'
    if ending == ".info.json":
        return f'{{"id": "{word}", "title": "{word}", "description": "{said}"}}'
    if ending in (".txt", ".md"):
        return f"{word}\n\n{said}\n"
    return f"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n{said}\n"


def linked(given: Path, private: Path, ending: str, numbers: Iterator[int]) -> Iterator[tuple[Named, Path]]:
    """Links, chains, loops, devices and FIFOs of this ending in a folder, each under a stem of its own."""
    for how in (
        "link",
        "relative link",
        "chain",
        "loop",
        "broken",
        "zero",
        "environment",
        "FIFO",
        "link to a FIFO",
        "link to a folder",
        "link through a folder",
    ):
        number = next(numbers)
        word, at = f"zq{number}canary", given / f"s{number}{ending}"
        file = private / f"linked{number}{ending}"
        file.write_text(content(word, ending))
        if how == "FIFO":
            os.mkfifo(at)
        else:
            at.symlink_to(_target(how, file, at, number))
        yield Named(number, how, at.name, word), at


def _target(how: str, file: Path, at: Path, number: int) -> Path | str:
    if how == "chain":
        between = at.with_name(f".between{number}")
        between.symlink_to(file)
        return between
    if how == "link to a FIFO":
        os.mkfifo(file.with_name(f"fifo{number}"))
    if how == "link through a folder":
        at.with_name(f".folder{number}").symlink_to(file.parent)
    return {
        "relative link": os.path.relpath(file, at.parent), "loop": at.name, "broken": "nothing-at-all", "zero": "/dev/zero",
        "environment": "/proc/self/environ", "link to a FIFO": file.with_name(f"fifo{number}"), "link to a folder": file.parent,
        "link through a folder": Path(f".folder{number}", file.name),
    }.get(how, file)  # fmt: skip

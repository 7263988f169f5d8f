"""What the project stands on is bounded, pinned by hashes, told by a bill of materials; files of others are as they were published."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.quality.dependencies import lock
from tests.quality.dependencies.bill import PROJECT, bill
from tests.quality.dependencies.vendored import ROOT, vendored

PROJECT_TABLE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENTS = [
    requirement
    for line in [
        *PROJECT_TABLE["dependencies"],
        *(one for some in PROJECT_TABLE["optional-dependencies"].values() for one in some),
    ]
    if (requirement := Requirement(line)).name != PROJECT
]
PINS = lock.pins()
LINUX = {"python_version": "3.11", "python_full_version": "3.11.7", "implementation_name": "cpython", "os_name": "posix",
         "platform_python_implementation": "CPython", "platform_machine": "x86_64", "sys_platform": "linux",
         "platform_system": "Linux"}  # fmt: skip


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_each_dependency_has_a_lower_bound(requirement: Requirement) -> None:
    assert [one for one in requirement.specifier if one.operator in (">=", "~=", "==")]


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_each_dependency_has_one_tried_version_that_the_project_allows(requirement: Requirement) -> None:
    name = canonicalize_name(requirement.name)
    found = [pin for pin in PINS if pin.name == name and (not pin.marker or Marker(pin.marker).evaluate(LINUX))]

    if lock.LEFT_TO_THE_MACHINE.fullmatch(name):
        assert found == []
    else:
        assert [requirement.specifier.contains(pin.version) for pin in found] == [True]


def test_each_tried_version_has_the_hashes_of_its_files_and_no_index_is_named() -> None:
    text = lock.FILE.read_text(encoding="utf-8")

    assert len(PINS) == len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)) > 100
    assert [pin.name for pin in PINS if not pin.hashes] == []
    assert text.startswith(lock.HEADER)
    assert not re.search(r"://|^-", text, re.MULTILINE)


def test_what_depends_on_the_machine_is_left_out_of_the_lock() -> None:
    resolved = (
        "tokens==1.0 ; sys_platform == 'linux' \\\n    --hash=sha256:" + "a" * 64 + "\n    # via torch\n"
        "torch==2.0 \\\n    --hash=sha256:" + "b" * 64 + "\n"
        "nvidia-cublas==1.0 \\\n    --hash=sha256:" + "c" * 64 + "\n    # via torch\n"
        "torchtools==2.0 \\\n    --hash=sha256:" + "d" * 64 + " \\\n    --hash=sha256:" + "e" * 64 + "\n"
    )

    assert lock.pins("".join(lock._kept(resolved))) == [
        lock.Pin("tokens", "1.0", "sys_platform == 'linux'", ("a" * 64,)),
        lock.Pin("torchtools", "2.0", "", ("d" * 64, "e" * 64)),
    ]


def test_files_of_others_are_as_they_were_published() -> None:
    for one in vendored():
        assert sha256((ROOT / one.path).read_bytes()).hexdigest() == one.sha256, one.path
        assert one.purl.endswith(f"@{one.version}")
        assert one.used_by in ("tests", "product")


#: Made here, by tests/voice: see episodes/sample.
MADE_HERE = ("episodes/sample/media/", "episodes/sample/voice.pt.xz", ".github/search.png", ".github/episode.png")
_OTHERS = re.compile(
    rb"copyright (?:\(c\)|\xc2\xa9|\d{4})|@licen[cs]e|licen[cs]ed under|SPDX-License-Identifier", re.IGNORECASE
)


def of_others(folder: Path) -> Iterator[str]:
    """Files that look as if others had made them: minified, binary, or with somebody's notice at their beginning."""
    for top in ("episodes", "transcripts", "tests", ".github", ".ci"):
        for path in (
            one for one in sorted((folder / top).rglob("*")) if one.is_file() and "__pycache__" not in one.parts
        ):
            start = path.read_bytes()[:4096]
            if ".min." in path.name or b"\0" in start or _OTHERS.search(start):
                yield path.relative_to(folder).as_posix()


def test_no_file_of_others_is_unlisted() -> None:
    found = {
        name
        for name in of_others(ROOT)
        if not name.startswith(MADE_HERE) and name != Path(__file__).relative_to(ROOT).as_posix()
    }

    assert found == {one.path for one in vendored()}


def test_a_file_of_others_is_noticed(tmp_path: Path) -> None:
    for name, content in {
        "a.min.css": b"a{}",
        "b.js": b"/*! b | Copyright (c) 2019 Harbour Inc. */",
        "c.woff2": b"wOF2\0\1",
        "d.js": b"1",
    }.items():
        (tmp_path / "episodes").mkdir(exist_ok=True)
        (tmp_path / "episodes" / name).write_bytes(content)

    assert list(of_others(tmp_path)) == ["episodes/a.min.css", "episodes/b.js", "episodes/c.woff2"]


@pytest.mark.parametrize("extras", [[], ["postgres"]], ids=["plain", "postgres"])
def test_the_bill_of_materials_names_what_is_needed_and_whole(extras: list[str]) -> None:
    made = bill(extras, now=datetime(2026, 5, 4, tzinfo=UTC))
    references = Counter([made["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in made["components"])])
    names = {one["name"] for one in made["components"]}

    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["serialNumber"])
    assert made["metadata"]["timestamp"] == "2026-05-04T00:00:00Z"
    assert set(references.values()) == {1}
    assert {one for line in made["dependencies"] for one in (line["ref"], *line["dependsOn"])} <= set(references)
    assert all(one["type"] and one["version"] and one["licenses"] for one in made["components"])
    assert {"yt-dlp", "torch", "sqlalchemy", "axe-core"} <= names
    assert ("psycopg" in names, "pytest" in names) == (bool(extras), False)


def test_the_bill_of_materials_is_the_same_for_the_same_environment() -> None:
    first, second = (bill(now=datetime(2026, 5, day, tzinfo=UTC)) for day in (4, 5))

    assert first["serialNumber"] == second["serialNumber"]
    assert first["metadata"].pop("timestamp") != second["metadata"].pop("timestamp")
    assert first == second


def test_files_of_others_are_in_the_bill_of_materials_with_their_hashes() -> None:
    files = {one["properties"][0]["value"]: one for one in bill()["components"] if one["type"] == "file"}

    assert set(files) == {one.path for one in vendored()}
    for one in vendored():
        assert files[one.path]["hashes"] == [{"alg": "SHA-256", "content": one.sha256}]
        assert files[one.path]["scope"] == ("excluded" if one.used_by == "tests" else "required")

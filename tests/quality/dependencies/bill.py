"""A software bill of materials in CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/.

It tells what is installed, not what could be: versions and licences are those that the packages say of themselves here. Hashes of a package
are those of the files in which its version is published, from the constraints file, where that has this very version.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.quality.dependencies.lock import FILE, pins
from tests.quality.dependencies.vendored import Vendored, vendored

PROJECT = "news-in-review"

_LICENCE_CLASSIFIER = "License :: OSI Approved :: "


def bill(extras: Iterable[str] = (), now: datetime | None = None) -> dict[str, Any]:
    """The document: the project with these extras, in this environment.

    Raises:
        PackageNotFoundError: the project, or a package that it needs, is not installed.
    """
    needs = _needed(set(extras))
    published = {(pin.name, pin.version): pin.hashes for pin in pins()} if FILE.exists() else {}
    others = [_library(name, published) for name in sorted(needs) if name != PROJECT]
    files = [_file(one) for one in vendored()]
    needed_by = [
        {"ref": _reference(name), "dependsOn": sorted(map(_reference, needed))}
        for name, needed in sorted(needs.items())
    ]
    body = {
        "metadata": {"component": _about(PROJECT) | {"type": "application"}},
        "components": others + files,
        "dependencies": needed_by,
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))  # the same for the same content
    body["metadata"]["timestamp"] = f"{now or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **body,
    }


def _needed(extras: set[str]) -> dict[str, set[str]]:
    """Each package that the project needs here, with those that it needs itself."""
    found: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}
    waiting = [(PROJECT, extras)]
    while waiting:
        name, wanted = waiting.pop()
        fresh = wanted - asked.get(name, set())
        if name in found and not fresh:
            continue
        asked[name] = asked.get(name, set()) | wanted
        found.setdefault(name, set())
        for needed, its_extras in _requirements(distribution(name), asked[name]):
            if needed != name:
                found[name].add(needed)
            waiting.append((needed, its_extras))
    return found


def _requirements(of: Distribution, extras: set[str]) -> Iterator[tuple[str, set[str]]]:
    for line in of.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield canonicalize_name(requirement.name), set(requirement.extras)


def _about(name: str) -> dict[str, Any]:
    of = distribution(name)
    about = {"bom-ref": _reference(name), "name": name, "version": of.version, "purl": _reference(name)}
    if summary := of.metadata.get("Summary"):
        about["description"] = summary
    return about | {"licenses": licences} if (licences := _licences(of)) else about


def _library(name: str, published: dict[tuple[str, str], tuple[str, ...]]) -> dict[str, Any]:
    about = _about(name) | {"type": "library"}
    if hashes := published.get((name, about["version"])):
        where = f"https://pypi.org/project/{name}/{about['version']}/"
        listed = [{"alg": "SHA-256", "content": one} for one in hashes]
        about["externalReferences"] = [{"type": "distribution", "url": where, "hashes": listed}]
    return about


def _reference(name: str) -> str:
    """The package's purl: https://github.com/package-url/purl-spec."""
    return f"pkg:pypi/{name}@{distribution(name).version.replace('+', '%2B')}"


def _licences(of: Distribution) -> list[dict[str, Any]]:
    """What a package says of its licence: an SPDX expression, else a name in words."""
    if expression := of.metadata.get("License-Expression"):
        return [{"expression": expression}]
    classifiers = of.metadata.get_all("Classifier") or ()
    names = [one.removeprefix(_LICENCE_CLASSIFIER) for one in classifiers if one.startswith(_LICENCE_CLASSIFIER)]
    said = (of.metadata.get("License") or "").strip().splitlines()
    return [{"license": {"name": name}} for name in names or said[:1]]


def _file(one: Vendored) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": f"{one.purl}#{one.within}",
        "name": one.name,
        "version": one.version,
        "purl": f"{one.purl}#{one.within}",
        "scope": "excluded" if one.used_by == "tests" else "required",
        "hashes": [{"alg": "SHA-256", "content": one.sha256}],
        "licenses": [{"license": {"id": one.licence}}],
        "properties": [{"name": "news-in-review:path", "value": one.path}],
    }

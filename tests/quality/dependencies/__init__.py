"""What this project stands on, told exactly: ``python -m tests.quality.dependencies lock|sbom``.

``lock`` writes ``.github/constraints.txt``: a version of every package that the project and its tests need, with the hashes of all its
files, for CI and for whoever wants the versions that were tried. What has a pin keeps it while ``pyproject.toml`` allows; ``--upgrade``
takes the newest. Commit it when all tests pass with it.

``sbom [--extra NAME]… [-o FILE]`` prints a software bill of materials (CycloneDX 1.6, JSON) of the environment in which it runs: the
packages that the project needs there, with those extras, and what they need; and the files in the repository that others made.

    lock.py       versions and hashes, resolved by uv
    bill.py       installed packages and vendored files as components, and what needs what
    vendored.py   ``.github/vendored.toml``: files that others made
"""

"""The locks say what the lists ask for, every package carries a hash, and no address of a registry is in them."""

import json
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
BROWSER_SIDES = (Path(), Path("benchmarks") / "lighthouse")
ADDRESS = re.compile(r"https?://\S*(registry|pypi|pythonhosted|index|npm)|--(extra-)?index-url|--find-links")


def wanted(path: Path) -> list[Requirement]:
    lines = [line.split(" #")[0].strip() for line in path.read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def locked(text: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", text, flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def python_faults(stem: str) -> list[str]:
    text = (ROOT / f"{stem}.txt").read_text()
    versions = locked(text)
    faults = [f"{stem}.txt names an address: {line}" for line in text.splitlines() if ADDRESS.search(line)]
    for requirement in wanted(ROOT / f"{stem}.in"):
        version = versions.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{stem}.txt has {version or 'nothing'} for {requirement}: run `make lock`")
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        if "==" in block.split("\n")[0] and "--hash=sha256:" not in block:
            faults.append(f"{stem}.txt has no hash for {block.split()[0]}")
    return faults


def npm_faults(folder: Path) -> list[str]:
    """Of the package.json in `folder`, named from the root, and of its lock."""
    said, said_lock = str(folder / "package.json"), str(folder / "package-lock.json")
    lock, package = json.loads((ROOT / said_lock).read_text()), json.loads((ROOT / said).read_text())
    faults = []
    for name, entry in lock["packages"].items():
        entry.pop("funding", None)  # where its makers ask for money, which may well lie under /npm/
        if "resolved" in entry:
            faults.append(f"{said_lock} has a `resolved` address for {name}")
        if name and "integrity" not in entry:
            faults.append(f"{said_lock} has no hash for {name}")
    lines = json.dumps(lock, indent=2).splitlines()
    faults += [f"{said_lock} names an address: {line.strip()}" for line in lines if ADDRESS.search(line)]
    for group in ("dependencies", "devDependencies"):
        if package.get(group, {}) != lock["packages"][""].get(group, {}):
            faults.append(f"{said_lock} is behind package.json ({group}): run `make lock`")
        faults += [
            f"{said}: {n} {v} is not exact" for n, v in package.get(group, {}).items() if v[0] in "^~*"
        ]
    return faults


def main() -> int:
    shared = locked((ROOT / "requirements.txt").read_text())
    tests = locked((ROOT / "requirements-dev.txt").read_text())
    apart = [f"{n}: {v} ships, {tests.get(n)} is tested" for n, v in shared.items() if tests.get(n) != v]
    lists = ("requirements", "requirements-dev", "requirements-texting")
    faults = [
        *(fault for stem in lists for fault in python_faults(stem)),
        *apart,
        *(fault for folder in BROWSER_SIDES for fault in npm_faults(folder)),
    ]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

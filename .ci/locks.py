"""The locks say what the lists ask for, every package carries a hash, and no address of a registry is in them."""

import json
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
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


def npm_faults() -> list[str]:
    text = (ROOT / "package-lock.json").read_text()
    lock, package = json.loads(text), json.loads((ROOT / "package.json").read_text())
    faults = [
        f"package-lock.json names an address: {line.strip()}"
        for line in text.splitlines()
        if ADDRESS.search(line)
    ]
    for name, entry in lock["packages"].items():
        if "resolved" in entry:
            faults.append(f"package-lock.json has a `resolved` address for {name}")
        if name and "integrity" not in entry:
            faults.append(f"package-lock.json has no hash for {name}")
    for group in ("dependencies", "devDependencies"):
        if package.get(group, {}) != lock["packages"][""].get(group, {}):
            faults.append(f"package-lock.json is behind package.json ({group}): run `make lock`")
        faults += [
            f"package.json: {n} {v} is not exact" for n, v in package.get(group, {}).items() if v[0] in "^~*"
        ]
    return faults


def main() -> int:
    shared = locked((ROOT / "requirements.txt").read_text())
    tests = locked((ROOT / "requirements-dev.txt").read_text())
    apart = [f"{n}: {v} ships, {tests.get(n)} is tested" for n, v in shared.items() if tests.get(n) != v]
    lists = ("requirements", "requirements-dev", "requirements-texting")
    faults = [*(fault for stem in lists for fault in python_faults(stem)), *apart, *npm_faults()]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

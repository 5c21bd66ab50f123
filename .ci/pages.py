"""
The HTML checker over every kind of page: fills a data folder with the demo, walks all links as nobody and as each of
the cast, keeps two pages of each address pattern, and gives them to vnu (needs Java and node_modules).
"""

import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, deque
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
HOST = "localhost"
NOBODY = "nobody"
STARTS = [
    "/",
    "/home/",
    "/desk/",
    "/admin/",
    "/apply/",
    "/profile/",
    "/accounts/2fa/",
    "/accounts/login/",
    "/nowhere/",
]
PAGES_OF_A_KIND = 2
MOST_PAGES = 150  # of one person; keeps a faulty link loop from running for ever
HREF = re.compile(r"""<a\b[^>]*\shref\s*=\s*["']([^"'#]+)""", re.IGNORECASE)
# hx-… is htmx's way to write attributes; the checker knows no dialects.
DIALECT = r".*Attribute .hx-.*"
# What stock Django admin writes and we leave alone; it counts on our own pages.
DJANGO_ADMIN = re.compile(r" /admin/.* “select” element with a “required” attribute")

Pages = dict[str, str]  # address with the person's name → HTML


def prepare(data_dir: Path) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="portal.settings",
        DATA_DIR=str(data_dir),
        DEMO="1",
        PUBLIC_URL=f"http://{HOST}:8000",
        LOG_LEVEL="ERROR",
    )
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with open(os.devnull, "w") as nothing:
        call_command("demo", stdout=nothing)


def signed_in(person: str) -> "Client":
    from django.test import Client

    client = Client(headers={"host": HOST}, raise_request_exception=False)
    if person != NOBODY:
        came_in = client.post("/demo/become/", {"who": person})
        if came_in.status_code != 302:
            raise SystemExit(f"{person} could not come in: {came_in.status_code}")
    return client


def kind_of(address: str) -> str:
    from django.urls import Resolver404, resolve

    try:
        return resolve(urlsplit(address).path).view_name or address
    except Resolver404:
        return "404"


def links(html: str, base: str) -> list[str]:
    targets = [urlsplit(urljoin(base, href.replace("&amp;", "&"))) for href in HREF.findall(html)]
    ours = [target for target in targets if target.scheme in ("", "http") and target.hostname in (None, HOST)]
    return [target.path + (f"?{target.query}" if target.query else "") for target in ours]


def walk(person: str, broken: list[str]) -> Pages:
    """Every page this person can reach by links, at most two of each address pattern; notes those that broke."""
    client = signed_in(person)
    pages: Pages = {}
    kinds: Counter[str] = Counter()
    seen: set[str] = set()
    waiting = deque(STARTS)
    while waiting and len(pages) < MOST_PAGES:
        address = waiting.popleft()
        kind = kind_of(address)
        if address in seen or kinds[kind] >= PAGES_OF_A_KIND or address.startswith("/static/"):
            continue
        seen.add(address)
        kinds[kind] += 1
        answer = client.get(address, follow=True)
        if answer.status_code >= 500:
            broken.append(f"{answer.status_code} at {address} for {person}")
        if answer.get("Content-Type", "").startswith("text/html"):
            pages[f"{person} {address}"] = html = answer.content.decode()
            waiting.extend(links(html, answer.redirect_chain[-1][0] if answer.redirect_chain else address))
    return pages


def check(pages: Pages, folder: Path) -> list[str]:
    names = {}
    for number, (address, html) in enumerate(pages.items()):
        file = folder / f"{number:04d}.html"
        file.write_text(html)
        names[file.name] = address
    done = subprocess.run(
        [
            "java",
            "-Xmx512m",
            "-jar",
            str(CHECKER),
            "--errors-only",
            "--filterpattern",
            DIALECT,
            *map(str, folder.iterdir()),
        ],
        capture_output=True,
        text=True,
    )
    lines = done.stderr.strip().splitlines()
    if done.returncode != 0 and not lines:
        lines = [f"the checker ended with {done.returncode}"]
    told = [re.sub(r'^"file:\S*/(\d{4}\.html)"', lambda found: names[found.group(1)], line) for line in lines]
    return [line for line in told if not DJANGO_ADMIN.search(line)]


def main() -> int:
    if not shutil.which("java"):
        print("The HTML checker needs Java: apt install default-jre-headless")
        return 1
    with tempfile.TemporaryDirectory(prefix="doorstep-pages-") as place:
        prepare(Path(place) / "data")
        from portal.demo.people import CAST

        logging.disable(logging.CRITICAL)
        pages: Pages = {}
        broken: list[str] = []
        for person in [NOBODY, *(entry.key for entry in CAST)]:
            pages |= walk(person, broken)
        folder = Path(place) / "pages"
        folder.mkdir()
        faults = [*broken, *check(pages, folder)]
        if keep := os.environ.get("KEEP_PAGES"):
            shutil.copytree(folder, keep, dirs_exist_ok=True)
    print(f"{len(pages)} pages")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

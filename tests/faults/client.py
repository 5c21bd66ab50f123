"""A small HTTP client that is one person on the demo: cookies, form tokens, no redirects followed."""

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from tests.running import Product

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Away(Exception):
    """Nobody answered, or the answer was cut off: whether the question was heard is not known."""


@dataclass
class Answer:
    status: int
    body: str
    headers: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.body)

    def field(self, name: str) -> str | None:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.body)
        return found and found.group(1)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


class Person:
    """Signs in by the demo's own door."""

    patience = 30  # seconds until nobody is taken to answer

    def __init__(self, product: Product, key: str) -> None:
        self._begin(product)
        self.token = TOKEN.search(self.get("/accounts/login/").body)[1]  # type: ignore[index]
        assert self.post("/demo/become/", {"who": key}).status == 302
        self.token = TOKEN.search(self.get("/profile/").body)[1]  # type: ignore[index]

    def _begin(self, product: Product) -> None:
        self.product = product
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies), _Stay()
        )

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, said: dict[str, Any]) -> Answer:
        form = urlencode({"csrfmiddlewaretoken": self.token, **said}).encode()
        return self.ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})

    def ask_json(self, path: str, said: dict[str, Any]) -> Answer:
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token}
        return self.ask("POST", path, json.dumps(said).encode(), headers)

    def post_json(self, path: str, said: dict[str, Any]) -> Any:
        """The JSON of a good answer."""
        answer = self.ask_json(path, said)
        assert answer.status in (200, 201), (path, answer)
        return answer.json()

    def drain(self, path: str) -> int:
        """How many bytes come from there."""
        size, into = 0, bytearray(1024 * 1024)
        with self.opener.open(self.product.base_url + path, timeout=600) as answer:
            while got := answer.readinto(into):
                size += got
        return size

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """`path` of the house, or a whole address elsewhere (its storage)."""
        address = path if path.startswith("http") else self.product.base_url + path
        request = urllib.request.Request(address, data=body, method=method, headers=headers or {})
        try:
            with self.opener.open(request, timeout=self.patience) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(errors="replace"), dict(error.headers))
        except (OSError, HTTPException) as error:
            raise Away(str(error)) from error

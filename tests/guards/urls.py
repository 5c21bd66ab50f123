"""The real URL list: every pattern the resolver knows, by its namespaced name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    name: str  # namespace:name, or the pattern itself where there is no name
    route: str
    parameters: tuple[str, ...]


def every_address() -> list[Address]:
    return sorted(_walk(get_resolver().url_patterns), key=lambda address: (address.name, address.route))


def _walk(patterns: list[URLPattern | URLResolver], space: str = "", route: str = "") -> Iterator[Address]:
    for pattern in patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, path)
        else:
            parameters = tuple(pattern.pattern.converters) or tuple(
                getattr(pattern.pattern, "regex").groupindex  # noqa: B009 - RoutePattern and RegexPattern have it
            )
            yield Address(f"{space}{pattern.name or path}", path, parameters)

"""What every form of the desk shares: the version it was made from, and what to say when that version is gone."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import QueryDict


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


def lines(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class DeskForm(forms.Form):
    """`slug` keeps the ids of several forms on one page apart, and is the anchor the page returns to."""

    slug = "form"

    def __init__(self, *args: Any, slug: str = "", **kwargs: Any) -> None:
        self.slug = slug or self.slug
        kwargs.setdefault("auto_id", f"{self.slug}-%s")
        super().__init__(*args, **kwargs)
        self.is_overtaken = False
        self.what_changed: list[str] = []

    def offer(self, field: str, choices: Iterable[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[field]).choices = list(choices)

    def said(self) -> dict[str, Any]:
        """What was typed, as keyword arguments of the service."""
        return dict(self.cleaned_data)

    def renew(self, version: int) -> None:
        """For forms with a version: stand on the one that is now, and keep what was typed."""


class VersionedForm(DeskForm):
    """For verbs that overwrite: `version` is what the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if version is not None:
            self.initial["version"] = version

    def said(self) -> dict[str, Any]:
        cleaned = super().said()
        cleaned["expected_version"] = cleaned.pop("version")
        return cleaned

    def renew(self, version: int) -> None:
        """Once the person has read what changed, sending it again is a decision; not before."""
        if not self.is_overtaken:
            return
        typed = cast(QueryDict, self.data).copy()
        typed[self.add_prefix("version")] = str(version)
        self.data = typed

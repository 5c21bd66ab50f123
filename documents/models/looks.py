"""The second look at a paper that is kept: page images, and hints for those who sent it."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document


@dataclass(frozen=True)
class PageImage:
    """A page of the paper, counted from 1; without a size it could not be drawn."""

    number: int
    width: int
    height: int

    @property
    def is_drawn(self) -> bool:
        return self.width > 0


class Look(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        LOOKING = "looking", _("Being looked through")
        DONE = "done", _("Looked through")
        FAILED = "failed", _("Could not be looked through")

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="look")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    folder = models.CharField(max_length=80, unique=True, help_text=_("previews/ and 32 random characters"))
    pages = models.PositiveIntegerField(default=0, help_text=_("Page images that are there"))
    sheets = models.JSONField(
        default=list,
        db_default=models.Value([], output_field=models.JSONField()),
        blank=True,
        help_text=_("Width and height of each page image in pixels; null where a page could not be drawn"),
    )
    facts = models.JSONField(default=dict, blank=True, help_text=_("What later papers are compared with"))
    claim = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Hints and facts are written; page images may still be on their way"),
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state__in=["waiting", "looking"]), name="look_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"

    @property
    def is_going_on(self) -> bool:
        return self.state in (self.State.WAITING, self.State.LOOKING)

    @property
    def page_images(self) -> list[PageImage]:
        """What the viewer shows, page by page."""
        return [
            PageImage(number, *(size or (0, 0)))
            for number, size in enumerate(self.sheets[: self.pages], start=1)
        ]

    def has_image(self, page: int) -> bool:
        """Whether there is an image of this page, counted from 1."""
        return 1 <= page <= min(self.pages, len(self.sheets)) and self.sheets[page - 1] is not None

    def key_of(self, page: int) -> str:
        return f"{self.folder}/{page}"

"""The box that takes files (`templates/documents/_upload.html`), where it stands on no line of a needs list."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from documents.filetypes import ACCEPT
from documents.progress import EARLY
from documents.refusals import refusal


@dataclass(frozen=True)
class UploadBox:
    """
    It has what the template reads of a `NeedRow`. `target` names what `public_id` is the id of; with addresses of its
    own nobody need be signed in.
    """

    public_id: UUID
    title: str
    target: str = "request"
    create_address: str = ""
    plain_address: str = ""
    groups_address: str = ""
    state: str = ""
    documents: tuple[Any, ...] = ()
    accept: str = ACCEPT

    @property
    def request(self) -> dict[str, Any]:
        return {"public_id": self.public_id, "title": self.title}

    @property
    def most_bytes(self) -> int:
        return settings.MAX_UPLOAD_BYTES

    @property
    def most_megabytes(self) -> int:
        return settings.MAX_UPLOAD_MB

    @property
    def early(self) -> dict[str, str]:
        return {code: f"{(words := refusal(code)).wrong} {words.mend}" for code in EARLY}

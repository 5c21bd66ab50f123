"""Papers that are kept already, for tests of what comes after the check."""

import uuid
from typing import Any

from documents import inspection
from documents.inspection import ChildFailed
from documents.models import Document, Request
from documents.services import looking, storing
from documents.spool import Spool
from tests.documents import files


def keep(
    request: Request, user: Any, data: bytes | None = None, *, pages: int = 1, **fields: Any
) -> Document:
    """A clean paper in review, sealed in the storage, whose second look waits."""
    public_id = uuid.uuid4()
    with Spool() as spool:
        spool.write(data if data is not None else files.pdf(pages))
        stored = storing.store_spool(spool=spool, of=public_id)
    said = {"name": "statement.pdf", "content_type": "application/pdf", "pages": pages, **fields}
    document = Document.objects.create(
        public_id=public_id, loan=request.loan, request=request, uploader=user, key=stored.key,
        wrapped_key=stored.wrapped_key, size=stored.size, sha256=stored.sha256, **said,
    )  # fmt: skip
    Request.objects.filter(pk=request.pk).update(state=Request.State.IN_REVIEW)
    looking.ask_for_look(document)
    return document


def looked_at(request: Request, user: Any, data: bytes | None = None, **fields: Any) -> Document:
    """The same, looked through."""
    document = keep(request, user, data, **fields)
    looking.look_through(document.public_id)
    return document


def original_of(paper: Document, data: bytes, name: str = "IMG_0001.jpg") -> Document:
    """A photo as it came, kept beside the paper that was made of it."""
    public_id = uuid.uuid4()
    with Spool() as spool:
        spool.write(data)
        stored = storing.store_spool(spool=spool, of=public_id)
    return Document.objects.create(
        public_id=public_id, loan=paper.loan, request=paper.request, uploader=paper.uploader, key=stored.key,
        wrapped_key=stored.wrapped_key, size=stored.size, sha256=stored.sha256, name=name,
        content_type="image/jpeg", review=Document.Review.ACCEPTED, is_original=True, made_into=paper,
    )  # fmt: skip


class Drawn(list[Any]):
    """What a child was asked for: "read", or the first and last page to draw. `breaks_at` is a page that kills it."""

    breaks_at = 0


def quick_child(monkeypatch: Any) -> Drawn:
    """A child that reads nothing and draws empty pages at once."""
    calls = Drawn()

    def run(
        job: str, given: Any, options: Any = None, *, on_blob: Any = None, wall_seconds: float = 30
    ) -> Any:
        calls.append(job if job != "draw" else (options["first"], options["last"]))
        if job == "draw":
            for number in range(options["first"], options["last"] + 1):
                if number == calls.breaks_at:
                    raise ChildFailed("ended with -6")
                on_blob(files.page_image(number))
        return {}

    monkeypatch.setattr(inspection, "run", run)
    return calls

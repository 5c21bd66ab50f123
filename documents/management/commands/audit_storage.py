"""Does the storage hold what the database says? For every document: key, size, SHA-256, and whether both agree."""

import hashlib
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.models import Document, Export, UploadSession
from documents.services import storing
from documents.storage import file_store
from documents.storage.base import DOCUMENTS, EXPORTS, QUARANTINE, FileStore, NotThere, NotTheSame


class Command(BaseCommand):
    help = "Open every document and compare size and SHA-256 with the database; exit code 1 on faults."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        documents = [entry_for(document) for document in _kept()]
        orphans = _orphans(file_store())
        faults = [entry for entry in documents if not entry["agrees"]]
        if options["json"]:
            self.stdout.write(
                json.dumps({"documents": documents, "orphans": orphans, "faults": len(faults)}, indent=1)
            )
        else:
            for entry in faults:
                self.stdout.write(f"{entry['key']}: {entry['fault']}")
            for key in orphans:
                self.stdout.write(f"{key}: belongs to nothing")
            self.stdout.write(f"{len(documents)} documents, {len(faults)} faults, {len(orphans)} orphans.")
        if faults:
            raise CommandError(f"{len(faults)} documents do not agree with the storage.", returncode=1)


def _kept() -> Any:
    """Papers, and the photos that some of them were made of."""
    return Document.objects.filter(disposed_at__isnull=True).order_by("pk").iterator(chunk_size=200)


def entry_for(document: Document) -> dict[str, Any]:
    """What is written down of one document, and what the storage says to it: sizes and hashes of the plain bytes."""
    fault = ""
    size, digest = 0, hashlib.sha256()
    try:
        for chunk in storing.bytes_of(document):
            digest.update(chunk)
            size += len(chunk)
        if (size, digest.hexdigest()) != (document.size, document.sha256):
            fault = "other bytes"
    except NotThere:
        fault = "missing"
    except NotTheSame:
        fault = "does not open"
    return {
        "document": str(document.public_id),
        "loan": document.loan_id,
        "key": document.key,
        "is_original": document.is_original,
        "sealed": bool(document.wrapped_key),
        "size": document.size,
        "sha256": document.sha256,
        "stored_size": size,
        "stored_sha256": "" if fault in ("missing", "does not open") else digest.hexdigest(),
        "agrees": not fault,
        "fault": fault,
    }


def _orphans(store: FileStore) -> list[str]:
    known = set(Document.objects.values_list("key", flat=True))
    known |= set(UploadSession.objects.filter(bytes_deleted_at__isnull=True).values_list("key", flat=True))
    known |= set(Export.objects.values_list("key", flat=True))
    folders = (DOCUMENTS, EXPORTS, QUARANTINE)
    return [key for folder in folders for key in store.keys(folder) if key not in known]

"""Does the storage hold what the database says? For every document: key, size, SHA-256, and whether both agree."""

import hashlib
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.models import Document, UploadSession
from documents.storage import file_store
from documents.storage.base import DOCUMENTS, QUARANTINE, FileStore, NotThere


class Command(BaseCommand):
    help = "Compare size and SHA-256 of every document with the storage; exit code 1 on faults."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        store = file_store()
        documents = [entry_for(store, document) for document in _kept()]
        orphans = _orphans(store)
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
    return Document.objects.filter(disposed_at__isnull=True).order_by("pk").iterator(chunk_size=200)


def entry_for(store: FileStore, document: Document) -> dict[str, Any]:
    """What is written down of one document, and what the storage says to it."""
    fault = ""
    size, sha256 = 0, ""
    try:
        digest = hashlib.sha256()
        for chunk in store.stream(document.key):
            digest.update(chunk)
            size += len(chunk)
        sha256 = digest.hexdigest()
        if (size, sha256) != (document.size, document.sha256):
            fault = "other bytes"
    except NotThere:
        fault = "missing"
    return {
        "document": str(document.public_id),
        "loan": document.loan_id,
        "key": document.key,
        "size": document.size,
        "sha256": document.sha256,
        "stored_size": size,
        "stored_sha256": sha256,
        "agrees": not fault,
        "fault": fault,
    }


def _orphans(store: FileStore) -> list[str]:
    known = set(Document.objects.values_list("key", flat=True))
    known |= set(UploadSession.objects.filter(bytes_deleted_at__isnull=True).values_list("key", flat=True))
    return [key for folder in (DOCUMENTS, QUARANTINE) for key in store.keys(folder) if key not in known]

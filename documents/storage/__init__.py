"""
Where files lie. One interface (`documents/storage/base.py`), one backend a house: the local folder here.

`quarantine/<random>` holds what people send and is never handed out; only the checking worker writes
`documents/<random>`. Every other module asks `file_store()`.
"""

from django.conf import settings

from documents.storage.base import FileStore


def file_store() -> FileStore:
    from documents.storage.local import LocalFileStore

    return LocalFileStore(settings.PRIVATE_FILES_DIR)

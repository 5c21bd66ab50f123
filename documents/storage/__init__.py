"""
Where files lie. One interface (`documents/storage/base.py`), one backend a house: the local folder, or a bucket when
one is named.

`quarantine/<random>` holds what people send and is never handed out; only the checking worker writes
`documents/<random>`. Every other module asks `file_store()`.
"""

from django.conf import settings

from documents.storage.base import FileStore


def file_store() -> FileStore:
    if settings.AWS_STORAGE_BUCKET_NAME:
        # Here, not above: boto3 takes long to load and few houses need it.
        from documents.storage.s3 import store_of_settings

        return store_of_settings()
    from documents.storage.local import LocalFileStore

    return LocalFileStore(settings.PRIVATE_FILES_DIR)

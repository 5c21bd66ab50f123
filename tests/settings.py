"""
Settings of the tests: the product's own, on a data folder that lives as long as this process.

Each pytest-xdist worker is a process of its own and gets a folder, a database file and a queue folder of its own.
Celery is never eager: a test that wants work done calls the task's plain function, or runs the whole product.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data_dir = tempfile.mkdtemp(prefix="doorstep-test-")
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
for _name in (
    "DEMO",
    "DEBUG",
    "EMAIL_PROVIDER",
    "EMAIL_URL",
    "CACHE_URL",
    "CELERY_BROKER_URL",
    "DATABASE_URL",
    "PUBLIC_URL",
    "PORT",
    "AWS_STORAGE_BUCKET_NAME",
    "AWS_S3_ENDPOINT_URL",
    "CLAMD_URL",
):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = _data_dir
if _databases := os.environ.get("DOORSTEP_TEST_DATABASES"):  # `make test-services`: see tests/services
    _number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["DATABASE_URL"] = f"{_databases}suite"
    os.environ["CACHE_URL"] = f"{os.environ['DOORSTEP_TEST_REDIS']}{2 * _number}"
    os.environ["CELERY_BROKER_URL"] = f"{os.environ['DOORSTEP_TEST_REDIS']}{2 * _number + 1}"
    os.environ["AWS_STORAGE_BUCKET_NAME"] = f"suite-{_number}"
    os.environ["AWS_S3_ENDPOINT_URL"] = os.environ["DOORSTEP_TEST_S3"]
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["DOORSTEP_TEST_S3_KEY"]
    os.environ["AWS_SECRET_ACCESS_KEY"] = os.environ["DOORSTEP_TEST_S3_SECRET"]
    os.environ["CLAMD_URL"] = os.environ["DOORSTEP_TEST_CLAMD"]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop lives in the thread that runs the tests

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATA_DIR, DATABASES, INSTALLED_APPS  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: tests of two writers at once need two real connections.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INSTALLED_APPS += ["django_migration_linter"]  # its command, for `make lint`
# Static files are looked up when they are asked for: listing them all for each test client took half of the suite.
WHITENOISE_AUTOREFRESH = True

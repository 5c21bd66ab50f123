"""What machines ask: is the process alive, may traffic come, how long has work been waiting."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare, get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import metrics as figures

_migrated = False


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when a page can be answered and a file kept; 503 names what is missing. Heartbeats are only told."""
    checks = {name: _tried(check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    answer = {
        "status": "ready" if ready else "not ready",
        "checks": checks,
        "heartbeat_age_seconds": figures.heartbeats(),
    }
    return JsonResponse(answer, status=200 if ready else 503)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Plain Prometheus text for `Authorization: Bearer <METRICS_TOKEN>`; 404 for everybody else."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not settings.METRICS_TOKEN or not constant_time_compare(token, settings.METRICS_TOKEN):
        raise Http404
    return HttpResponse(figures.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _tried(check: Callable[[], bool]) -> bool:
    # Whatever breaks here means "not ready"; the log of the request says why.
    try:
        return bool(check())
    except Exception:
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    """Applied migrations stay applied, so the answer yes is kept for the life of the process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _cache() -> bool:
    word = get_random_string(12)
    cache.set("readyz", word, 30)
    return cache.get("readyz") is not None


def _storage() -> bool:
    folder = Path(settings.PRIVATE_FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".readyz-") as file:
        return file.write(b"ok") == 2


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "storage": _storage,
}

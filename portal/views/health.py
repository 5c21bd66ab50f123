"""What machines ask: is the process alive, may traffic come, how long has work been waiting."""

import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.models import Entry
from documents.models import UploadSession
from notifications.models import Heartbeat, Notification

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
        "heartbeat_age_seconds": _heartbeats(),
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
    return HttpResponse("\n".join(_figures()) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


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


def _heartbeats() -> dict[str, int]:
    now = timezone.now()
    try:
        return {beat.name: int((now - beat.at).total_seconds()) for beat in Heartbeat.objects.all()[:20]}
    except Exception:
        return {}


def _age(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0


def _figures() -> Iterable[str]:
    """One figure a line; ages in seconds, 0 when nothing waits."""
    due = Notification.objects.filter(state=Notification.State.QUEUED, due_at__lte=timezone.now())
    yield "# TYPE doorstep_oldest_due_message_age_seconds gauge"
    yield f"doorstep_oldest_due_message_age_seconds {_age(due.aggregate(first=Min('due_at'))['first']):.0f}"
    waiting = ("queued", "held", "sending", "failed", "unknown")
    yield from _by_state("doorstep_messages", Notification.objects.filter(state__in=waiting), waiting)
    busy = ("created", "uploading", "received", "scanning")
    yield from _by_state("doorstep_uploads", UploadSession.objects.filter(state__in=busy), busy)
    yield "# TYPE doorstep_unsealed_audit_age_seconds gauge"
    first = Entry.objects.unsealed().aggregate(first=Min("at"))["first"]
    yield f"doorstep_unsealed_audit_age_seconds {_age(first):.0f}"
    yield "# TYPE doorstep_heartbeat_age_seconds gauge"
    for name, age in _heartbeats().items():
        yield f'doorstep_heartbeat_age_seconds{{name="{name}"}} {age}'


def _by_state(figure: str, rows: QuerySet, states: tuple[str, ...]) -> Iterable[str]:
    counts = dict(rows.order_by().values_list("state").annotate(count=Count("id")))
    yield f"# TYPE {figure} gauge"
    for state in states:
        yield f'{figure}{{state="{state}"}} {counts.get(state, 0)}'

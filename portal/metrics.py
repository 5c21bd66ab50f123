"""
What `/metrics` says, in the text format of Prometheus. Each figure has its HELP and TYPE; ages are in seconds, 0 when
nothing waits. What to alert on stands in docs/operating.md.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from audit.models import Entry
from documents import scanning
from documents.models import UploadSession
from notifications import figures
from notifications.models import Heartbeat

HOUR = timedelta(hours=1)
BUSY_UPLOADS = ("created", "uploading", "received", "scanning")
QUANTILES = (0.5, 0.95)

Sample = tuple[dict[str, str], float]


@dataclass(frozen=True)
class Gauge:
    name: str
    meaning: str
    samples: Iterable[Sample]

    def lines(self) -> Iterator[str]:
        yield f"# HELP doorstep_{self.name} {self.meaning}"
        yield f"# TYPE doorstep_{self.name} gauge"
        for labels, value in self.samples:
            named = ",".join(f'{label}="{_escaped(word)}"' for label, word in labels.items())
            yield (
                f"doorstep_{self.name}{{{named}}} {_number(value)}"
                if named
                else f"doorstep_{self.name} {_number(value)}"
            )


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def text() -> str:
    return "".join(f"{line}\n" for gauge in _gauges() for line in gauge.lines())


def _gauges() -> Iterator[Gauge]:
    yield from _outbox()
    yield from _lately(timezone.now() - HOUR)
    yield Gauge(
        "inbound_texts_undecided",
        "Texts that perhaps say stop and wait for somebody's decision",
        [({}, figures.texts_to_decide())],
    )
    yield Gauge("uploads", "Uploads that are not finished, by state", _by_state(UploadSession.objects.all()))
    yield from _scanning()
    first = Entry.objects.unsealed().aggregate(first=Min("at"))["first"]
    yield Gauge("unsealed_audit_age_seconds", "Age of the oldest unsealed audit entry", [({}, _age(first))])
    yield Gauge(
        "heartbeat_age_seconds",
        "Since this part was last seen at work",
        [({"name": name}, age) for name, age in heartbeats().items()],
    )


def _outbox() -> Iterator[Gauge]:
    now = figures.figures(most=figures.MOST_COUNTED)
    yield Gauge(
        "oldest_due_message_age_seconds",
        "How long the message that is due longest has been due",
        [({}, now.oldest.total_seconds() if now.oldest else 0)],
    )
    states = {
        "queued": now.all_due + now.all_scheduled, "held": now.held, "sending": now.sending,
        "ready_to_print": now.ready_to_print, "unknown": now.unknown, "failed": now.failed,
        "bounced": now.bounced, "complained": now.complained,
    }  # fmt: skip
    yield Gauge(
        "messages",
        "Messages by state, at most ten thousand each; failed, bounced and complained within the last week",
        [({"state": state}, count) for state, count in states.items()],
    )
    yield Gauge(
        "messages_sent_today",
        "Messages that left since midnight where the company is",
        [({}, now.sent_today)],
    )
    for name, meaning, counts in (
        ("due_messages", "Messages that should have left by now, by channel", now.due),
        ("scheduled_messages", "Messages that leave later, by channel", now.scheduled),
    ):
        yield Gauge(name, meaning, [({"channel": channel}, count) for channel, count in counts.items()])


def _scanning() -> Iterator[Gauge]:
    waits = UploadSession.objects.filter(state__in=["received", "scanning"]).aggregate(
        first=Min("received_at")
    )
    yield Gauge(
        "oldest_unchecked_upload_age_seconds",
        "How long the file that waits longest has waited for its check",
        [({}, _age(waits["first"]))],
    )
    if report := scanning.report_now():
        yield Gauge(
            "scanner_is_good", "1 when the virus scanner passed its newest test", [({}, int(report.is_good))]
        )
        yield Gauge(
            "scanner_test_age_seconds", "Since the virus scanner was last tested", [({}, _age(report.at))]
        )


def _lately(since: datetime) -> Iterator[Gauge]:
    left = figures.count_left(since)
    yield Gauge(
        "messages_last_hour",
        "Messages that left within the last hour, by channel and by their state now",
        [({"channel": channel, "state": state}, count) for (channel, state), count in sorted(left.items())],
    )
    yield Gauge(
        "delivery_events_last_hour",
        "What providers told within the last hour, by kind",
        [({"kind": kind}, count) for kind, count in figures.count_events(since).items()],
    )
    seconds = figures.seconds_to_send(since)
    yield Gauge(
        "message_seconds",
        "From due to sent, for what left within the last hour",
        [({"quantile": str(part)}, _quantile(seconds, part)) for part in QUANTILES if seconds],
    )


def _quantile(ordered: list[float], part: float) -> float:
    """The smallest value that at least this part of them does not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * part) - 1)]


def _by_state(rows: QuerySet[UploadSession]) -> list[Sample]:
    busy = rows.filter(state__in=BUSY_UPLOADS).order_by()
    counts = dict(busy.values_list("state").annotate(count=Count("id")))
    return [({"state": state}, counts.get(state, 0)) for state in BUSY_UPLOADS]


def _age(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0


def heartbeats() -> dict[str, int]:
    """Seconds since each part of the machinery was last at work; a database that does not answer tells of none."""
    now = timezone.now()
    try:
        return {beat.name: int((now - beat.at).total_seconds()) for beat in Heartbeat.objects.all()[:20]}
    except Exception:
        return {}

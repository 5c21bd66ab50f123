"""
Two people at once: one wins, the other is told what changed.

Every write at the desk takes the version its page was made from. `locked` holds the row (PostgreSQL) or the database
(SQLite, IMMEDIATE) for the transaction and raises `Changed` when the version no longer fits; `save` raises the
version by a conditional UPDATE, so that even without the lock nothing is overwritten unseen.
"""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.absences import works_for
from accounts.models import User
from audit import log
from audit.models import Entry
from loans.errors import Changed, Refused
from loans.models import KeyDate, Loan
from loans.stages import Stage

# What the loser of a race reads, by audit action.
SENTENCES = {
    "loan.stage_changed": gettext_lazy("%(who)s moved the loan from “%(from)s” to “%(to)s”."),
    "loan.stage_undone": gettext_lazy("%(who)s took back the move to “%(to)s”."),
    "loan.next_update_set": gettext_lazy("%(who)s set the next update to %(on)s."),
    "loan.expected_closing_set": gettext_lazy("%(who)s set the expected closing to %(on)s."),
    "loan.waiting_on_set": gettext_lazy("%(who)s changed who has the ball."),
    "loan.key_date_set": gettext_lazy("%(who)s set “%(kind)s” to %(on)s."),
    "loan.key_date_cleared": gettext_lazy("%(who)s removed “%(kind)s”."),
    "loan.facts_changed": gettext_lazy("%(who)s changed facts of the loan."),
    "loan.officer_changed": gettext_lazy("%(who)s changed the officer."),
}
PAPERS = gettext_lazy("%(who)s changed what is asked for.")
SHOWN = 10


def locked(loan: Loan, expected_version: int | None = None) -> Loan:
    """Bring `loan` up to date and hold it until the transaction ends; Changed when the version no longer fits."""
    loan.refresh_from_db(from_queryset=Loan.objects.select_for_update(no_key=True))
    if expected_version is not None and loan.version != expected_version:
        raise changed_since(loan, expected_version)
    return loan


def save(loan: Loan, *fields: str) -> None:
    """Write these fields and raise the version, if nobody else did in the meantime."""
    now = timezone.now()
    values = {field: getattr(loan, field) for field in fields}
    if "waiting_on" in values:
        values["waiting_since"] = ball_since(loan.waiting_on, now)
    rows = Loan.objects.filter(pk=loan.pk, version=loan.version).update(
        **values, version=loan.version + 1, last_activity_at=now
    )
    if rows != 1:
        raise changed_since(loan, loan.version)
    loan.version += 1
    loan.last_activity_at = now
    forget_relations(loan)


def ball_since(waiting_on: str, now: datetime) -> Case:
    """For an UPDATE that stores who has the ball: since when they have it, as before while it is the same side."""
    return Case(When(waiting_on=waiting_on, then=F("waiting_since")), default=now)


def record(*, loan: Loan, by: User | None, action: str, task: str = "", **detail: Any) -> Entry:
    """The audit entry of a write; it carries the version that the write made."""
    return log.record(
        action=action, about=loan, by=by, task=task, loan=loan, detail={**detail, "version": loan.version}
    )


def forget_relations(loan: Loan) -> None:
    """What was prefetched (stage events, key dates) is no longer true after a write."""
    getattr(loan, "_prefetched_objects_cache", {}).clear()


def must_work_on(loan: Loan, by: User | None) -> None:
    """Refused unless this person works here and the loan is theirs (or they are a manager)."""
    if by is None or not by.is_active or not by.works_here:
        raise Refused(_("Only the loan team can do this."))
    if not works_on(loan, by):
        raise Refused(_("This loan is with another officer. Ask them, or a manager."))


def works_on(loan: Loan, user: User) -> bool:
    """Whether this loan is at their desk: as officer or processor, in place of one who is away, or as a manager."""
    team = (loan.officer_id, loan.processor_id)
    return user.works_here and (
        user.sees_every_loan or user.pk in team or any(pk in team for pk in works_for(user))
    )


def changed_since(loan: Loan, version: int) -> Changed:
    what = what_changed(loan, version)
    return Changed(
        _("Somebody changed this loan while you had it open. Look at what is new, then try again."), what
    )


def what_changed(loan: Loan, version: int) -> list[str]:
    """What others did since this version, one sentence each, oldest first; at most the last ten."""
    entries = Entry.objects.filter(loan_id=str(loan.public_id)).order_by("-id")
    newer = []
    for entry in entries[:50]:
        if entry.detail.get("version", version + 1) <= version and entry.object_kind == "loans.loan":
            break
        newer.append(entry)
    said = [_sentence(entry) for entry in reversed(newer)]
    return [sentence for sentence in dict.fromkeys(said) if sentence][-SHOWN:]


def _sentence(entry: Entry) -> str:
    words = {"who": entry.actor_name or _("The portal"), **_labels(entry.detail)}
    if entry.object_kind == "documents.request":
        return str(PAPERS) % words
    template = SENTENCES.get(entry.action)
    return str(template) % {"from": "", "to": "", "on": "", "kind": "", **words} if template else ""


def _labels(detail: dict[str, Any]) -> dict[str, str]:
    stages, kinds = dict(Stage.choices), dict(KeyDate.Kind.choices)
    labels: dict[str, str] = {
        key: str(stages.get(detail[key], detail[key])) for key in ("from", "to") if key in detail
    }
    if "kind" in detail:
        labels["kind"] = str(kinds.get(detail["kind"], detail["kind"]))
    if "on" in detail:
        labels["on"] = str(detail["on"]) or _("none")
    return labels

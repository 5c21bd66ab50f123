"""
Who is away, and who stands in for them.

From the first to the last day of an absence, in company time, the deputy reaches what the absent person reaches at the
desk, and is told what they are told (`works_for` is what every list of loans asks). Nothing has to be switched on or
off: it begins and ends by its days.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Absence, Company, User
from audit.log import record

DAY = timedelta(days=1)
LONGEST_DAYS = 60  # that somebody notes for themselves


@dataclass(frozen=True)
class Cover:
    """Today one stands in for another: whose work it is, who does it, and the last day of it."""

    user_id: int
    user_name: str
    deputy_id: int
    deputy_name: str
    last_day: date


# What a request has read about each person; outside of one nothing is kept.
_kept: ContextVar[dict[int, list[Cover]] | None] = ContextVar("kept_covers", default=None)


def keep_absences(**kwargs: Any) -> None:
    _kept.set({})


def forget_absences(**kwargs: Any) -> None:
    _kept.set(None)


# --- Reading -------------------------------------------------------------------------------------------------


def today() -> date:
    return timezone.now().astimezone(Company.load().zone).date()


def works_for(user: User) -> tuple[int, ...]:
    """Ids of those whose work this person does today: their own first, then whom they stand in for."""
    return (user.pk, *(cover.user_id for cover in covered_by(user)))


def covered_by(user: User) -> list[Cover]:
    """Whom this person stands in for today."""
    return [cover for cover in _of(user) if cover.deputy_id == user.pk]


def cover_of(user: User) -> Cover | None:
    """Who stands in for this person today; None when they are here."""
    return next((cover for cover in _of(user) if cover.user_id == user.pk), None)


def deputies_of(users: Iterable[User]) -> dict[int, User]:
    """Who stands in today, by the id of each of these people who is away."""
    rows = Absence.objects.filter(_near(), user__in=users, deputy__is_active=True).select_related("deputy")
    day = today() if rows else None
    return {row.user_id: row.deputy for row in rows if day and row.first_day <= day <= row.last_day}


def is_away_about_now(user: str) -> Exists:
    """
    Whether the person in field `user` is away today, or a day sooner or later: an annotation for pages that count
    their queries and ask `cover_of` only then.
    """
    return Exists(Absence.objects.filter(_near(), user=OuterRef(user)))


def coming(user: User) -> QuerySet[Absence]:
    """Those that run or are to come: one's own and those one covers, everybody's for a manager; the soonest first."""
    rows = Absence.objects.filter(last_day__gte=today()).select_related("user", "deputy", "made_by")
    return rows if user.sees_every_loan else rows.filter(Q(user=user) | Q(deputy=user))


def may_keep(user: User, by: User) -> bool:
    """Whether `by` says when this person is away: they themselves, and managers."""
    return by.works_here and (by.pk == user.pk or by.sees_every_loan)


def _of(user: User) -> list[Cover]:
    """Those of today that this person has part in, on either side: one query a request."""
    kept = _kept.get()
    if kept is not None and user.pk in kept:
        return kept[user.pk]
    found = _read(user)
    if kept is not None:
        kept[user.pk] = found
    return found


def _near(relation: str = "") -> Q:
    """
    Read by a day too many on both sides: which day it is where the company is, is known with the company, and that
    comes along in the same query.
    """
    now = timezone.now().date()
    return Q(**{f"{relation}first_day__lte": now + DAY, f"{relation}last_day__gte": now - DAY})


def _read(user: User) -> list[Cover]:
    """With the company, which every page needs: so this costs no page a query."""
    rows = list(
        User.objects.filter(pk=user.pk)
        .annotate(
            own=FilteredRelation("absences", condition=_near("absences__")),
            covered=FilteredRelation("stands_in", condition=_near("stands_in__")),
            company=Company.beside(),
        )
        .values_list(
            "company",
            "own__deputy", "own__deputy__name", "own__deputy__is_active", "own__first_day", "own__last_day",
            "covered__user", "covered__user__name", "covered__first_day", "covered__last_day",
        )
    )  # fmt: skip
    if not rows:
        return []
    Company.came_along(rows[0][0])
    if all(row[1] is None and row[6] is None for row in rows):
        return []
    day, found = today(), []
    for _company, deputy, deputy_name, is_here, own_from, own_to, other, other_name, first, last in rows:
        if deputy is not None and is_here and own_from <= day <= own_to:
            found.append(Cover(user.pk, user.name, deputy, deputy_name, own_to))
        if other is not None and user.is_active and first <= day <= last:
            found.append(Cover(other, other_name, user.pk, user.name, last))
    return list(dict.fromkeys(found))


# --- Writing -------------------------------------------------------------------------------------------------


@transaction.atomic
def note_absence(
    *, user: User, deputy: User, first_day: date, last_day: date, by: User, note: str = ""
) -> Absence:
    """
    `user` is away from `first_day` to `last_day`, both included, and `deputy` stands in. Refused for others than the
    person and managers, for days gone by, for more than LONGEST_DAYS without a manager (whoever stands in reads all
    their loans), and where somebody would stand in who is away.
    """
    if not may_keep(user, by):
        raise Refused(_("Only a manager can say this for somebody else."))
    # Held, so that two absences of the same people are noted one after the other.
    held = User.objects.select_for_update(no_key=True).filter(pk__in=[user.pk, deputy.pk])
    list(held.order_by("pk"))
    _must_fit(user, deputy, first_day, last_day)
    if (last_day - first_day).days >= LONGEST_DAYS and not by.sees_every_loan:
        raise Refused(_("For more than %(count)d days a manager notes it.") % {"count": LONGEST_DAYS})
    absence = Absence.objects.create(
        user=user, deputy=deputy, first_day=first_day, last_day=last_day, note=note.strip(), made_by=by
    )
    _changed(absence, by, "absence.noted")
    return absence


def _must_fit(user: User, deputy: User, first_day: date, last_day: date) -> None:
    if user.pk == deputy.pk:
        raise Refused(_("Choose somebody else to stand in."))
    if not all(person.is_active and person.works_here for person in (user, deputy)):
        raise Refused(_("Both have to work here."))
    if last_day < first_day:
        raise Refused(_("The last day comes before the first."))
    if last_day < today():
        raise Refused(_("These days are over."))
    meanwhile = Absence.objects.filter(first_day__lte=last_day, last_day__gte=first_day)
    if meanwhile.filter(user=user).exists():
        raise Refused(_("%(name)s is away on some of these days already.") % {"name": user.name})
    if meanwhile.filter(user=deputy).exists():
        raise Refused(_("%(name)s is away then as well. Choose somebody else.") % {"name": deputy.name})
    if covered := meanwhile.filter(deputy=user).select_related("user").first():
        names = {"name": user.name, "other": covered.user.name}
        raise Refused(
            _("%(name)s stands in for %(other)s then. Find somebody else for %(other)s first.") % names
        )


@transaction.atomic
def end_absence(*, absence: Absence, by: User) -> None:
    """They are back, or do not go: from now on nobody stands in. Doing so twice is harmless."""
    if not may_keep(absence.user, by):
        raise Refused(_("Only a manager can say this for somebody else."))
    day = today()
    _changed(absence, by, "absence.ended")
    if absence.first_day < day:
        Absence.objects.filter(pk=absence.pk, last_day__gte=day).update(last_day=day - DAY)
    else:
        Absence.objects.filter(pk=absence.pk).delete()


def _changed(absence: Absence, by: User, action: str) -> None:
    days = {"from": str(absence.first_day), "until": str(absence.last_day)}
    people = {"user": str(absence.user.public_id), "deputy": str(absence.deputy.public_id)}
    record(action=action, about=absence, by=by, detail={**people, **days})
    if (kept := _kept.get()) is not None:
        kept.clear()

"""A guide asked for on its page: sent at once with consent, seen by the right officer, closed to machines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import OfficerProfile, User
from audit.models import Entry
from leads import by_mail, drips
from leads.by_mail import ask_for_guide
from leads.models import DripEnrolment, GuideRequest, Lead, LeadConsent
from leads.people import officer_for
from leads.services import take_call
from loans.errors import Refused
from loans.models import Loan
from notifications.catalog import kind_for
from notifications.models import Notification
from notifications.rendering import render
from notifications.services import unsubscribe
from portal.forms.visitors import VisitorForm
from tests.cast import Cast
from tests.desk.helpers import get, post, words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # a Wednesday morning in Maine


def typed(made: datetime = NOW - timedelta(minutes=1), **said: Any) -> dict[str, Any]:
    """What a person leaves in the form of a page that was made a minute ago."""
    with time_machine.travel(made, tick=False):
        mark = VisitorForm().mark
    return {"name": "Ida Moss", "email": "Ida@Moss.example", "agree": "on", "made": mark, **said}


@pytest.fixture(autouse=True)
def at_work() -> Any:
    cache.clear()  # the limits of what came before
    with time_machine.travel(NOW, tick=False):
        yield


def send(visitor: Client, slug: str = "va", **said: Any) -> HttpResponse:
    return post(visitor, "public:guide_mail", slug, **typed(**said))


def mails() -> list[Notification]:
    return list(Notification.objects.filter(kind="guide_by_mail").order_by("pk"))


# --- Asking --------------------------------------------------------------------------------------------------


def test_the_page_of_a_guide_asks_with_two_boxes_that_nobody_has_ticked(cast: Cast, visitor: Client) -> None:
    page = get(visitor, "public:guide", "va")
    form = page.content.decode().split('action="/guides/va/by-mail/"')[1].split("</form>")[0]
    assert str(by_mail.WORDS) in form and form.count('type="checkbox"') == 2 and "checked" not in form
    assert "at most four e-mails" in words(page) and "csrf" not in form
    assert page["Cache-Control"] == "public, max-age=60", "the form costs no cache"


@pytest.mark.parametrize("steps", [False, True])
def test_the_guide_goes_at_once_whether_or_not_steps_were_ticked(
    cast: Cast, visitor: Client, steps: bool
) -> None:
    answer = send(visitor, **({"steps": "on"} if steps else {}))
    assert (answer.status_code, answer["Location"]) == (302, "/guides/va/sent/")
    row = mails()[0]
    assert (row.address, row.state, row.due_at) == ("ida@moss.example", "queued", NOW)
    said = render(row).text
    assert "/guides/va/ " in said.replace("\n", " ") and "/guides/va/pdf/" in said and "Hello Ida" in said
    assert "NMLS ID 1200001" in said or "NMLS ID 1200002" in said
    assert ("You also asked for next steps" in said) is steps
    assert DripEnrolment.objects.exists() is steps
    assert not kind_for("guide_by_mail").marketing


def test_the_guide_goes_even_to_who_wants_no_marketing(cast: Cast, visitor: Client) -> None:
    from notifications import permission

    unsubscribe(address="ida@moss.example")
    send(visitor)
    assert permission.refusal(mails()[0]) is None


def test_consent_is_kept_in_the_words_that_were_read(cast: Cast, visitor: Client) -> None:
    send(visitor, steps="on")
    kept = {consent.kind: consent for consent in LeadConsent.objects.all()}
    assert kept["guide"].wording == str(by_mail.WORDS) and kept["steps"].wording == str(drips.WORDS)
    assert {consent.email for consent in kept.values()} == {"ida@moss.example"}
    assert {consent.address for consent in kept.values()} == {"127.0.0.1"}
    assert DripEnrolment.objects.get().consent == kept["steps"]


def test_without_the_box_nothing_is_kept_and_nothing_is_sent(cast: Cast, visitor: Client) -> None:
    answer = send(visitor, agree="")
    assert answer.status_code == 422 and "so that we may send it" in words(answer)
    assert 'value="Ida Moss"' in answer.content.decode(), "what was typed is still there"
    assert not Lead.objects.exists() and not mails()


def test_pressing_again_sends_no_second_one(cast: Cast, visitor: Client) -> None:
    send(visitor)
    assert send(visitor, steps="on").status_code == 302
    assert len(mails()) == 1 and Lead.objects.count() == 1 and GuideRequest.objects.count() == 1
    assert DripEnrolment.objects.count() == 1, "steps that were ticked the second time count"
    send(visitor, slug="refinance")
    assert len(mails()) == 2 and DripEnrolment.objects.count() == 1
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        send(visitor, made=NOW + timedelta(days=2, minutes=-1))
    assert len(mails()) == 3, "days later it is a new wish"


def test_the_answer_tells_nobody_who_is_known_here(cast: Cast, visitor: Client) -> None:
    known, unknown = send(visitor, email=cast.bea.email), send(visitor)
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert "arrives within a minute or two" in words(get(visitor, "public:guide_sent", "va"))


# --- Who answers ---------------------------------------------------------------------------------------------


def test_the_officer_sees_them_with_the_clock_running(cast: Cast, visitor: Client, client_for: Any) -> None:
    send(visitor, home_state="ME", steps="on")
    lead = Lead.objects.get()
    assert (lead.source, lead.state, lead.waiting_since) == ("guide", "new", NOW)
    desk = client_for(lead.officer)
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        assert "Ida Moss" in words(get(desk, "desk:leads")) and "waits 30 min" in words(
            get(desk, "desk:leads")
        )
        page = words(get(desk, "desk:lead", lead.public_id))
    assert "VA loans" in page and "asked for on the site" in page
    assert "0 of 4 sent" in page and str(drips.WORDS) in page


def test_the_fewest_open_leads_decide_and_where_the_home_is(cast: Cast) -> None:
    """Olga is licensed in Maine and New Hampshire."""
    take_call(by=cast.olga, officer=cast.olga, name="Una", email="una@moss.example")
    assert officer_for(email="ida@moss.example") == cast.otto
    cast.otto.officer_profile.licenses.filter(state="NH").delete()
    assert officer_for(email="ida@moss.example", home_state="NH") == cast.olga
    assert officer_for(email="ida@moss.example", home_state="HI") == cast.otto, "nobody is licensed there"


def test_whoever_is_known_stays_with_their_officer(cast: Cast) -> None:
    take_call(by=cast.olga, officer=cast.olga, name="Ida", email="ida@moss.example")
    take_call(by=cast.olga, officer=cast.olga, name="Una", email="una@moss.example")
    assert officer_for(email="ida@moss.example") == cast.olga
    lead = ask_for_guide(guide="va", name="Ida Moss", email="IDA@moss.example ")
    assert lead.name == "Ida" and Lead.objects.count() == 2, "the same lead again"
    assert officer_for(email=cast.nils.email) == cast.other_loan.officer == cast.otto
    assert officer_for(email=cast.bea.email) == cast.olga


def test_an_officers_own_page_brings_its_visitors_to_them(cast: Cast, visitor: Client) -> None:
    take_call(by=cast.olga, officer=cast.olga, name="Una", email="una@moss.example")
    page = visitor.get("/guides/va/?officer=olga-haddad").content.decode()
    assert 'name="officer" value="olga-haddad"' in page
    send(visitor, officer="olga-haddad")
    assert Lead.objects.get(email="ida@moss.example").officer == cast.olga
    send(visitor, officer="made-up", email="one@moss.example")
    assert Lead.objects.get(email="one@moss.example").officer == cast.otto


def test_where_nobody_takes_applications_the_page_says_so(cast: Cast, visitor: Client) -> None:
    OfficerProfile.objects.update(is_taking_applications=False)
    answer = send(visitor)
    assert answer.status_code == 422 and "You can read the guide on this page" in words(answer)
    assert not Lead.objects.exists() and not LeadConsent.objects.exists()


def test_a_guide_that_is_none_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="no such guide"):
        ask_for_guide(guide="made-up", name="Ida", email="ida@moss.example")


def test_it_stands_in_the_audit_log_as_a_visitors_doing(cast: Cast, visitor: Client) -> None:
    send(visitor, steps="on")
    said = Entry.objects.filter(object_id=str(Lead.objects.get().public_id)).order_by("id")
    assert [entry.action for entry in said] == ["lead.started", "lead.steps_begun", "lead.guide_asked"]
    assert {entry.actor for entry in said} == {"visitor"}


# --- Machines ------------------------------------------------------------------------------------------------


def test_who_fills_the_hidden_box_is_thanked_and_forgotten(cast: Cast, visitor: Client) -> None:
    answer = send(visitor, website="https://buy.example")
    assert (answer.status_code, answer["Location"]) == (302, "/guides/va/sent/")
    assert not Lead.objects.exists() and not mails()


@pytest.mark.parametrize(
    ("made", "why"),
    [(timedelta(seconds=1), "very quick"), (timedelta(hours=25), "open for long")],
)
def test_a_form_sent_too_soon_or_too_late_asks_for_one_more_press(
    cast: Cast, visitor: Client, made: timedelta, why: str
) -> None:
    answer = send(visitor, made=NOW - made)
    assert answer.status_code == 422 and why in words(answer) and not mails()
    assert send(visitor, made=NOW - timedelta(seconds=2)).status_code == 302


def test_a_mark_of_somebody_elses_making_is_refused(cast: Cast, visitor: Client) -> None:
    for mark in ("", "1:made-up", "MTc2:1tXYZ:abc"):
        assert post(visitor, "public:guide_mail", "va", **{**typed(), "made": mark}).status_code == 422
    assert not mails()


def test_one_address_and_one_machine_are_limited(cast: Cast, visitor: Client) -> None:
    slugs = ["va", "refinance", "first-home", "self-employed", "what-to-bring", "how-long-it-takes"]
    assert {send(visitor, slug=slug).status_code for slug in slugs} == {302}
    assert send(visitor).status_code == 429, "a seventh to one address in a day"
    others = [send(visitor, email=f"one{number}@moss.example").status_code for number in range(20)]
    assert others[0] == 302 and others[-1] == 429


def test_who_works_here_or_borrows_here_may_ask_like_anybody(cast: Cast, client_for: Any) -> None:
    people: list[User] = [cast.olga, cast.bea]
    for person in people:
        assert send(client_for(person), email=f"{person.public_id}@moss.example").status_code == 302
    assert Loan.objects.count() == 2

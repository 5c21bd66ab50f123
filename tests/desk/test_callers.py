"""New caller on every page of the desk; whoever waits stands on top of the list of callers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.absences import note_absence
from conversations.models import Conversation
from leads.models import Lead
from portal import formats
from portal.desk.lists import Page
from tests.cast import Cast
from tests.desk.helpers import get, post, queries, words

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
CALLER = {"name": "Ida Moss", "email": "ida@moss.example", "phone": "(207) 555-0177", "with_link": "on"}


def make_lead(cast: Cast, name: str, **fields: Any) -> Lead:
    return Lead.objects.create(**{"name": name, "officer": cast.olga, "source": "call", **fields})


def test_every_page_of_the_desk_has_the_button(cast: Cast, client_for: ClientFor) -> None:
    olga = client_for(cast.olga)
    for name in ("desk:pipeline", "desk:documents", "outbox:list", "accounts:profile"):
        assert reverse("desk:caller") in get(olga, name).content.decode(), name
    assert reverse("desk:caller") not in get(client_for(cast.bea), "home:home").content.decode()


def test_one_press_leads_to_the_lead(cast: Cast, client_for: ClientFor) -> None:
    olga = client_for(cast.olga)
    answer = post(olga, "desk:caller", **CALLER, guide="what-to-bring")
    lead = Lead.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:lead", args=[lead.public_id]))
    assert (lead.officer, str(lead.phone)) == (cast.olga, "+12075550177")
    page = words(olga.get(answer["Location"]))
    assert "The e-mail is on its way" in page and "What to have at hand" in page


def test_what_is_missing_is_said_where_it_was_typed(cast: Cast, client_for: ClientFor) -> None:
    answer = post(client_for(cast.olga), "desk:caller", name="Ida Moss", with_link="on")
    assert answer.status_code == 422 and "Type an e-mail address or a telephone number" in words(answer)
    answer = post(client_for(cast.olga), "desk:caller", name="Ida", phone="2075550177", guide="refinance")
    assert answer.status_code == 422 and "goes by e-mail" in words(answer)
    assert not Lead.objects.exists()


def test_a_number_alone_is_enough(cast: Cast, client_for: ClientFor) -> None:
    """The link is ticked from the start; without an address there is nothing to send it to."""
    answer = post(client_for(cast.olga), "desk:caller", name="Ida", phone="2075550177", with_link="on")
    assert answer.status_code == 302 and Lead.objects.get().email == ""


def test_who_is_no_officer_says_for_whom(cast: Cast, client_for: ClientFor) -> None:
    stef = client_for(cast.stef)
    assert post(stef, "desk:caller", **CALLER).status_code == 422
    answer = post(stef, "desk:caller", **CALLER, officer=cast.otto.pk)
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:caller"))
    assert Lead.objects.get().officer == cast.otto


def test_the_longest_wait_stands_on_top_and_is_late_after_an_hour_of_office_hours(
    cast: Cast, client_for: ClientFor
) -> None:
    wednesday = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # ten in the morning in Portland
    make_lead(cast, "Just now", waiting_since=wednesday - timedelta(minutes=20))
    make_lead(cast, "Last night", waiting_since=wednesday - timedelta(hours=14))
    make_lead(cast, "Answered", state="contacted")
    make_lead(cast, "Gone", state="closed")
    with time_machine.travel(wednesday, tick=False):
        page = words(get(client_for(cast.olga), "desk:leads"))
        every = words(get(client_for(cast.olga), "desk:leads", state="all"))
    assert page.index("Last night") < page.index("Just now") < page.index("Answered")
    assert "waits 20 minutes" in page and "waits 1 hour" in page
    assert "Gone" not in page and "Gone" in every


def test_a_page_costs_the_same_however_many_there_are(cast: Cast, client_for: ClientFor) -> None:
    mara = client_for(cast.mara)

    def cost() -> int:
        return len(queries(mara, reverse("desk:leads")))

    for number in range(3):
        make_lead(cast, f"Few {number}", waiting_since=datetime(2026, 11, 18, tzinfo=UTC))
        make_lead(cast, f"Known {number}", state="contacted")
    few = cost()
    for number in range(40):
        make_lead(cast, f"Many {number}", waiting_since=datetime(2026, 11, 18, tzinfo=UTC))
        make_lead(cast, f"Also {number}", state="contacted")
    assert cost() == few <= 8


def test_the_page_of_a_lead_stays_within_its_queries(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(
        cast, "Nadia Fox", email="nadia@fox.example", waiting_since=datetime(2026, 11, 18, tzinfo=UTC)
    )
    make_lead(cast, "N. Fox", email="nadia@fox.example")
    lead.threads.add(Conversation.objects.create(owner=cast.olga, name="Nadia Fox"))
    for who in (cast.mara, cast.olga):
        asked = queries(client_for(who), reverse("desk:lead", args=[lead.public_id]))
        assert len(asked) <= 8, "\n".join(asked)


def test_the_next_page_goes_on_where_this_one_ends(cast: Cast, client_for: ClientFor) -> None:
    for number in range(30):
        make_lead(cast, f"Caller {number:02d}", state="contacted")
    olga = client_for(cast.olga)
    first = get(olga, "desk:leads")
    second = olga.get(first.context["page"].next_url)
    names = [lead.name for page in (first, second) for lead in page.context["page"].rows]
    assert names == [f"Caller {number:02d}" for number in reversed(range(30))]


def test_answering_and_closing(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast, "Ida Moss", waiting_since=datetime(2026, 11, 18, tzinfo=UTC))
    olga = client_for(cast.olga)
    assert post(olga, "desk:lead_answer", lead.public_id, reached="yes", words="Spoke").status_code == 302
    refused = post(olga, "desk:lead_answer", lead.public_id, reached="yes", guide="refinance")
    assert refused.status_code == 422 and "e-mail address" in words(refused)
    assert post(olga, "desk:lead_close", lead.public_id, why="").status_code == 422
    assert post(olga, "desk:lead_close", lead.public_id, why="Bought elsewhere").status_code == 302
    page = words(get(olga, "desk:lead", lead.public_id))
    assert "Bought elsewhere" in page and "You called them" not in page
    late = post(olga, "desk:lead_answer", lead.public_id, reached="yes")
    assert late.status_code == 422 and "This has ended" in words(late)


def test_a_loan_of_somebody_elses_is_not_shown(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast, "Nils Berg", state="applied", loan=cast.other_loan)
    page = words(get(client_for(cast.olga), "desk:lead", lead.public_id))
    assert "applied with somebody else here" in page and cast.other_loan.number not in page
    assert get(client_for(cast.otto), "desk:lead", lead.public_id).status_code == 404


def test_a_deputy_reads_both_lists_as_one(cast: Cast, client_for: ClientFor) -> None:
    day, now = formats.today(), timezone.now()
    note_absence(user=cast.otto, deputy=cast.olga, first_day=day, last_day=day, by=cast.otto)
    for n in range(60):
        officer = cast.otto if n % 2 else cast.olga
        since = {"waiting_since": now - timedelta(hours=9 - n)} if n < 8 else {}
        make_lead(cast, f"zq{n:02d}", officer=officer, created_at=now - timedelta(minutes=n), **since)
    olga = client_for(cast.olga)
    first = olga.get(reverse("desk:leads"))
    names = [row.lead.name for row in first.context["waiting"]]
    assert names == [f"zq{n:02d}" for n in range(8)], "the longest wait first, whoever is away"
    seen, page = [], first.context["page"]
    while page.rows:
        seen += [lead.name for lead in page.rows]
        page = olga.get(page.next_url).context["page"] if page.next_url else Page(rows=[])
    assert seen == [f"zq{n:02d}" for n in range(8, 60)]

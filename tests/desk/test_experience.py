"""The page of figures: who sees whose, what each figure opens, what it costs, and the table for spreadsheets."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Branch, User
from audit.models import Entry
from conversations.models import Conversation, Message
from feedback.figures import counting
from feedback.figures.table import FIGURES
from feedback.models import ExperienceFigure
from loans.models import Loan
from portal import formats
from portal.desk.experience import GROUPS
from portal.desk.experience_rows import READERS
from tests.cast import Cast
from tests.desk.helpers import get, words
from tests.feedback.year import NOW, Year

ClientFor = Callable[..., Client]
BUDGET = 8
MONTH = "2026-10"
LINK = re.compile(r'href="(/desk/(?:loans|messages|requests|documents)/[^"]+)"')


@pytest.fixture
def year(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=False):
        made = Year(cast).make()
        counting.keep_month(NOW.date().replace(day=1), NOW, cast.company)
        counting.keep_month(NOW.date().replace(month=10, day=1), NOW, cast.company)
        yield made


def all_rows(client: Client, address: str) -> list[str]:
    """The loans and threads behind a figure, page by page."""
    found: list[str] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, address
        found += LINK.findall(answer.content.decode().split('id="main"', 1)[1])
        address = answer.context["page"]["next_url"]
    return found


def test_every_figure_stands_on_the_page_with_its_meaning_and_opens_its_rows(
    year: Year, client_for: ClientFor
) -> None:
    client = client_for(year.cast.mara)
    page = get(client, "desk:experience", month=MONTH)
    text = words(page)
    assert {key for _title, keys in GROUPS for key in keys} == set(FIGURES) == set(READERS)
    for figure in FIGURES.values():
        assert str(figure.title) in text and str(figure.meaning) in text, figure.key
    for row in ExperienceFigure.objects.filter(month=f"{MONTH}-01", person=None, branch=None):
        address = f"{reverse('desk:experience_rows', args=[row.figure])}?month={MONTH}&part={row.part}"
        assert len(all_rows(client, address)) == row.denominator, row


def test_officers_and_processors_see_what_they_work_on_and_nothing_else(
    year: Year, client_for: ClientFor
) -> None:
    people: list[User] = [year.cast.olga, year.cast.otto, year.pia]
    for person in people:
        client, numbers = client_for(person), set[str]()
        assert "By person" not in words(get(client, "desk:experience", month=MONTH))
        for key in FIGURES:
            page = get(client, "desk:experience_rows", key, month=MONTH)
            numbers |= set(re.findall(r"LN-Y\d{4}", words(page)))
        theirs = set(Loan.objects.visible_to(person).values_list("number", flat=True))
        assert numbers and numbers <= theirs, person
    olga = client_for(year.cast.olga)
    for name, args in (("desk:experience", ()), ("desk:experience_rows", ("answer",))):
        whose = str(year.cast.otto.public_id)
        assert get(olga, name, *args, whose=whose).status_code == 404, "somebody else's"
        assert get(client_for(year.cast.mara), name, *args, whose=whose).status_code == 200
        assert (
            get(client_for(year.cast.mara), name, *args, whose=str(year.cast.bea.public_id)).status_code
            == 404
        )
        assert get(client_for(year.cast.bea), name, *args).status_code == 404
    links = all_rows(olga, f"{reverse('desk:experience_rows', args=['return'])}?month={MONTH}")
    assert links and all(olga.get(link).status_code == 200 for link in links[:3])


def test_a_manager_reads_the_figures_of_a_branch_and_nobody_else_does(
    year: Year, client_for: ClientFor
) -> None:
    branch = Branch.objects.get(name="Uptown")
    mara = client_for(year.cast.mara)
    page = get(mara, "desk:experience", month=MONTH, whose=str(branch.public_id))
    assert "How borrowers fare with the branch Uptown." in words(page) and "By branch" in words(page)
    of_branch = ExperienceFigure.objects.filter(month=f"{MONTH}-01", branch=branch, part="")
    assert of_branch.filter(denominator__gt=0).count() > 5
    for row in of_branch:
        address = (
            f"{reverse('desk:experience_rows', args=[row.figure])}?month={MONTH}&whose={branch.public_id}"
        )
        assert len(all_rows(mara, address)) == row.denominator, row
    for who in (year.cast.otto, year.cast.bea):
        for name, args in (("desk:experience", ()), ("desk:experience_rows", ("answer",))):
            assert get(client_for(who), name, *args, whose=str(branch.public_id)).status_code == 404


def test_what_is_not_a_figure_a_part_or_a_person_is_not_found(cast: Cast, client_for: ClientFor) -> None:
    mara = client_for(cast.mara)
    assert get(mara, "desk:experience_rows", "happiness").status_code == 404
    assert get(mara, "desk:experience_rows", "return", part="ugly").status_code == 404
    assert get(mara, "desk:experience_rows", "return", only="some").status_code == 404
    assert get(mara, "desk:experience", whose="nobody").status_code == 404
    assert get(mara, "desk:experience", month="1999-13").status_code == 200, "the month that runs"


def test_a_share_shows_apart_what_counts_and_what_does_not(year: Year, client_for: ClientFor) -> None:
    client = client_for(year.cast.mara)
    row = ExperienceFigure.objects.get(
        month=f"{MONTH}-01", person=None, branch=None, figure="promise", part=""
    )
    address = f"{reverse('desk:experience_rows', args=['promise'])}?month={MONTH}"
    assert len(all_rows(client, f"{address}&only=counted")) == row.numerator
    assert len(all_rows(client, f"{address}&only=others")) == row.denominator - row.numerator
    text = words(get(client, "desk:experience", month=MONTH))
    assert f"{row.numerator / row.denominator:.0%} {row.numerator} of {row.denominator}" in text


def test_a_page_costs_the_same_for_a_month_and_a_year(year: Year, client_for: ClientFor) -> None:
    counts = set()
    for months in (0, 13):
        if months:
            counting.count_all()
        for who in (year.cast.mara, year.cast.olga):
            client = client_for(who)
            for address in (
                reverse("desk:experience"),
                reverse("desk:experience_rows", args=["first_contact"]),
            ):
                formats.company_zone()
                client.get(address)
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(address, {"month": MONTH}).status_code == 200
                counts.add((who.pk, address, len(captured)))
    assert len(counts) == 4, f"as many queries whatever was counted: {counts}"
    assert max(count for _who, _address, count in counts) <= BUDGET, counts


def test_the_table_is_ones_own_and_harmless_in_a_spreadsheet(year: Year, client_for: ClientFor) -> None:
    User.objects.filter(pk=year.cast.otto.pk).update(name="=HYPERLINK(1)")

    def table(who: User) -> list[list[str]]:
        answer = get(client_for(who), "desk:experience_csv")
        lines = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert "attachment" in answer["Content-Disposition"]
        return list(csv.reader(io.StringIO(lines)))

    heading, *lines = table(year.cast.mara)
    assert heading[:5] == ["Month", "Who", "Figure", "Part", "Value"]
    assert {line[1] for line in lines} == {
        "Everybody", "Branch Riverside", "Branch Uptown", "'=HYPERLINK(1)", "Olga Haddad", "Pia Ross",
    }  # fmt: skip
    whose = [line[1] for line in lines if line[0] == MONTH]
    assert set(whose[: whose.count("Everybody")]) == {"Everybody"}, "the house first, on any database"
    kept = ExperienceFigure.objects.get(
        month=f"{MONTH}-01", person=None, branch=None, figure="return", part="duplicate"
    )
    whole = ExperienceFigure.objects.get(
        month=f"{MONTH}-01", person=None, branch=None, figure="return", part=""
    )
    mine = [
        line for line in lines if line[:4] == [MONTH, "Everybody", "Papers sent back", "Already received"]
    ]
    share = str(round(100 * kept.numerator / whole.denominator, 2))
    assert mine[0][4:8] == [share, "percent", str(kept.numerator), str(whole.denominator)]
    assert {line[1] for line in table(year.cast.olga)[1:]} == {"Olga Haddad"}
    assert Entry.objects.filter(action="user.figures_exported").count() == 2


def test_rows_lead_to_what_was_said_and_a_visitor_without_a_name_has_a_link(
    year: Year, client_for: ClientFor
) -> None:
    client = client_for(year.cast.mara)
    page = get(client, "desk:experience_rows", "nps", month=MONTH).content.decode()
    assert re.search(r"/desk/loans/[0-9a-f-]+/feedback/", page), "where their words and what follows stand"
    asked = Conversation.objects.create(owner=year.cast.olga)
    Message.objects.create(conversation=asked, body="Hello?", at=NOW, channel="portal", source="chat:1")
    page = get(client, "desk:experience_rows", "volume").content.decode()
    assert ">Somebody in the chat</a>" in page.split(f"/desk/messages/{asked.public_id}/", 1)[1][:60]


def test_before_anything_was_counted_the_page_says_so(cast: Cast, client_for: ClientFor) -> None:
    text = words(get(client_for(cast.mara), "desk:experience"))
    assert "Nothing to count in this month." in text and "Nobody has figures in this month yet." in text

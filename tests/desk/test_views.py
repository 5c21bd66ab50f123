"""Lists kept under a name: their owner's alone, read again as they were, and the one the desk opens with."""

import pytest
from django.urls import reverse

from loans.models import DeskView
from loans.services.views import MOST_VIEWS
from loans.stages import Stage
from tests.cast import make_loan
from tests.desk.helpers import get, post, words


def numbers(response):
    return [loan.number for loan in response.context["page"].rows]


@pytest.fixture
def kept(cast, client_for):
    """Olga keeps what is closing, with two columns, in the order of the stage."""
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-9", stage=Stage.CLOSING)
    typed = {"name": "  My   closings ", "stage": "closing", "sort": "stage", "columns": "stage,closing"}
    answer = post(client_for(cast.olga), "desk:view_save", **typed)
    assert answer.status_code == 302
    return DeskView.objects.get()


def test_a_list_is_kept_and_opened_again(cast, client_for, kept):
    assert (kept.name, kept.owner, kept.filters) == ("My closings", cast.olga, {"stage": "closing"})
    page = get(client_for(cast.olga), "desk:pipeline", view=str(kept.public_id))
    assert numbers(page) == ["LN-9"]
    assert [column.key for column in page.context["columns"]] == ["stage", "closing"]
    assert "My closings" in words(page)


def test_the_same_name_replaces_and_one_list_opens_first(cast, client_for, kept):
    olga = client_for(cast.olga)
    post(olga, "desk:view_save", name="My closings", stage="funded", is_default="on")
    post(olga, "desk:view_save", name="Other", review="1", is_default="on")
    assert {view.name: view.is_default for view in DeskView.objects.all()} == {
        "My closings": False, "Other": True,
    }  # fmt: skip
    assert get(olga, "desk:pipeline").context["view"].name == "Other"
    assert get(olga, "desk:pipeline", stage="open").context["view"] is None
    assert get(client_for(cast.mara), "desk:pipeline").context["view"] is None


def test_nobody_sees_or_deletes_the_list_of_another(cast, client_for, kept):
    page = get(client_for(cast.otto), "desk:pipeline", view=str(kept.public_id))
    assert page.context["view"] is None and "My closings" not in words(page)
    assert post(client_for(cast.otto), "desk:view_delete", kept.public_id).status_code == 404
    assert post(client_for(cast.mara), "desk:view_delete", kept.public_id).status_code == 404
    assert post(client_for(cast.bea), "desk:view_save", name="x").status_code == 404
    assert post(client_for(cast.olga), "desk:view_delete", kept.public_id).status_code == 302
    assert not DeskView.objects.exists()


def test_a_list_without_a_name_and_one_too_many_are_refused_in_words(cast, client_for):
    olga = client_for(cast.olga)
    answer = olga.post(reverse("desk:view_save"), {"name": "", "review": "1"}, follow=True)
    assert "Give the list a name" in answer.content.decode()
    for number in range(MOST_VIEWS):
        post(olga, "desk:view_save", name=f"List {number}")
    answer = olga.post(reverse("desk:view_save"), {"name": "One more"}, follow=True)
    assert "Delete one first" in answer.content.decode()
    assert DeskView.objects.count() == MOST_VIEWS


def test_what_a_kept_list_asks_for_may_be_gone(cast, client_for, kept):
    DeskView.objects.update(filters={"stage": "gone", "quiet": "x"}, columns=["gone"], sort="gone")
    assert len(numbers(get(client_for(cast.olga), "desk:pipeline", view=str(kept.public_id)))) == 2

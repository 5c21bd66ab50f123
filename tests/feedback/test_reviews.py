"""Reviews: whoever closed is asked alike, what they agree to is published alike, and no reply tells of a loan."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from feedback.models import PublishingConsent, Review
from feedback.publishing import CONSENT, TEMPLATES, what_is_wrong
from feedback.services import hide_review, reply_to_review, show_again, write_review
from loans.errors import Refused
from loans.models import Party, Task
from tests.cast import Cast
from tests.feedback.asking import Kind, ask, link

OFFICER = "/officers/olga-haddad/"


def words_of(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(address).content.decode()))


def review_of(cast: Cast, stars: int = 5, words: str = "Calm and clear.", **more: bool) -> Review:
    said = {"publish": True, "with_name": True, **more}
    return write_review(survey=ask(cast.bea_party, Kind.REVIEW), stars=stars, words=words, **said)


def test_published_only_with_a_tick_of_their_own(cast: Cast, client: Client) -> None:
    survey, other = ask(cast.bea_party, Kind.REVIEW), ask(cast.cole_party, Kind.REVIEW)
    page = client.get(link(survey)).content.decode()
    assert 'name="publish"' in page and "checked" not in page, "nobody ticked it beforehand"
    client.post(link(other), {"stars": 4, "words": "For you alone."})
    client.post(link(survey), {"stars": 2, "words": "Slow.", "publish": "on", "with_name": "on"})
    client.post(link(survey), {"stars": 5, "words": "Again.", "publish": "on"})
    consent = PublishingConsent.objects.get()
    assert (consent.party, consent.wording) == (cast.bea_party, str(CONSENT))
    shown = words_of(client, OFFICER)
    assert "Slow." in shown and "Bea" in shown and "Nguyen" not in shown
    assert "For you alone." not in shown and "Again." not in shown
    assert "2.0 of 5, from 1 review" in shown


def test_few_stars_count_and_stand_as_many_do(cast: Cast, visitor: Client) -> None:
    review_of(cast, 1, "Bad.")
    write_review(survey=ask(cast.cole_party, Kind.REVIEW), stars=4, words="", publish=True)
    shown = words_of(visitor, OFFICER)
    assert "2.5 of 5, from 2 reviews" in shown and "Bad." in shown
    assert "Bad." in words_of(visitor, f"{OFFICER}reviews/")
    assert Task.objects.get(kind=Task.Kind.RECOVERY).for_user == cast.olga, "and somebody calls"


def test_they_take_it_back_by_the_same_link(cast: Cast, client: Client) -> None:
    survey = ask(cast.bea_party, Kind.REVIEW)
    write_review(survey=survey, stars=5, words="Calm.", publish=True)
    assert client.get(f"{link(survey)}take-back/").status_code == 405, "never by opening a page"
    with time_machine.travel(timezone.now() + timedelta(days=900)):
        assert client.post(f"{link(survey)}take-back/").status_code == 302, "at any time, as they were told"
    assert "Calm." not in words_of(client, OFFICER)
    assert Entry.objects.filter(action="review.withdrawn").count() == 1
    other = ask(cast.cole_party, Kind.NPS)
    assert client.post(f"{link(other)}take-back/").status_code == 404


def test_hiding_takes_the_words_never_the_stars(cast: Cast, visitor: Client) -> None:
    review = review_of(cast, 1, "Call Cole at his office.")
    for by in (cast.olga, cast.otto):
        with pytest.raises(Refused, match="manager"):
            hide_review(review=review, by=by, because="abuse", why="I do not like it")
    for because, why in (("score", "too low"), ("abuse", " "), ("", "why")):
        with pytest.raises(Refused, match="low score is no reason"):
            hide_review(review=review, by=cast.mara, because=because, why=why)
    hide_review(review=review, by=cast.mara, because="personal", why="Names where somebody works")
    shown = words_of(visitor, OFFICER)
    assert "at his office" not in shown and "It tells personal data" in shown
    assert "1.0 of 5, from 1 review" in shown
    kept = Entry.objects.get(action="review.hidden")
    assert kept.detail["why"] == "Names where somebody works" and kept.actor_name == "Mara Silva"
    show_again(review=review, by=cast.mara)
    assert "at his office" in words_of(visitor, OFFICER)


REFUSED = (
    "Thank you for choosing us for your loan.", "We were glad to close your mortgage.", "Your new home is lovely.",
    "Thank you, Bea!", "Greetings to Cole", "Enjoy Harbor Lane", "About LN-1001", "File number 12", "Rates fell to 6%",
    "You saved $200", "Call 5550142", "A valued customer", "Your application was approved", "Nguyen family",
    "Good luck in Portland", "Working with you was a joy", "Enjoy the new house!", "We loved financing this",
    "Glad we could help you refinance.", "Happy that you are homeowners now.", "Thank you for borrowing from us.",
    "Gracias por su hipoteca.", "Disfruten de la casa nueva.", "Su préstamo fue un placer.", "Saludos, Bëa",
)  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_no_reply_tells_that_there_is_a_loan(cast: Cast, words: str) -> None:
    review = review_of(cast)
    with pytest.raises(Refused):
        reply_to_review(review=review, by=cast.olga, words=words)
    assert not Review.objects.get().reply


def test_a_short_name_is_a_name_and_a_short_word_is_not(cast: Cast) -> None:
    Party.objects.filter(pk=cast.cole_party.pk).update(name="Bo Li")
    review = review_of(cast)
    assert what_is_wrong("Thank you, Bo.", review) and what_is_wrong("Greetings to the Li family.", review)
    assert not what_is_wrong("Thank you for taking the time to write; it helps us all.", review)


def test_the_sentences_we_offer_may_be_published(cast: Cast, visitor: Client) -> None:
    review = review_of(cast)
    for sentence in TEMPLATES:
        assert not what_is_wrong(str(sentence), review)
    with pytest.raises(Refused, match="or a manager"):
        reply_to_review(review=review, by=cast.otto, words=str(TEMPLATES[0]))
    reply_to_review(review=review, by=cast.olga, words=str(TEMPLATES[0]))
    assert "Lantern Home Loans replies" in words_of(visitor, OFFICER)
    assert "We read every word." in words_of(visitor, OFFICER)


def test_at_the_desk(cast: Cast, client_for: object) -> None:
    review = review_of(cast, 2, "Slow.")
    olga, mara = client_for(cast.olga), client_for(cast.mara)  # type: ignore[operator]
    page = f"/desk/reviews/{review.public_id}/"
    assert 'href="/desk/reviews/"' in olga.get("/desk/experience/").content.decode()
    assert 'href="/desk/experience/" aria-current="page"' in olga.get("/desk/reviews/").content.decode()
    assert "Slow." in words_of(olga, "/desk/reviews/")
    assert 'name="because"' not in olga.get(page).content.decode()
    came_back = olga.post(f"{page}reply/", {"words": "Thank you for your loan, Bea."})
    assert came_back.status_code == 422 and b"must not tell" in came_back.content
    assert olga.post(f"{page}hide/", {"because": "abuse", "why": "low"}).status_code == 422
    assert mara.post(f"{page}hide/", {"because": "abuse", "why": "An insult"}).status_code == 302
    assert mara.post(f"{page}show/").status_code == 302
    assert client_for(cast.otto).get(page).status_code == 404  # type: ignore[operator]

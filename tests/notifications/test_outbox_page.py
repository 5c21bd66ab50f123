"""What the outbox tells: figures of the house above the list, and the whole story of one message on its page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import delivery, figures, services
from notifications.models import DeliveryEvent, Heartbeat, Notification, Wording, WordingVersion
from tests.cast import Cast

State = Notification.State
ClientFor = Callable[..., Client]


def page(client: Client, name: str, row: Notification | None = None, **query: Any) -> Any:
    return client.get(reverse(name, args=[row.public_id] if row else []), query)


# --- The list ------------------------------------------------------------------------------------------------


def test_what_is_due_and_what_lies_ahead_are_listed_apart(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    due, later = make_row(), make_row(due_at=timezone.now() + timedelta(days=1))
    client = client_for(cast.mara)
    assert list(page(client, "outbox:list", state="queued").context["rows"]) == [due]
    assert list(page(client, "outbox:list", state="scheduled").context["rows"]) == [later]


def test_figures_stand_above_the_list_of_whoever_looks_after_the_house(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    make_row(due_at=timezone.now() - timedelta(minutes=5))
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
    for person, sees in ((cast.mara, True), (cast.stef, True), (cast.olga, False)):
        answer = page(client_for(person), "outbox:list")
        said = answer.content.decode()
        assert (answer.context["house"] is not None) is sees, person
        assert ("A message has been due for 5\xa0minutes" in said) is sees, person
        assert "Nothing is being sent" not in said
    tiles = {
        tile.label: tile.figure for tile in page(client_for(cast.mara), "outbox:list").context["house"].tiles
    }
    assert (tiles["Waiting"], tiles["Scheduled"], tiles["Longest wait"]) == ("1", "0", "5\xa0minutes")


def test_a_worker_that_stopped_is_told_on_the_outbox(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.stef)
    assert "The worker was never seen at work." in page(client, "outbox:list").content.decode()
    Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(minutes=9))
    assert "Nothing is being sent." in page(client, "outbox:list").content.decode()
    assert "Nothing is being sent." not in page(client_for(cast.olga), "outbox:list").content.decode()


def test_every_page_of_the_desk_says_that_messages_are_late(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    make_row(due_at=timezone.now() - timedelta(minutes=5))
    for person, told in ((cast.mara, True), (cast.stef, True), (cast.olga, False)):
        figures.forget_overdue()
        said = page(client_for(person), "desk:pipeline").content.decode()
        assert ("A message has been due for 5\xa0minutes" in said) is told, person


# --- One message ---------------------------------------------------------------------------------------------


def test_everything_that_happened_stands_in_one_line_of_time(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row, client = make_row(due_at=timezone.now() + timedelta(days=1)), client_for(cast.olga)
    services.hold(notification=row, by=cast.olga)
    services.send_now(notification=row, by=cast.mara)
    delivery.deliver_due()
    DeliveryEvent.objects.create(
        notification=row, provider="mailgun", event_id="1", kind="bounced", at=timezone.now(), detail="No such box"
    )  # fmt: skip
    answer = page(client, "outbox:message", row)
    moments = [(moment.what, moment.by, moment.detail) for moment in answer.context["moments"]]
    assert moments == [
        ("Came back", "Mailgun", "No such box"), ("Sent", "", ""), ("Sent now instead of later", "Mara Silva", ""),
        ("Put on hold", "Olga Haddad", ""), ("Written down", "", ""),
    ]  # fmt: skip
    assert "What happened" in answer.content.decode() and "No such box" in answer.content.decode()


def test_the_page_says_which_words_and_which_carrier_were_used(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row, client = make_row(), client_for(cast.olga)
    delivery.deliver_due()
    assert "default, version 1" in page(client, "outbox:message", row).content.decode()
    wording = Wording.objects.create(kind=row.kind)
    own = WordingVersion.objects.create(wording=wording, number=3, body="x", by=cast.stef)
    Notification.objects.filter(pk=row.pk).update(
        wording_version=own, provider="mailgun", provider_id="abc@mg"
    )
    said = page(client, "outbox:message", row).content.decode()
    for words in ("version 3 of your own", "Stef Moore", "Mailgun", "abc@mg"):
        assert words in said, words


def test_a_text_message_is_shown_as_its_words_alone(cast: Cast, make_row: Any, client_for: ClientFor) -> None:
    row = make_row()
    Notification.objects.filter(pk=row.pk).update(
        channel="text", state=State.SENT, text_body="Your loan moved on.", address="+12075550101"
    )
    said = page(client_for(cast.olga), "outbox:message", row).content.decode()
    assert "Your loan moved on." in said and "Text message" in said and "<iframe" not in said
    assert "(207)\xa0555-0101" in said and "+12075550101" not in said

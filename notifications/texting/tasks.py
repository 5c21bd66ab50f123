"""The worker's side of texts that come in. Both may run twice at once, and be lost, without harm."""

from celery import shared_task

from notifications.texting import inbound, pictures


@shared_task(name="notifications.read_texts")
def read_texts() -> None:
    """Every half minute: what was kept and not acted upon, and pictures no wake-up reached."""
    inbound.act_on_unread()
    pictures.take_waiting()


@shared_task(name="notifications.take_pictures")
def take_pictures() -> None:
    """Fetch the pictures that wait."""
    pictures.take_waiting()

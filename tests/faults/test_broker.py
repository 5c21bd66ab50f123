"""The embedded broker: a hint may be lost, the worker that reads it may not."""

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from portal.broker import Transport

pytestmark = pytest.mark.embedded("of the folder as the broker")


@pytest.fixture
def channel(tmp_path: Path):  # type: ignore[no-untyped-def]
    folders = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "c"),
    }
    with Connection("filesystem://localhost", transport=Transport, transport_options=folders) as connection:
        yield connection.channel()


def test_what_is_put_is_got_once(channel) -> None:  # type: ignore[no-untyped-def]
    channel._put("messages", {"body": "wake up"})
    assert channel._get("messages") == {"body": "wake up"}
    with pytest.raises(Empty):
        channel._get("messages")


def test_nothing_is_seen_before_it_is_written_whole(channel, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / ".1_draft.messages.msg").write_text('{"body": "wa')
    with pytest.raises(Empty):
        channel._get("messages")


def test_a_broken_file_is_no_reason_to_end(channel, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "1_broken.messages.msg").write_text('{"body": "wa')
    with pytest.raises(Empty):
        channel._get("messages")
    channel._put("messages", {"body": "next"})
    assert channel._get("messages") == {"body": "next"}


def test_the_product_uses_it() -> None:
    from portal.celery import app

    with app.connection_for_write() as connection:
        assert isinstance(connection.transport, Transport)

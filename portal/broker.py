"""
kombu's filesystem transport, made safe for a hint that is read while it is written, or swept away while it is read.

The stock one opens the file under its final name, so that a worker may take it half-written and end with a decoding
error; and a file that vanished between two steps ends the worker as well. A hint may always be lost (the sweeps find
the rows), a worker should not be.
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override] # as kombu's does
        """Write the message aside, then give it its name in one step."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        draft = folder / f".{name}"
        try:
            draft.write_text(dumps(payload))
            os.replace(draft, folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except (ChannelError, ValueError) as error:
            raise Empty from error


class Transport(filesystem.Transport):
    Channel = Channel

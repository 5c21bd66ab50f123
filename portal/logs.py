"""What no log may keep: an address can be a key (an invitation, a way back, an upload), and logs outlive keys."""

import logging
import re

# A part of an address that is long and no UUID: tokens are that, names of pages are not.
TOKEN = re.compile(r"(?<=/)(?![0-9a-f]{8}-[0-9a-f]{4}-)[\w.:=~-]{20,}")


class HideTokens(logging.Filter):
    """Puts an ellipsis in the place of tokens, in whatever a line is made of."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(part) for part in record.args)
        record.msg = _hidden(record.msg)
        return True


def _hidden(part: object) -> object:
    return TOKEN.sub("…", part) if isinstance(part, str) else part

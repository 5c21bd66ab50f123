"""The look of every state: one tone and one icon a word. The word itself comes from the model's choices."""

NEUTRAL = ("neutral", "information-circle")

BADGES: dict[str, tuple[str, str]] = {
    # What is asked for
    "owed": ("warning", "document-text"),
    "optional": ("info", "document-text"),
    "in_review": ("info", "clock"),
    "pending": ("info", "clock"),
    "accepted": ("success", "check"),
    "returned": ("danger", "exclamation-circle"),
    "not_applicable": ("neutral", "minus"),
    "withdrawn": ("neutral", "minus"),
    "overdue": ("danger", "exclamation-circle"),
    # A file on its way
    "created": ("neutral", "clock"),
    "uploading": ("primary", "arrow-up-tray"),
    "received": ("info", "arrow-path"),
    "scanning": ("info", "arrow-path"),
    "clean": ("success", "check"),
    "rejected": ("danger", "exclamation-circle"),
    "infected": ("danger", "shield-exclamation"),
    "aborted": ("neutral", "x-mark"),
    "not_scanned": ("warning", "shield-exclamation"),
    # A message
    "queued": ("info", "clock"),
    "scheduled": ("info", "calendar"),
    "held": ("warning", "pause"),
    "sending": ("primary", "paper-airplane"),
    "sent": ("success", "check"),
    "delivered": ("success", "check-circle"),
    "ready_to_print": ("warning", "printer"),
    "printed": ("success", "printer"),
    "cancelled": ("neutral", "x-mark"),
    "expired": ("neutral", "clock"),
    "suppressed": ("warning", "no-symbol"),
    "bounced": ("danger", "arrow-uturn-left"),
    "complained": ("danger", "hand-thumb-down"),
    "failed": ("danger", "exclamation-circle"),
    "unknown": ("warning", "question-mark-circle"),
    "worker died": ("danger", "exclamation-triangle"),
    # What its provider tells, and where a person cannot be reached
    "deferred": ("warning", "clock"),
    "paused": ("warning", "pause"),
    "off": ("danger", "no-symbol"),
    # A loan: its stage
    "started": ("neutral", "pencil-square"),
    "application_received": ("primary", "inbox-arrow-down"),
    "processing": ("primary", "document-magnifying-glass"),
    "underwriting": ("primary", "scale"),
    "conditional_approval": ("accent", "clipboard-document-check"),
    "conditions_review": ("accent", "document-magnifying-glass"),
    "clear_to_close": ("success", "check-badge"),
    "closing": ("success", "pencil-square"),
    "funded": ("success", "home"),
    "suspended": ("warning", "pause"),
    "denied": ("neutral", "no-symbol"),
    "incomplete": ("neutral", "archive-box"),
    # and who has the ball
    "borrower": ("accent", "user"),
    "lender": ("primary", "building-office"),
    "third_party": ("info", "users"),
    "nobody": ("neutral", "minus"),
    # A step, a person, a switch
    "done": ("success", "check"),
    "now": ("primary", "clock"),
    "ahead": ("neutral", "clock"),
    "invited": ("info", "envelope"),
    "active": ("success", "check"),
    "inactive": ("neutral", "minus"),
    "info": ("info", "information-circle"),
    "success": ("success", "check-circle"),
    "warning": ("warning", "exclamation-triangle"),
    "error": ("danger", "exclamation-circle"),
    "debug": ("neutral", "information-circle"),
}


# How a message travels.
CHANNELS = {
    "email": "envelope", "text": "chat-bubble-left", "letter": "printer", "call": "phone", "portal": "globe-alt",
}  # fmt: skip


def badge_tone(state: object) -> str:
    return BADGES.get(str(state), NEUTRAL)[0]


def badge_icon(state: object) -> str:
    return BADGES.get(str(state), NEUTRAL)[1]


def channel_icon(channel: object) -> str:
    return CHANNELS.get(str(channel), "envelope")

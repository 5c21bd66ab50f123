"""
What no person asked: advertising, and the same words again and again. It is set aside, where somebody can look, and
keeps nobody waiting. No outside captcha, and no rule about who somebody is.
"""

import re
from datetime import timedelta

from django.utils import timezone

from conversations.models import Conversation, Message

LINK = re.compile(r"https?://|www\.|\[url|<a\s|\bt\.me/|\bbit\.ly/", re.IGNORECASE)
MOST_LINKS = 1
SAME_WORDS_IN = timedelta(days=1)
SAME_WORDS_ELSEWHERE = 2  # threads; a question of three words is asked by several people on one day
SHORTEST_JUDGED = 40  # characters: "How long does it take?" twice is no noise
FLOOD_IN, FLOOD_FROM = timedelta(hours=1), 40


def is_noise(words: str, *, key: str) -> bool:
    """`words` as they would be kept; `key` of the chat they came on."""
    if len(LINK.findall(words)) > MOST_LINKS or (LINK.search(words) and "<" in words):
        return True
    return len(words) >= SHORTEST_JUDGED and _is_said_elsewhere(words, key)


def is_flood() -> bool:
    """So many began to ask within the hour that whoever begins now is asked for a way to answer, at any time of day."""
    began = Conversation.objects.filter(chat_key__isnull=False, created_at__gte=timezone.now() - FLOOD_IN)
    return began.order_by()[:FLOOD_FROM].count() >= FLOOD_FROM


def _is_said_elsewhere(words: str, key: str) -> bool:
    same = Message.objects.filter(
        at__gte=timezone.now() - SAME_WORDS_IN, by=None, body=words, conversation__chat_key__isnull=False
    ).exclude(conversation__chat_key=key)
    threads = same.order_by().values("conversation").distinct()
    return threads[:SAME_WORDS_ELSEWHERE].count() >= SAME_WORDS_ELSEWHERE

"""
Every write of asking, one verb each.

`asking` plans a question when its thing happens, drops what has lost its sense and claims what is asked now;
`answering` keeps answers and has somebody make a bad one good, or settle it as a complaint; `reviews` is what they say
in public; `referrals` the links for friends; `rules` what staff change.
"""

from feedback.services.answering import add_words, answer, begin_complaint_of
from feedback.services.asking import claim, drop, plan_question, put_off
from feedback.services.referrals import make_referral, welcome_friend
from feedback.services.reviews import hide_review, reply_to_review, show_again, withdraw_review, write_review
from feedback.services.rules import change_rules

__all__ = [
    "add_words",
    "answer",
    "begin_complaint_of",
    "change_rules",
    "claim",
    "drop",
    "hide_review",
    "make_referral",
    "plan_question",
    "put_off",
    "reply_to_review",
    "show_again",
    "welcome_friend",
    "withdraw_review",
    "write_review",
]

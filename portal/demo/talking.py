"""
What is said on threads in the demo: questions and answers over days, a call, a note among us, two complaints. Told
after the loans and before the texts (messages.py), so that Bea's last one still waits.
"""

from datetime import time
from uuid import uuid4

from django.db import transaction

from conversations import services
from conversations.models import Message
from conversations.services import complaints, settling
from loans.models import Party
from portal.demo.clock import clock_at
from portal.demo.messages import at, narrator_on, open_mornings, party_of
from portal.demo.telling import MESSAGES_LEAVE, leave, person_of

# Open days ago.
BEA_BEGINS, JUNE_BEGINS, PAVEL_BEGINS = 5, 8, 18
EARLY, MID_MORNING = time(8, 50), time(9, 20)


def tell_talking() -> None:
    """Once; a house in which somebody has written already is left alone."""
    if Message.objects.exists():
        return
    with transaction.atomic():
        pavel_was_asked_twice()
        june_asks_about_insurance()
        bea_and_olga_talk()
        hugo_waits_for_a_call()
        yusuf_asks_otto()


def bea_and_olga_talk() -> None:
    """Here, by answered mail and on the telephone; what she writes last comes by text."""
    bea, olga = party_of("bea"), person_of("olga")
    first, second, third, *_since = open_mornings(BEA_BEGINS)
    telling = narrator_on(first, MID_MORNING)
    with telling.later():
        say(bea, "Hi Olga, can I send the two bank statements as one file, or do you need each by itself?")
    with telling.later(hours=2):
        answer(bea, "One file is fine, Bea. Please send all pages, also the blank ones: they are counted.")
    with telling.later(hours=1):
        answer_by_mail(bea, "That is easy, thank you. Could you call me about the gift tomorrow?")
    telling = narrator_on(second, MID_MORNING)
    with telling.later():
        services.log_call(
            loan=bea.loan,
            by=olga,
            party=bea,
            minutes=9,
            body="Went through the gift with Bea: her sister signs the letter, and sends her own statement.",
        )
        services.note(
            loan=bea.loan,
            by=olga,
            body="Hana, who gives the gift, would rather write than call. Bea is best before ten.",
        )
    telling = narrator_on(third, MID_MORNING)
    with telling.later():
        say(bea, "My next pay stub comes at the end of the week. Is that early enough?")
    with telling.later(hours=3):
        answer(bea, "Yes, the end of the week is early enough. Just add it to your list when you have it.")


def june_asks_about_insurance() -> None:
    """Asked, answered, thanked for: nothing waits, and it is settled."""
    june, olga = party_of("june"), person_of("olga")
    first, second, *_since = open_mornings(JUNE_BEGINS)
    telling = narrator_on(first, MID_MORNING)
    with telling.later():
        say(june, "Is the insurance of the condo association enough, or do I need a policy of my own?")
    with telling.later(hours=4):
        answer(
            june,
            "The association's policy covers the building. We also need one of your own for the inside, often called "
            "HO-6. Your insurance agent may send it to me directly.",
        )
    telling = narrator_on(second, EARLY)
    with telling.later():
        say(june, "My agent has sent it. Thank you!")
    with telling.later(hours=1):
        thread = services.thread_of(june.loan)
        settling.need_no_reply(conversation=thread, by=olga)
        settling.resolve(conversation=thread, by=olga)


def pavel_was_asked_twice() -> None:
    """A complaint of some weeks ago: acknowledged, answered, and settled as he says himself."""
    pavel, olga = party_of("pavel"), person_of("olga")
    first, second, *_since = open_mornings(PAVEL_BEGINS)
    telling = narrator_on(first, MID_MORNING)
    with telling.later():
        said = say(
            pavel, "I have now been asked twice for the same page. Please look at what you have first."
        )
    with telling.later(hours=1):
        complaint = complaints.begin_complaint(
            loan=pavel.loan, by=olga, words=said.body, source=f"message:{said.public_id}", message=said
        )
        complaints.acknowledge_complaint(complaint=complaint, by=olga)
        answer(pavel, "You are right, Pavel, and I am sorry. I will find out how that came about.")
    telling = narrator_on(second, MID_MORNING)
    with telling.later():
        complaints.resolve_complaint(
            complaint=complaint,
            by=olga,
            resolution="The page was here, filed under another name. Nothing more is needed of that statement, and we "
            "look through everything that came before we ask again.",
        )
    with telling.later(hours=6):
        complaints.say_whether_settled(complaint=complaint, is_settled=True)


def hugo_waits_for_a_call() -> None:
    """He has waited longer than anybody should; the manager reads it and makes it a complaint."""
    hugo, mara, (asked, read) = party_of("hugo"), person_of("mara"), open_mornings(2)
    with clock_at(at(asked, MID_MORNING)):
        said = say(
            hugo,
            "My file has been paused for a while, and nobody has told me which letter of the pension office you need. "
            "Could somebody please call me?",
        )
    leave(at(asked, MID_MORNING) + MESSAGES_LEAVE)
    with clock_at(at(read, EARLY)):
        complaints.begin_complaint(
            loan=hugo.loan, by=mara, words=said.body, source=f"message:{said.public_id}", message=said
        )
    leave(at(read, EARLY) + MESSAGES_LEAVE)


def yusuf_asks_otto() -> None:
    (asked,) = open_mornings(1)
    with clock_at(at(asked, MID_MORNING)):
        say(party_of("yusuf"), "May the appraiser also come on a Saturday? We both work during the week.")
    leave(at(asked, MID_MORNING) + MESSAGES_LEAVE)


# --- What a person does on the page of a thread ----------------------------------------------------------------


def say(party: Party, words: str) -> Message:
    assert party.user is not None
    return services.write(loan=party.loan, by=party.user, body=words)


def answer(party: Party, words: str) -> Message:
    return services.write(loan=party.loan, by=party.loan.officer, body=words)


def answer_by_mail(party: Party, words: str) -> Message:
    """As the reader of answered mail does it, where the house takes any."""
    return services.receive_message(
        loan=party.loan,
        party=party,
        channel=Message.Channel.EMAIL,
        subject=f"Re: A message for you about your loan ({party.loan.number})",
        body=words,
        source=f"mail:{uuid4().hex}",
    )

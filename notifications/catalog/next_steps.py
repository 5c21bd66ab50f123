"""
A guide that a visitor asked for on the site, and the next steps that may follow it when they ticked that too.

The guide is an answer and goes out whatever was said about marketing. The steps are marketing: each says how to end
them, and none is sent once their reader has applied, answered or unsubscribed.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    PERSON,
    Block,
    Bullets,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Section,
    Text,
    address,
)  # fmt: skip

TOPIC = "steps"
GUIDE = "guide_by_mail"
STEPS = ("next_step_1", "next_step_2", "next_step_3", "next_step_4")
PAPERS_EXAMPLE = [
    {"title": "Photo ID", "detail": "The law asks us to make sure that you are you."},
    {"title": "Pay stubs", "detail": "They show what you earn now."},
]


def _step(key: str, name: Text, subject: Text, heading: Text, *blocks: Block) -> Kind:
    return Kind(
        key=key,
        name=name,
        topic=TOPIC,
        audience=PERSON,
        gather="next_step",
        must_send=False,
        marketing=True,
        priority=8,
        not_a_commitment=True,
        expires_after=timedelta(days=3),
        own_fields={
            "officer": Field(_("Officer"), "Olga Petrov"),
            "guide": Field(_("Title of the guide they asked for"), "Your first home"),
            "guide_link": Field(_("The guide"), address("public:guide", "first-home")),
            "ready_link": Field(_("What to have ready, for them"), address("public:ready")),
            "glossary_link": Field(_("The glossary"), address("public:glossary")),
            "apply_link": Field(_("The officer's way to apply"), address("apply:start")),
            "papers": Field(_("Papers in their situation"), PAPERS_EXAMPLE),
            "refinances": Field(_("Whether they have a home already"), True),
            "self_employed": Field(_("Whether they work for themselves"), True),
            "is_va": Field(_("Whether they asked about VA loans"), True),
        },
        subject=subject,
        heading=heading,
        blocks=(Paragraph(_("Hello %(first_name)s,")), *blocks, Section(_("Whom to ask")), Contact()),
        why=_(
            "You get this message because you asked for next steps when you asked us for a guide. There are four at "
            "most; they stop when you apply, answer or unsubscribe."
        ),
    )


KINDS = (
    Kind(
        key=GUIDE,
        name=_("A guide that was asked for on the site"),
        topic="account",
        audience=PERSON,
        gather="guide_by_mail",
        priority=3,
        not_a_commitment=True,
        own_fields={
            "officer": Field(_("Officer"), "Olga Petrov"),
            "guide": Field(_("Title of the guide"), "Your first home"),
            "guide_link": Field(_("The guide as a page"), address("public:guide", "first-home")),
            "pdf_link": Field(_("The guide as a PDF"), address("public:guide_pdf", "first-home")),
            "with_steps": Field(_("Whether they asked for next steps too"), True),
        },
        subject=_("Your guide: %(guide)s"),
        heading=_("Here is your guide"),
        blocks=(
            Paragraph(
                _("Hello %(first_name)s, you asked us to send you this guide. Read it as a page, or keep it.")
            ),
            Button(_("Read: %(guide)s"), "guide_link"),
            Button(_("As a PDF, to print and to keep"), "pdf_link"),
            Paragraph(
                _(
                    "You also asked for next steps. The first comes in two or three days; there are four at most, and "
                    "each says how to end them."
                ),
                when="with_steps",
            ),
            Section(_("If you have a question")),
            Paragraph(
                _(
                    "%(officer)s has your name and is glad to answer. Asking costs nothing and commits you to nothing."
                )
            ),
            Contact(),
        ),
        why=_(
            "You get this message because this address was typed on our site to be sent a guide. If that was not you, "
            "you need not do anything."
        ),
    ),
    _step(
        STEPS[0],
        _("Next steps, 1 of 4: figures of your own"),
        _("A first step: three figures of your own"),
        _("Three figures to write down"),
        Paragraph(
            _(
                "before any offer, three figures of your own are worth more than any of ours. They take one evening."
            ),
        ),
        Paragraph(
            _(
                "From your last mortgage statement: what is left of the loan, what you pay each month, and how many "
                "years remain. Beside them, in one sentence, what should be different after a refinance."
            ),
            when="refinances",
        ),
        Paragraph(
            _(
                "What came in during the last three months, what went out, and what you have put aside. What is left "
                "beside your present rent is what a home could cost you a month."
            ),
            when="not refinances",
        ),
        Paragraph(
            _(
                "Since you work for yourself: take the profit of the last two tax returns, after expenses, not what "
                "your customers paid. That is where a lender begins."
            ),
            when="self_employed",
        ),
        Button(_("The chapter in your guide"), "guide_link"),
    ),
    _step(
        STEPS[1],
        _("Next steps, 2 of 4: papers worth looking for"),
        _("A second step: papers worth looking for now"),
        _("Papers worth looking for"),
        Paragraph(
            _(
                "nobody needs papers to ask us something, and you need none to get a Loan Estimate. But looking for "
                "them takes longer than sending them. For you it would be these:"
            ),
        ),
        Bullets("papers"),
        Paragraph(
            _(
                "For a VA loan, ask for your Certificate of Eligibility now: when the VA has to look for service "
                "papers, it takes weeks."
            ),
            when="is_va",
        ),
        Paragraph(_("Please keep them with you for now, and never send them by e-mail.")),
        Button(_("Your list, to print"), "ready_link"),
    ),
    _step(
        STEPS[2],
        _("Next steps, 3 of 4: how to compare"),
        _("A third step: questions for every lender"),
        _("Ask every lender the same"),
        Paragraph(
            _(
                "the Loan Estimate is the same form with every lender, so that you can lay one beside the other. Ask "
                "for it within the same days, for the same kind of loan, and ask these three things:"
            ),
        ),
        Paragraph(_("1. What is the whole payment a month, with taxes, insurance and everything else?")),
        Paragraph(_("2. What can change later, and by how much?")),
        Paragraph(_("3. Which of the charges are yours, and which can I shop for?")),
        Paragraph(
            _("And for a refinance: after how many months have I saved what it costs?"), when="refinances"
        ),
        Paragraph(_("A word on the form that nobody has explained to you? It is probably here:")),
        Button(_("The words, in plain words"), "glossary_link"),
    ),
    _step(
        STEPS[3],
        _("Next steps, 4 of 4: the last one"),
        _("The last step, whenever you are ready"),
        _("Whenever you are ready"),
        Paragraph(
            _(
                "this is the last of these mails. If now is not the time, keep the guide; nothing in it hurries you."
            ),
        ),
        Paragraph(
            _(
                "If you would like to talk first, call or write to %(officer)s. If you would like to begin, it takes "
                "about fifteen minutes, costs nothing, and you can stop and come back."
            ),
        ),
        Button(_("Begin with %(officer)s"), "apply_link"),
        Button(_("Your guide once more"), "guide_link"),
    ),
)

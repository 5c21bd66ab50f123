"""
Every page of the demo house and who may open it; runs inside the product (`manage.py shell -c`), prints JSON:
{"cookies": {who: session}, "pages": {who: [[name, path], …]}}.
"""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import admin
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.access import token_digest
from accounts.models import Invitation, User
from accounts.officer_pages import facts_of, keep_draft
from conversations.complaints import token_for as settled_token
from conversations.figures import keep_figures
from conversations.services import complaints, receive_from_visitor
from conversations.services.quick import keep_quick_reply
from documents.models import Document, Look, Request
from documents.services import look_through
from documents.services.links import make_link
from feedback import services as feedback
from feedback.access import token_for as survey_token
from feedback.models import SurveyResponse
from feedback.publishing import TEMPLATES
from leads.guides import GUIDES
from leads.services import take_call
from loans import events, services
from loans.importing import template_lines
from loans.models import Application, Loan, Partner, Party, Task
from loans.services.bringing import bring_over
from loans.services.importing import read_import
from loans.stages import Stage
from notifications.models import Notification, Wording
from notifications.unsubscribing import token_for
from portal.demo.sign_ins import sign_ins
from tests.cast import UserFactory, sign_in

Page = tuple[str, str]
BORROWERS = ("bea", "cole", "nils", "lena", "hugo", "ivan", "june", "pavel", "grace", "dora")
DESK_LOANS = ("bea", "lena", "dora", "hugo", "june", "pavel", "grace", "ruth", "omar", "alan")


def every_place() -> None:
    print(json.dumps(Places().found()))


def page(name: str, *args: object) -> Page:
    return name, reverse(name, args=args)


def asked(party: Party, kind: str) -> SurveyResponse:
    """A question that was mailed just now."""
    now = timezone.now()
    survey, _is_new = SurveyResponse.objects.get_or_create(
        party=party, kind=kind, about="",
        defaults={"loan": party.loan, "officer": party.loan.officer, "due_at": now},
    )  # fmt: skip
    SurveyResponse.objects.filter(pk=survey.pk).update(asked_at=now, dropped_at=None)
    survey.refresh_from_db()
    return survey


class Places:
    def __init__(self) -> None:
        self.signed_in = {entry.key: entry for entry in sign_ins()}
        self.cookies: dict[str, str] = {"visitor": ""}
        self.pages: dict[str, list[Page]] = {}

    def found(self) -> dict[str, Any]:
        self.pages["visitor"] = list(self.for_visitors())
        self.applying()
        self.coming_in()
        for key in BORROWERS:
            self.as_person(key)
            self.pages[key] = list(self.for_borrower(key))
        self.as_person("olga")
        self.as_person("mara")
        self.as_person("stef")
        self.pages["bea"] += self.own_account()
        self.pages["olga"] = [
            *self.for_desk(), page("accounts:profile"), page("accounts:signature"), page("preferences:mine"),
            *self.own_page(),
            page("mfa_index"), page("mfa_reauthenticate"),
        ]  # fmt: skip
        self.pages["olga at her messages"] = list(self.messages())
        self.pages["olga at a loan"] = list(self.desk_loans())
        self.pages["olga at a stage"] = list(self.moves("olga"))
        sent = Document.objects.filter(uploader=self.user("bea")).latest("id").public_id
        self.pages["mara"] = [
            page("documents:compliance", sent), page("desk:today"), page("desk:absences"),
            page("desk:reassign_all", self.user("olga").public_id),
            page("desk:todays_of", self.user("olga").public_id), page("desk:pipeline"), page("desk:disposal"),
            ("dry run", f"{reverse('desk:disposal')}?dry=1"),
            page("desk:reviews"), page("desk:review_of_borrower", self.review.public_id),
            page("desk:feedback", self.loan("bea").public_id), page("desk:experience"),
            page("desk:answer_complaint", self.bad_answer.public_id),
            page("desk:experience_rows", "stage"), page("desk:rates"), page("desk:rate_new"),
            *(page(f"desk:{name}") for name in ("board", "leads", "messages", "message_figures", "complaints")),
            ("one officer's board", f"{reverse('desk:board')}?officer={self.user('olga').public_id}"),
            page("outbox:list"), *self.moves("mara", reopening=True),
        ]  # fmt: skip
        models = sorted(admin.site._registry, key=lambda model: model._meta.label)
        self.pages["stef"] = [page("admin:index"), *self.for_staff(models[: len(models) // 2])]
        self.pages["stef again"] = list(self.for_staff(models[len(models) // 2 :]))
        for again in ("olga at her messages", "olga at a loan", "olga at a stage", "stef again"):
            self.cookies[again] = self.cookies[again.partition(" ")[0]]
        return {"cookies": self.cookies, "pages": self.pages}

    # --- Sessions

    def keep(self, who: str, client: Client) -> None:
        self.cookies[who] = client.cookies["sessionid"].value

    def user(self, key: str) -> User:
        """Whoever has not taken up the invitation yet does so now."""
        found = User.objects.filter(email__startswith=f"{key}@").first()
        if found is None:
            party = Party.objects.get(email__startswith=f"{key}@")
            found = accounts.create_person(name=party.name, email=party.email)
            Party.objects.filter(pk=party.pk).update(user=found)
        return found

    def as_person(self, key: str) -> None:
        client = sign_in(self.client(), self.user(key))
        session = client.session  # proved a moment ago: the pages that ask again show themselves
        again = {"method": "password", "at": time.time(), "reauthenticated": True}
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [*session[AUTHENTICATION_METHODS_SESSION_KEY], again]
        session.save()
        self.keep(key, client)

    def request_of(self, key: str) -> Any:
        """As much of a request as the admin looks at to tell what somebody may see."""
        return SimpleNamespace(user=self.user(key), GET={})

    def client(self) -> Client:
        return Client(headers={"host": "localhost"})

    def loan(self, key: str) -> Loan:
        parties = Party.objects.filter(Q(email__startswith=f"{key}@") | Q(user__email__startswith=f"{key}@"))
        return parties.order_by("loan_id")[0].loan

    # --- Nobody

    def for_visitors(self) -> Iterator[Page]:
        for name in ("front", "process", "officers", "guides", "privacy", "accessibility"):
            yield page(f"public:{name}")
        for name in ("ready", "glossary", "strangers", "wire"):
            yield page(f"public:{name}")
        yield page("public:guide_mail", "va")
        yield page("chat:room")
        yield "ask an officer", f"{reverse('chat:room')}?officer=olga-brandt"
        yield page("public:guide_sent", "va")
        yield "my own list", f"{reverse('public:ready')}?for=employed&for=va"
        yield page("public:officer", "olga-brandt")
        yield from self.how_it_went()
        yield "officers found", f"{reverse('public:officers')}?language=Spanish&state=TX"
        yield "nobody found", f"{reverse('public:officers')}?name=zz"
        for name in ("rates", "payment", "affordability"):
            yield page(f"public:{name}")
        yield "a payment", f"{reverse('public:payment')}?{urlencode(PAYMENT)}"
        yield "a mistake", f"{reverse('public:payment')}?{urlencode({**PAYMENT, 'rate': 'six'})}"
        yield "a price", f"{reverse('public:affordability')}?{urlencode(AFFORDABILITY)}"
        for guide in GUIDES:
            yield page("public:guide", guide)
        yield page("apply:start")
        yield page("apply:with", "otto-lindqvist")
        yield page("apply:resume", "made-up")
        for name in ("login", "signup", "reset_password", "reset_password_done", "inactive"):
            yield page(f"account_{name}")
        yield page("account_reset_password_from_key", "1", "made-up")
        yield page("account_reset_password_from_key_done")
        yield page("preferences:unsubscribe", token_for("bea@example.com"))
        yield page("send:page", self.helpers_token())
        yield page("partner:page", self.partners_token())
        yield "not found", "/nowhere/"
        yield "gone", reverse("accounts:accept")

    def applying(self) -> None:
        """One who has not proved the address yet, one in the middle, one who has sent it."""
        who = {"name": "Ida Moss", "email": "ida@moss.example", "zip_code": "78701"}
        home = {"state": "TX", "purpose": "purchase", "home_found": "yes"}
        codes: list[str] = []

        def listen(code: str, **_said: Any) -> None:
            codes.append(code)

        events.email_proof_asked.connect(listen)
        client = self.client()
        assert client.post(reverse("apply:start"), home).status_code == 302
        assert client.post(reverse("apply:step", args=["who"]), who).status_code == 302
        self.keep("proving", client)
        self.pages["proving"] = [page("apply:prove"), page("apply:step", "who")]

        client = self.client()
        client.post(reverse("apply:start"), home)
        client.post(reverse("apply:step", args=["who"]), {**who, "email": "ida2@moss.example"})
        assert client.post(reverse("apply:prove"), {"code": codes[-1]}).status_code == 302
        for name, said in STEPS.items():
            answer = client.post(reverse("apply:step", args=[name]), said)
            assert answer.status_code == 302, answer.content.decode()
        self.keep("applicant", client)
        self.pages["applicant"] = [page("apply:step", step) for step in ("home", "who", *STEPS, "reach")]

        client = self.client()
        sent = Application.objects.filter(submitted_at__isnull=False).latest("id")
        client.get(reverse("apply:start"))
        session = client.session
        session["arrived"] = str(sent.public_id)
        session.save()
        client.cookies["sessionid"] = session.session_key
        self.keep("arrived", client)
        self.pages["arrived"] = [page("apply:arrived")]

    def coming_in(self) -> None:
        for key, name in (("bea", "account_confirm_login_code"), ("olga", "mfa_authenticate")):
            client, entry = self.client(), self.signed_in[key]
            answer = client.post(reverse("account_login"), {"login": entry.email, "password": entry.password})
            assert answer.status_code == 302, answer.content.decode()
            self.keep(f"{key} coming in", client)
            self.pages[f"{key} coming in"] = [page(name)]
        nils = self.user("nils")
        key = EmailAwarePasswordResetTokenGenerator().make_token(nils)
        _invitation, token = accounts.invite(
            purpose=Invitation.Purpose.LOAN_PARTY, name="Nora Quist", email="nora@quist.example", by=self.user("olga"),
            subject_id=self.loan("nils").parties.first().public_id, announce=False,
        )  # fmt: skip
        self.cookies["invited"] = ""
        self.pages["invited"] = [
            page("accounts:invitation", token),
            page("account_reset_password_from_key", user_pk_to_url_str(nils), key),
        ]
        newcomer = UserFactory(name="New Officer", email="new@harbor.example", role=User.Role.OFFICER)
        self.cookies["newcomer"] = sign_in(self.client(), newcomer).cookies["sessionid"].value
        self.pages["newcomer"] = [page("mfa_index"), page("account_reauthenticate")]

    def helpers_token(self) -> str:
        asked = Request.objects.filter(party__user=self.user("bea"), state__in=["owed", "returned"]).latest(
            "id"
        )
        return make_link(request=asked, by=self.user("bea"), name="Hana Nguyen")[1]

    def how_it_went(self) -> Iterator[Page]:
        """A question of each sort, one that was answered, reviews, and the link for friends."""
        for party in Party.objects.filter(loan=self.loan("grace"), role=Party.Role.BORROWER):
            for kind in ("applied", "conversation", "nps", "review"):
                yield f"question: {kind}", reverse("public:answer", args=[survey_token(asked(party, kind))])
            yield page("public:friend", feedback.make_referral(party=party).token)
        first, second = Party.objects.filter(loan=self.loan("bea")).order_by("id")[:2]
        bad = self.bad_answer = feedback.answer(survey=asked(first, "nps"), score=3)
        yield "answered", reverse("public:answer", args=[survey_token(bad)])
        for party, stars in ((first, 2), (second, 5)):
            survey = asked(party, "review")
            self.review = feedback.write_review(
                survey=survey,
                stars=stars,
                words="Calm and clear from beginning to end.",
                publish=True,
                with_name=True,
            )
            yield "own review", reverse("public:answer", args=[survey_token(survey)])
        feedback.reply_to_review(review=self.review, by=self.user("olga"), words=str(TEMPLATES[0]))
        yield page("public:officer_reviews", "olga-brandt")

    def partners_token(self) -> str:
        """Of an agent who follows Bea's loan; another waits for her to agree."""
        loan, token = self.loan("bea"), "a-partner-of-bea"
        said = {"loan": loan, "role": "Estate agent"}
        Partner.objects.create(**said, name="Ken Ito", email="ken@agents.example")
        Partner.objects.create(
            **said, name="Ann Lee", email="ann@agents.example", token_sha256=token_digest(token),
            agreed_by=loan.parties.get(user=self.user("bea")), agreed_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=90),
        )  # fmt: skip
        return token

    # --- Borrowers

    def for_borrower(self, key: str) -> Iterator[Page]:
        loan = self.loan(key).public_id
        yield page("home:home")
        yield page("loans:detail", loan)
        if key in ("bea", "lena", "hugo", "grace"):
            yield page("loans:documents", loan)
        if key in ("bea", "cole"):
            yield page("loans:people", loan)
        if key == "grace":
            yield page("loans:binder", loan)
        if key == "bea":
            owed = Request.objects.filter(loan__public_id=loan, state__in=["owed", "returned"]).first()
            yield (
                "sending",
                f"{reverse('loans:documents', args=[loan])}?send={owed.public_id if owed else ''}",
            )
            sent = Document.objects.papers().filter(uploader=self.user("bea")).latest("id")
            yield page("documents:document", drawn(sent).public_id)
            yield page("loans:messages", loan)
            yield page("loans:archive", loan)
            yield page("loans:e_delivery", loan)
            yield page("documents:links", owed.public_id)
            given = Document.objects.filter(house_paper__loan__public_id=loan).latest("id")
            yield "a paper from the team", reverse("documents:document", args=[given.public_id])
            yield "not found", f"/loans/{self.loan('nils').public_id}/"
            yield "gone", reverse("accounts:contact", args=["made-up"])

    def own_page(self) -> list[Page]:
        """Olga would like other words on the page that visitors see."""
        olga = self.user("olga")
        facts = facts_of(olga.officer_profile)
        keep_draft(profile=olga.officer_profile, facts={**facts, "bio": f"Hello.\n\n{facts['bio']}"}, by=olga)
        return [page("officer_page:edit", olga.public_id), page("officer_page:preview", olga.public_id)]

    def own_account(self) -> list[Page]:
        names = [
            "accounts:profile", "preferences:mine", "account_change_password", "account_email",
            "account_reauthenticate", "account_logout", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn",
            "mfa_add_webauthn", "usersessions_list",
        ]  # fmt: skip
        return [page(name) for name in names]

    # --- The desk

    def for_desk(self) -> Iterator[Page]:
        yield page("desk:today")
        yield page("desk:pipeline")
        yield (
            "all loans",
            f"{reverse('desk:pipeline')}?stage=all&sort=word&quiet=1&columns=officer,lock,last_word",
        )
        yield page("desk:board")
        yield "nothing found", f"{reverse('desk:pipeline')}?q=zzz"
        yield page("desk:documents")
        yield "documents of a kind", f"{reverse('desk:documents')}?kind=pay_stub&newest=1"
        yield page("desk:renewals")
        yield page("desk:gallery")
        yield from self.calls()
        for kind in ("stage_processing", "document_returned", "thank_you", "needs_reminder", "text_status"):
            yield f"gallery: {kind}", reverse("desk:gallery_message", args=[kind])
        for stage in ("processing", "denied"):
            yield f"gallery: {stage}", reverse("desk:gallery_stage", args=[stage])
        yield from self.moves_of_several()
        yield "not found", "/desk/loans/nothing/"

    def calls(self) -> Iterator[Page]:
        """Somebody waits to be called back; a table was read, and one brought over."""
        olga = self.user("olga")
        lead = take_call(by=olga, officer=olga, name="Ida Moss", phone="+12075550177", call_back=True)
        table = "\n".join(",".join(line) for line in template_lines()).encode()
        for name in ("caller", "leads", "new_loan", "imports"):
            yield page(f"desk:{name}")
        yield page("desk:lead", lead.public_id)
        yield page("desk:import", read_import(by=olga, name="loans.csv", content=table).public_id)
        done = bring_over(table=read_import(by=olga, name="before.csv", content=table), by=olga)
        yield "brought over", reverse("desk:import", args=[done.public_id])

    def messages(self) -> Iterator[Page]:
        """The lists, and a message of each sort: by mail, text and letter, sent, on hold, back, to be printed."""
        yield page("outbox:list")
        yield "held", f"{reverse('outbox:list')}?state=held"
        yield page("letters:list")
        yield page("desk:texts")
        yield from self.threads()
        olgas = Notification.objects.filter(loan__officer=self.user("olga"))
        for sort in (
            {"kind": "stage_processing"}, {"kind": "invitation"}, {"kind": "thank_you"}, {"channel": "text"},
            {"state": "held"}, {"state": "bounced"},
        ):  # fmt: skip
            if found := olgas.filter(**sort).first():
                yield page("outbox:message", found.public_id)
        for state in ("queued", "ready_to_print"):
            letter = olgas.filter(kind="thank_you", state=state).latest("id")
            yield f"letter {state}", reverse("letters:letter", args=[letter.public_id])

    def threads(self) -> Iterator[Page]:
        """The inbox, a visitor, complaints open and resolved, quick replies."""
        olga, loan = self.user("olga"), self.loan("bea")
        asked = receive_from_visitor(
            name="Vera Moss", email="vera@moss.example", owner=olga, body="How long does a refinance take?"
        )
        begun, done = (
            complaints.begin_complaint(loan=loan, by=olga, words=words, source=words)
            for words in ("Nobody calls me back.", "I was asked for the same paper twice.")
        )
        for complaint in (begun, done):
            complaints.acknowledge_complaint(complaint=complaint, by=olga)
        complaints.resolve_complaint(complaint=done, by=olga, resolution="We ask for it once from now on.")
        mine = keep_quick_reply(by=olga, title="Thanks", words="Thank you, {{ first_name }}.")
        keep_figures()
        for name in ("messages", "message_figures", "quick_replies", "complaints"):
            yield page(f"desk:{name}")
        yield "resolved complaints", f"{reverse('desk:complaints')}?show=resolved"
        for show in ("unanswered", "mine", "resolved"):
            yield f"messages: {show}", f"{reverse('desk:messages')}?show={show}"
        yield page("desk:visitor", asked.conversation.public_id)
        yield page("desk:quick_reply", mine.public_id)
        yield page("desk:complaint", begun.public_id)
        yield "desk:complaint resolved", reverse("desk:complaint", args=[done.public_id])
        yield page("desk:complaint_new", loan.public_id)
        yield page("desk:service_request_new", loan.public_id)
        yield page("public:settled", settled_token(done))

    def desk_loans(self) -> Iterator[Page]:
        for key in DESK_LOANS:
            yield f"desk:loan {key}", reverse("desk:loan", args=[self.loan(key).public_id])
        for key in ("bea", "pavel", "ruth"):
            yield f"texts of {key}", reverse("desk:loan_texts", args=[self.loan(key).public_id])
        for key in ("bea", "pavel"):
            yield f"thread of {key}", reverse("desk:thread", args=[self.loan(key).public_id])
        loan = self.loan("bea")
        for name in ("facts", "audit", "timeline", "keeping", "request_add", "stage", "house_papers"):
            yield page(f"desk:{name}", loan.public_id)
        yield page("desk:house_paper", loan.house_papers.latest("id").public_id)
        yield page("desk:reassign", loan.public_id)
        yield page("desk:partners", loan.public_id)
        bea = loan.parties.get(user=self.user("bea"))
        yield page("desk:seeing", loan.public_id, bea.public_id)
        for name in ("documents", "messages", "people"):
            path = reverse(f"loans:{name}", args=[loan.public_id]).lstrip("/")
            yield f"{name} as Bea", reverse("desk:seeing_page", args=[loan.public_id, bea.public_id, path])
        yield "messages on the timeline", f"{reverse('desk:timeline', args=[loan.public_id])}?kind=message"
        yield "the whole timeline", f"{reverse('desk:timeline', args=[loan.public_id])}?whole=1"
        request = loan.requests.filter(state="owed").first() or loan.requests.first()
        yield page("desk:request_edit", request.public_id)  # type: ignore[union-attr]
        for stuck in loan.requests.exclude(stuck="")[:1]:
            yield "somebody is stuck", reverse("desk:request_edit", args=[stuck.public_id])
        for review in ("pending", "accepted", "returned"):
            sent = Document.objects.papers().filter(loan__officer=self.user("olga"), house_paper__isnull=True)
            if found := sent.filter(review=review).first():
                yield f"review {review}", reverse("desk:review", args=[drawn(found).public_id])
                if review == "pending":
                    yield page("desk:move", found.public_id)

    def moves(self, key: str, *, reopening: bool = False) -> Iterator[Page]:
        """Each stage once, from a loan that may go there."""
        user, seen = self.user(key), set()
        for loan in Loan.objects.visible_to(user).order_by("id"):
            for to in services.allowed_moves(loan, user):
                again = loan.stage in (*Stage.ended(), Stage.FUNDED)
                if (to, again) not in seen and again == reopening:
                    seen.add((to, again))
                    yield f"{loan.stage} to {to}", f"{reverse('desk:stage', args=[loan.public_id])}?to={to}"

    def moves_of_several(self) -> Iterator[Page]:
        """Those of Olga's loans that stand at one stage, and the numbers call before a closing."""
        several = Loan.objects.filter(officer=self.user("olga"), stage=Stage.PROCESSING)
        picked = "&".join(f"loan={loan.public_id}" for loan in several)
        yield page("desk:bulk")
        yield "move several", f"{reverse('desk:bulk')}?{picked}"
        yield "move several to underwriting", f"{reverse('desk:bulk')}?{picked}&to={Stage.UNDERWRITING}"
        for call in Task.objects.filter(kind=Task.Kind.NUMBERS_CALL, done_at__isnull=True)[:1]:
            yield page("desk:numbers_call", call.loan.public_id)

    # --- The admin

    def for_staff(self, models: list[Any]) -> Iterator[Page]:
        if Wording in models:
            for kind in ("stage_underwriting", "sign_in_code", "thank_you", "text_status"):
                yield f"words: {kind}", reverse("admin:notifications_wording_change", args=[f"{kind}.en"])
        for model in models:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield page(f"{name}_changelist")
            first = admin.site._registry[model].get_queryset(self.request_of("stef")).order_by("pk").first()
            if first and model is not Wording:  # its pages are named by kind and language
                yield page(f"{name}_change", first.pk)
            if admin.site._registry[model].has_add_permission(self.request_of("stef")):
                yield page(f"{name}_add")


def draw_everything() -> None:
    """All papers of the demo, once, so that the workers of every copy of it are free for what a test sends."""
    waiting = Look.objects.filter(done_at__isnull=True).select_related("document")
    for look in waiting:
        drawn(look.document)


def drawn(document: Document) -> Document:
    """With its page images, whether or not a worker has come to it yet."""
    for _turn in range(20):
        if not Look.objects.filter(document=document, done_at__isnull=True).exists():
            break
        if look_through(document.public_id) is None:
            time.sleep(0.5)  # somebody else is at it
    return document


PAYMENT = {
    "price": 500_000,
    "down": 25_000,
    "years": 30,
    "rate": "6.5",
    "tax": 6_000,
    "mortgage_insurance": "0.58",
}
AFFORDABILITY = {
    "income": 9_000,
    "down": 40_000,
    "years": 30,
    "rate": "6.5",
    "home_share": 28,
    "total_share": 36,
}
STEPS = {
    "property": {
        "street": "7 Elm Street", "city": "Austin", "property_zip_code": "78701", "property_kind": "condo",
        "occupancy": "primary", "has_hoa": "on", "value": "$450,000", "under_contract": "on",
    },
    "loan": {"amount": "360k", "mortgage_type": "va", "down_payment": ["savings", "gift"]},
    "work": {"income_kinds": ["w2", "self_employed"], "monthly_income": "$ 8,500.50", "residency": "citizen"},
}  # fmt: skip

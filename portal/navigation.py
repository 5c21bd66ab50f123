"""The main navigation: which links a person has, in order, and which of them is the page they are on."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loans.services.rates import may_post_rates


@dataclass(frozen=True)
class Link:
    title: str | Promise
    address: str
    here: bool = False
    unread: str = ""  # shows a mark while messages of this loan wait to be read; "any": of any
    key: str = ""  # at the desk "g" and then this letter go there (templates/desk/parts/keys.html says so)


def _link(
    request: HttpRequest,
    title: str | Promise,
    name: str,
    *,
    args: tuple = (),
    also: tuple = (),
    unread: str = "",
    key: str = "",
) -> Link:
    """`also` names further views (or "namespace:" for all of one) for which this link is the current one."""
    match = request.resolver_match
    view = match.view_name if match else ""
    spaces = tuple(item for item in also if item.endswith(":"))
    same_page = view == name and (not args or request.path == reverse(name, args=args))
    here = same_page or view in also or (bool(spaces) and view.startswith(spaces))
    return Link(title, reverse(name, args=args), here, unread, key)


PROCESS_PAGES = ("public:ready", "public:glossary", "public:strangers", "public:wire")


def main_links(request: HttpRequest, loan: Any = None) -> list[Link]:
    """Links for whoever asks; on a page about one loan (`loan` in its context) a borrower also gets that loan's."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return [
            _link(request, _("How it works"), "public:process", also=PROCESS_PAGES),
            _link(
                request,
                _("Guides"),
                "public:guides",
                also=("public:guide", "public:guide_mail", "public:guide_sent"),
            ),
            _link(request, _("Rates"), "public:rates", also=("public:payment", "public:affordability")),
            _link(
                request,
                _("Our officers"),
                "public:officers",
                also=("public:officer", "public:officer_reviews"),
            ),
        ]
    if user.works_here:
        return _working_links(request)
    links = [_link(request, _("Home"), "home:home", unread="" if getattr(loan, "public_id", None) else "any")]
    if getattr(loan, "public_id", None):
        links += [
            _link(request, _("My loan"), "loans:detail", args=(loan.public_id,)),
            _link(
                request,
                _("Documents"),
                "loans:documents",
                args=(loan.public_id,),
                also=("documents:", "loans:archive", "loans:binder"),
            ),
            _link(
                request, _("Messages"), "loans:messages", args=(loan.public_id,), unread=str(loan.public_id)
            ),
            _link(request, _("People"), "loans:people", args=(loan.public_id,)),
        ]
    return [*links, _profile(request)]


LOAN_PAGES = (
    "desk:board", "desk:loan", "desk:stage", "desk:facts", "desk:audit", "desk:request_add", "desk:request_edit",
    "desk:bulk", "desk:numbers_call",
    "desk:keeping", "desk:new_loan", "desk:imports", "desk:import",
    "desk:feedback", "desk:answer_complaint",
)  # fmt: skip


MESSAGE_PAGES = (
    "desk:visitor", "desk:thread", "desk:complaints", "desk:complaint", "desk:quick_replies", "desk:quick_reply",
    "desk:message_figures",
)  # fmt: skip


EXPERIENCE_PAGES = ("desk:experience_rows", "desk:reviews", "desk:review_of_borrower")


def _working_links(request: HttpRequest) -> list[Link]:
    links = [
        _link(request, _("Today"), "desk:today", also=("desk:todays_of",), key="t"),
        _link(request, _("Desk"), "desk:pipeline", also=LOAN_PAGES, key="l"),
        _link(request, _("Documents"), "desk:documents", also=("desk:review", "desk:disposal"), key="d"),
        _link(
            request,
            _("Messages"),
            "desk:messages",
            also=MESSAGE_PAGES,
            unread="any",
            key="m",
        ),
        _link(request, _("Texts"), "desk:texts", also=("desk:loan_texts",)),
        _link(request, _("Outbox"), "outbox:list", also=("outbox:",)),
        _link(request, _("Letters"), "letters:list", also=("letters:",)),
    ]
    links.append(_link(request, _("Experience"), "desk:experience", also=EXPERIENCE_PAGES))
    if may_post_rates(request.user):
        links.append(_link(request, _("Rates"), "desk:rates", also=("desk:rate_new",)))
    if request.user.is_staff:
        links.append(_link(request, _("Admin"), "admin:index"))
    return [*links, _profile(request)]


def _profile(request: HttpRequest) -> Link:
    account_pages = (
        "account_email", "account_change_password", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn",
        "mfa_view_recovery_codes", "usersessions_list", "accounts:signature", "preferences:mine",
        "preferences:texts", "officer_page:",
    )  # fmt: skip
    return _link(request, _("Profile"), "accounts:profile", also=account_pages)

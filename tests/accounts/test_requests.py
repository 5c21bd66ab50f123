"""What holds for every request: host name, the end of a session, caches, the audit's origin, the demo's own door."""

import subprocess
import sys
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from audit.models import Entry


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000"])
def test_a_number_leads_to_the_name(client, db, host):
    answer = client.get("/accounts/login/?next=/home/", HTTP_HOST=host)
    assert (answer.status_code, answer.url) == (302, "http://localhost:8000/accounts/login/?next=/home/")
    posted = client.post("/accounts/login/", HTTP_HOST=host)
    assert (posted.status_code, posted["Location"]) == (307, "http://localhost:8000/accounts/login/")


def test_health_checks_may_come_by_number(client, db):
    assert client.get("/healthz", HTTP_HOST="127.0.0.1:8000").get("Location") is None


def test_a_public_house_is_not_sent_to_localhost(client, db, settings):
    settings.PUBLIC_URL = "https://portal.lantern.example"
    assert client.get("/accounts/login/", HTTP_HOST="127.0.0.1").status_code == 200


def sign_in_by_pages(client: Client, mails, type_password, email: str = "bea@example.com") -> None:
    page = type_password(client, email).url
    client.post(page, {"code": mails[-1].secret})
    assert client.get(reverse("accounts:profile")).status_code == 200


@pytest.mark.parametrize("minutes, stays", [(29, True), (31, False)])
def test_idle_borrowers_are_signed_out(client, cast, mails, type_password, time_machine, minutes, stays):
    sign_in_by_pages(client, mails, type_password)
    time_machine.move_to(timezone.now() + timedelta(minutes=minutes))
    assert (client.get(reverse("accounts:profile")).status_code == 200) is stays
    assert ("_auth_user_id" in client.session) is stays


def test_whoever_works_on_stays_until_the_day_is_over(client, cast, mails, type_password, time_machine):
    sign_in_by_pages(client, mails, type_password)
    start = timezone.now()
    for minutes in range(20, 12 * 60, 20):
        time_machine.move_to(start + timedelta(minutes=minutes))
        assert client.get(reverse("accounts:profile")).status_code == 200, minutes
    time_machine.move_to(start + timedelta(hours=12, minutes=1))
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_an_open_page_that_only_asks_by_itself_ends_as_well(client, cast, mails, type_password, time_machine):
    """A page that is left alone asks for new messages on and on; nobody sits in front of it."""
    sign_in_by_pages(client, mails, type_password)
    start = timezone.now()
    questions = [reverse("unread"), reverse("loans:messages_new", args=[cast.loan.public_id])]
    for minutes in range(1, 32):
        time_machine.move_to(start + timedelta(minutes=minutes))
        answers = [client.get(question, headers={"X-Background": "1"}).status_code for question in questions]
        assert answers == ([200, 200] if minutes < 31 else [302, 302]), minutes
    assert "_auth_user_id" not in client.session


def test_staff_may_be_idle_for_an_hour(cast, client_for, time_machine):
    client = client_for(cast.olga)
    time_machine.move_to(timezone.now() + timedelta(minutes=59))
    assert client.get(reverse("accounts:profile")).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_last_seen_is_written_at_most_every_five_minutes(client, cast, mails, type_password, time_machine):
    sign_in_by_pages(client, mails, type_password)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("accounts:profile"))
    assert not [query for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]
    before = UserSession.objects.get(user=cast.bea).last_seen_at
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    client.get(reverse("accounts:profile"))
    assert UserSession.objects.get(user=cast.bea).last_seen_at > before


def test_signing_out_ends_the_session_on_the_server(client, cast, mails, type_password):
    sign_in_by_pages(client, mails, type_password)
    copied = client.cookies["sessionid"].value
    client.post(reverse("account_logout"))
    thief = Client()
    thief.cookies["sessionid"] = copied
    assert thief.get(reverse("accounts:profile")).status_code == 302


def test_signing_out_takes_a_post(client, cast, mails, type_password):
    sign_in_by_pages(client, mails, type_password)
    client.get(reverse("account_logout"))
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_signing_in_changes_the_session_id(client, cast, mails, type_password):
    client.get(reverse("account_login"))
    page = type_password(client, "bea@example.com").url
    before = client.cookies["sessionid"].value
    client.post(page, {"code": mails[-1].secret})
    assert client.cookies["sessionid"].value != before


def test_private_pages_are_not_kept(cast, client_for, visitor):
    page = client_for(cast.bea).get(reverse("accounts:profile"))
    assert page["Cache-Control"] == "no-store, private" and "Cookie" in page["Vary"]
    assert "no-store" in visitor.get(reverse("accounts:profile"))["Cache-Control"]
    assert "no-store" in visitor.get(reverse("account_login"))["Cache-Control"]
    assert client_for(cast.bea).get("/profile/x.css").status_code == 404


def test_the_audit_names_the_counted_proxy_address(cast, visitor, settings, mails, type_password):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    type_password(
        visitor,
        "bea@example.com",
        "wrong one",
        HTTP_X_FORWARDED_FOR="6.6.6.6, 198.51.100.7",
        REMOTE_ADDR="10.0.0.1",
    )
    assert Entry.objects.get(action="account.sign_in_refused").address == "198.51.100.7"


def test_without_a_proxy_the_header_counts_for_nothing(cast, visitor, type_password):
    type_password(
        visitor, "bea@example.com", "wrong one", HTTP_X_FORWARDED_FOR="6.6.6.6", REMOTE_ADDR="203.0.113.4"
    )
    assert Entry.objects.get(action="account.sign_in_refused").address == "203.0.113.4"


def test_the_cache_table_comes_with_the_migrations(db):
    assert "cache" in connection.introspection.table_names()
    cache.set("word", "kept")
    assert cache.get("word") == "kept"


# --- The demo's own door --------------------------------------------------------------------------------------


def test_outside_the_demo_the_door_is_not_there(visitor, cast):
    with pytest.raises(NoReverseMatch):
        reverse("demo:become")
    assert visitor.post("/demo/become/", {"who": "stef"}).status_code == 404


def test_outside_the_demo_the_view_refuses_even_when_reached(rf, cast):
    from django.http import Http404

    from portal.views.demo_signin import become

    with pytest.raises(Http404):
        become(rf.post("/demo/become/", {"who": "stef"}))


@pytest.fixture
def demo_client(cast, settings):
    """A visitor of the demo, whose cast has the addresses of the demo's own."""
    from portal.demo.people import CAST

    for person in CAST:
        user = getattr(cast, person.key)
        user.email = person.email
        user.save()
    with override_settings(DEMO=True, ROOT_URLCONF="tests.accounts.demo_house"):
        yield Client()


def test_on_the_demo_one_press_is_enough(demo_client, cast):
    answer = demo_client.post("/demo/become/", {"who": "stef"})
    assert answer.url == "/desk/"
    assert demo_client.get("/admin/").status_code == 200
    assert UserSession.objects.filter(user=cast.stef).exists()


def test_on_the_demo_one_stays_who_one_is_and_strangers_are_nobody(demo_client, cast):
    assert demo_client.post("/demo/become/", {"who": "root"}).status_code == 404
    assert demo_client.get("/demo/become/").status_code == 405
    demo_client.post("/demo/become/", {"who": "bea"})
    demo_client.post("/demo/become/", {"who": "stef"})
    assert demo_client.session["_auth_user_id"] == str(cast.bea.pk)


def test_the_cast_is_offered_on_the_demo_alone(settings):
    from portal.templatetags.demo_signin import demo_cast

    settings.DEMO = False
    assert demo_cast() == []
    settings.DEMO = True
    assert {person["who"] for person in demo_cast()} == {
        "bea",
        "cole",
        "nils",
        "olga",
        "otto",
        "mara",
        "stef",
    }


def test_the_address_list_of_a_real_house_has_no_demo(tmp_path):
    """Asked of a fresh process, with and without DEMO."""
    question = "import django; django.setup(); from django.urls import reverse; print(reverse('demo:become'))"
    for demo, expected in (("0", False), ("1", True)):
        environment = {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATA_DIR": str(tmp_path), "DEMO": demo}
        done = subprocess.run(
            [sys.executable, "-c", question], env=environment, capture_output=True, text=True
        )
        assert (done.returncode == 0) is expected, done.stderr[-400:]
        if not expected:
            assert "NoReverseMatch" in done.stderr

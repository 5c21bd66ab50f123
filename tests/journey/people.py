"""What people do with the product: sign in, apply, read their mail. Used by the journey tests."""

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.cast import totp_code
from tests.running import ROOT, Mailbox, Product

LINK = re.compile(r"https?://\S+")


HAND = """
import contextlib, io, json, sys
import django
django.setup()
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(json.loads(line), {})
    print(json.dumps(said.getvalue()), flush=True)
"""


@dataclass
class House:
    """The running product and the mail that leaves it."""

    product: Product
    mailbox: Mailbox
    _hand: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    def url(self, path: str) -> str:
        return self.product.base_url + path

    def account(self, key: str) -> dict[str, str]:
        said = "import json; from dataclasses import asdict; from portal.demo.sign_ins import sign_ins; "
        accounts = json.loads(self.run(said + "print(json.dumps([asdict(entry) for entry in sign_ins()]))"))
        return next(account for account in accounts if account["key"] == key)

    def mail(self, to: str, subject: str, seconds: float = 60) -> EmailMessage:
        """The newest mail to this address whose subject has these words."""
        self.mailbox.wait_for(lambda mail: _is(mail, to, subject), seconds)
        return [mail for mail in self.mailbox.messages if _is(mail, to, subject)][-1]

    def mails(self, to: str, subject: str) -> list[EmailMessage]:
        return [mail for mail in self.mailbox.messages if _is(mail, to, subject)]

    def run(self, code: str) -> str:
        """What this code prints, run beside the product by one process that stays: Django starts once a story."""
        if self._hand is None:
            self._hand = subprocess.Popen(
                [sys.executable, "-c", HAND], cwd=ROOT, env=self.product.environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self._hand.stdin and self._hand.stdout
        self._hand.stdin.write(json.dumps(code) + "\n")
        self._hand.stdin.flush()
        said = self._hand.stdout.readline()
        assert said, f"the code beside the product failed: {code}"
        return str(json.loads(said))

    def close(self) -> None:
        if self._hand is not None:
            assert self._hand.stdin
            self._hand.stdin.close()
            self._hand.wait(10)

    def let_time_pass(self, kind: str) -> None:
        """What waits for its hour is due now: time moves by setting `due_at`."""
        self.run(
            "from django.utils import timezone; from notifications.models import Notification; "
            "from notifications.services.queueing import wake_up; "
            f"Notification.objects.filter(kind='{kind}', state='queued').update(due_at=timezone.now()); wake_up()"
        )


def _is(mail: EmailMessage, to: str, subject: str) -> bool:
    return to in str(mail["To"]) and subject.lower() in str(mail["Subject"]).lower()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def link_in(mail: EmailMessage, piece: str) -> str:
    """The first link of the text part that contains `piece`."""
    return next(link.rstrip(").,>") for link in LINK.findall(text_of(mail)) if piece in link)


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"\b(\d{6}|[A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\b", text_of(mail))
    assert found, text_of(mail)
    return found.group(1)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    submit(page.get_by_role("button", name=name).first)


def submit(button: Locator) -> None:
    """Press a button and wait for the page it leads to."""
    with button.page.expect_navigation():
        button.click()


def sign_in_with_factor(page: Page, house: House, key: str) -> None:
    """Password and authenticator app, as officers and staff do."""
    account = house.account(key)
    page.goto(house.url("/accounts/login/"))
    page.locator("input[name=login]").fill(account["email"])
    page.locator("input[name=password]").fill(account["password"])
    press(page, "Sign in")
    for _ in range(2):  # a code may turn over between reading and typing
        page.locator("input[name=code]").fill(totp_code(account["totp_secret"]))
        submit(page.locator("form:has(input[name=code]) button[type=submit]").first)
        if "authenticate" not in page.url:
            return
        time.sleep(1)
    raise AssertionError(f"{key} did not get past the second factor: {page.url}")


def sign_out(page: Page) -> None:
    press(page, "Sign out")
    expect(page).not_to_have_url(re.compile("/home/"))


def make_papers(folder: Path, name: str) -> dict[str, Path]:
    """Real documents, and files that lie: by the name the story calls them."""
    import pikepdf

    from portal.demo import papers

    stub = papers.pay_stub(name, "2026-11-06")
    made = {
        "stub": ("pay-stub.pdf", stub),
        "second": ("pay-stub-2.pdf", papers.pay_stub(name, "2026-10-23")),
        "statement": ("statement.pdf", papers.bank_statement(name, "October 2026")),
        "id": ("licence.jpg", papers.photo_id(name)),
        "empty": ("empty.pdf", b""),
        "liar": ("photo.jpg", stub),
        "broken": ("broken.pdf", stub[: len(stub) // 3]),
        "program": ("setup.exe", b"MZ" + bytes(200)),
    }
    paths = {}
    for key, (file_name, content) in made.items():
        paths[key] = folder / file_name
        paths[key].write_bytes(content)
    locked = folder / "locked.pdf"
    with pikepdf.open(paths["stub"]) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="owner", user="secret"))
    return {**paths, "locked": locked}

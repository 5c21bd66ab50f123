"""What a person at the console does: change the master key, compare database and storage in both directions."""

import os
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from documents.master_keys import make_master_key, master_key_list, write_master_keys
from documents.models import Document, Export, Look, UploadSession
from documents.sealing import new_seal
from documents.services import rewrapping, storing
from documents.storage.base import DOCUMENTS, EXPORTS, QUARANTINE, new_key
from tests.documents.conftest import received, send, stored_bytes
from tests.documents.files import pdf

pytestmark = pytest.mark.embedded("about the keys and the folder on this machine")


@pytest.fixture
def key_file(tmp_path: Path, settings) -> Path:
    path = tmp_path / "master"
    write_master_keys(path, [make_master_key()])
    settings.DOCUMENTS_MASTER_KEY_FILE = path
    return path


def run(name: str, *options: str, capsys) -> tuple[int, str]:
    try:
        call_command(name, *options)
        code = 0
    except CommandError as error:
        code = error.returncode
    return code, capsys.readouterr().out


# --- The master key ------------------------------------------------------------------------------------------


def test_a_rotation_wraps_everything_by_a_new_key(key_file, asked, cast, store, capsys) -> None:
    document, waiting = received(asked, cast.bea), send(asked, cast.bea, "b.pdf", pdf(2))
    old, before = master_key_list(), document.wrapped_key
    at_rest = (store.root / document.key).read_bytes()
    code, said = run("rotate_master_key", capsys=capsys)
    assert (code, "2 keys of documents wrapped anew" in said) == (0, True)
    new = master_key_list()
    assert new[1:] == old and new[0] not in old
    document.refresh_from_db()
    assert document.wrapped_key != before
    assert (store.root / document.key).read_bytes() == at_rest, "the documents themselves are not touched"

    # An hour later the old key can go; nothing was lost.
    assert run("rotate_master_key", "--drop-old", capsys=capsys)[0] == 1, (
        "what began before it may still use it"
    )
    earlier = time.time() - 3700
    os.utime(key_file, (earlier, earlier))
    assert run("rotate_master_key", "--drop-old", capsys=capsys) == (0, "1 old keys forgotten.\n")
    assert master_key_list() == new[:1]
    for row in (document, waiting):
        assert stored_bytes(row.key).startswith(b"%PDF")
    assert run("rotate_master_key", "--drop-old", capsys=capsys) == (0, "0 old keys forgotten.\n")


def test_a_rotation_that_was_cut_off_goes_on(key_file, asked, cast, store, capsys, monkeypatch) -> None:
    received(asked, cast.bea), received(asked, cast.bea, "b.pdf", pdf(2))
    monkeypatch.setattr(rewrapping, "BATCH", 1)

    class Killed(BaseException):
        pass

    done = []

    def die_on_the_second(model, rows, result):
        if done:
            raise Killed
        done.append(rows)
        wrap(model, rows, result)

    wrap = rewrapping._rewrap
    monkeypatch.setattr(rewrapping, "_rewrap", die_on_the_second)
    with pytest.raises(Killed):
        call_command("rotate_master_key")
    monkeypatch.undo()
    keys = master_key_list()
    assert len(keys) == 2
    assert run("rotate_master_key", "--drop-old", capsys=capsys)[0] == 1, "something still needs the old key"
    assert master_key_list() == keys
    code, said = run("rotate_master_key", capsys=capsys)
    assert (code, "1 keys of documents wrapped anew" in said) == (0, True)
    assert master_key_list() == keys, "the same rotation, not another one"
    for document in Document.objects.all():
        assert stored_bytes(document.key).startswith(b"%PDF")


def test_keys_of_the_environment_are_changed_there(settings, asked, cast, store, capsys) -> None:
    first, second = make_master_key(), make_master_key()
    settings.DOCUMENTS_MASTER_KEY_FILE, settings.DOCUMENTS_MASTER_KEYS = None, [second]
    document = received(asked, cast.bea)
    settings.DOCUMENTS_MASTER_KEYS = [first, second]
    code, said = run("rotate_master_key", capsys=capsys)
    assert code == 0 and "only its first key" in said
    assert run("rotate_master_key", "--drop-old", capsys=capsys)[0] == 1
    settings.DOCUMENTS_MASTER_KEYS = [first]
    assert stored_bytes(document.key).startswith(b"%PDF")


def test_what_no_key_opens_is_said_and_keeps_its_place(key_file, asked, cast, store, capsys) -> None:
    document = received(asked, cast.bea)
    write_master_keys(key_file, [make_master_key()])
    os.utime(key_file, ns=(1, 1))
    code, _said = run("rotate_master_key", capsys=capsys)
    assert code == 1
    assert Document.objects.get().wrapped_key == document.wrapped_key


def test_papers_of_an_earlier_version_are_sealed(asked, cast, store, capsys) -> None:
    """They lie readable, without a key of their own; one of them was changed since."""
    fine, changed = (received(asked, cast.bea, f"{number}.pdf", pdf(1, f"n{number}")) for number in (1, 2))
    for document in (fine, changed):
        store.path_of(document.key).write_bytes(stored_bytes(document.key))
    store.path_of(changed.key).write_bytes(pdf(2))
    Document.objects.update(wrapped_key="")
    assert run("seal_documents", capsys=capsys) == (1, "1 documents sealed.\n")
    before = fine.key
    fine.refresh_from_db()
    assert fine.wrapped_key and stored_bytes(fine.key) == pdf(1, "n1")
    assert store.head(before) is None, "nothing readable is left"
    assert store.path_of(changed.key).read_bytes() == pdf(2), "left to a person"
    assert run("seal_documents", capsys=capsys)[1] == "0 documents sealed.\n"


# --- Database against storage --------------------------------------------------------------------------------


def age(store, key: str, **by: float) -> None:
    at = (timezone.now() - timedelta(**by)).timestamp()
    os.utime(store.root / key, (at, at))


def stray(store, folder: str) -> str:
    key = new_key(folder)
    store.put(key, [b"stray"], 5, seal=new_seal(uuid4()))
    return key


def test_a_house_in_order_has_nothing_to_say(asked, cast, store, capsys) -> None:
    received(asked, cast.bea)
    send(asked, cast.bea, "waiting.pdf", pdf(2))
    assert run("reconcile_storage", capsys=capsys) == (0, "0 missing, 0 orphans, 0 of them removed.\n")


def test_rows_without_bytes_are_named(asked, cast, store, capsys) -> None:
    gone, cut, keyless, fine = (
        received(asked, cast.bea, f"{number}.pdf", pdf(1, f"n{number}")) for number in range(4)
    )
    waiting = send(asked, cast.bea, "w.pdf", pdf(2))
    store.delete(gone.key)
    store.delete(waiting.key)
    at_rest = (store.root / cut.key).read_bytes()
    (store.root / cut.key).write_bytes(at_rest[:-20])
    Document.objects.filter(pk=keyless.pk).update(wrapped_key="")
    Look.objects.filter(document=fine).update(pages=1, sheets=[[10, 10]])
    Export.objects.create(
        loan=cast.loan, asked_by=cast.bea, state="ready", key=new_key(EXPORTS), wrapped_key="x", size=5
    )
    code, said = run("reconcile_storage", "--remove", capsys=capsys)
    assert code == 1
    faults = dict(line.rsplit(": ", 1) for line in said.splitlines()[:-1])
    assert {name.partition(" ")[0]: fault for name, fault in faults.items() if fault == "missing"} == {
        "document": "missing", "upload": "missing", "page": "missing", "archive": "missing",
    }  # fmt: skip
    assert faults[f"document {cut.public_id}: {cut.key}"] == "another size"
    assert faults[f"document {keyless.public_id}: {keyless.key}"] == "its key is destroyed"
    assert "6 missing, 0 orphans" in said


def test_orphans_are_named_and_only_those_in_quarantine_go(asked, cast, store, capsys) -> None:
    old, young, fresh = (stray(store, QUARANTINE) for _ in range(3))
    document = stray(store, DOCUMENTS)
    upload_id = store.create_multipart(new_key(QUARANTINE))
    page = f"previews/{'a' * 32}/1"
    store.put(page, [b"x"], 1, seal=new_seal(uuid4()))
    for key, hours in ((old, 25), (young, 23), (document, 1000), (page, 2)):
        age(store, key, hours=hours)
    code, said = run("reconcile_storage", capsys=capsys)
    assert code == 0 and "0 missing, 5 orphans, 0 of them removed." in said
    assert fresh not in said, "its row may come in a moment"
    code, said = run("reconcile_storage", "--remove", capsys=capsys)
    assert f"{old}: removed" in said and f"{young}: belongs to nothing" in said
    assert f"{document}: belongs to nothing" in said and upload_id in said
    assert store.head(old) is None and not list(store.open_uploads())
    for key in (young, document, page):
        assert store.head(key) is not None


def test_what_was_destroyed_is_an_orphan_when_it_comes_back(asked, cast, store, capsys) -> None:
    """After a restore of the folder alone."""
    document = received(asked, cast.bea)
    at_rest = (store.root / document.key).read_bytes()
    Document.objects.filter(pk=document.pk).update(disposed_at=timezone.now())
    storing.destroy_bytes(document)
    (store.root / document.key).write_bytes(at_rest)
    age(store, document.key, hours=2)
    code, said = run("reconcile_storage", "--remove", capsys=capsys)
    assert code == 0 and f"{document.key}: belongs to nothing" in said


def test_an_upload_on_its_way_is_nobodys_orphan(asked, cast, store, capsys, sender) -> None:
    opened = sender.open(asked, "a.pdf", 6_000_000).json()
    store.create_multipart(opened["key"])
    assert UploadSession.objects.get().state == "created"
    assert "0 orphans" in run("reconcile_storage", "--remove", capsys=capsys)[1]
    assert len(list(store.open_uploads())) == 1

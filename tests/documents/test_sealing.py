"""Nothing readable lies on the disk, and what was cut, changed or exchanged there does not open."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from documents import sealing
from documents.master_keys import make_master_key, master_key_list, write_master_keys
from documents.sealing import Seal, new_seal, open_seal
from documents.services import storing
from documents.spool import Spool
from documents.storage.base import AlreadyThere, NotThere, NotTheSame, StorageFailed, StorageFull
from tests.documents.conftest import received, send, stored_bytes
from tests.documents.files import pdf

OF = UUID("5e9b1a52-7d6f-4f0c-9a51-0d1c9f3f6a11")
MEGABYTE = sealing.SEGMENT_BYTES
# Plain bytes that fill one segment to the last byte.
FULL = MEGABYTE - sealing.HEADER_BYTES - sealing.TAG_BYTES
SIZES = st.one_of(st.integers(0, 3000), st.sampled_from([FULL - 1, FULL, FULL + 1, 2 * MEGABYTE]))
QUICK = hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

pytestmark = pytest.mark.embedded("a bucket encrypts by itself")


def pieces(data: bytes, size: int = 70_000) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def some(size: int) -> bytes:
    return (b"account 123456 " * (size // 15 + 1))[:size]


def opened(seal: Seal, sealed: bytes, place: str = "") -> bytes:
    return b"".join(seal.opened(pieces(sealed), place=place))


@pytest.fixture(scope="module")
def seal() -> Seal:
    return new_seal(OF)


# --- The seal itself -----------------------------------------------------------------------------------------


@QUICK
@given(size=SIZES, chunk=st.integers(1, 100_000).map(lambda number: max(number, 500)))
def test_what_is_sealed_opens_and_tells_its_size(seal: Seal, size: int, chunk: int) -> None:
    data = some(size)
    sealed = b"".join(seal.sealed(pieces(data, chunk)))
    assert Seal.plain_size(len(sealed)) == size
    assert b"account 123456" not in sealed
    assert opened(open_seal(seal.wrapped, OF), sealed) == data


@QUICK
@given(size=SIZES, at=st.floats(0, 1, exclude_max=True))
@example(size=FULL + 5000, at=MEGABYTE / (FULL + 5000 + 72))  # cut where a segment ends
def test_what_was_cut_does_not_open(seal: Seal, size: int, at: float) -> None:
    sealed = b"".join(seal.sealed(pieces(some(size))))
    with pytest.raises(NotTheSame):
        opened(seal, sealed[: int(at * len(sealed))])


@QUICK
@given(size=SIZES, more=st.binary(min_size=1, max_size=40))
@example(size=FULL, more=bytes(16))  # Tink alone takes this one
@example(size=FULL, more=b"x")
def test_what_was_added_to_does_not_open(seal: Seal, size: int, more: bytes) -> None:
    with pytest.raises(NotTheSame):
        opened(seal, b"".join(seal.sealed(pieces(some(size)))) + more)


@QUICK
@given(size=SIZES, at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_bit_that_flipped_is_noticed(seal: Seal, size: int, at: float, bit: int) -> None:
    sealed = bytearray(b"".join(seal.sealed(pieces(some(size)))))
    sealed[int(at * len(sealed))] ^= 1 << bit
    with pytest.raises(NotTheSame):
        opened(seal, bytes(sealed))


def test_the_bytes_of_another_row_or_place_do_not_open(seal: Seal) -> None:
    sealed = b"".join(seal.sealed([b"page one"], place="1"))
    assert opened(seal, sealed, "1") == b"page one"
    for other, place in [
        (seal, "2"),
        (seal, ""),
        (open_seal(seal.wrapped, uuid4()), "1"),
        (new_seal(OF), "1"),
    ]:
        with pytest.raises(NotTheSame):
            opened(other, sealed, place)


def test_a_line_that_breaks_while_opening_is_no_broken_seal(seal: Seal) -> None:
    def torn() -> Iterator[bytes]:
        yield b"".join(seal.sealed([some(3000)]))[:2000]
        raise StorageFailed("the line broke")

    with pytest.raises(StorageFailed) as failed:
        b"".join(seal.opened(torn()))
    assert not isinstance(failed.value, NotTheSame), "that would be the file's fault"


def test_what_broke_off_while_sealing_never_opens(seal: Seal) -> None:
    out = []

    def torn() -> Iterator[bytes]:
        yield some(2 * MEGABYTE)
        raise OSError

    with pytest.raises(OSError):
        out.extend(seal.sealed(torn()))
    with pytest.raises(NotTheSame):
        opened(seal, b"".join(out))


# --- Keys ----------------------------------------------------------------------------------------------------


@pytest.fixture
def key_file(tmp_path: Path, settings) -> Path:
    path = tmp_path / "master"
    write_master_keys(path, [make_master_key()])
    settings.DOCUMENTS_MASTER_KEY_FILE = path
    return path


def test_a_key_of_another_house_opens_nothing(key_file: Path) -> None:
    wrapped = new_seal(OF).wrapped
    write_master_keys(key_file, [make_master_key()])
    os.utime(key_file, ns=(1, 1))
    with pytest.raises(NotTheSame):
        open_seal(wrapped, OF)
    with pytest.raises(NotTheSame):
        open_seal("", OF)


def test_a_new_key_is_seen_without_a_restart_and_the_old_one_opens_still(key_file: Path) -> None:
    old = master_key_list()
    wrapped = new_seal(OF).wrapped
    write_master_keys(key_file, [make_master_key(), *old])
    os.utime(key_file, ns=(1, 1))
    assert open_seal(wrapped, OF).wrapped == wrapped
    assert key_file.stat().st_mode & 0o777 == 0o600
    write_master_keys(key_file, master_key_list()[:1])
    os.utime(key_file, ns=(2, 2))
    with pytest.raises(NotTheSame):
        open_seal(wrapped, OF)


def test_keys_may_be_named_in_the_environment(settings) -> None:
    first, second = make_master_key(), make_master_key()
    settings.DOCUMENTS_MASTER_KEY_FILE, settings.DOCUMENTS_MASTER_KEYS = None, [second]
    wrapped = new_seal(OF).wrapped
    settings.DOCUMENTS_MASTER_KEYS = [first, second]
    assert open_seal(wrapped, OF).of == OF


# --- The spool -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("expected", "most", "on_disk"), [(10, 1, False), (10, 0, True), (2**21, 1, True)])
def test_a_spool_lies_in_memory_up_to_a_size(settings, expected: int, most: int, on_disk: bool) -> None:
    settings.SPOOL_MEMORY_MB = most
    with Spool(expected) as spool:
        where = os.readlink(spool.path)
        assert ("memfd" not in where) == on_disk
        for chunk in (b"one", b"two"):
            spool.write(chunk)
        assert b"".join(spool.chunks()) == b"onetwo" == Path(spool.path).read_bytes()
        assert (spool.size, spool.sha256) == (6, hashlib.sha256(b"onetwo").hexdigest())
    assert not list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()), "it never had a name"


def test_a_spool_that_grows_beyond_what_was_expected_moves_to_the_disk(settings) -> None:
    settings.SPOOL_MEMORY_MB = 1
    data = some(3_000_000)
    with Spool(10) as spool:
        for chunk in pieces(data):
            spool.write(chunk)
        assert "memfd" not in os.readlink(spool.path)
        assert b"".join(spool.chunks()) == data


# --- The folder ----------------------------------------------------------------------------------------------


def test_nothing_readable_lies_in_the_folder(asked, cast, store) -> None:
    waiting = send(asked, cast.bea, "waiting.pdf", pdf(2, "secret words"))
    upload_id = store.create_multipart("quarantine/" + "a" * 32)
    part = store.put_part(
        "quarantine/" + "a" * 32, upload_id, 1, [b"%PDF secret words"], 17, seal=new_seal(OF)
    )
    document = received(asked, cast.bea, "kept.pdf", pdf(1, "secret words"))
    assert part.size == 17
    lying = [path for path in store.root.rglob("*") if path.is_file()]
    assert len(lying) >= 3
    for path in lying:
        assert b"%PDF" not in path.read_bytes() and b"secret words" not in path.read_bytes(), path
    for row in (waiting, document):
        assert stored_bytes(row.key).startswith(b"%PDF")


def test_the_folder_takes_nothing_without_a_seal(store) -> None:
    key = "documents/" + "b" * 32
    with pytest.raises(StorageFailed):
        store.put(key, [b"plain"], 5)
    assert store.head(key) is None and not list((store.root / "incoming").iterdir())


def test_bytes_exchanged_between_two_documents_are_refused(asked, cast, store, client_for) -> None:
    mine, other = (received(asked, cast.bea, f"{number}.pdf", pdf(1, f"n{number}")) for number in (1, 2))
    (store.root / mine.key).write_bytes((store.root / other.key).read_bytes())
    with pytest.raises(NotTheSame):
        b"".join(storing.bytes_of(mine))
    answer = client_for(cast.bea).get(f"/documents/{mine.public_id}/", {"download": "1"})
    assert answer.status_code == 404


def test_without_its_key_a_document_is_gone_for_good(asked, cast, store, client_for) -> None:
    document = received(asked, cast.bea)
    wrapped = document.wrapped_key
    assert wrapped
    at_rest = (store.root / document.key).read_bytes()
    storing.destroy_bytes(document)
    document.refresh_from_db()
    assert document.wrapped_key == "" and document.bytes_destroyed_at
    assert store.head(document.key) is None
    # Even when the disk gives the bytes back.
    (store.root / document.key).write_bytes(at_rest)
    with pytest.raises(NotThere):
        storing.bytes_of(document)
    assert client_for(cast.bea).get(f"/documents/{document.public_id}/", {"download": "1"}).status_code == 404
    storing.destroy_bytes(document)  # cut off and done again
    assert store.head(document.key) is None


def test_parts_are_joined_by_a_rename_and_stay_in_order(store) -> None:
    key, seal = "quarantine/" + "c" * 32, new_seal(OF)
    upload_id = store.create_multipart(key)
    parts = [
        store.put_part(key, upload_id, number, [some(size)], size, seal=seal)
        for number, size in ((1, 1500), (2, 1200), (3, 9))
    ]
    inodes = {(store.root / "parts").glob(f"{'c' * 32}.*").__next__().stat().st_ino}
    stored = store.complete_multipart(key, upload_id, [(part.number, part.etag) for part in parts[:2]])
    assert stored.size == 2700 and {(store.root / key).stat().st_ino} == inodes
    assert b"".join(store.stream(key, seal=seal, etag=stored.etag)) == some(1500) + some(1200)
    with pytest.raises(AlreadyThere):
        store.create_multipart(key)
    with pytest.raises(AlreadyThere):
        store.put(key, [b"x"], 1, seal=seal)
    with pytest.raises(NotThere):
        store.put_part(key, upload_id, 1, [b"x"], 1, seal=seal)
    # Exchanged parts do not open, a part that is missing is another object.
    one, two = store.root / key / "00001", store.root / key / "00002"
    one.rename(store.root / key / "00009")
    two.rename(one)
    with pytest.raises(NotTheSame):
        b"".join(store.stream(key, seal=seal))
    one.unlink()
    with pytest.raises(NotTheSame):
        store.stream(key, seal=seal, etag=stored.etag)


def test_a_part_that_is_still_coming_when_the_parts_are_joined_changes_nothing(store) -> None:
    key, seal = "quarantine/" + "d" * 32, new_seal(OF)
    upload_id = store.create_multipart(key)
    part = store.put_part(key, upload_id, 1, [b"good"], 4, seal=seal)

    def slow() -> Iterator[bytes]:
        store.complete_multipart(key, upload_id, [(1, part.etag)])
        yield b"evil"

    with pytest.raises(NotThere):
        store.put_part(key, upload_id, 1, slow(), 4, seal=seal)
    assert b"".join(store.stream(key, seal=seal)) == b"good"
    assert not list((store.root / "incoming").iterdir())


def test_page_images_are_bound_to_their_page(store) -> None:
    seal, folder = new_seal(OF), "previews/" + "e" * 32
    for page in (1, 2):
        store.put(f"{folder}/{page}", [b"page %d" % page], 6, seal=seal)
    assert list(store.keys(folder)) == [f"{folder}/1", f"{folder}/2"] == list(store.keys("previews/"))
    (store.root / folder / "1").write_bytes((store.root / folder / "2").read_bytes())
    with pytest.raises(NotTheSame):
        b"".join(store.stream(f"{folder}/1", seal=seal))
    storing.destroy_previews(folder)
    assert list(store.keys("previews/")) == [] and not (store.root / folder).exists()


@pytest.mark.parametrize(
    "key", ["documents/../../x", "documents/" + "A" * 32, "previews/" + "a" * 32, "keys/x", ""]
)
def test_no_key_leads_out_of_the_folder(store, key: str) -> None:
    for verb in (store.head, store.delete, store.modified_at, store.path_of):
        with pytest.raises(StorageFailed):
            verb(key)


def test_a_full_disk_leaves_nothing_behind(store, monkeypatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("documents.storage.local.os.fsync", full)
    with pytest.raises(StorageFull):
        store.put("documents/" + "f" * 32, [b"x"], 1, seal=new_seal(OF))
    assert not [path for path in store.root.rglob("*") if path.is_file()]

"""The second look: page images under seal, hints early, turns, leases, papers that break their readers."""

import io
from datetime import timedelta
from itertools import chain, repeat
from types import SimpleNamespace

import pikepdf
import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from documents import inspection, preflight, tasks, wake
from documents.inspection import ChildFailed
from documents.models import Document, Look
from documents.services import looking, storing
from documents.storage import file_store
from documents.storage.base import StorageFailed
from tests.documents import files
from tests.documents.kept import keep, looked_at, quick_child

State = Look.State


def pictures(document):
    """Every page image as the storage has it, opened."""
    seal, look = storing.seal_of(document), document.look
    found = {}
    for key in file_store().keys(look.folder):
        data = b"".join(file_store().stream(key, seal=seal))
        found[int(key.rpartition("/")[2])] = Image.open(io.BytesIO(data))
    return found


def fresh(document):
    return Document.objects.select_related("look").get(pk=document.pk)


def later(seconds):
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)


@pytest.fixture
def drawn(monkeypatch):
    """A child that costs nothing, and what it was asked for, in order."""
    return quick_child(monkeypatch)


# --- What comes of it ----------------------------------------------------------------------------------------


def test_every_page_becomes_a_picture_of_its_own_under_the_seal_of_the_paper(asked, cast):
    document = keep(asked, cast.bea, pages=3)
    tasks.look(str(document.public_id))
    look = fresh(document).look
    assert (look.state, look.pages, look.claim) == (State.DONE, 3, None)
    found = pictures(document)
    assert sorted(found) == [1, 2, 3]
    assert all((one.format, one.width) == ("WEBP", 1200) for one in found.values())
    assert [list(one.size) for one in found.values()] == look.sheets


@pytest.mark.embedded("looks into the local folder")
def test_nothing_readable_lies_in_the_folder(asked, cast, store, drawn):
    look = looked_at(asked, cast.bea).look
    kept = (store.root / look.key_of(1)).read_bytes()
    assert b"WEBP" not in kept
    with pytest.raises(StorageFailed):  # another paper's key does not open it
        other = keep(asked, cast.bea)
        b"".join(file_store().stream(look.key_of(1), seal=storing.seal_of(other)))
    second = store.root / look.folder / "2"
    second.write_bytes(kept)  # moved to another page, it does not open
    with pytest.raises(StorageFailed):
        b"".join(file_store().stream(look.key_of(2), seal=storing.seal_of(look.document)))


def test_hints_come_after_the_first_pages_and_before_the_rest(asked, cast, drawn):
    document = keep(asked, cast.bea, pages=25)
    looking.look_through(document.public_id)
    assert drawn == [(1, 2), "read", (3, 12), (13, 22), (23, 25)]
    look = fresh(document).look
    assert look.state == State.DONE
    assert look.read_at is not None


def test_hints_facts_and_date_are_written_together(asked, cast, monkeypatch, drawn):
    document = keep(asked, cast.bea, hints=[{"code": "may_be_damaged"}])
    told = [{"code": "may_be_damaged"}, {"code": "blank", "page": 1}]
    monkeypatch.setattr(preflight, "hints_for", lambda *_: (told, {"dated_on": "2026-10-31"}))
    looking.look_through(document.public_id)
    document = fresh(document)
    assert document.hints == told
    assert str(document.dated_on) == "2026-10-31"
    assert document.look.facts == {"dated_on": "2026-10-31"}


def test_a_paper_is_judged_by_where_it_is_filed_when_the_hints_are_written(asked, cast, monkeypatch, drawn):
    document = keep(asked, cast.bea)
    Document.objects.filter(pk=document.pk).update(request=None)
    read = preflight.read

    def filed_meanwhile(spool, content_type):
        Document.objects.filter(pk=document.pk).update(request=asked)
        return read(spool, content_type)

    monkeypatch.setattr(preflight, "read", filed_meanwhile)
    judged = []
    monkeypatch.setattr(preflight, "hints_for", lambda paper, _: judged.append(paper.request_id) or ([], {}))
    looking.look_through(document.public_id)
    assert judged == [asked.pk]


def test_a_page_that_nobody_can_draw_leaves_the_others_their_numbers(asked, cast):
    with pikepdf.open(io.BytesIO(files.pdf(3))) as pdf:
        pdf.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 0, 0])
        pdf.pages[1].obj.Resources = pdf.Root  # what a page needs is not what a catalogue has
        out = io.BytesIO()
        pdf.save(out)
    document = looked_at(asked, cast.bea, out.getvalue(), pages=4)  # and one page that is not there at all
    look = fresh(document).look
    assert (look.state, look.pages, look.sheets[3]) == (State.DONE, 4, None)
    assert 1 in pictures(document) and 3 in pictures(document) and 4 not in pictures(document)
    assert not look.has_image(4)


def test_pages_of_any_shape_stay_within_the_pixels(asked, cast):
    made = pikepdf.new()
    for size in ((612, 792), (30, 30), (200, 14_000), (14_000, 200)):
        made.add_blank_page(page_size=size)
    out = io.BytesIO()
    made.save(out)
    sheets = fresh(looked_at(asked, cast.bea, out.getvalue(), pages=4)).look.sheets
    assert sheets[:2] == [[1200, 1553], [120, 120]]
    assert all(width * height <= 4_010_000 and max(width, height) <= 16_000 for width, height in sheets)
    assert sheets[2][1] > 10_000 and sheets[3][0] == 1200


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_a_picture_that_came_as_one_is_shown_as_well(asked, cast, kind):
    data = files.picture(kind, (2400, 1800))
    document = looked_at(asked, cast.bea, data, content_type=f"image/{kind.lower()}")
    assert fresh(document).look.sheets == [[1200, 900]]


# --- Turns, leases, deaths -----------------------------------------------------------------------------------


def test_a_long_paper_lets_others_take_their_turn(asked, cast, monkeypatch, drawn):
    monkeypatch.setattr(looking, "TURN_PAGES", 4)
    woken = []
    monkeypatch.setattr(wake, "soon", lambda *said: woken.append(said))
    document = keep(asked, cast.bea, pages=9)
    woken.clear()
    for pages, state in ((6, State.WAITING), (9, State.DONE)):
        looking.look_through(document.public_id)
        look = fresh(document).look
        assert (look.pages, look.state) == (pages, state)
    assert woken == [("documents.look",)]
    assert sorted(pictures(document)) == list(range(1, 10))


def test_it_is_claimed_once(asked, cast, drawn):
    document = keep(asked, cast.bea)
    assert looking.claim(document.public_id) is not None
    assert looking.claim(document.public_id) is None
    assert looking.look_through(document.public_id) is None


def test_a_killed_worker_is_followed_by_another_who_goes_on(asked, cast, drawn):
    document = keep(asked, cast.bea, pages=12)
    dead = looking.claim(document.public_id)
    with storing.spooled(document) as spool:
        looking._draw(dead, spool, 2)
    drawn.clear()
    looking.sweep_looks()
    assert fresh(document).look.state == State.LOOKING  # the lease still holds
    with later(200):
        looking.sweep_looks()
    with later(300):
        looking.sweep_looks()
    look = fresh(document).look
    assert (look.state, look.pages, look.attempts) == (State.DONE, 12, 2)
    assert drawn == ["read", (3, 12)]


def test_whoever_lost_the_lease_writes_nothing(asked, cast, drawn):
    document = keep(asked, cast.bea, pages=2)
    late = looking.claim(document.public_id)
    Look.objects.filter(pk=late.pk).update(state=State.WAITING, claim=None)
    looking.look_through(document.public_id)
    with storing.spooled(document) as spool, pytest.raises(looking.LeaseLost):
        looking._go_through(late, spool)
    look = fresh(document).look
    assert (look.state, look.pages, look.attempts) == (State.DONE, 2, 2)


def test_three_dead_workers_end_it(asked, cast, drawn):
    document = keep(asked, cast.bea)
    for seconds in (0, 300, 600):
        with later(seconds):
            assert looking.claim(document.public_id) is not None
        with later(seconds + 200):
            looking._take_back_leases()
    assert fresh(document).look.state == State.FAILED
    with later(9_000):
        assert looking.sweep_looks() == 0


def test_a_page_that_kills_its_child_ends_the_pictures_there_and_not_the_hints(asked, cast, drawn):
    drawn.breaks_at = 5
    document = keep(asked, cast.bea, pages=8)
    for seconds in (0, 60, 120):
        assert fresh(document).look.state == State.WAITING
        with later(seconds):
            looking.sweep_looks()
    look = fresh(document).look
    assert (look.state, look.pages) == (State.FAILED, 4)
    assert look.read_at is not None
    assert sorted(pictures(document)) == [1, 2, 3, 4]
    assert drawn.count("read") == 1


@pytest.mark.parametrize("fault", [ChildFailed("ended with -9"), KeyError("a fault of ours")])
def test_a_paper_that_cannot_be_read_is_shown_without_hints(asked, cast, monkeypatch, fault, drawn):
    def broken(*_):
        raise fault

    monkeypatch.setattr(preflight, "read", broken)
    document = keep(asked, cast.bea, pages=3, hints=[{"code": "may_be_damaged"}])
    for seconds in (0, 60, 120):
        with later(seconds):
            looking.sweep_looks()
    document = fresh(document)
    assert (document.look.state, document.look.pages) == (State.DONE, 3)
    assert document.look.read_at is not None
    assert document.hints == [{"code": "may_be_damaged"}]


def test_storage_that_is_down_costs_no_attempt(asked, cast, monkeypatch, drawn):
    document = keep(asked, cast.bea)
    with monkeypatch.context() as patch:
        patch.setattr(storing, "bytes_of", lambda _: (_ for _ in ()).throw(StorageFailed("down")))
        for seconds in (0, 60, 120, 180):
            with later(seconds):
                looking.sweep_looks()
    look = fresh(document).look
    assert (look.state, look.attempts) == (State.WAITING, 0)
    with later(300):
        looking.sweep_looks()
    assert fresh(document).look.state == State.DONE


def test_bytes_that_are_gone_end_it_after_three_tries(asked, cast, drawn):
    document = keep(asked, cast.bea)
    file_store().delete(document.key)
    for seconds in (0, 60, 120):
        with later(seconds):
            looking.sweep_looks()
    assert fresh(document).look.state == State.FAILED


@pytest.mark.parametrize("blob", [b"", b"\0\1\0\1GIF89a......", b"\0\0\0\1RIFF....WEBP", b"\0\0\0\0more"])
def test_what_is_no_picture_of_ours_is_not_kept(asked, cast, monkeypatch, blob):
    def odd(job, given, options, *, on_blob, **_):
        on_blob(blob)
        return {}

    document = keep(asked, cast.bea)
    monkeypatch.setattr(inspection, "run", odd)
    monkeypatch.setattr(preflight, "read", lambda *_: {})
    looking.look_through(document.public_id)
    assert fresh(document).look.pages == 0
    assert list(file_store().keys(document.look.folder)) == []


# --- A paper that is disposed of -----------------------------------------------------------------------------


def test_a_paper_disposed_of_while_it_is_drawn_leaves_nothing_behind(asked, cast, monkeypatch, drawn):
    document = keep(asked, cast.bea, pages=3)
    read = preflight.read

    def disposed_meanwhile(spool, content_type):
        Document.objects.filter(pk=document.pk).update(disposed_at=timezone.now())
        storing.destroy_bytes(document)
        return read(spool, content_type)

    monkeypatch.setattr(preflight, "read", disposed_meanwhile)
    looking.look_through(document.public_id)
    document = fresh(document)
    assert document.hints == []
    assert list(file_store().keys(document.look.folder)) == []
    looking.sweep_looks()
    assert fresh(document).look.state == State.FAILED


def test_a_paper_disposed_of_before_its_turn_is_not_looked_at(asked, cast, drawn):
    document = keep(asked, cast.bea)
    Document.objects.filter(pk=document.pk).update(disposed_at=timezone.now())
    assert looking.look_through(document.public_id) is None
    assert looking.look_on(seconds=5) == 0
    looking.sweep_looks()
    look = fresh(document).look
    assert (look.state, look.pages) == (State.FAILED, 0)


def test_the_sweep_looks_through_what_no_wake_up_reached(asked, cast, drawn):
    documents = [keep(asked, cast.bea) for _ in range(3)]
    assert looking.sweep_looks() == 3
    assert all(fresh(document).look.state == State.DONE for document in documents)
    assert looking.sweep_looks() == 0


# --- Several at once -----------------------------------------------------------------------------------------


def test_one_at_a_time_on_a_machine_so_that_checks_keep_their_slot(asked, cast, monkeypatch, drawn):
    keep(asked, cast.bea)
    at_once, draw = [], looking._go_through

    def while_it_is_drawn(look, spool):
        at_once.append(looking.look_on())
        draw(look, spool)

    monkeypatch.setattr(looking, "_go_through", while_it_is_drawn)
    late = keep(asked, cast.bea)
    assert looking.look_on() == 2
    assert at_once == [0, 0]
    assert fresh(late).look.state == State.DONE


def test_who_has_just_sent_a_paper_is_not_kept_waiting_by_a_pile(asked, cast, monkeypatch, drawn):
    order, look_through = [], looking.look_through

    def noted(public_id):
        order.append(public_id)
        return look_through(public_id)

    monkeypatch.setattr(looking, "look_through", noted)
    monkeypatch.setattr(looking, "TURN_PAGES", 2)
    long, short, last = (keep(asked, cast.bea, pages=pages) for pages in (5, 1, 1))
    looking.look_through(long.public_id)
    looking.look_on()
    assert order == [document.public_id for document in (long, last, short, long)]


def test_a_pile_that_takes_longer_than_a_task_may_goes_on_in_the_next(asked, cast, monkeypatch, drawn):
    documents = [keep(asked, cast.bea) for _ in range(2)]
    woken = []
    monkeypatch.setattr(wake, "soon", lambda *said: woken.append(said))
    clock = chain([0.0], repeat(float("inf")))
    monkeypatch.setattr(looking, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    assert looking.look_on() == 1
    assert woken == [("documents.look",)]
    monkeypatch.undo()
    assert looking.look_on() == 1
    assert all(fresh(document).look.state == State.DONE for document in documents)

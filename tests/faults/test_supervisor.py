"""The run command keeps exactly one generation of each process alive, whoever is killed, and ends without a trace."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.supervisor import LONGEST_PAUSE_SECONDS, pause_before_restart
from tests.running import ROOT, Product, running_product, start_product, status_of, wait_until

pytestmark = pytest.mark.xdist_group("supervisor")
LISTENING = "0A"


@pytest.fixture(scope="module")
def house() -> Iterator[Product]:
    with running_product() as product:
        yield product


def living(product: Product) -> dict[int, int]:
    """Processes of this data folder that are alive, the supervisor left out: process id → process group."""
    wanted = f"DATA_DIR={product.data_dir}".encode()
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and wanted in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = os.getpgid(int(entry.name))
        except OSError:
            continue
    found.pop(product.process.pid, None)
    return found


def groups_that_listen(port: int) -> set[int]:
    """Process groups that hold a listening socket on the port."""
    sockets = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == LISTENING and int(fields[1].split(":")[1], 16) == port:
            sockets.add(f"socket:[{fields[9]}]")
    groups = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in sockets:
                groups.add(os.getpgid(int(link.parts[2])))
        except OSError:
            continue
    return groups


def test_web_parent_killed_leaves_one_generation_listening(house: Product) -> None:
    old = house.pids["web"]
    generation = [pid for pid, group in living(house).items() if group == old]
    assert len(generation) >= 2, "granian's parent and at least one worker"

    house.kill("web")
    new = house.wait_for_restart("web", old)
    house.wait_ready()

    assert not set(generation) & set(living(house)), "the killed parent's workers are gone"
    assert groups_that_listen(house.port) == {new}


@pytest.mark.parametrize("name", ["messages", "documents", "beat"])
def test_worker_or_beat_killed_is_started_again_alone(house: Product, name: str) -> None:
    before = house.pids
    house.kill(name)
    new = house.wait_for_restart(name, before[name])

    wait_until(f"{name} lives", lambda: new in living(house))
    assert before[name] not in living(house).values()
    assert {other: pid for other, pid in house.pids.items() if other != name} == {
        other: pid for other, pid in before.items() if other != name
    }
    assert house.facts()["restarts"][name] >= 1


def test_web_worker_killed_is_replaced(house: Product) -> None:
    parent = house.pids["web"]
    workers = [pid for pid, group in living(house).items() if group == parent and pid != parent]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_until("the old workers are gone", lambda: not set(workers) & set(living(house)))
    house.wait_ready()
    assert groups_that_listen(house.port) == {house.pids["web"]}


def test_a_second_run_on_the_same_folder_is_refused(house: Product) -> None:
    second = start_product(house.data_dir, port=None)
    assert second.process.wait(60) != 0
    assert "already runs on" in second.tail()
    assert status_of(f"{house.base_url}/readyz") == 200


def test_a_port_that_is_taken_is_named(house: Product, tmp_path: Path) -> None:
    other = start_product(tmp_path, port=house.port)
    assert other.process.wait(60) != 0
    assert f"Port {house.port} is taken" in other.tail()


def test_sigterm_ends_everything_cleanly(tmp_path: Path) -> None:
    with running_product(data_dir=tmp_path) as product:
        assert living(product)
        assert product.stop() == 0, product.tail()
        assert living(product) == {}
        assert not (tmp_path / "run.json").exists()


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    with running_product(data_dir=tmp_path) as product:
        product.process.kill()
        product.process.wait()
        wait_until("all children have ended", lambda: living(product) == {}, seconds=30)
    assert status_of(f"{product.base_url}/readyz") == 0


def test_leftovers_of_a_killed_run_are_ended_by_the_next(tmp_path: Path) -> None:
    """Supervisor and web parent killed at once: granian's worker is left alone on the port."""
    with running_product(data_dir=tmp_path) as first:
        group = first.pids["web"]
        os.kill(first.process.pid, signal.SIGSTOP)  # so that it cannot start web again in between
        os.kill(group, signal.SIGKILL)
        first.process.kill()
        first.process.wait()
        orphans = [pid for pid, of in living(first).items() if of == group]
        assert orphans, "the case this test is about"
        with running_product(data_dir=tmp_path) as second:
            assert not set(orphans) & set(living(second))
            assert groups_that_listen(first.port) == set()


def test_a_child_that_cannot_start_is_tried_ever_more_slowly() -> None:
    pauses = [pause_before_restart(deaths) for deaths in range(12)]
    assert pauses[0] == 0.0
    assert pauses[1:4] == [0.5, 1.0, 2.0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_a_launched_child_that_has_lost_its_parent_already_does_not_start() -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "portal.launch", "1", "/bin/sleep", "30"], cwd=ROOT, timeout=20
    )
    assert done.returncode == 1
    assert time.monotonic() - started < 20

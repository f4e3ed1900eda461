"""The supervisor, with real processes: restart with back-off, orderly stop, nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qingyuan.cli.supervise import Service, Supervisor, verb
from qingyuan.lake.durable import exclusive
from qingyuan.ledger import Home

WAIT = "print('up', flush=True); time.sleep(60)"
STEADY = f"import signal,sys,time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); {WAIT}"
STUBBORN = f"import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"


def service(name: str, code: str) -> Service:
    return Service(name, [sys.executable, "-c", code])


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


class Running:
    """A supervisor in a thread."""

    def __init__(self, services: list[Service], logs: Path, **more: object) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(services, logs, self.said.append, **more)
        self.clean: bool | None = None
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        self.clean = self.supervisor.run()

    def stop(self) -> bool | None:
        self.supervisor.stop()
        self.thread.join(30)
        return self.clean


def up(logs: Path, name: str) -> bool:
    return (logs / f"{name}.out").exists() and "up" in (logs / f"{name}.out").read_text("utf-8")


def test_services_stop_in_order_and_leave_no_process(tmp_path: Path) -> None:
    services = [service("one", STEADY), service("two", STEADY)]
    running = Running(services, tmp_path / "logs")
    until(lambda: up(tmp_path / "logs", "one") and up(tmp_path / "logs", "two"))
    assert running.stop() is True
    assert [line for line in running.said if line.endswith("stopped")] == ["one stopped", "two stopped"]
    assert all(s.child is not None and s.child.poll() == 0 for s in services)


def test_a_child_that_ends_is_started_again_with_growing_pauses(tmp_path: Path) -> None:
    dying = service("dying", "import sys; print('up', flush=True); sys.exit(3)")
    running = Running([dying, service("steady", STEADY)], tmp_path, backoff_s=(0.05, 0.1, 0.2))
    until(lambda: dying.failures >= 5)
    running.stop()
    pauses = [line.split("again in ")[1].split(" s")[0] for line in running.said if "code 3" in line]
    assert pauses[:5] == ["0.05", "0.1", "0.2", "0.2", "0.2"]
    assert sum("steady started" in line for line in running.said) == 1


def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    one = service("one", STEADY)
    running = Running([one], tmp_path, backoff_s=(0.05,))
    until(lambda: up(tmp_path, "one"))
    first = one.child.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: one.child is not None and one.child.pid != first)
    assert running.stop() is True
    assert any("code -9" in line for line in running.said)


def test_a_child_that_does_not_stop_is_killed_and_said_so(tmp_path: Path) -> None:
    stubborn = service("stubborn", STUBBORN)
    running = Running([stubborn], tmp_path, stop_s=0.2)
    until(lambda: up(tmp_path, "stubborn"))
    assert running.stop() is False
    assert stubborn.child.poll() == -signal.SIGKILL
    assert running.said[-1] == "stubborn did not stop in time and was killed"


@pytest.mark.slow
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = (f"import sys; from pathlib import Path; from qingyuan.cli.supervise import Service, Supervisor;"
            f"Supervisor([Service('one', [sys.executable, '-c', {STEADY!r}])], Path({str(tmp_path)!r}), print).run()")
    parent = subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline().split()[-1])
    until(lambda: up(tmp_path, "one"))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2])


def test_a_child_that_needs_a_person_is_not_started_again_and_its_last_words_are_the_reason(tmp_path: Path) -> None:
    (tmp_path / "one.out").write_text("of an earlier run\n", "utf-8")
    one = service("one", "import sys; print('the port is in use; choose another\\n', file=sys.stderr); sys.exit(2)")
    said: list[str] = []
    supervisor = Supervisor([service("steady", STEADY), one], tmp_path, said.append)
    assert supervisor.run() is False
    assert supervisor.failed == "one cannot go on: the port is in use; choose another"
    assert sum("one started" in line for line in said) == 1
    assert said[-1] == "steady stopped"


def test_a_verb_of_ours_that_crashes_by_surprise_is_started_again(tmp_path: Path) -> None:
    code = ("import qingyuan.ledger as room; from qingyuan.cli.main import main\n"
            "def fault(*_): raise RuntimeError('by surprise')\n"
            "room.Home.open = fault; main()")
    one = Service("one", [sys.executable, "-c", code, "--lang", "en", "pipeline", "follow", "--home", str(tmp_path)])
    running = Running([one], tmp_path, backoff_s=(0.05,))
    until(lambda: one.failures >= 2)
    running.stop()
    assert any("one ended with code 70; again in 0.05 s" in line for line in running.said)
    assert "by surprise" in (tmp_path / "one.out").read_text("utf-8")


def test_a_silent_child_that_needs_a_person_points_to_its_output(tmp_path: Path) -> None:
    supervisor = Supervisor([service("one", "import sys; sys.exit(2)")], tmp_path, lambda _line: None)
    supervisor.run()
    assert supervisor.failed == f"one cannot go on: see {tmp_path / 'one.out'}"


def test_a_child_that_keeps_crashing_is_given_up(tmp_path: Path) -> None:
    crashing = service("crashing", "import sys; sys.exit(3)")
    supervisor = Supervisor([crashing], tmp_path, lambda _line: None, backoff_s=(0.01,), limit=3)
    assert supervisor.run() is False
    assert crashing.failures == 3
    assert supervisor.failed.startswith("crashing cannot go on: it ended 3 times in a row; see ")


def test_without_a_child_that_is_not_needed_the_others_go_on(tmp_path: Path) -> None:
    steady = service("steady", STEADY)
    spare = Service("spare", [sys.executable, "-c", "import sys; print('no lake'); sys.exit(2)"], needed=False)
    running = Running([steady, spare], tmp_path)
    until(lambda: spare.given_up and up(tmp_path, "steady"))
    assert steady.child is not None
    assert steady.child.poll() is None
    assert running.stop() is False
    assert running.supervisor.failed == ""
    assert "spare cannot go on: no lake; the others go on without it" in running.said
    assert sum("spare started" in line for line in running.said) == 1


def test_a_child_finds_its_environment_beside_ours(tmp_path: Path) -> None:
    code = "import os, sys; print(os.environ['QINGYUAN_ROOM'], 'PATH' in os.environ); sys.exit(2)"
    one = Service("one", [sys.executable, "-c", code], {"QINGYUAN_ROOM": "console"})
    supervisor = Supervisor([one], tmp_path, lambda _line: None)
    supervisor.run()
    assert supervisor.failed == "one cannot go on: console True"


def test_when_the_last_child_is_given_up_it_ends(tmp_path: Path) -> None:
    spare = [Service(name, [sys.executable, "-c", "import sys; print('no lake'); sys.exit(2)"], needed=False)
             for name in ("one", "two")]
    supervisor = Supervisor(spare, tmp_path, lambda _line: None)
    assert supervisor.run() is False
    assert supervisor.failed.endswith(" cannot go on: no lake")


HELD = """
import sys
from pathlib import Path
from qingyuan.cli.main import main
from qingyuan.lake.durable import exclusive
import qingyuan.pipeline.follow as room
def wait(home, stop):
    with exclusive(home.path / "run" / "pipeline.lock"):
        print("up", flush=True)
        stop.wait(60)
room.follow = wait
main()
"""


@pytest.mark.slow
def test_a_child_that_meets_a_lock_waits_for_it_and_says_so_once(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    one = Service("one", [sys.executable, "-c", HELD, "--lang", "en", "pipeline", "follow", "--home", str(home.path)],
                  needed=False)
    with exclusive(home.path / "run" / "pipeline.lock"):
        running = Running([one], tmp_path / "logs", waits_s=(0.05,), settled_s=12.0, limit=2)
        try:
            until(lambda: one.waits >= 3, 90)
            assert not up(tmp_path / "logs", "one")
        except AssertionError:
            running.stop()
            raise
    until(lambda: any(line.startswith("one goes on, process ") for line in running.said), 90)
    assert up(tmp_path / "logs", "one")
    assert running.stop() is True
    assert sum("one started" in line for line in running.said) == 1
    waiting = [line for line in running.said if "one waits and goes on by itself: " in line]
    assert len(waiting) == 1
    assert f"another process writes the lake at {home.path / 'run'}" in waiting[0]


def test_only_a_child_of_serve_ends_with_the_code_for_later(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    with exclusive(home.path / "run" / "pipeline.lock"):
        given = subprocess.run([*verb("pipeline", "follow"), "--home", str(home.path)], capture_output=True)
    assert given.returncode == 2


def test_the_log_of_a_child_that_crashes_says_where_but_not_what_it_held(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    code = ("import qingyuan.pipeline.follow as room; from qingyuan.cli.main import main\n"
            "def fault(_home, _stop):\n"
            "    telegram = '##0101QN=1;PW=' + 'hid' + 'den;'\n"
            "    raise ValueError(f'cannot read {telegram}')\n"
            "room.follow = fault; main()")
    one = Service("one", [sys.executable, "-c", code, "--lang", "en", "pipeline", "follow", "--home", str(home.path)])
    running = Running([one], tmp_path / "logs", backoff_s=(30.0,))
    until(lambda: one.failures == 1, 60)
    running.stop()
    events = [json.loads(line) for line in (home.path / "logs" / "pipeline.log").read_text("utf-8").splitlines()]
    assert [event["event"] for event in events] == ["unexpected fault; the process ends"]
    assert events[0]["exception"][0]["kind"] == "ValueError"
    assert events[0]["exception"][0]["frames"][-1] == "<string>:4 fault"
    assert any("cli/pipeline.py:" in frame for frame in events[0]["exception"][0]["frames"])
    assert "PW=" not in (home.path / "logs" / "pipeline.log").read_text("utf-8")
    out = (tmp_path / "logs" / "one.out").read_text("utf-8")
    assert "in fault" in out
    assert out.count("hidden") == 1                     # in the one sentence, as at a terminal
    assert out.splitlines()[-1].startswith("unexpected fault: ValueError: cannot read ")

"""Soaks of parmap (`parmap-bench soak`) under faults: what the system may do to a program, and a call has to bear.

    soak_faults.py BINARY [--seconds S] [--seed N] [FAULT ...]

Each fault is seen to be there, by its count or by what it forbids; one that cannot be had here is skipped, with a line
that says why. Only the standard library is used.
"""

import argparse
import ctypes
import json
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# What parmap says of failures that are planned.
PLANNED = (b" panicked\n", b" was cancelled\n")
# A soak that takes so many seconds longer than it was asked to hangs, where it has no watchdog of its own.
PATIENCE = 180
# glibc's arenas take address space by chance; with few of them a limit on it can be close.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}


class Skipped(Exception):
    """The fault cannot be had here."""


class Wrong(Exception):
    """Something did not hold."""


class Soaks:
    """Runs soaks of one binary."""

    def __init__(self, binary, seconds, seed, folder):
        self.binary, self.seconds, self.seed = binary, seconds, seed
        self.figures = folder / "figures.json"

    def run(self, *options, seconds=None, prepare=None, beside=None, environment=None, fails=False, shows=False):
        """Runs one; `beside(pid)` is called again and again meanwhile. Returns its figures and what it wrote."""
        seconds = seconds or self.seconds
        self.figures.unlink(missing_ok=True)
        command = [self.binary, "soak", "--unfiltered", f"--seconds={seconds}", f"--seed={self.seed}"]
        command += [f"--json={self.figures}", *options]
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PARMAP_")}
        surroundings.update(environment or {})
        try:
            soak = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings, preexec_fn=prepare
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Skipped(f"what comes before it is refused here: {error}") from error
        told, unplanned = [], []
        readers = [
            threading.Thread(target=lambda: told.extend(soak.stdout)),
            threading.Thread(target=lambda: unplanned.extend(line for line in soak.stderr if not is_planned(line))),
        ]
        for reader in readers:
            reader.start()
        end = time.monotonic() + seconds + PATIENCE
        while soak.poll() is None and time.monotonic() < end:
            if beside:
                beside(soak.pid)
            else:
                time.sleep(0.02)
        hangs = soak.poll() is None
        if hangs:
            soak.kill()
        soak.wait()
        for reader in readers:
            reader.join()
        told, unplanned = b"".join(told).decode(), b"".join(unplanned).decode()
        if soak.returncode == 3 and not fails:
            raise Skipped(told.strip())
        if (hangs or soak.returncode != 0) and not fails:
            ended = "hangs" if hangs else f"ended with {soak.returncode}"
            raise Wrong(f"{' '.join(map(str, command))} {ended}:\n{told}\n{unplanned}")
        if fails:
            return soak.returncode, told
        if shows:
            print(told, flush=True)
        return json.loads(self.figures.read_text()), told


def is_planned(line):
    return line.startswith(b"parmap: ") and line.endswith(PLANNED)


def nothing(soaks):
    """The calls as they are."""
    figures, _ = soaks.run(seconds=2 * soaks.seconds, shows=True)
    if figures["calls"] > 100_000 and not all(figures["forms"].values()):
        raise Wrong("some forms were never called")
    return figures, ""


def threads(soaks):
    """No thread can be started: by the system's limit, for a user that is not root, or else for want of memory."""

    def forbid():
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        # Behind the change of user, which would otherwise count as one process too many.
        resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))

    def soak(**how):
        returned, told = soaks.run("--fault=threads", seconds=0.2, fails=True, **how)
        if returned == 3:
            return None
        figures, told = soaks.run("--fault=threads", **how)
        return figures, told.splitlines()[0]

    # So large a stack is had from nowhere.
    found = soak(prepare=forbid) or soak(environment={"RUST_MIN_STACK": "4611686018427387904"})
    if not found:
        raise Skipped("threads can be started whatever is forbidden")
    return found


def memory(soaks):
    """Little more address space than was needed without a limit."""
    needed = soaks.run(environment=FEW_ARENAS)[0]["peak"] * 1024

    def limit(most):
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most))

    returned, _ = soaks.run(seconds=0.5, environment=FEW_ARENAS, prepare=limit(needed // 2), fails=True)
    if returned == 0:
        raise Skipped("no limit on memory holds")
    # What threads free of others' memory comes to varies by some tens of MB from run to run.
    most = needed * 21 // 20 + (64 << 20)
    figures, _ = soaks.run(environment=FEW_ARENAS, prepare=limit(most))
    return figures, f"{figures['peak'] // 1024} MB of {most >> 20}"


def quota(soaks):
    """Half a core, in turns of 10 ms."""
    group = Path("/sys/fs/cgroup") / f"parmap-soak-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        raise Skipped(f"no control group can be made: {error}") from error
    try:
        (group / "cpu.max").write_text("5000 10000")
        enter = group / "cgroup.procs"
        figures, _ = soaks.run(prepare=lambda: enter.write_text(str(os.getpid())))
        counts = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
        if int(counts.get("nr_throttled", 0)) == 0:
            raise Skipped("the quota was never used up")
        return figures, f"held up {counts['nr_throttled']} times"
    except OSError as error:
        raise Skipped(f"a control group cannot be given a quota: {error}") from error
    finally:
        # The system may still be at cleaning up after the last process.
        for _ in range(100):
            try:
                group.rmdir()
                break
            except OSError:
                time.sleep(0.05)


def stops(soaks):
    """The whole process is stopped and goes on, every few milliseconds."""
    count = 0

    def stop(pid):
        nonlocal count
        os.kill(pid, signal.SIGSTOP)
        time.sleep(random.uniform(0.0002, 0.004))
        os.kill(pid, signal.SIGCONT)
        count += 1
        time.sleep(random.uniform(0.0002, 0.008))

    figures, _ = soaks.run(beside=stop)
    return figures, f"stopped {count} times"


def signals(soaks):
    """Signals for which there is a handler, a thousand a second, to threads by chance."""
    numbers = {"x86_64": 234, "aarch64": 131}
    if platform.machine() not in numbers:
        raise Skipped(f"the number of tgkill is not known for {platform.machine()}")
    call, number, count = ctypes.CDLL(None, use_errno=True).syscall, numbers[platform.machine()], 0
    # Before there is a handler the signal would end the program.
    ready = 1 << signal.SIGUSR1 - 1

    def send(pid):
        nonlocal count
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        if int(caught.split()[1], 16) & ready:
            tasks = os.listdir(f"/proc/{pid}/task")
            for _ in range(20):
                count += call(number, pid, int(random.choice(tasks)), int(signal.SIGUSR1)) == 0
                time.sleep(0.0005)
        else:
            time.sleep(0.001)

    def send_if_there(pid):
        try:
            send(pid)
        except (OSError, StopIteration):
            time.sleep(0.01)

    figures, _ = soaks.run("--fault=signals", beside=send_if_there)
    return figures, f"{count} signals"


def forks(soaks):
    """The process is forked all the while, and the children start a program."""
    figures, _ = soaks.run("--fault=forks")
    return figures, f"forked {figures['fault'][1]} times"


def core(soaks):
    """One core."""
    one = min(os.sched_getaffinity(0))
    figures, _ = soaks.run(prepare=lambda: os.sched_setaffinity(0, {one}))
    return figures, f"core {one}"


def nice(soaks):
    """The least of priorities, beside as many busy loops as there are cores, and one more."""
    busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range((os.cpu_count() or 1) + 1)]
    try:
        figures, _ = soaks.run(prepare=lambda: os.nice(19))
        return figures, f"beside {len(busy)} busy loops"
    finally:
        for loop in busy:
            loop.kill()
            loop.wait()


FAULTS = [nothing, threads, memory, quota, stops, signals, forks, core, nice]


def main():
    names = [fault.__name__ for fault in FAULTS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path)
    parser.add_argument("--seconds", type=float, default=4, help="for each fault; twice as many without one")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("faults", nargs="*", help=f"of {', '.join(names)}; all without any")
    asked = parser.parse_intermixed_args()
    if unknown := set(asked.faults) - set(names):
        parser.error(f"there is no fault {', '.join(unknown)}; there are {', '.join(names)}")
    print(f"seed {asked.seed}", flush=True)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        # For the user that may start no threads.
        folder.chmod(0o777)
        binary = folder / "soak"
        shutil.copy(asked.binary, binary)
        soaks = Soaks(binary, asked.seconds, asked.seed, folder)
        for fault in FAULTS:
            if asked.faults and fault.__name__ not in asked.faults:
                continue
            began = time.monotonic()
            try:
                figures, note = fault(soaks)
                found = f"{figures['calls']} calls, {figures['calls_a_second']:.0f} a second"
                found += f", {note}" if note else ""
            except Skipped as why:
                # What a fault takes may not be had here; calls as they are can be made anywhere.
                failed |= fault is nothing
                found = f"{'FAILED' if fault is nothing else 'skipped'}: {why}"
            except Wrong as what:
                found, failed = f"FAILED\n{what}", True
            print(f"{fault.__name__} ({time.monotonic() - began:.0f} s): {found}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()

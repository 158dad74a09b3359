#!/usr/bin/env python3
"""The steps of deploy/container/Containerfile without a container engine: each stage is a directory made by debootstrap, in
which its RUN steps are run. A wanted stage's program then runs as the image says: its account, no capabilities, a root that
can't be written, until it says it is ready; SIGTERM ends it. Needs root, network for apt, and build/roots of in_root.sh
or time to make them.

    tests/packaging/container.py [STAGE…]    gateway by default, or demo, or both; with the stage that they are made from
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

ROOTS = os.path.abspath(os.environ.get("GATEWAY_ROOTS", "build/roots"))
FILE = "deploy/container/Containerfile"
SUITES = {"debian:12": "bookworm", "debian:12-slim": "bookworm"}
ADMIN = "http://127.0.0.1:19465"
CONFIG = f"""version: 1
listeners:
  - {{ name: demo, listen: "udp://127.0.0.1:15098", upstream: demo }}
upstreams:
  demo: {{ servers: ["udp://127.0.0.1:15097"] }}
admin: {{ listen: "{ADMIN}" }}
drain: {{ announce: 0s, deadline: 1s }}
"""


def run(*command, **options):
    subprocess.run(command, check=True, **options)


def steps():
    """Every instruction and what follows it; lines that end in a backslash are one."""
    with open(FILE, encoding="utf-8") as file:
        text = re.sub(r"^#.*\n", "", file.read(), flags=re.MULTILINE).replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip():
            name, rest = line.split(None, 1)
            yield name, rest.strip()


class Stage:
    def __init__(self, name, base, stages):
        self.name = name
        self.root = f"{ROOTS}/container-{name}"
        self.workdir = "/"
        self.user = "0:0"
        self.entrypoint, self.command, self.stop_signal = [], [], "SIGTERM"
        self.work = []  # instructions, run by make()
        self.base, self.stages = base, stages

    def make(self):
        shutil.rmtree(self.root, ignore_errors=True)
        run("cp", "-a", "--reflink=auto", self.base_root(), self.root)
        if self.base in self.stages:
            self.workdir = self.stages[self.base].workdir
        for name, rest in self.work:
            print(f"== {self.name}: {name} {rest[:100]}", flush=True)
            began = time.monotonic()
            getattr(self, "do_" + name.lower())(rest)
            if name == "RUN":
                print(f"   {time.monotonic() - began:.0f} s", flush=True)

    def base_root(self):
        if self.base in self.stages:
            return self.stages[self.base].root
        suite = SUITES[self.base]
        root = f"{ROOTS}/{suite}"
        if not os.path.exists(f"{root}/.complete"):
            shutil.rmtree(root, ignore_errors=True)
            os.makedirs(root)
            run("debootstrap", "--variant=minbase", suite, root, stdout=subprocess.DEVNULL)
            with open(f"{root}/.complete", "w", encoding="utf-8"):
                pass
        return root

    def inside(self, path):
        return self.root + os.path.normpath(os.path.join(self.workdir, path))

    def do_copy(self, rest):
        words = shlex.split(rest)
        source = "."
        if words[0].startswith("--from="):
            stage = self.stages[words.pop(0).removeprefix("--from=")]
            source = stage.root + words[0]
        target = self.inside(words[1])
        os.makedirs(target, exist_ok=True)
        if source == ".":  # what .dockerignore leaves: the committed files and their history
            run("git", "clone", "-q", "--no-local", ".", target)
        else:
            run("cp", "-a", f"{source}/.", target)

    def do_workdir(self, rest):
        self.workdir = rest
        os.makedirs(self.root + rest, exist_ok=True)

    def do_run(self, rest):
        shutil.copy("/etc/resolv.conf", f"{self.root}/etc/resolv.conf")
        script = ('mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin '
                  'DEBIAN_FRONTEND=noninteractive chroot "$1" sh -c "cd $2 && $3"')
        with open(f"{self.root}.log", "w", encoding="utf-8") as log:
            done = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "run", self.root,
                                   self.workdir, rest], stdout=log, stderr=log, check=False)
        if done.returncode != 0:
            with open(f"{self.root}.log", encoding="utf-8") as log:
                sys.exit(log.read()[-3000:] + f"\nRUN {rest} ended with {done.returncode}")

    def do_user(self, rest):
        self.user = rest

    def do_entrypoint(self, rest):
        self.entrypoint = json.loads(rest)

    def do_cmd(self, rest):
        self.command = json.loads(rest)

    def do_stopsignal(self, rest):
        self.stop_signal = rest


def read_stages():
    stages, stage = {}, None
    for name, rest in steps():
        if name == "FROM":
            base, _, alias = rest.split()
            stage = stages[alias] = Stage(alias, base, stages)
        else:
            stage.work.append((name, rest))
    return stages


def gateway_ready():
    try:
        with urllib.request.urlopen(f"{ADMIN}/readyz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def demo_ready():
    with open("/proc/net/udp", encoding="utf-8") as file:
        return "0100007F:3ACF" in file.read()  # 127.0.0.1:15055


READY = {"gateway": gateway_ready, "demo": demo_ready}


def account_of(stage):
    """User and group, as numbers."""
    if ":" in stage.user:
        return stage.user.split(":")
    with open(f"{stage.root}/etc/passwd", encoding="utf-8") as file:
        return next(line.split(":")[2:4] for line in file if line.startswith(stage.user + ":"))


def try_program(stage):
    """As `docker run --read-only --cap-drop ALL -v gateway.yaml:…:ro` does."""
    ready = READY[stage.name]
    assert not ready(), "another program has its port"
    if stage.name == "gateway":
        with open(f"{stage.root}/etc/photon-gateway/gateway.yaml", "w", encoding="utf-8") as file:
            file.write(CONFIG)
    user, group = account_of(stage)
    script = ('mount --rbind "$1" "$1"; mount -o remount,bind,ro "$1"; root=$1 user=$2 group=$3; shift 3; '
              'exec chroot "$root" setpriv --reuid="$user" --regid="$group" --clear-groups --no-new-privs --bounding-set=-all '
              '--inh-caps=-all "$@"')
    process = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "run", stage.root, user,
                                group, *stage.entrypoint, *stage.command])
    try:
        end = time.monotonic() + 30
        while not ready():
            assert process.poll() is None, f"the program ended with {process.returncode}"
            assert time.monotonic() < end, "not ready within 30 s"
            time.sleep(0.2)
        with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
            status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
        assert status["Uid"].split() == [user] * 4, status["Uid"]
        for capabilities in ("CapPrm", "CapEff", "CapBnd"):
            assert int(status[capabilities], 16) == 0, (capabilities, status[capabilities])
        process.send_signal(getattr(signal, stage.stop_signal))
        assert process.wait(30) == 0, process.returncode
    finally:
        if process.poll() is None:
            process.kill()
    print(f"== {stage.name}: ready as {stage.user} without capabilities in a root that can't be written; "
          f"ended by {stage.stop_signal}")


def main(*wanted):
    assert os.geteuid() == 0, "needs root, for chroot"
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    stages = read_stages()
    wanted = wanted or ("gateway",)
    stages["build"].make()
    for name in wanted:
        stages[name].make()
        try_program(stages[name])


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The programs of the tests, on free ports of the loopback interface: a gateway, servers and clients around it, and a
Prometheus that scrapes it."""

import errno
import json
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 60  # seconds; everything comes much sooner, on a busy machine later


def free_port(kind=socket.SOCK_STREAM):
    """Below those that connections take, so that it is still free when a program gets to it."""
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            port = random.randrange(12000, 32000)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise


def wait_until(what, condition, patience=PATIENCE):
    """Polls until the condition holds; fails with the last thing it said when it doesn't in time."""
    end = time.monotonic() + patience
    while True:
        outcome = condition()
        if outcome is True:
            return
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience} s: {what}: {outcome}")
        time.sleep(0.2)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def answers(url):
    try:
        get(url)
        return True
    except (urllib.error.URLError, OSError) as error:
        return str(error)


class Program:
    """A child process whose output goes to a file. Ended at the latest by end()."""

    def __init__(self, folder, name, arguments):
        self.name = name
        self.log = f"{folder}/{name}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=log, stderr=log)

    def check_running(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}: {self.output()[-2000:]}")

    def output(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def say_line(self):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def finish(self):
        """Waits for a good end, after its input was closed."""
        self.process.stdin.close()
        self.expect_good_end()

    def expect_good_end(self):
        status = self.process.wait(PATIENCE)
        if status != 0:
            raise AssertionError(f"{self.name} ended with {status}: {self.output()[-2000:]}")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


GATEWAY = """version: 1
listeners:
  - {{ name: game, listen: "udp://127.0.0.1:{udp}", upstream: game }}
  - {{ name: web, listen: "wss://127.0.0.1:{wss}", upstream: web,
      tls: {{ certificate: "file:{folder}/tls.crt", key: "file:{folder}/tls.key" }} }}
upstreams:
  game: {{ servers: ["udp://127.0.0.1:{udp_server}"] }}
  web: {{ servers: ["ws://127.0.0.1:{ws_server}"] }}
encryption:
  rules:
    - {{ operations: [authenticate], without_parameter: 221, require: encrypted, otherwise: reject }}
limits: {{ sessions: 12 }}
admin: {{ listen: "http://127.0.0.1:{admin}" }}
"""

PROMETHEUS = """global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: ["{alerts}"]
scrape_configs:
  - job_name: photon-gateway
    static_configs: [{{ targets: ["127.0.0.1:{admin}"] }}]
"""


class Scene:
    """A gateway with servers and clients. `config` is its configuration, with places for ports and the folder."""

    def __init__(self, build, folder, config=GATEWAY):
        self.programs = []
        self.draining = False
        self.admin = free_port()
        udp = socket.SOCK_DGRAM
        ports = {"udp_server": free_port(udp), "ws_server": free_port(), "udp": free_port(udp), "wss": free_port()}
        with open(f"{folder}/gateway.yaml", "w") as file:
            file.write(config.format(folder=folder, admin=self.admin, **ports))
        try:
            self.gateway = self.start(folder, "gateway", [f"{build}/photon-gateway", "--config", f"{folder}/gateway.yaml"])
            self.wait_for(self.gateway, lambda: answers(f"http://127.0.0.1:{self.admin}/readyz"))
            self.players = self.start(folder, "scene", [f"{build}/tests/observability_scene",
                                                        *(str(port) for port in ports.values()), f"{folder}/tls.crt"])
            self.wait_for(self.players, lambda: "ready" in self.players.output())
        except BaseException:
            self.end()
            raise

    def start(self, folder, name, arguments):
        program = Program(folder, name, arguments)
        self.programs.append(program)
        return program

    def wait_for(self, program, condition):
        def good():
            program.check_running()
            return condition()
        wait_until(f"{program.name} is there", good)

    def check_running(self):
        for program in self.programs:
            program.check_running()

    def metrics(self):
        return get(f"http://127.0.0.1:{self.admin}/metrics")

    def trouble(self):
        self.players.say_line()

    def reload(self):
        self.gateway.process.send_signal(signal.SIGHUP)

    def drain(self):
        """The players leave, then the gateway is told to: for 15 seconds it still announces that."""
        self.draining = True
        self.players.finish()
        self.programs.remove(self.players)
        self.gateway.process.terminate()

    def finish(self):
        """The good end of everything: what clients and gateway say of it counts."""
        if not self.draining:
            self.drain()
        self.gateway.expect_good_end()

    def end(self):
        for program in reversed(self.programs):
            program.end()


class ScrapedScene(Scene):
    """The same, and a Prometheus with alerts."""

    def __init__(self, build, folder, alerts):
        super().__init__(build, folder)
        web = free_port()
        self.url = f"http://127.0.0.1:{web}"
        with open(f"{folder}/prometheus.yml", "w") as file:
            file.write(PROMETHEUS.format(alerts=alerts, admin=self.admin))
        try:
            self.prometheus = self.start(folder, "prometheus", [
                "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{web}"])
            self.wait_for(self.prometheus, lambda: answers(f"{self.url}/-/ready"))
        except BaseException:
            self.end()
            raise

    def ask(self, path, **parameters):
        """A request of Prometheus' HTTP API: its data."""
        url = f"{self.url}/api/v1/{path}?" + urllib.parse.urlencode(parameters)
        try:
            return json.loads(get(url))["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{url}: {error.read().decode()}") from error

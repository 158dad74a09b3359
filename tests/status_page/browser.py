"""A browser without a window, steered by WebDriver, that reaches the loopback interface and nothing else."""

import base64
import json
import tempfile
import urllib.error
import urllib.request

from processes import Program, answers, free_port, wait_until

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


class Browser:
    def __init__(self, folder):
        port = free_port()
        self.session = None
        self.url = f"http://127.0.0.1:{port}"
        self.driver = Program(folder, "chromedriver", ["chromedriver", f"--port={port}"])
        try:
            wait_until("chromedriver is there", lambda: answers(f"{self.url}/status"))
            options = {"args": [*ARGUMENTS, f"--user-data-dir={tempfile.mkdtemp(dir=folder)}"]}
            wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
            self.session = self.ask("POST", "/session", capabilities={"alwaysMatch": wanted})["sessionId"]
            self.open("about:blank")
            self.requests()  # of the page that a browser begins with
        except BaseException:
            self.end()
            raise

    def ask(self, method, path, **body):
        """A request of the WebDriver protocol: its value."""
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:1000]}") from error

    def do(self, command, **body):
        return self.ask("POST", f"/session/{self.session}/{command}", **body)

    def open(self, url):
        self.do("url", url=url)

    def evaluate(self, expression):
        return self.do("execute/sync", script=f"return {expression}", args=[])

    def screenshot(self):
        """PNG of what is in view."""
        return base64.b64decode(self.ask("GET", f"/session/{self.session}/screenshot"))

    def show_as(self, width, height, scheme="light"):
        """Pretends to be a screen of so many points, with this color scheme."""
        self.do("goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride",
                params={"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.do("goog/cdp/execute", cmd="Emulation.setEmulatedMedia",
                params={"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def complaints(self):
        """What the console said since it was asked last."""
        return [entry["message"] for entry in self.do("se/log", type="browser")]

    def requests(self):
        """The URLs that the page asked for since it was asked last."""
        events = [json.loads(entry["message"])["message"] for entry in self.do("se/log", type="performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def end(self):
        try:
            if self.session:
                self.ask("DELETE", f"/session/{self.session}")
        finally:
            self.driver.end()

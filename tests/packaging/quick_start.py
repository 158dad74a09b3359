"""Asks the Prometheus of a quick start every query of the dashboard, while clients play.

    quick_start.py DASHBOARD DEMO_CLIENT

Fails when the target isn't up, a query is refused or gives nothing, or an alert fires. Of what never happened in so short a
time (a percentile of no values) the answer is NaN, which counts.
"""

import json
import os
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../observability"))
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from check import Dashboard  # noqa: E402
from processes import get, wait_until  # noqa: E402

GATEWAY = "http://127.0.0.1:9464"
PROMETHEUS = "http://127.0.0.1:9090"
# Panels about rules, WebSocket and TLS, of which the first configuration has none: they stay empty.
NOT_CONFIGURED = {"Authentications sealed", "Messages under rules", "WebSocket handshakes", "Certificates expire"}


def ask(path, **parameters):
    return json.loads(get(f"{PROMETHEUS}/api/v1/{path}?" + urllib.parse.urlencode(parameters)))["data"]


def result(query):
    return ask("query", query=query)["result"]


def is_up():
    try:
        return [series["value"][1] for series in result('up{job="photon-gateway"}')] == ["1"] or "not up"
    except OSError as error:
        return str(error)


def play(client):
    done = subprocess.run([client, "127.0.0.1", "5055", "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def main(path, client):
    dashboard = Dashboard(path, "127.0.0.1:9464")
    dashboard.values.update(listener="master", __rate_interval="1m")
    wait_until("Prometheus scrapes the gateway", is_up)
    print("readyz:", get(f"{GATEWAY}/readyz").strip())

    def counted():
        play(client)
        sealed = sum(float(series["value"][1]) for series in result("sum(rate(photon_gateway_messages_total[1m]))"))
        return sealed > 0 or "no messages yet"
    wait_until("their messages are counted", counted)
    queries = [(what, query) for what, query in dashboard.queries() if not what.startswith("annotation")]
    empty = {what.rsplit(" ", 1)[0] for what, query in queries if not result(query)}
    assert empty <= NOT_CONFIGURED, empty - NOT_CONFIGURED
    firing = [alert["labels"]["alertname"] for alert in ask("alerts")["alerts"] if alert["state"] == "firing"]
    assert not firing, firing
    print(f"{len(dashboard.panels())} panels, {len(queries)} queries answered; empty, since not configured: "
          f"{', '.join(sorted(empty))}; no alert fires")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Every query of the dashboard gives data, every alert loads and rests while all is well: see run.sh.

    check.py <build folder> <temporary folder with tls.crt and tls.key>
"""

import json
import math
import os
import re
import subprocess
import sys

from processes import ScrapedScene, wait_until

GRAFANA = os.path.abspath("grafana")
ALERTS = f"{GRAFANA}/prometheus/alerts.yml"

DRAINS = "annotation Drains"  # has data only while the gateway drains

# What these tell is also how busy the machine is that runs this: they may be about to fire, but not fire.
OF_SPEED = ["PhotonGatewayAddedLatencyHigh", "PhotonGatewayRetransmissionsHigh", "PhotonGatewayServerLinkLossy",
            "PhotonGatewayKernelDrops"]

# What the trouble of scene.cpp must show in.
SHOWN = [
    "photon_gateway_decrypt_failures_total",
    'photon_gateway_handshakes_total{result!="ok"}',
    'photon_gateway_policy_total{code="authenticate",outcome="reject"}',
    'photon_gateway_policy_total{code="authenticate",outcome="confidential"}',
    'photon_gateway_sessions_rejected_total{reason="sessions"}',
    'photon_gateway_retransmissions_total{side="downstream"}',
    'photon_gateway_dropped_total{reason="no_session"}',
    'photon_gateway_stream_handshakes_total{result="tls"}',
    'photon_gateway_stream_handshakes_total{result="ok"}',
    'photon_gateway_sessions_closed_total{reason="bad_encryption"}',
    'photon_gateway_sessions_closed_total{reason="client_disconnect"}',
]


class Dashboard:
    def __init__(self, path, instance):
        with open(path) as file:
            self.content = json.load(file)
        self.values = {"job": "photon-gateway", "instance": instance, "listener": "game|web", "datasource": "x",
                       "__rate_interval": "10s", "__range": "60s"}

    def panels(self):
        return [panel for panel in self.content["panels"] if panel["type"] != "row"]

    def fill(self, query):
        return re.sub(r"\$(\w+)", lambda name: self.values[name.group(1)], query)

    def queries(self):
        """What each query is for, and the query."""
        for panel in self.panels():
            for target in panel["targets"]:
                yield f'{panel["title"]} {target["refId"]}', self.fill(target["expr"])
        for annotation in self.content["annotations"]["list"]:
            yield f'annotation {annotation["name"]}', self.fill(annotation["expr"])

    def variables(self):
        """Name, selector and label of each variable that asks Prometheus."""
        for variable in self.content["templating"]["list"]:
            if variable["type"] != "query":
                continue
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"]).groups()
            yield variable["name"], self.fill(selector), label


def check_panels_are_described(dashboard):
    rows = [panel for panel in dashboard.content["panels"] if panel["type"] == "row"]
    assert len(rows) == 5, rows
    ids = [panel["id"] for panel in dashboard.content["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in dashboard.panels():
        title = panel["title"]
        assert panel.get("description", "").endswith("."), f"{title} has no description"
        assert panel["fieldConfig"]["defaults"].get("unit"), f"{title} has no unit"
        assert panel["datasource"]["uid"] == "${datasource}", title
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}", title
            assert target["legendFormat"] or panel["type"] == "table", f"{title} has no legend"


def read_runbook():
    with open(f"{GRAFANA}/README.md") as file:
        return file.read()


def check_alerts_have_a_runbook(names):
    headings = re.findall(r"^### (\w+)$", read_runbook(), re.MULTILINE)
    assert headings == names, "the headings of the runbook are not the alerts, in their order"


def check_alerts_have_cases(names):
    """One as it fires and one as it doesn't."""
    with open(f"{GRAFANA}/prometheus/alerts_test.yml") as file:
        cases = re.findall(r"alertname: (\w+)\n *exp_alerts:( \[\])?", file.read())
    for fires in (True, False):
        missing = set(names) - {name for name, nothing in cases if bool(nothing) != fires}
        assert not missing, f"no case that {'fires' if fires else 'rests'}: {sorted(missing)}"


def check_runbook_names_panels(dashboard):
    paragraphs = read_runbook().partition("\n### ")[2]
    named = set(re.findall(r"\*([^*\n]+)\*", paragraphs))
    missing = named - {panel["title"] for panel in dashboard.panels()}
    assert named and not missing, f"the runbook names panels that aren't there: {sorted(missing)}"


def names_in(text):
    return set(re.findall(r"\b(?:photon_gateway|process)_\w+", text))


def check_names_exist(texts, metrics):
    exported = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", metrics, re.MULTILINE):
        exported |= {name + end for end in ("_bucket", "_sum", "_count")} if kind == "histogram" else {name}
    missing = set().union(*(names_in(text) for text in texts)) - exported
    assert not missing, f"not exported: {sorted(missing)}"


def alerts_of(scene):
    groups = scene.ask("rules", type="alert")["groups"]
    return [rule for group in groups for rule in group["rules"]]


def check_alerts_rest(scene, names):
    def evaluated():
        scene.check_running()
        unknown = [rule["name"] for rule in alerts_of(scene) if rule["health"] == "unknown"]
        return not unknown or unknown
    wait_until("all alerts are evaluated", evaluated)
    rules = alerts_of(scene)
    assert [rule["name"] for rule in rules] == names
    for rule in rules:
        assert rule["health"] == "ok", rule
        allowed = ["inactive", "pending"] if rule["name"] in OF_SPEED else ["inactive"]
        assert rule["state"] in allowed, rule
        assert rule["annotations"]["runbook"] == f'grafana/README.md#{rule["name"].lower()}', rule


def has_data(scene, query):
    result = scene.ask("query", query=query)["result"]
    return any(not math.isnan(float(series["value"][1])) for series in result)


def without_data(scene, queries):
    scene.check_running()
    return [f"{what}: {query}" for what, query in queries if not has_data(scene, query)]


def check_queries(scene, queries):
    remaining = list(queries)

    def all_had_data():
        nonlocal remaining
        missing = without_data(scene, remaining)
        remaining = [entry for entry in remaining if f"{entry[0]}: {entry[1]}" in missing]
        return not missing or missing
    wait_until("every query has data", all_had_data)


def check_variables(scene, dashboard):
    wanted = {"job": ["photon-gateway"], "instance": [f"127.0.0.1:{scene.admin}"], "listener": ["game", "web"]}
    for name, selector, label in dashboard.variables():
        values = scene.ask(f"label/{label}/values", **{"match[]": selector})
        assert values == wanted.pop(name), (name, values)
    assert not wanted, wanted


def check_metrics_are_well_formed(metrics):
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def main(build, folder):
    with open(ALERTS) as file:
        alerts = file.read()
    names = re.findall(r"- alert: (\w+)", alerts)
    check_alerts_have_a_runbook(names)
    check_alerts_have_cases(names)
    scene = ScrapedScene(build, folder, ALERTS)
    try:
        dashboard = Dashboard(f"{GRAFANA}/dashboards/photon-gateway.json", f"127.0.0.1:{scene.admin}")
        check_panels_are_described(dashboard)
        check_runbook_names_panels(dashboard)
        queries = list(dashboard.queries())
        calm = [("calm", "rate(photon_gateway_messages_total[10s]) > 0")]
        wait_until("calm traffic shows", lambda: not without_data(scene, calm))
        check_alerts_rest(scene, names)
        check_metrics_are_well_formed(scene.metrics())
        check_names_exist([alerts, *(query for _, query in queries)], scene.metrics())
        scene.trouble()
        scene.reload()
        check_queries(scene, [query for query in queries if query[0] != DRAINS])
        check_queries(scene, [(series, f"sum({series}) > 0") for series in SHOWN])
        check_variables(scene, dashboard)
        scene.drain()
        check_queries(scene, [query for query in queries if query[0] == DRAINS])
        scene.finish()
    finally:
        scene.end()
    print(f"{len(dashboard.panels())} panels, {len(queries)} queries with data, {len(names)} alerts at rest")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The compose file of deploy/container without a container engine: what it mounts is there, and means what is mounted
beside it: see run.sh."""

import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

import yaml

FOLDER = "deploy/container"


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def mounts_of(service):
    """Where it is in the container, and here."""
    mounts = {}
    for mount in service.get("volumes", []):
        source, target, mode = mount.split(":")
        mounts[target] = os.path.normpath(os.path.join(FOLDER, source))
        assert os.path.exists(mounts[target]), f"{mount}: there is no {mounts[target]}"
        assert mode == "ro", mount
    return mounts


def check_builds(services):
    for service in services.values():
        if "build" in service:
            build = service["build"]
            top = os.path.join(FOLDER, build["context"])
            with open(os.path.join(top, build["dockerfile"]), encoding="utf-8") as file:
                assert re.search(rf"^FROM \S+ AS {build['target']}$", file.read(), re.MULTILINE), build


def check_prometheus(services):
    """As it finds its files there; and whom it scrapes is the gateway."""
    mounts = mounts_of(services["prometheus"])
    with tempfile.TemporaryDirectory() as root:
        for target, source in mounts.items():
            os.makedirs(root + os.path.dirname(target), exist_ok=True)
            shutil.copy(source, root + target)
        subprocess.run(["promtool", "check", "config", f"{root}/etc/prometheus/prometheus.yml"], check=True)
    gateway = read(mounts_of(services["gateway"])["/etc/photon-gateway/gateway.yaml"])
    port = gateway["admin"]["listen"].rpartition(":")[2]
    jobs = read(mounts["/etc/prometheus/prometheus.yml"])["scrape_configs"]
    assert [(job["job_name"], job["static_configs"][0]["targets"]) for job in jobs] == [("photon-gateway", [f"gateway:{port}"])]


def check_grafana(services):
    """Its provisioning names a folder of dashboards that is mounted, and a data source of the kind that they ask for."""
    mounts = mounts_of(services["grafana"])
    provisioning = mounts["/etc/grafana/provisioning"]
    providers = [provider for path in glob.glob(f"{provisioning}/dashboards/*.yml") for provider in read(path)["providers"]]
    sources = [source for path in glob.glob(f"{provisioning}/datasources/*.yml") for source in read(path)["datasources"]]
    assert providers and sources, provisioning
    kinds = {source["type"] for source in sources}
    for provider in providers:
        dashboards = glob.glob(f"{mounts[provider['options']['path']]}/*.json")
        assert dashboards, provider
        for path in dashboards:
            with open(path, encoding="utf-8") as file:
                variables = json.load(file)["templating"]["list"]
            wanted = {variable["query"] for variable in variables if variable["type"] == "datasource"}
            assert wanted and wanted <= kinds, (path, wanted)
    assert services["grafana"]["network_mode"] == "service:prometheus"
    assert [source["url"] for source in sources] == ["http://127.0.0.1:9090"], sources


def main():
    services = read(f"{FOLDER}/compose.yaml")["services"]
    check_builds(services)
    for service in services.values():
        mounts_of(service)
    check_prometheus(services)
    check_grafana(services)


if __name__ == "__main__":
    main()

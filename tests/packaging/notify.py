#!/usr/bin/env python3
"""Runs a command as systemd would: with a NOTIFY_SOCKET, until it is ready; then asks its admin port; then ends it.

    notify.py SOCKET SOCKET_IN_ROOT ADMIN_URL -- COMMAND...

Exit code 0 only if it said READY=1, answered /livez, /readyz and /metrics, said STOPPING=1 after SIGTERM and ended with 0.
"""
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

TIMEOUT = 30  # seconds, for each step


def fail(text):
    sys.exit(f"notify: {text}")


def wait_for(notifications, word, process):
    """The first notification that has a line `word`."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        try:
            message = notifications.recv(4096).decode()
        except socket.timeout:
            if process.poll() is not None:
                fail(f"the process ended with {process.returncode} before it said {word}")
            continue
        print("notified:", message.replace("\n", " "))
        if word in message.split("\n"):
            return
    fail(f"no {word} within {TIMEOUT} s")


def fetch(url):
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
        body = answer.read().decode()
        print(url, answer.status, len(body), "bytes")
        return body


def main():
    path, inside, admin = sys.argv[1:4]
    command = sys.argv[5:]
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.bind(path)
    os.chmod(path, 0o666)
    notifications.settimeout(0.2)
    process = subprocess.Popen(command, env={**os.environ, "NOTIFY_SOCKET": inside})
    try:
        wait_for(notifications, "READY=1", process)
        for page in ("livez", "readyz"):
            fetch(f"{admin}/{page}")
        if "photon_gateway_build_info" not in fetch(f"{admin}/metrics"):
            fail("/metrics has no build_info")
        process.send_signal(signal.SIGTERM)
        wait_for(notifications, "STOPPING=1", process)
        if process.wait(TIMEOUT) != 0:
            fail(f"it ended with {process.returncode}")
    finally:
        process.kill()


main()

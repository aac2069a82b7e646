"""Starts a sandbox, lets a shopper write, and has schemathesis try everything the API document promises."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

READY_WITHIN = 60
STOP_WITHIN = 20
# Fixed, so that a failure comes again; bounded, so that nobody waits long for none.
SEED = 20261129
EXAMPLES = 25
AT_MOST = 80


def start(folder):
    """A sandbox, and what it tells programs."""
    command = [os.environ["SHOPCLERK_BIN"], "sandbox", "--json", "--ports", "auto", "--data-dir", f"{folder}/data"]
    log = open(f"{folder}/log", "w")
    env = {"PATH": os.environ["PATH"], "HOME": folder}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=env, text=True)
    ready, _, _ = select.select([child.stdout], [], [], READY_WITHIN)
    line = child.stdout.readline() if ready else ""
    if not line:
        child.kill()
        sys.exit("the sandbox did not start:\n" + Path(f"{folder}/log").read_text())
    return child, json.loads(line)


def shopper_writes(facts):
    """Somebody has written, so that there is something to be listed."""
    url = f"{facts['control_url']}/shoppers/Ana/messages"
    body = json.dumps({"text": "do you have a warm gift?"}).encode()
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}))


def configuration(facts, folder):
    """The operator's token, and the one merchant there is."""
    path = f"{folder}/schemathesis.toml"
    Path(path).write_text(
        f"""
[parameters]
"query.merchant" = "{facts["merchant_id"]}"

[auth.openapi.token]
bearer = "{facts["api_token"]}"
"""
    )
    return path


def try_all(facts, folder):
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file", configuration(facts, folder),
        "run", f"{facts['app_url']}/openapi.json",
        "--checks", "all",
        # A cursor, code or signature may have the right form and still be none of ours.
        "--exclude-checks", "positive_data_acceptance",
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(EXAMPLES),
        "--max-time", str(AT_MOST),
        "--max-redirects", "0",
        "--request-timeout", "10",
        "--seed", str(SEED),
        *sys.argv[1:],
    ]
    return subprocess.run(command, cwd=folder, check=False).returncode


def main():
    with tempfile.TemporaryDirectory(prefix="shopclerk-api-") as folder:
        child, facts = start(folder)
        try:
            shopper_writes(facts)
            code = try_all(facts, folder)
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(STOP_WITHIN)
        log = Path(f"{folder}/log").read_text()
        if "panicked" in log or "a request failed" in log:
            print(log)
            code = code or 1
        sys.exit(code)


main()

"""Asks Prometheus about the dashboard and the alerts: every query is one, and every metric that it names exists.

usage: monitoring.py PROMETHEUS_URL DASHBOARD.json
"""

import json
import re
import sys
import time
import urllib.parse
import urllib.request

METRIC = re.compile(r"\b(?:puente|process|pg|redis)_[a-z_]+\b|\bup\b")


def ask(base: str, path: str, **query: str) -> object:
    with urllib.request.urlopen(f"{base}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=30) as response:
        return json.load(response)["data"]


def until(what: str, condition) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"waited in vain until {what}")
        time.sleep(1)


def targets_are_up(base: str) -> bool:
    targets = ask(base, "targets")["activeTargets"]
    jobs = {target["labels"]["job"] for target in targets if target["health"] == "up"}
    return jobs >= {"puente", "postgres", "redis", "prometheus"} and all(t["health"] == "up" for t in targets)


def dashboard_queries(path: str) -> list[str]:
    found = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("expr"), str):
                found.append(node["expr"])
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                walk(child)

    with open(path) as file:
        walk(json.load(file))
    return found


def missing(base: str, expressions: list[str]) -> list[str]:
    names = set(ask(base, "label/__name__/values"))
    found = []
    for expression in expressions:
        # What stands in braces or quotes is a label.
        bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"|(?:by|without) \([^)]*\)", "", expression)
        found += [f"{name} in {expression}" for name in METRIC.findall(bare) if name not in names]
    return found


def main(base: str, dashboard: str) -> None:
    until("Prometheus has read every target", lambda: targets_are_up(base))
    rules = [rule for group in ask(base, "rules")["groups"] for rule in group["rules"]]
    queries = dashboard_queries(dashboard)
    assert rules and queries, "no rules or no queries"
    expressions = queries + [rule["query"] for rule in rules]
    for expression in expressions:
        ask(base, "query", query=expression)
    # Some exist since the last call only, which Prometheus has yet to read.
    problems = missing(base, expressions)
    deadline = time.monotonic() + 30
    while problems and time.monotonic() < deadline:
        time.sleep(1)
        problems = missing(base, expressions)
    firing = [alert["labels"]["alertname"] for alert in ask(base, "alerts")["alerts"] if alert["state"] == "firing"]
    problems += [f"the alert {name} fires" for name in firing]
    if problems:
        sys.exit("does not exist or should not be:\n" + "\n".join(problems))
    print(f"{len(queries)} queries of the dashboard and {len(rules)} alerts name only what exists")


main(*sys.argv[1:])

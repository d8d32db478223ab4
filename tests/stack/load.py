"""Lists tools over MCP with four workers until it is told to stop (SIGTERM), then says what came of it.

usage: load.py BASE_URL E-MAIL PASSWORD_FILE [PAUSE]     seconds between two calls of a worker; none if not given

Prints one JSON object: calls, failed, the first failures, p50 and p99 in milliseconds. A failure is whatever a client
would notice: a refused or broken connection, or an answer that is not 200 with a result. Nothing is retried.
"""

import http.client
import json
import signal
import ssl
import statistics
import sys
import threading
import time
import urllib.parse

WORKERS = 4
REVISION = "2026-07-28"
BODY = json.dumps({
    "jsonrpc": "2.0", "id": 1, "method": "tools/list",
    "params": {"_meta": {
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "stack-load", "version": "1"},
    }},
})


class Target:
    def __init__(self, base: str) -> None:
        self.url = urllib.parse.urlsplit(base)

    def connect(self) -> http.client.HTTPConnection:
        if self.url.scheme == "https":
            # A certificate that the proxy signed itself.
            context = ssl._create_unverified_context()
            return http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=30, context=context)
        return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=30)

    def post(self, connection, path: str, body: str, headers: dict[str, str]) -> dict:
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        text = response.read().decode()
        if response.status != 200:
            raise RuntimeError(f"{response.status} {text[:200]}")
        return json.loads(text)


def sign_in(target: Target, email: str, password: str) -> str:
    body = json.dumps({"email": email, "password": password})
    return target.post(target.connect(), "/api/v1/auth/token", body, {})["access_token"]


class Load:
    def __init__(self, target: Target, token: str, pause: float) -> None:
        self.target, self.pause, self.stop = target, pause, threading.Event()
        self.headers = {
            "Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": REVISION, "Mcp-Method": "tools/list",
        }
        self.durations: list[float] = []
        self.failures: list[str] = []

    def work(self) -> None:
        connection = self.target.connect()
        while not self.stop.is_set():
            start = time.monotonic()
            try:
                answer = self.target.post(connection, "/mcp", BODY, self.headers)
                if "result" not in answer:
                    raise RuntimeError(json.dumps(answer)[:200])
                self.durations.append(time.monotonic() - start)
                self.stop.wait(self.pause)
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                connection.close()
                connection = self.target.connect()
                # A server that is away is asked twenty times a second, not as fast as refusals come.
                self.stop.wait(0.05)

    def report(self) -> dict:
        spread = statistics.quantiles(self.durations, n=100) if len(self.durations) > 1 else [0.0] * 99
        return {
            "calls": len(self.durations), "failed": len(self.failures), "failures": sorted(set(self.failures))[:5],
            "p50_ms": round(spread[49] * 1000, 2), "p99_ms": round(spread[98] * 1000, 2),
        }


def main(base: str, email: str, password_file: str, pause: str = "0") -> None:
    target = Target(base)
    with open(password_file) as file:
        load = Load(target, sign_in(target, email, file.read().strip()), float(pause))
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: load.stop.set())
    threads = [threading.Thread(target=load.work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    print("started", file=sys.stderr, flush=True)
    for thread in threads:
        thread.join()
    print(json.dumps(load.report()))


main(*sys.argv[1:])

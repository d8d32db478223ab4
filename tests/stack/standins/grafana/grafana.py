#!/usr/bin/env python3
"""What our files rely on of Grafana, which no package registry here has. It draws nothing.

`grafana server` reads the provisioned data source and dashboards, keeps GF_SECURITY_ADMIN_PASSWORD of its first start,
and answers /api/health, /api/user (basic auth) and /api/dashboards/home. `grafana cli admin reset-admin-password
--password-from-stdin` changes the password.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PASSWORD = Path("/var/lib/grafana/password")
PROVISIONING = Path("/etc/grafana/provisioning")
HOME = os.environ.get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", "")


def digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def may_pass(self) -> bool:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        user, _, password = base64.b64decode(value).decode().partition(":") if kind == "Basic" else ("", "", "")
        return user == "admin" and hmac.compare_digest(digest(password), PASSWORD.read_text())

    def do_GET(self) -> None:
        if self.path == "/api/health":
            self.answer(200, {"database": "ok"})
        elif not self.may_pass():
            self.answer(401, {"message": "Unauthorized"})
        elif self.path == "/api/user":
            self.answer(200, {"login": "admin"})
        elif self.path == "/api/dashboards/home":
            self.answer(200, {"dashboard": json.loads(Path(HOME).read_text())})
        else:
            self.answer(404, {"message": "Not found"})

    def answer(self, status: int, body: dict) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def serve() -> None:
    if not PASSWORD.exists():
        PASSWORD.write_text(digest(os.environ["GF_SECURITY_ADMIN_PASSWORD"]))
    json.loads(Path(HOME).read_text())
    for kind in ("datasources", "dashboards"):
        if not list((PROVISIONING / kind).glob("*.yml")):
            sys.exit(f"nothing is provisioned in {PROVISIONING / kind}")
    ThreadingHTTPServer(("0.0.0.0", 3000), Handler).serve_forever()


match sys.argv[1:]:
    case ["server"]:
        serve()
    case ["cli", "admin", "reset-admin-password", "--password-from-stdin"]:
        PASSWORD.write_text(digest(sys.stdin.readline().rstrip("\n")))
        print("Admin password changed successfully")
    case other:
        sys.exit(f"this stand-in has no {other}")

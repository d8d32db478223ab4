"""Signs in to pgAdmin as a person would, opens the configured server without a password, and runs a query."""

import http.cookiejar
import json
import os
import re
import sys
import urllib.parse
import urllib.request

BASE = f"http://127.0.0.1:{os.environ['PGADMIN_PORT']}"


def settings() -> dict[str, str]:
    with open(f"{os.environ['SITE']}/.env") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file if re.match(r"[A-Z_]+=", line))


class Browser:
    def __init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.token = ""

    def fetch(self, path: str, data=None, form: bool = False) -> str:
        headers = {"X-pgA-CSRFToken": self.token, "Referer": BASE}
        body = None
        if form:
            body = urllib.parse.urlencode(data).encode()
        elif data is not None:
            body, headers["Content-Type"] = json.dumps(data).encode(), "application/json"
        request = urllib.request.Request(BASE + path, data=body, headers=headers)
        with self.opener.open(request, timeout=60) as response:
            return response.read().decode()

    def find_token(self, page: str) -> None:
        found = re.search(r'"?csrfToken"?\s*[:=]\s*"([^"]+)"', page) or re.search(r"csrf_token\\?\"?[^>]*value=\"([^\"]+)\"", page)
        if not found:
            sys.exit(f"no CSRF token in {page[:2000]}")
        self.token = found[1]

    def sign_in(self, email: str, password: str) -> None:
        self.find_token(self.fetch("/login"))
        form = {"email": email, "password": password, "csrf_token": self.token, "internal_button": "Login"}
        self.fetch("/authenticate/login", form, form=True)
        page = self.fetch("/browser/js/utils.js")
        found = re.search(r"pgAdmin\['csrf_token'\]\s*=\s*'([^']+)'", page)
        if not found:
            sys.exit("pgAdmin refused the sign-in")
        self.token = found[1]


def main() -> None:
    env = settings()
    browser = Browser()
    browser.sign_in(env.get("PGADMIN_EMAIL", "admin@example.com"), os.environ.get("PGADMIN_PASSWORD", env["PGADMIN_PASSWORD"]))
    groups = json.loads(browser.fetch("/browser/nodes/"))["data"]
    group = next(node for node in groups if node["_type"] == "server_group")["_id"]
    servers = json.loads(browser.fetch(f"/browser/server_group/children/{group}"))["data"]
    server = next(node for node in servers if node["label"] == "Puente")["_id"]
    connected = json.loads(browser.fetch(f"/browser/server/connect/{group}/{server}", {}))
    assert connected["success"] == 1, connected
    databases = json.loads(browser.fetch(f"/browser/database/nodes/{group}/{server}/"))["data"]
    database = next(node for node in databases if node["label"] == "mcp_system")["_id"]
    transaction = 4711
    browser.fetch(f"/sqleditor/initialize/sqleditor/{transaction}/{group}/{server}/{database}", {"dbname": "mcp_system"})
    started = json.loads(browser.fetch(f"/sqleditor/query_tool/start/{transaction}", {"sql": "SELECT 6 * 7 AS answer"}))
    assert started["success"] == 1, started
    # The poll itself waits for the answer for a moment.
    for _ in range(200):
        polled = json.loads(browser.fetch(f"/sqleditor/poll/{transaction}"))["data"]
        if polled["status"] == "Success":
            break
    assert polled["result"] == [[42]], polled
    print("pgAdmin answered", polled["result"])


main()

"""Runs the commands of a document as a person would: as they stand there, in their order, on a terminal.

usage: commands.py DOCUMENT SECTION…

Every line of a shell block in these sections is run, or stands in ELSEWHERE, with the file of checks that runs it.
"""

import os
import re
import select
import signal
import sys
import termios
import time
from pathlib import Path

SITE = Path(os.environ["SITE"])
CHECKS = Path(__file__).parent / "checks"
# Only to end a command that hangs.
SILENCE = 240

# Commands that change what the checks before and after them stand on.
ELSEWHERE = {
    "./docker-stop.sh": "10-start.sh",
    "./docker-reset.sh": "10-start.sh",
    "./docker-start.sh --monitoring": "65-monitoring.sh",
    "./docker-start.sh --rotate-passwords": "65-monitoring.sh",
}
# The prompt, what is typed there, and what must be seen then.
TYPED = {
    "docker compose exec api sh": ("$ ", "id -un\nexit\n", "appuser"),
    "docker compose exec db psql -U mcp_user -d mcp_system": ("mcp_system=#", "\\pset pager off\nSELECT 6 * 7 AS answer;\n\\q\n", "42"),
}
# These follow until Ctrl-C, once something has been seen.
FOLLOWING = {"./docker-logs.sh": "mcp-redis", "./docker-logs.sh api": "mcp-api"}
# What the document tells to do before, and after.
AROUND = {
    "pg_restore": ("docker compose stop api", "./docker-start.sh"),
    "restore /app/backups": ("", "./docker-start.sh"),
}


def commands(document: Path, sections: list[str]) -> list[str]:
    found, section, inside = [], "", False
    for line in document.read_text().splitlines():
        if line.startswith("```"):
            inside = line == "```sh"
        elif line.startswith("## "):
            section = line[3:]
        elif inside and section in sections:
            found.append(line)
    return found


def here(command: str) -> str:
    """With this machine's port, and with the backup that is there instead of the one of the example."""
    command = command.replace("localhost:8000", f"localhost:{os.environ['API_PORT']}")
    newest = sorted((SITE / "backups").glob("puente-*.backup"))
    return re.sub(r"puente-\d{8}T\d{6}Z\.backup", newest[-1].name, command) if newest else command


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, command: str) -> None:
        self.output = b""
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            # Tall, so that no pager waits for a key.
            termios.tcsetwinsize(0, (1000, 250))
            os.chdir(SITE)
            os.execvp("bash", ["bash", "-c", command])

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def read(self) -> bool:
        """Whether it may still say something."""
        if not select.select([self.fd], [], [], SILENCE)[0]:
            os.killpg(self.pid, signal.SIGKILL)
            sys.exit(f"silent for {SILENCE} s, after:\n{self.output[-3000:].decode(errors='replace')}")
        try:
            part = os.read(self.fd, 65536)
        except OSError:
            return False
        self.output += part
        if b"--More--" in part:
            self.type("q")
        return bool(part)

    def until(self, text: str) -> None:
        while text.encode() not in self.output:
            if not self.read():
                break

    def end(self) -> int:
        while self.read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def run(command: str) -> None:
    start = time.monotonic()
    terminal, allowed, wanted = Terminal(here(command)), {0}, ""
    if command in FOLLOWING:
        wanted = FOLLOWING[command]
        terminal.until(wanted)
        terminal.type("\x03")
        # As shells report it, and as programs do that were asked to end.
        allowed = {0, 130, -signal.SIGINT}
    elif command in TYPED:
        prompt, text, wanted = TYPED[command]
        terminal.until(prompt)
        terminal.type(text)
    status = terminal.end()
    said = terminal.output.decode(errors="replace")
    if status not in allowed or wanted not in said:
        sys.exit(f"$ {command}\n{said.strip()[-3000:]}\nended with {status}")
    print(f"$ {command}  ({time.monotonic() - start:.1f} s)")


def main(document: str, *sections: str) -> None:
    found = commands(SITE / document, list(sections))
    assert len(found) > len(sections), f"{found} in {sections}"
    for command in found:
        if command in ELSEWHERE:
            name = ELSEWHERE[command]
            script = command.removeprefix("./")
            assert script in (CHECKS / name).read_text().replace('"', ""), f"{name} does not run {command}"
            continue
        before, after = next((pair for part, pair in AROUND.items() if part in command), ("", ""))
        for step in (before, command, after):
            if step:
                run(step)


main(*sys.argv[1:])

"""Compares a document with its translation: the same headings, tables and commands in the same order."""

import re
import sys
from pathlib import Path


def shape(path: Path) -> list[str]:
    """Heading levels, table rows' first cells' code, and every line of shell blocks and of indented ones."""
    found, language = [], None
    for line in path.read_text().splitlines():
        if line.startswith("```"):
            language = None if language else line[3:] or "text"
        elif language == "sh" or (language is None and line.startswith("    ")):
            found.append(line)
        elif language is None and (heading := re.match(r"#+ ", line)):
            found.append(heading[0])
        elif language is None and line.startswith("|"):
            found.append("| " + " ".join(re.findall(r"`[^`]+`", line.split("|")[1])))
    return found


def main(root: Path) -> None:
    problems = []
    for translation in root.glob("*.es.md"):
        original = root / translation.name.replace(".es.md", ".md")
        ours, theirs = shape(original), shape(translation)
        for number, (one, other) in enumerate(zip(ours, theirs)):
            if one != other:
                problems.append(f"{translation.name}, item {number}: {other!r} instead of {one!r}")
                break
        if len(ours) != len(theirs):
            problems.append(f"{translation.name} has {len(theirs)} headings and commands, {original.name} {len(ours)}")
    if not list(root.glob("*.es.md")) or problems:
        sys.exit("\n".join(problems) or "there is no translation")


main(Path(sys.argv[1]))

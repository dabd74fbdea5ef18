"""What is kept of a failed test: the nodes' logs, and what each browser showed."""

from pathlib import Path

from browser import Browser
from province import Province

# The browsers and provinces of the test that runs now.
watched: list[Browser | Province] = []


def keep(directory: Path) -> None:
    for number, thing in enumerate(watched):
        if isinstance(thing, Province):
            thing.keep_logs(directory)
        else:
            thing.photograph(directory / f"browser-{number}.png")
            (directory / f"browser-{number}.html").write_text(thing.driver.page_source)
            (directory / f"browser-{number}.txt").write_text(f"{thing.address}\n" + "\n".join(thing.complaints))

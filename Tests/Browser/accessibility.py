"""Looks at a page as axe does, for what keeps people from using it."""

from functools import cache
from importlib.resources import files
from typing import Any

from browser import Browser

# Of axe's four grades, those that a page may not have.
GRAVE = ("serious", "critical")


@cache
def axe() -> str:
    """The script, as its package carries it."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(browser: Browser) -> list[dict[str, Any]]:
    """Every grave violation of the page that is shown."""
    browser.driver.execute_script(axe())
    found = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then("
        "result => done({violations: result.violations}), failure => done({failure: String(failure)}));")
    if "failure" in found:
        raise AssertionError(f"axe could not look at {browser.address}: {found['failure']}")
    return [violation for violation in found["violations"] if violation["impact"] in GRAVE]


def assert_accessible(browser: Browser) -> None:
    """Fails with what is wrong, where, and what to do about it."""
    lines = []
    for violation in violations(browser):
        lines.append(f"{violation['impact']}: {violation['help']} ({violation['id']})")
        for node in violation["nodes"]:
            summary = " ".join(node["failureSummary"].split())
            lines.append(f"  at {', '.join(map(str, node['target']))}: {summary}")
    assert not lines, f"{browser.address} at {browser.window}:\n" + "\n".join(lines)

"""The README's picture: the demo's report. `make picture`, with the demo of `make run` up and complete.

Writes docs/picture-light.png and docs/picture-dark.png, 1400 x 1340 at twice the density.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

DOCS = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1400, 1340
CHROMIUM = os.environ.get("LABLORE_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


def one_time_link() -> str:
    """A way in, as the person who owns the demo's team."""
    command = [sys.executable, str(DOCS.parent / "manage.py"), "enter"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def open_report(page: Page) -> None:
    """The published report, with every chart drawn: they are drawn when they come into view."""
    page.goto(one_time_link())
    page.locator("main a[href*='/reports/']", has_text="warm-up").first.click()
    page.wait_for_selector(".versions")
    for chart in page.locator("figure.chart").all():
        chart.scroll_into_view_if_needed()
        chart.and_(page.locator("[data-drawn]")).wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)  # let the last frame be painted


def main() -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            size = {"width": WIDTH, "height": HEIGHT}
            page = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=2).new_page()
            open_report(page)
            page.screenshot(path=DOCS / f"picture-{scheme}.png")
            print(f"docs/picture-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()

"""How wide pages of the site are on a telephone without a network: `python -m tests.docs_site.narrow SITE PAGE...`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH = 360


def main() -> None:
    """Print the widths in pixels, and what went wrong in the pages."""
    site, *names = sys.argv[1:]
    said: list[str] = []
    widths = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": WIDTH, "height": 740}, offline=True)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("requestfailed", lambda request: said.append(request.url))
        for name in names:
            page.goto((Path(site) / f"{name}.html").as_uri())
            widths[name] = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    sys.stdout.write(json.dumps({"width": WIDTH, "widths": widths, "said": said}))


if __name__ == "__main__":
    main()

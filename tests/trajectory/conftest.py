"""The browser that the page's own tests use."""

from tests.page.conftest import chromium

__all__ = ["chromium"]

"""Writes the reference out of the registry, and makes the site's sounds and pictures: `python -m docs.make`."""

"""Write the reference: `python -m docs.make`. The site's media are made when it is built (see `docs/conf.py`)."""

from __future__ import annotations

from docs.make.files import ROOT_FOLDER, files, left_over

made = files()
for name, text in made.items():
    path = ROOT_FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
for path in left_over(made):
    path.unlink()

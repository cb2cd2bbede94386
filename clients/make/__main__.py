"""Write the clients and the table of addresses: `python -m clients.make`."""

from __future__ import annotations

from clients.make.files import ROOT_FOLDER, files

for name, text in files().items():
    path = ROOT_FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

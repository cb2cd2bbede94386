"""Libraries: folders of sounds, indexed, described, grouped, tagged and searched.

from granulate.library import Library

with Library.open("sounds", create=True) as library:
    library.scan()
    for file in library.files():
        print(file.path, file.duration)
"""

from granulate.errors import LibraryError
from granulate.library.index import Library
from granulate.library.records import Column, Files, HeldSet, Labels, Record, Summaries

__all__ = ["Column", "Files", "HeldSet", "Labels", "Library", "LibraryError", "Record", "Summaries"]

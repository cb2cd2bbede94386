"""Organising: maps, clusters, tables, searches, duplicates and exports of a scanned library.

Every module does one job, most of them over plain arrays; `mapping` and `similar` join it to a library.
"""

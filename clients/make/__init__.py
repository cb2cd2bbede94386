"""Writes the clients and the table of addresses out of the registry: `python -m clients.make`."""

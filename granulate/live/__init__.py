"""The live instrument: the same stream as an offline render, played while it is being made."""

"""A stranger: somebody who does only what README and the quick starts say, in an environment made for it.

`test_stranger` lets them do it in the environment that the tests run in. For real, from the built wheel, with
nothing but that Python and what Debian has (`python -m tests.stranger --help`):

    .venv/bin/python -m tests.stranger --python python3.13
    .venv/bin/python -m tests.stranger --python python3.12 --installer pipx
"""

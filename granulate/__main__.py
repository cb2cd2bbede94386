"""`python -m granulate` is the command line."""

from granulate.cli import main

if __name__ == "__main__":
    main()

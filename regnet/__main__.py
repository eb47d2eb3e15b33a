"""`python -m regnet`: the command line."""

from regnet.cli import app

if __name__ == "__main__":
    app(prog_name="regnet")

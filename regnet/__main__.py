"""`python -m regnet`: the command line."""

from regnet.cli import app

app(prog_name="regnet")

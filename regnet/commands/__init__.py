"""What each command does; `regnet/cli.py` puts them together. A command imports what it needs when it runs."""

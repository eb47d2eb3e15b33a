"""What an element is called."""

from __future__ import annotations


def number(name: str) -> str:
    """The paper's number of an element.

    >>> number("fig05"), number("tab01")
    ('Figure 5', 'Table 1')
    """
    return f"{'Table' if name.startswith('tab') else 'Figure'} {int(name[3:])}"

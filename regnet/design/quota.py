"""Members of a space of few networks: each as often as its law draws it, by quota and not by chance.

A window can leave a handful of networks (18 with depthwise blocks, Fig 14). What sixty independent draws of these say
would hang on how often each happens to come; by quota every statistic of the population keeps its meaning, and only
training is left to chance. With many networks of small shares rounding would leave some of them out.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from regnet.design.sampling import Draw
from regnet.design.scalars import DRAWN, whole


def by_quota(drawn: Sequence[Draw], n: int) -> list[Draw]:
    """n members: the distinct networks of `drawn`, as often as they occur there, as nearly as n allows.

    Member k is the network that lies farthest below its share of k + 1, the one drawn first where several do: the
    first k do not depend on n. What was drawn with it is that of its first draw.

    Raises:
        ValueError: nothing was drawn, or n is no number of members.

    >>> from regnet.design.spaces import spaces
    >>> drawn = spaces["regnetx"].draw(3)
    >>> [draw.network.id == drawn[0].network.id for draw in by_quota([drawn[0], drawn[0], drawn[1]], 3)]
    [True, False, True]
    """
    if not drawn:
        raise ValueError("no network was drawn: a quota needs one")
    first: dict[str, Draw] = {}
    for draw in drawn:
        first.setdefault(draw.network.id, draw)
    place = {name: k for k, name in enumerate(first)}
    shares = np.bincount([place[draw.network.id] for draw in drawn]) / len(drawn)
    networks, given = list(first.values()), np.zeros(len(first))
    members = []
    for index in range(whole("n", n, low=0, high=DRAWN)):
        k = int(np.argmax(shares * (index + 1) - given))
        given[k] += 1
        members.append(replace(networks[k], index=index))
    return members

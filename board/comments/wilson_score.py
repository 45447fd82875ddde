"""Wilson score: ranks comments by likes, allowing for few votes."""

from math import sqrt

_Z = 1.959964  # two-sided normal quantile for 95 %


def lower_bound(likes: int, dislikes: int) -> float:
    """Lower bound of the share of likes, with 95 % confidence; from 0 to 1.

    The score interval is by E. B. Wilson, "Probable Inference, the Law of
    Succession, and Statistical Inference", JASA 22 (1927), p. 209-212; for ranking by votes see
    E. Miller, "How Not To Sort By Average Rating" (2009). Three likes and no dislikes rank below
    80 and 20: few votes say little, so early votes or a handful of friends cannot push a comment
    to the top, as they can when differences or plain shares are compared. Without likes the bound
    is 0 for any number of dislikes, so dislikes alone never rank a comment below unrated ones.
    """
    votes = likes + dislikes
    if not likes:
        return 0.0
    share, z2 = likes / votes, _Z * _Z
    spread = _Z * sqrt((share * (1 - share) + z2 / (4 * votes)) / votes)
    return (share + z2 / (2 * votes) - spread) / (1 + z2 / votes)

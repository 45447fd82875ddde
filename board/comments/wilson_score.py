"""How far a comment's likes are to be believed."""

from math import sqrt

_Z = 1.959964  # standard deviations on either side that hold 95 %


def lower_bound(likes: int, dislikes: int) -> float:
    """The share of likes this comment has at least, with 95 % confidence; from 0 to 1.

    The lower end of the score interval of E. B. Wilson, "Probable Inference, the Law of
    Succession, and Statistical Inference", JASA 22 (1927), p. 209-212; for ranking by votes see
    E. Miller, "How Not To Sort By Average Rating" (2009). Three likes against nothing stand below
    eighty against twenty: few votes say little, so the first to arrive, or a handful of friends,
    cannot carry a comment to the top, as they can when differences or plain shares are compared.
    Without likes it is 0, whatever the dislikes: a comment is never sent below those nobody has
    rated, so dislikes alone bury nothing.
    """
    votes = likes + dislikes
    if not likes:
        return 0.0
    share, z2 = likes / votes, _Z * _Z
    spread = _Z * sqrt((share * (1 - share) + z2 / (4 * votes)) / votes)
    return (share + z2 / (2 * votes) - spread) / (1 + z2 / votes)

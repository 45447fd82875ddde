"""Who proposes a capability, who seconds it, and who takes it away."""

from typing import NamedTuple

from board.accounts.models import User

SECOND_FACTOR = "second_factor"  # proposed like a capability: the reset of two-step verification
# Never both in one person, so that nobody makes themselves a tip reader.
EXCLUSIVE = frozenset({"can_appoint", "can_read_tips"})
# Somebody always holds these, once somebody did.
NEVER_NOBODY = EXCLUSIVE


class Rule(NamedTuple):
    """The capability of who proposes; those of who seconds (none: nobody has to) and takes away."""

    proposes: str
    seconds: tuple[str, ...]
    takes_away: tuple[str, ...]


_APPOINT, _TIPS = "can_appoint", "can_read_tips"
RULES = {
    "can_moderate": Rule(_APPOINT, (), (_APPOINT,)),
    "can_supervise": Rule(_APPOINT, (_APPOINT, "can_supervise"), (_APPOINT,)),
    "can_handle_legal": Rule(_APPOINT, (_APPOINT, "can_handle_legal"), (_APPOINT,)),
    "can_edit": Rule(_APPOINT, (), (_APPOINT,)),
    "can_read_tips": Rule(_TIPS, (_TIPS,), (_TIPS, _APPOINT)),
    "can_appoint": Rule(_APPOINT, (_APPOINT,), (_APPOINT,)),
}


def rule_of(capability: str, subject: User | None) -> Rule:
    """The rule of a capability; resets of tip readers are a matter of tip readers."""
    if capability == SECOND_FACTOR:
        return RULES[_TIPS if subject and subject.can_read_tips else _APPOINT]
    return RULES[capability]


def has_any(user: User, capabilities: tuple[str, ...]) -> bool:
    return not user.is_frozen and any(getattr(user, name) for name in capabilities)


def may_propose(user: User, capability: str, subject: User | None = None) -> bool:
    return has_any(user, (rule_of(capability, subject).proposes,))


def may_take_away(user: User, capability: str, subject: User) -> bool:
    """Nobody takes the right to appoint from themselves."""
    is_own = capability == _APPOINT and user.id == subject.id
    return not is_own and has_any(user, RULES[capability].takes_away)


def may_label(user: User, subject: User) -> bool:
    """Give a badge or take it away."""
    return user.id != subject.id and has_any(user, (_APPOINT,))


def may_freeze(user: User, subject: User) -> bool:
    return user.id != subject.id and has_any(user, (_APPOINT,))


def excludes(user: User, capability: str) -> bool:
    """Whether the user has what may not come together with this capability."""
    others = EXCLUSIVE - {capability} if capability in EXCLUSIVE else ()
    return any(getattr(user, name) for name in others)

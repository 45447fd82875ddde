"""Measures how many comments of a file the default rules match.

    python -m tests.moderation.word_filter.measure FILE

One comment a line; after the last `|`, 0 for clean and 1 for abusive, or nothing. Rules that only
warn do not count. Every hit in a clean comment is printed for review.
"""

import sys
from collections import Counter
from pathlib import Path

from board.moderation.word_filter import Action, Matcher, default_allowed_words, default_rules

rules = {rule.id: rule for rule in default_rules()}
starter = Matcher(rules.values(), default_allowed_words())
seen: Counter[tuple[str, bool]] = Counter()
for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
    text, bar, label = line.rpartition("|")
    label = label.strip() if bar and label.strip() in ("0", "1") else "?"
    hits = [
        hit
        for hit in starter.hits(line if label == "?" else text)
        if rules[hit.rule].action is not Action.WARN
    ]
    seen[label, bool(hits)] += 1
    if hits and label == "0":
        print([(hit.matched, rules[hit.rule].text) for hit in hits], text)
for label in sorted({label for label, _ in seen}):
    found, missed = seen[label, True], seen[label, False]
    print(f"label {label}: {found} of {found + missed} found, {found / (found + missed):.4f}")
if seen["1", True]:
    print(f"precision {seen['1', True] / (seen['1', True] + seen['0', True]):.3f}")

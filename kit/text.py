"""Which characters a text may hold: one rule for what comes over the wire and what is typed into a page."""

import re

# PostgreSQL cannot hold U+0000, UTF-8 cannot write half a surrogate pair.
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
# What a name, a tag or a key must not hold: the control characters of ASCII and of Latin-1, and what cannot be stored.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

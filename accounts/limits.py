"""Numbers and words that bound accounts."""

# A team's slug is the first word of its addresses, so the words of fixed addresses are taken.
RESERVED_TEAM_SLUGS = frozenset({"accounts", "api", "static", "healthz", "admin", "media", "settings", "search", "about"})
NAME_LENGTH = 80
SLUG_LENGTH = 48
KEY_PREFIX_LENGTH = 8
KEY_SECRET_LENGTH = 32
KEY_DAYS_DEFAULT = 365
LAST_USED_SECONDS = 60
ENTRY_LINK_HOURS = 24
ENTRY_TOKEN_LENGTH = 32
ENTERED_MINUTES = 60

# Failed sign-ins that one network address may make within the pause: for one e-mail, and for all together.
# An address is often a whole university, so the second is wide; nothing counts an e-mail alone (docs/decisions/0002).
TRIES_PER_PAIR = 5
TRIES_PER_SOURCE = 100
PAUSE_MINUTES = 10

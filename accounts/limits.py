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

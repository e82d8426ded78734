"""Numbers that bound what a client may send or ask; import nothing of ours."""

RUN_UID_LENGTH = 16
WRITER_LENGTH = 32
KEY_LENGTH = 200
NAME_LENGTH = 200
SLUG_LENGTH = 64
TAG_LENGTH = 64
TAGS_PER_RUN = 64
NOTES_LENGTH = 20_000

BATCH_BYTES = 8 * 1024 * 1024
BATCH_BYTES_INFLATED = 32 * 1024 * 1024
BATCH_POINTS = 1_000_000
BATCH_KEYS = 10_000
UPDATE_BYTES = 256 * 1024
IMAGE_BYTES = 4 * 1024 * 1024
NESTING = 32

SILENT_SECONDS = 60  # a running run not heard of for this long is lost (promise D9: at most two minutes)

CHART_RUNS = 100  # runs drawn in one chart; the frame says how many more matched
CHART_WIDTH = 2_000  # pixels

# A project's slug is a word of its addresses, so the words of fixed addresses below a team are taken.
RESERVED_PROJECT_SLUGS = frozenset({"reports", "runs", "settings", "members", "projects", "findings", "sweeps"})

QUERY_LENGTH = 1_000
QUERY_TERMS = 32
RUNS_PER_PAGE = 50
PAGES = 200  # of a run list; who needs run 10,001 filters

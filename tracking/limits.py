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
RESERVED_PROJECT_SLUGS = frozenset({"reports", "runs", "settings", "members", "people", "projects", "findings", "sweeps"})

QUERY_LENGTH = 1_000
QUERY_TERMS = 32
RUNS_PER_PAGE = 50
PAGES = 200  # of a run list; who needs run 10,001 filters

BATCH_GROUPS = 20_000  # groups of columns, and updates, in one batch
BATCH_RECORDS = 2**20  # positions in a batch; a point's rank is the sequence of its batch times this, plus its position
BATCH_SEQ = 2**43  # so that a rank fits 64 bits
CONFLICTS_WHOLE = 16  # batches of a run kept aside whole; of further ones their digest
REJECTIONS_TOLD = 100  # in one answer; the rest is counted
CAPTION_LENGTH = 1_000
IMAGE_SIDE = 16_384  # pixels
REASON_LENGTH = 500
TIME_END = 253_402_300_800_000  # the year 10000 in unix ms: later ones cannot be shown

# The pace of the fold, see tracking.queries.backlog.
FOLD_POINTS = 10_000
FOLD_POINTS_PER_SERIES = 50
FOLD_AGE_SECONDS = 20
FOLD_POINTS_AT_ONCE = 1_000_000  # bounds the memory of a worker
FOLDS_AT_ONCE = 100  # runs asked to be folded by one turn of beat
FOLD_EXPIRES_SECONDS = 5  # a fold not begun by then is asked for again: the queue never holds more than some turns' worth
CHUNK_POINTS = 16_384

HISTORY_POINTS = 1_000_000  # of a metric in one answer; the rest by pages

MARKS_SHOWN = 20  # NaN and infinities a chart marks one by one; all are counted

BLOCK_RUNS = 1_024  # neighbours by id whose values of one metric or setting stand in one row, see tracking.models.block
SETTING_LENGTH = 200  # characters of a setting's text that its order looks at
COPIED_AT_ONCE = 1_000  # changes of runs that one transaction brings into the blocks

"""Numbers that bound what a client may send or ask; import nothing of ours."""

RUN_UID_LENGTH = 16
WRITER_LENGTH = 32
KEY_LENGTH = 200
NAME_LENGTH = 200
SLUG_LENGTH = 64
TAG_LENGTH = 64
TAGS_PER_RUN = 64  # on a run at one time
NOTES_LENGTH = 20_000

BATCH_BYTES = 8 * 1024 * 1024
BATCH_BYTES_INFLATED = 10 * 1024 * 1024  # of each of 16 requests at once, several times over: docs/decisions/0003
STORED_BYTES_INFLATED = 32 * 1024 * 1024  # what may wait for the fold: earlier servers took it, rows grow as groups
BATCH_POINTS = 1_000_000
INT64 = range(-(2**63), 2**63)  # steps and seeds
BATCH_ROWS = 100_000  # records in a batch of rows: each is decoded by itself
BATCH_KEYS = 10_000
RUN_KEYS = 100_000  # metrics of a run, beside what waits when they are reached: whose names change with every step has no end
UPDATE_BYTES = 256 * 1024
TAGS_PER_UPDATE = 64  # put on by one update, and as many taken off
DOCUMENT_BYTES = 2 * 1024 * 1024  # configs and summaries of a batch together, which the SDK cuts at 1 MiB
DOCUMENT_VALUES = 300_000  # in them: any one fits; a byte on the wire can be 80 in memory, twice over
# What is kept of all that a run says: the first keys in order, the rest is left out (tracking.aggregates.last_word).
KEPT_KEYS = 50_000  # of a config, and of a summary
KEPT_BYTES = 4 * 1024 * 1024  # the same, as JSON
KEPT_TAGS = 1_024  # names that it ever put on or took off
KEPT_RULES = 256  # for metrics
IMAGE_BYTES = 4 * 1024 * 1024
NESTING = 32

SILENT_SECONDS = 60  # a running run not heard of for this long is lost (promise D9: at most two minutes)

BIN_DAYS = 30  # a deleted run can be restored for so long
BIN_SHOWN = 200  # runs on the page of the bin
# The pace of a purge, see tracking.aggregates.purge: what one transaction removes at most, and one turn of a worker.
PURGE_ROWS = 2_000
PURGE_BYTES = 8 * 1024 * 1024
PURGE_STEPS = 64
PURGE_EXPIRES_SECONDS = 15  # a turn not begun by then is asked for again
PURGES_AT_ONCE = 20  # runs asked to be purged by one turn of beat

CHART_RUNS = 100  # runs drawn in one chart; the frame says how many more matched
CHART_WIDTH = 2_000  # pixels
CHARTS_AT_ONCE = 20  # metrics in one answer
EXACT_POINTS = 2_000_000  # read one by one for a chart whose x is not the step: some 80 MB
OPENED_CHUNKS = 128  # unpacked for one answer because of points that are not folded: some 0.2 s, 2,000,000 points
PIXELS_AT_ONCE = 20_000  # widths of these charts together: bounds the memory of an answer

# A project's slug is a word of its addresses, so the words of fixed addresses below a team are taken.
RESERVED_PROJECT_SLUGS = frozenset({"reports", "runs", "settings", "members", "people", "projects", "findings", "sweeps"})

QUERY_LENGTH = 1_000
QUERY_TERMS = 32
RUNS_PER_PAGE = 50
LISTED_CONFIGS = 4 * 1024 * 1024  # bytes of all configs that a list looks at: a byte can be ten in memory
PAGES = 200  # of a run list; who needs run 10,001 filters

BATCH_GROUPS = 20_000  # groups of columns, and updates, in one batch
BATCH_RECORDS = 2**20  # positions in a batch; a point's rank is the sequence of its batch times this, plus its position
BATCH_SEQ = 2**43  # so that a rank fits 64 bits
CONFLICTS_WHOLE = 16  # batches of a run kept aside whole; of further ones their digest
CONFLICTS_KEPT = 4_000  # in all; what comes behind them is counted
REJECTIONS_TOLD = 100  # in one answer; the rest is counted
CAPTION_LENGTH = 1_000
IMAGE_SIDE = 16_384  # pixels
REASON_LENGTH = 500
TIME_END = 253_402_300_800_000  # the year 10000 in unix ms: later ones cannot be shown

# The pace of the fold, see tracking.queries.backlog.
FOLD_POINTS = 10_000
FOLD_POINTS_PER_SERIES = 50
FOLD_AGE_SECONDS = 20
FOLD_AGE_SECONDS_PER_SERIES = 0.1  # a fold costs some 0.2 ms a series, so this is 0.2 % of a processor however wide a run is
FOLD_AGE_MOST_SECONDS = 100  # below the two minutes after which /healthz calls the backlog too old
FOLD_BATCHES = 200  # tiny batches cost readers by their number, see WAITING_BATCH
FOLD_POINTS_AT_ONCE = 1_000_000  # bounds the memory of a worker
FOLDS_AT_ONCE = 100  # runs asked to be folded by one turn of beat
FOLD_EXPIRES_SECONDS = 5  # a fold not begun by then is asked for again: the queue never holds more than some turns' worth
CHUNK_POINTS = 16_384

# What may wait for the fold before its senders are told 429 (docs/decisions/0003). Its weight is what it costs a chart: points,
# some 35 ns each, and for each batch as much as 1,000 of them.
WAITING_BATCH = 1_000
WAITING_RUN = 2_000_000  # 70 ms for a chart of the run; two bites of the fold
WAITING_SITE = 20_000_000  # 20 s of work for the worker, some 100 MB; beyond it only small runs are heard
WAITING_SMALL = 100_000  # a hundred metrics each second until the fold is due are a quarter of it
WAITING_FRESH_SECONDS = 1.0
WAITING_PAUSE_SECONDS = 2  # beat looks for work as often

HISTORY_POINTS = 1_000_000  # of a metric in one answer; the rest by pages

MARKS_SHOWN = 20  # NaN and infinities a chart marks one by one; all are counted

BLOCK_RUNS = 1_024  # neighbours by id whose values of one metric or setting stand in one row, see tracking.models.block
SETTING_LENGTH = 200  # characters of a setting's text that its order looks at
COPIED_KEYS = 200_000  # metrics of the runs that one transaction takes, unless the first has more
COPIED_AT_ONCE = 10_000  # runs of a project that one transaction brings into the blocks: it writes a block once for all

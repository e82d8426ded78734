"""Numbers that bound what people write; import nothing of ours."""

REPORT_UID_LENGTH = 10
COMMENT_UID_LENGTH = 10
TITLE_LENGTH = 200
REPORT_LENGTH = 100_000  # with the ids of its charts
COMMENT_LENGTH = 10_000
MESSAGE_LENGTH = 500
SET_ASIDE_KEPT = 50  # drafts of one report, each of at most REPORT_LENGTH
CHARTS_PER_REPORT = 50
CHART_BLOCKS = 300  # with those that only say that they are too many
CHART_ID_LENGTH = 4
PINNED_WIDTH = 1480  # pixels a pinned frame is sampled for: the 740 of the text column on a fine screen
RUNS_PER_CHART = 100  # as many as one frame draws
RUNSETS_PER_REPORT = 50
BLOCK_LENGTH = 8_000  # characters of one YAML block
BLOCK_NESTING = 6
RUN_WORD_LENGTH = 200  # what stands in {run:…}
RUNS_MENTIONED = 200  # different words in {run:…}; the others stay text
HEADINGS_IN_CONTENTS = 200
# Steps a render may spend on looking for the end of links; `[` typed 50,000 times would take hours without it.
LINK_STEPS = 4_000_000
LINK_REACH = 2_000  # characters from `[` to its `]`, and from `(` to its `)`
LINK_NESTING = 8
QUOTE_NESTING = 16
FOOTNOTE_MARKS = 50  # of one footnote
PARAGRAPH_LINES = 500  # a longer one is cut: the block parser's cost grows with the square
TITLE_SOURCE = 1_000  # characters of the first line that are looked at for the title
# How much of one kind a text may have is in rendering/cost.py; these are about one line or one table.
TABLE_CELLS = 10_000
LIST_SIGNS_PER_LINE = 40
TICKS_PER_LINE = 400
TICKS_IN_A_ROW = 40

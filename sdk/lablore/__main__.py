"""`python -m lablore` is the command line."""

import sys

from lablore._cli import main

sys.exit(main())

"""`python -m helpers …` is the same as `labs …`."""

import sys

from helpers.cli import main

sys.exit(main())

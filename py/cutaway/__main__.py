"""Lets ``python -m cutaway`` run the command line."""

import sys

from cutaway.cli import main

sys.exit(main())

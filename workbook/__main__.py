"""`python -m workbook`: the `workbook` command where its script is not on the path."""

import sys

from workbook.cli import main

if __name__ == "__main__":
    sys.exit(main())

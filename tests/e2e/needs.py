"""What a test needs of the machine it runs on, and what happens where that is lacking."""
import os
import sys

NOTHING_MAY_LACK = 'ATTUNE_RUN_ALL' in os.environ   # as for whoever decides by these tests


def not_run(why):
    """Ends a program that CMake then shows as skipped, never as passed."""
    print(f'not run: {why}', flush=True)
    sys.exit(1 if NOTHING_MAY_LACK else 77)


def skip(test, why):
    """One test of several."""
    (test.fail if NOTHING_MAY_LACK else test.skipTest)(why)

"""kill -9 at random moments of all that the program does: what was said to be done stands afterwards, and nothing else stands
in the way. prove_kill.py does the same two thousand times."""
import os
import unittest

from killable_acts import Life
from killing import Moments

SEED = int(os.environ.get('ATTUNE_SEED', '20261120'))
TIMES = {'write': 6, 'alone': 4, 'sync': 3, 'node_at_a_sync': 2, 'backup': 2, 'restore': 2}   # all others: once


class Kill(unittest.TestCase):
    def test_nothing_that_was_said_to_be_done_is_lost_and_nothing_half_done_passes_for_done(self):
        moments = Moments(SEED)
        with Life(SEED, moments) as life:
            for kind in Life.KINDS:
                for _ in range(TIMES.get(kind, 1)):
                    life.kill_at(kind)
            life.level()
        self.assertGreater(moments.hit.total(), len(Life.KINDS) // 2, f'too many had ended before: {moments.missed}')


if __name__ == '__main__':
    unittest.main()

"""Every fault of a cable by itself and all of them together, over several seeds: by syncs that a person asks for, and
between two nodes that stay. Prints what each took."""
import os
import time
import unittest

import lan
from attune import eventually
from bad_cable import Faults
from test_link import EVERYTHING_AT_ONCE, OverALink

SEEDS = [int(seed) for seed in os.environ.get('ATTUNE_SEEDS', '1,2,3').split(',')]
ENTRIES, SIZE = 30, 2000   # each side's, and the bytes of each: with padding and all about 300 kB on the wire
FAULTS = {
    '20 % loss': Faults(loss=0.2),
    '200 ms of delay each way': Faults(delay=0.2),
    '10 kB/s each way': Faults(rate=10_000),
    'an MTU of 576': Faults(mtu=576),
    'pulled 5 times in the middle of it': Faults(rate=100_000, pulls=5, carries=(5_000, 40_000), apart=0.7),
    'all of it, with 100 ms': EVERYTHING_AT_ONCE,
}


class EveryFault(OverALink):
    def each(self, run):
        for name, faults in FAULTS.items():
            for seed in SEEDS:
                with self.subTest(fault=name, seed=seed):
                    self.SEED = seed
                    self.tearDownAndUp()
                    written = self.write_apart(ENTRIES, SIZE)
                    began = time.monotonic()
                    how = run(faults, written)
                    took = time.monotonic() - began
                    self.assert_suffered(faults, took)
                    self.assert_same_journal(2 * ENTRIES)
                    print(f'{name}, seed {seed}, {how}: {took:.0f} s, {self.counted()}', flush=True)

    def tearDownAndUp(self):
        self.doCleanups()
        super().setUp()

    def setUp(self):
        pass   # one couple for each fault and seed

    def test_a_sync_finishes_or_goes_on_and_never_lies(self):
        def syncs(faults, written):
            self.ada.json('up')
            self.link.suffer(faults)
            failed = self.sync_until_done(written)
            return f'{failed} syncs came to nothing'
        self.each(syncs)

    def test_two_nodes_end_up_with_the_same_journal_and_never_lie(self):
        def nodes(faults, written):
            self.link.suffer(faults)
            self.ada.json('up')
            self.ben.json('up')
            eventually(lambda: self.level(written), 'both have everything', patience=600)
            return 'two nodes'
        self.each(nodes)


if __name__ == '__main__':
    lan.alone()
    unittest.main(verbosity=0)

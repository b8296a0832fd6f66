"""Two computers on a bad cable: frames are lost, late and few, datagrams small, and it is pulled in the middle of a batch.
A sync finishes or goes on where it was; whoever is told that both have everything is told the truth."""
import itertools
import os
import random
import time
import unittest

import lan
from attune import Homes, eventually
from bad_cable import Faults, Fate, Link, pulls

SEED = int(os.environ.get('ATTUNE_SEED', '20261120'))
PATIENCE = 300
EVERYTHING_AT_ONCE = Faults(loss=0.2, delay=0.1, rate=10_000, mtu=576, pulls=1, carries=(8_000, 20_000), apart=1)


class OverALink(unittest.TestCase):
    SEED = SEED

    def setUp(self):
        self.network = self.enterContext(lan.Network())
        names = ('Ada', 'Ben')
        hosts = [self.network.host(name.lower()) for name in names]
        self.link = self.enterContext(Link(*hosts, self.SEED))
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = (self.homes.new(name) for name in names)
        for place, (home, host) in enumerate(zip((self.ada, self.ben), hosts)):
            host.ip('address', 'add', f'192.168.77.{place + 1}/24', 'dev', 'eth0')
            home.host = host
        showing = self.ada.start('pair')
        self.addCleanup(showing.kill)
        self.ben.json('pair', showing.line()['code'])
        showing.end()

    def write_apart(self, count, size):
        """Each `count` entries that the other has not got; ids by author."""
        ids = {home: set() for home in (self.ada, self.ben)}
        for number, home in itertools.product(range(count), ids):
            body = f'{home.name} {number} ' + 'x' * size
            ids[home].add(home.json('write', '--shared', stdin=body)['id'])
        return ids

    def ids(self, home):
        return {entry['id'] for entry in home.entries()}

    def check_claims(self, written):
        """Whoever says that nothing waits has handed all of it over. Asked before one looks: what arrived stays."""
        for home, other in ((self.ada, self.ben), (self.ben, self.ada)):
            if home.json('status')['waiting'] == 0:
                self.assertLessEqual(written[home], self.ids(other), f'{home.name} claims that nothing waits')

    def assert_same_journal(self, count):
        ada, ben = ([(entry['id'], entry['body']) for entry in home.entries()] for home in (self.ada, self.ben))
        self.assertEqual(ada, ben)
        self.assertEqual(len(ada), count)
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def sync_until_done(self, written):
        """Ben asks again and again, as a person would; how often it came to nothing."""
        held, failed, until = 0, 0, time.monotonic() + PATIENCE
        while True:
            result = self.ben.run('--json', 'sync', expect=None)
            self.check_claims(written)
            now = len(self.ids(self.ada)) + len(self.ids(self.ben))
            self.assertGreaterEqual(now, held, 'what was there stays')
            held = now
            if result.code == 0:
                self.assertEqual(result.json['peers'], 1)
                self.assertEqual(self.ids(self.ada), self.ids(self.ben), f'not the same, and yet: {result}')
                self.assertEqual(self.ben.json('status')['waiting'], 0)
                return failed
            self.assertEqual((result.code, result.error['code'], result.out), (5, 'unreachable', ''), result)
            failed += 1
            self.assertLess(time.monotonic(), until, f'it never comes to an end, {now} are there')

    def level(self, written):
        """Both have everything, and know that the other has."""
        self.check_claims(written)
        everything = set.union(*written.values())
        return (self.ids(self.ada) == self.ids(self.ben) == everything and
                all(home.json('status')['waiting'] == 0 for home in (self.ada, self.ben)))

    def assert_suffered(self, faults, took):
        """The link really was that bad, for what took so long over it."""
        self.assertEqual(self.link.pulled, faults.pulls)
        if faults.loss:
            self.assertGreater(self.link.lost, 0)
        if faults.rate:   # the direction that carried more needed that long
            self.assertGreater(took, self.link.carried / 2 / faults.rate)
        self.assertGreater(took, 4 * faults.delay)   # a connection, and an answer over it

    def counted(self):
        link = self.link
        return f'{link.carried} bytes carried, {link.lost} frames lost, pulled {link.pulled} times'


class ABadCable(OverALink):
    def test_a_sync_finishes_or_goes_on_and_never_lies(self):
        written = self.write_apart(6, 700)
        self.ada.json('up')
        began = time.monotonic()
        self.link.suffer(EVERYTHING_AT_ONCE)
        failed = self.sync_until_done(written)
        took = time.monotonic() - began
        print(f'seed {SEED}: {failed} syncs came to nothing, {self.counted()}')
        self.assert_suffered(EVERYTHING_AT_ONCE, took)
        self.assert_same_journal(12)


class ACableWithoutFaults(OverALink):
    def test_it_carries_everything(self):
        written = self.write_apart(2, 10)
        self.ada.json('up')
        self.ben.json('up')
        eventually(lambda: self.level(written), 'both have everything')
        self.assertEqual((self.link.lost, self.link.pulled), (0, 0))
        self.assert_same_journal(4)


class TheSameSeed(unittest.TestCase):
    """The link itself, without a network: what it does to frames is drawn from its seed alone."""

    def fates(self, faults, seed, direction=0, frames=5000):
        fate, sizes = Fate(faults, seed, direction), random.Random(1)
        return [fate.arrival(sizes.randint(60, 590), number * 0.01) for number in range(frames)]

    def test_gives_the_same_faults(self):
        faults = Faults(loss=0.2, delay=0.2, rate=10_000, mtu=576, pulls=9, carries=(1, 10**6))
        self.assertEqual(self.fates(faults, 1), self.fates(faults, 1))
        self.assertNotEqual(self.fates(faults, 1), self.fates(faults, 2))
        self.assertNotEqual(self.fates(faults, 1), self.fates(faults, 1, direction=1))
        self.assertEqual(pulls(faults, 1), pulls(faults, 1))
        self.assertNotEqual(pulls(faults, 1), pulls(faults, 2))

    def test_loses_as_many_as_it_says_whenever_they_come(self):
        lost = self.fates(Faults(loss=0.2), 1).count(None)
        self.assertTrue(900 <= lost <= 1100, lost)
        fast, slow = (Fate(Faults(loss=0.2), 1, 0) for _ in range(2))
        self.assertEqual([fast.arrival(100, 0.0) is None for _ in range(100)],
                         [slow.arrival(1400, number * 60.0) is None for number in range(100)])

    def test_delays_narrows_and_drops_what_is_too_large(self):
        late = Fate(Faults(delay=0.2), 1, 0)
        self.assertEqual([late.arrival(100, now) for now in (0.0, 1.0)], [0.2, 1.2])
        narrow = Fate(Faults(rate=1000, queue=1000), 1, 0)
        self.assertEqual([narrow.arrival(500, 0.0) for _ in range(5)], [0.5, 1.0, 1.5, None, None])
        self.assertEqual(narrow.arrival(500, 10.0), 10.5)
        small = Fate(Faults(mtu=576), 1, 0)
        self.assertEqual([small.arrival(size, 0.0) for size in (590, 591)], [0.0, None])


if __name__ == '__main__':
    lan.alone()
    unittest.main()

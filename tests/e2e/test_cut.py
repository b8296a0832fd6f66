"""A relay stands between the nodes and cuts, stalls and trickles: a sync that is cut never says that it is done, the next
one goes on where it ended, and in the end both have all of it, once."""
import itertools
import os
import random
import unittest
from concurrent.futures import ThreadPoolExecutor

from attune import Homes, eventually
from relay import AlteringRelay, Relay

SEED = int(os.environ.get('ATTUNE_SEED', '20261120'))
numbers = itertools.count()


def write_many(home, count, size):
    """Through the node that runs, no text twice; ids."""
    texts = [f'{home.name} {next(numbers)} ' + 'x' * size for _ in range(count)]
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda text: home.json('write', '--shared', stdin=text)['id'], texts))


class Cut(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(SEED)
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()

    def relay(self, target, **plan):
        relay = Relay(target)
        relay.plan = plan
        self.addCleanup(relay.close)
        return relay

    def ids(self, home):
        return [entry['id'] for entry in home.entries()]

    def assert_level(self, count):
        self.assertEqual(self.ids(self.ada), self.ids(self.ben))
        self.assertEqual(len(self.ids(self.ada)), count)
        for home in (self.ada, self.ben):
            bodies = [entry['body'] for entry in home.entries()]
            self.assertEqual(len(bodies), len(set(bodies)), 'something is there twice')
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_cut_after_any_number_of_bytes_it_is_not_done_and_says_so(self):
        self.ada.up()
        write_many(self.ada, 30, 3000)
        relay = self.relay(self.ben.up())
        cuts = [1, 2, 50, 200, 600, 1000, 1500, 2500, 5000, 10_000, 30_000, 60_000]
        for cut in cuts:
            relay.plan = {'cut_after': cut}
            with self.subTest(cut=cut):
                result = self.ada.run('--json', 'sync', '--peer', relay.address, expect=5)
                self.assertEqual(result.error['code'], 'unreachable')
                self.assertEqual(result.out, '')
        relay.plan = {}
        self.assertEqual(self.ada.json('sync', '--peer', relay.address)['peers'], 1)
        self.assert_level(30)

    def test_every_cut_sync_goes_on_where_the_last_one_ended(self):
        self.ada.up()
        self.ben_at = self.ben.up()
        write_many(self.ada, 150, 20_000)     # 3 MB
        write_many(self.ben, 150, 20_000)
        relay = self.relay(self.ben_at)
        held, cut = 0, 0
        while True:
            relay.plan = {'cut_after': self.chance.randrange(1_500_000, 3_000_000)}
            result = self.ada.run('--json', 'sync', '--peer', relay.address, expect=None)
            now = len(self.ben.entries()) + len(self.ada.entries())
            self.assertGreaterEqual(now, held, 'what was there stays')
            if result.code == 0:
                break
            self.assertEqual(result.error['code'], 'unreachable')
            cut += 1
            self.assertLess(cut, 30, f'it never comes to an end, {now} are there')
            held = now
        self.assertGreater(cut, 0, 'nothing was cut')
        self.assert_level(300)
        self.assertLess(relay.carried, 2.5 * 6_000_000 + cut * 3_000_000, 'what was confirmed is not sent again and again')

    def test_after_a_cut_at_the_end_nothing_is_sent_twice(self):
        self.ada.up()
        ids = write_many(self.ada, 50, 20_000)
        relay = self.relay(self.ben.up(), cut_after=900_000)
        self.ada.fails(5, 'sync', '--peer', relay.address)
        held = len(self.ben.entries())
        relay.plan = {}
        answer = self.ada.json('sync', '--peer', relay.address)
        self.assertLessEqual(answer['sent'], len(ids) - held + 4, 'what Ben held was sent again')
        self.assert_level(50)

    def test_a_connection_that_stalls_does_not_hold_a_node_up(self):
        ada_at = self.ada.up()
        relay = self.relay(ada_at, stall_after=2000)
        stalled = self.ben.start('sync', '--peer', relay.address)
        self.addCleanup(stalled.kill)
        eventually(lambda: relay.carried >= 2000 or stalled.process.poll() is not None, 'the relay stalls')
        stalled.kill()   # the home is one command's at a time
        entry = self.ada.json('write', 'meanwhile', '--shared')['id']
        self.assertEqual(self.ben.json('sync', '--peer', ada_at)['peers'], 1)
        self.assertEqual(self.ben.json('show', entry)['body'], 'meanwhile')

    def test_bytes_that_come_one_by_one_are_as_good(self):
        self.ada.up()
        write_many(self.ada, 5, 100)
        relay = self.relay(self.ben.up(), piece=1)
        self.assertEqual(self.ada.json('sync', '--peer', relay.address)['peers'], 1)
        self.assert_level(5)

    def test_a_relay_that_alters_a_byte_is_a_cut(self):
        self.ada.up()
        write_many(self.ada, 10, 3000)
        ben_at = self.ben.up()
        for place in (0, 10, 40, 100, 400, 900, 2000, 5000, 20_000):
            altering = AlteringRelay(ben_at, place)
            self.addCleanup(altering.close)
            with self.subTest(place=place):
                result = self.ada.run('--json', 'sync', '--peer', altering.address, expect=None)
                self.assertIn(result.code, (1, 5), result)
                self.assertIn(result.error['code'], ('unreachable', 'peer_misbehaved'))
        self.assertEqual(self.ada.json('sync', '--peer', ben_at)['peers'], 1)
        self.assert_level(10)

    def test_nodes_that_stay_find_each_other_again_after_each_cut(self):
        relay = self.relay(self.ben.up())
        self.ada.up('--peer', relay.address)
        wanted = []
        for _ in range(4):
            relay.plan = {'cut_after': self.chance.randrange(3_000, 60_000)}
            wanted += write_many(self.ada, 5, 5_000)
        relay.plan = {}
        eventually(lambda: set(wanted) <= set(self.ids(self.ben)), 'all of it arrives')
        eventually(lambda: self.ada.json('status').get('waiting', 0) == 0, 'and Ada knows it')
        self.assert_level(len(wanted))

    def test_the_first_sync_of_thousands_of_entries_through_cuts(self):
        self.ada.up()
        ids = write_many(self.ada, 2000, 700)
        relay = self.relay(self.ben.up())
        for cut in (50_000, 300_000, 700_000, 1_100_000):
            relay.plan = {'cut_after': cut}
            self.ada.fails(5, 'sync', '--peer', relay.address)
            self.assertLess(len(self.ben.entries()), 2000)
        relay.plan = {}
        answer = self.ada.json('sync', '--peer', relay.address)
        self.assertGreater(answer['sent'], 0)
        self.assertEqual(set(self.ids(self.ben)), set(ids))
        self.assert_level(2000)


if __name__ == '__main__':
    unittest.main()

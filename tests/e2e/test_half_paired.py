"""A pairing that breaks off at each of its messages, up to the end of the first sync: the program that shows the code is
killed, or the one that types it, or both, or their nodes, or the connection is cut. Never is one of the two paired and
the other not, but for one sync; nobody is ever stuck; and nothing that was shared is lost or there twice."""
import itertools
import signal
import unittest
from concurrent.futures import ThreadPoolExecutor

from attune import Homes
from relay import MessageRelay

ALL = {'shower', 'joiner'}
PAIRING = {'joiner': 5, 'shower': 4}   # messages of docs/protocol.md, section 4.1; the first sync comes after them


class Side:
    """One person, and their node while it runs."""

    def __init__(self, home):
        self.home, self.node, self.at = home, None, None
        self.json = home.json

    def up(self):
        if self.node is None:
            self.node = self.home.start('node', '--listen', '127.0.0.1:0', '--no-discovery')
            self.at = self.node.line()['listening']

    def down(self):
        if self.node is not None:
            self.node.process.send_signal(signal.SIGTERM)
            self.node.end()
            self.node = None

    def gone(self):
        """The node was killed."""
        if self.node is not None and self.node.process.poll() is not None:
            self.node.close()
            self.node = None

    def paired(self):
        return self.json('status')['paired']


class Couple:
    """Two who pair again and again, each time from both being free, or, with `parts` false, each time anew."""

    def __init__(self, test, homes, number, nodes, parts=True):
        self.test, self.nodes, self.parts = test, nodes, parts
        self.sides = [Side(homes.new(f'{name}{number}')) for name in ('Ada', 'Ben')]
        self.written = set()
        self.seen = set()   # what the two said after the break, and what came of it

    def end(self):
        for side in self.sides:
            side.gone()
            side.down()

    def pair(self, shower, joiner, stop=None, victims=()):
        """How many messages each of the two sent; None: it broke off."""
        screen = shower.home.start('pair', '--listen', '127.0.0.1:0')
        try:
            first = screen.line()
            relay = MessageRelay(first['listening'], stop)
            try:
                joining = joiner.home.start('pair', first['code'], '--peer', relay.address)
                mortal = {'shower': shower.node or screen, 'joiner': joiner.node or joining}
                relay.go(*(mortal[victim].process for victim in victims))
                joined = joining.end(expect=None)
                if relay.broken.is_set():
                    screen.process.send_signal(signal.SIGINT)   # whoever waits in vain gives up
                    screen.end(expect=None)
                    return None
                shown = screen.end()
                self.test.assertEqual(shown[-1]['check'], joined[-1]['check'])
                return relay.passed
            finally:
                relay.close()
        finally:
            if screen.process.returncode is None:
                screen.kill()

    def broken(self, number, stop, victims):
        """One pairing that breaks off there, and all that must hold afterwards. False: it ended before."""
        shower, joiner = self.sides if number % 2 == 0 else reversed(self.sides)
        for side in self.sides:
            side.up() if self.nodes else side.down()
        before = [side.paired() for side in self.sides]
        done = self.pair(shower, joiner, stop, victims)
        for side in self.sides:
            side.gone()
            side.up()
        said = tuple(side.paired() for side in (shower, joiner))
        if done:
            self.test.assertEqual(said, (True, True))
        elif not self.parts:
            self.test.assertEqual([side.paired() for side in self.sides], before, 'a couple stays one')
        self.seen.add((said, self.settle(shower, joiner, said, one_sync=number % 3 != 0)))
        self.share(joiner, shower)
        for side in self.sides:
            self.test.assertEqual(side.json('doctor').get('problems', []), [])
        self.part()
        return done is None

    def settle(self, shower, joiner, said, one_sync):
        """After one sync at most the two say the same; whoever is free pairs at once. Whether the sync made a couple."""
        if one_sync or len(set(said)) > 1:
            caller, called = (shower, joiner) if said[0] else (joiner, shower)
            caller.home.run('sync', '--peer', called.at, expect=None)
        same = {side.paired() for side in self.sides}
        self.test.assertEqual(len(same), 1, f'one is paired and the other is not, after {said} and a sync')
        couple = same == {True}
        if not couple:
            for side in self.sides:
                self.test.assertEqual(side.home.fails(5, 'write', 'x', '--shared')['code'], 'not_paired')
            self.test.assertIsNotNone(self.pair(joiner, shower))
        return couple

    def share(self, caller, called):
        """As a couple does; in the end both know the same check words."""
        for side in self.sides:
            text = f'{side.home.name} {len(self.written)}'
            side.json('write', text, '--shared')
            self.written.add(text)
        caller.json('sync', '--peer', called.at)
        for side in self.sides:
            self.test.assertEqual(sorted(entry['body'] for entry in side.home.entries()), sorted(self.written))
        checks = set()
        for side, other in (self.sides, reversed(self.sides)):
            status = side.json('status')
            self.test.assertEqual((status['paired'], status['partner']), (True, other.home.name))
            checks.add(status['check'])
        self.test.assertEqual(len(checks), 1)

    def part(self):
        if self.parts:
            for side in self.sides:
                side.json('leave')
                self.test.assertFalse(side.paired())


class HalfPaired(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.numbers = itertools.count()

    def couple(self, nodes, parts=True):
        couple = Couple(self, self.homes, next(self.numbers), nodes, parts)
        self.addCleanup(couple.end)
        return couple

    def sweep(self, couple, victims, start=0):
        """At every message of either side, from `start` on, and once beyond the last."""
        for sender in PAIRING:
            for number in itertools.count(start):
                try:
                    if not couple.broken(number, (sender, number), victims):
                        break
                except AssertionError as error:
                    raise AssertionError(f'{victims or "nobody"} killed, message {number} of the {sender}: {error}') from error
            self.assertGreater(number, PAIRING[sender] + 3, 'the first sync was not met')
        return couple.seen

    def sweeps(self, *all_victims, **kind):
        couples = [self.couple(**kind) for _ in all_victims]
        with ThreadPoolExecutor(len(couples)) as pool:
            seen = set().union(*pool.map(self.sweep, couples, all_victims))
        free, half = ((False, False), False), [said for said, _ in seen if len(set(said)) > 1]
        self.assertIn(free, seen)
        self.assertIn(((False, False), True), seen, 'both had met, and the sync made them a couple')
        self.assertTrue(half, 'nobody was ever the only one: the test has not met what it is about')

    def test_by_commands_alone(self):
        self.sweeps({'shower'}, {'joiner'}, set(), nodes=False)

    def test_by_nodes_that_run(self):
        self.sweeps({'shower'}, {'joiner'}, set(), nodes=True)

    def test_both_at_once(self):
        def some(couple):
            for sender, number in (('shower', 0), ('shower', 2), ('joiner', 3), ('shower', 3), ('joiner', 4), ('joiner', 7)):
                couple.broken(number, (sender, number), ALL)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(some, [self.couple(nodes) for nodes in (False, True)]))

    def test_a_couple_that_pairs_anew_stays_one(self):
        couple = self.couple(nodes=True, parts=False)
        self.assertIsNotNone(couple.pair(*[side for side in couple.sides if side.up() is None]))
        self.sweep(couple, set(), start=PAIRING['shower'] - 2)


if __name__ == '__main__':
    unittest.main()

"""A stranger floods the port of a node: hundreds of idle connections, a thousand new ones a second. The partner, whose
packets take their time, gets in all the same, and the node stays as small as it was."""
import json
import os
import subprocess
import sys
import time
import unittest

import lan
from bad_cable import Faults, Link
from needs import skip
from test_lan import OnOneNetwork

FLOOD = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tools', 'flood.py')
HELD, RATE = 200, 1000
TRUE_TO_IT = 0.9        # of that rate, over the whole time in which the partner gets in; else nothing was shown
STRANGERS = 64          # as many as a node takes in at once
WITHIN = 5.0            # seconds, for the partner,
ON_THE_WAY = 0.05       # of whose packets each takes so long: in that time 50 others have come
GROWTH = 64 * 1024      # KiB


class AFlood(OnOneNetwork):
    HOW = []
    TIMES = 2

    def person(self, name, *addresses):
        if name != 'Ben':
            return super().person(name, *addresses)
        home = self.homes.new(name)
        home.host = self.network.host('ben')
        self.enterContext(Link(home.host, self.bridge, seed=1)).suffer(Faults(delay=ON_THE_WAY))
        home.host.ip('address', 'add', addresses[0], 'dev', 'eth0')
        return home

    def flood(self, home):
        eve = self.network.host('eve')
        eve.plug(self.bridge, '192.168.77.99/24')
        self.port = home.json('status')['listening'].rsplit(':', 1)[1]
        self.flooding = subprocess.Popen(eve.inside([sys.executable, '-B', FLOOD, '192.168.77.1', self.port, str(HELD), str(RATE),
                                                     *self.HOW]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.flooding.communicate)
        while self.flooded()['connected'] < RATE:   # it is under way
            pass

    def flooded(self):
        print(file=self.flooding.stdin, flush=True)
        return json.loads(self.flooding.stdout.readline())

    def memory(self, home):
        """Of that home's node, in KiB."""
        for process in os.listdir('/proc'):
            try:
                with open(f'/proc/{process}/cmdline', encoding='utf-8') as line, open(f'/proc/{process}/status', encoding='utf-8') as status:
                    if process.isdigit() and str(home.path) in line.read():
                        return next(int(one.split()[1]) for one in status if one.startswith('VmRSS'))
            except (OSError, StopIteration):
                continue   # it has ended
        raise AssertionError('no node')

    def sync(self, *command):
        self.assertEqual(self.ben.json('sync', *command)['peers'], 1)

    def through_the_flood(self, gets_in, *arguments):
        """How long it took, while more came than there is room for."""
        before, began = self.flooded()['connected'], time.monotonic()
        gets_in(*arguments)
        took = time.monotonic() - began
        self.assertGreater(self.flooded()['connected'] - before, STRANGERS, 'the flood has ebbed')
        self.assertLess(took, WITHIN)
        return took

    def test_the_partner_gets_in(self):
        self.pair()
        self.up(self.ada)
        self.sync()
        before = self.memory(self.ada)
        self.flood(self.ada)
        at = f'192.168.77.1:{self.port}'
        took, began = [], self.flooded()
        for number in range(self.TIMES):
            entry = self.ben.json('write', f'through the flood {number}', '--shared')['id']
            took.append(self.through_the_flood(self.sync))
            took.append(self.through_the_flood(self.sync, '--no-discovery', '--peer', at))   # ada does not call him then
            self.assertIn(entry, [one['id'] for one in self.ada.entries()])
        self.up(self.ben)
        took.append(self.through_the_flood(self.both_ways, 'through the flood'))
        flooded, grown = self.flooded(), self.memory(self.ada) - before
        rate = (flooded['connected'] - began['connected']) / (flooded['seconds'] - began['seconds'])
        print(f'{rate:.0f} connections a second, {flooded["open"]} open: the partner '
              f'got in {len(took)} times, within {max(took):.2f} s; the node grew by {grown} KiB')
        self.assertEqual(flooded['heard'], 0)
        self.assertLess(grown, GROWTH)
        if rate < TRUE_TO_IT * RATE:
            skip(self, f'this machine made no more than {rate:.0f} connections a second')


if __name__ == '__main__':
    lan.alone()
    unittest.main()

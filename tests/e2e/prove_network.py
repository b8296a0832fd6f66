"""A stranger's computer on the home network, for as long as it takes to count: who knocks cannot tell an idle node from a
program that takes connections and closes them, what is captured is noise, and what is sent again draws nobody."""
import collections
import math
import os
import random
import subprocess
import unittest

import lan
import test_flood
from attune import eventually
from probe import FEATURES, Knocker, area_under_curve
from test_lan import BEACON_PORT, BEACON_SIZE
from test_lan_stranger import STRANGER, WithAStranger

SEED = int(os.environ.get('ATTUNE_SEED', '20261121'))
TRIALS = 2000           # connections to both together, of each kind
AT_ONCE = 40            # fewer than a node takes from strangers
MOST_AREA = 0.55
FIRST_MESSAGE = 114
ADDRESSES = 60          # of each computer, which sends a beacon from each
BEACONS = 400

FIN, SYN, RST, ACK = 1, 2, 4, 16


class AnIdleNode(WithAStranger):
    def dummy(self):
        """A program that takes connections, on the same computer; its port."""
        dummy = subprocess.Popen(self.ada.host.inside([os.environ['ATTUNE_DUMMY_LISTENER']]), stdout=subprocess.PIPE, text=True)
        self.addCleanup(dummy.communicate)
        self.addCleanup(dummy.kill)
        return int(dummy.stdout.readline())

    def recorded(self, port):
        """A first message of Ben's, which counted."""
        self.assertEqual(self.ben.json('sync', '--no-discovery', '--peer', f'192.168.77.1:{port}')['peers'], 1)
        self.marked()
        said = [frame.tcp[2] for frame in self.capture.frames() if frame.tcp and frame.tcp[1] == port and len(frame.tcp[2]) >= FIRST_MESSAGE]
        return said[0][:FIRST_MESSAGE]

    def test_looks_like_any_program_that_takes_connections_and_closes_them(self):
        self.pair()
        self.up(self.ada)
        chance, ports = random.Random(SEED), (self.listening(self.ada), self.dummy())
        said = self.recorded(ports[0])
        kinds = {'nothing': lambda: b'', 'noise': lambda: chance.randbytes(FIRST_MESSAGE), 'one of Ben\'s first messages': lambda: said}
        self.marked()
        since = len(self.capture.raw)
        with Knocker(self.stranger, AT_ONCE) as knocker:
            for kind, make in kinds.items():
                which = [0, 1] * (TRIALS // 2)
                chance.shuffle(which)
                seen = knocker.seen([('192.168.77.1', ports[one], make()) for one in which])
                for place, feature in enumerate(FEATURES):
                    node, dummy = ([one[place] for one, port in zip(seen, which) if port == wanted] for wanted in (0, 1))
                    area = area_under_curve(node, dummy)
                    print(f'said {kind}: {feature}: area under the curve {area:.3f} of {len(seen)} connections')
                    with self.subTest(kind=kind, feature=feature):
                        self.assertLessEqual(area, MOST_AREA)
                self.assertEqual({one[2] for one in seen}, {0}, 'nobody says anything')
        self.marked()
        flags = collections.Counter()
        for frame in self.towards_the_stranger(since):
            self.assertIsNotNone(frame.tcp)
            if frame.tcp[0] == ports[0]:
                self.assertEqual(frame.tcp[2].rstrip(b'\0'), b'')
                flags[frame.tcp[3]] += 1
        self.assertGreaterEqual(flags[SYN | ACK], TRIALS // 2, 'the capture saw the node answer')
        names = {SYN | ACK: 'SYN-ACK', ACK: 'ACK', FIN | ACK: 'FIN', RST: 'RST', RST | ACK: 'RST'}
        self.assertLessEqual(set(flags), set(names))
        print('the node sent', ', '.join(f'{count} {names[flag]}' for flag, count in flags.items()))


class BeaconsOnTheWire(WithAStranger):
    def setUp(self):
        super().setUp()
        self.cleo, self.dan = (self.person(name, f'192.168.77.{place}/24') for place, name in ((3, 'Cleo'), (4, 'Dan')))

    def by(self, place):
        return [f'192.168.77.{place}', *(f'192.168.{100 + place}.{number}' for number in range(1, ADDRESSES))]

    def test_are_noise_and_draw_nobody_when_they_are_sent_again(self):
        self.pair()
        showing = self.cleo.start('pair')
        self.addCleanup(showing.kill)
        self.dan.json('pair', showing.line()['code'])
        showing.end()
        for place, home in ((2, self.ben), (4, self.dan)):
            for address in self.by(place)[1:]:
                home.host.ip('address', 'add', f'{address}/24', 'dev', 'eth0')
        self.ada.host.ip('address', 'add', '192.168.102.254/24', 'dev', 'eth0')   # so that she could call Ben anywhere
        self.up(self.ben, self.dan)   # whose partners are not there
        sources = [*self.by(2), *self.by(4)]
        eventually(lambda: len(self.beacons(*sources)) >= BEACONS, 'enough beacons')
        for home in (self.ben, self.dan):
            home.down()
        self.marked()
        beacons = self.beacons(*sources)
        self.noise([frame.udp[2] for frame in beacons])
        self.sent_again([frame for frame in beacons if frame.source in self.by(2)[1:]])

    def noise(self, payloads):
        self.assertEqual({len(payload) for payload in payloads}, {BEACON_SIZE})
        for at in range(BEACON_SIZE - 3):
            here = collections.Counter(payload[at:at + 4] for payload in payloads)
            self.assertEqual(here.most_common(1)[0][1], 1, f'the same four bytes at {at}')
        worst = 0.0
        for bit in range(BEACON_SIZE * 8):
            ones = sum(payload[bit // 8] >> bit % 8 & 1 for payload in payloads)
            worst = max(worst, abs(ones - len(payloads) / 2) / math.sqrt(len(payloads) / 4))
        p = min(1.0, math.erfc(worst / math.sqrt(2)) * BEACON_SIZE * 8)
        print(f'{len(payloads)} beacons of two couples, {BEACON_SIZE} bytes each: the least even bit p = {p:.3f} (corrected for '
              f'{BEACON_SIZE * 8} bits), no four bytes twice at one place')
        self.assertGreater(p, 1e-4)

    def sent_again(self, beacons):
        self.assertGreater(len(beacons), BEACONS // 4)
        self.up(self.ada)   # who has heard none of them
        self.marked()
        since = len(self.capture.raw)
        chance, sent = random.Random(SEED), 0
        for frame in beacons:
            payload, bit = bytearray(frame.udp[2]), chance.randrange(BEACON_SIZE * 8)
            payload[bit // 8] ^= 1 << bit % 8
            for target in ('192.168.77.1', '192.168.77.255'):
                self.probe('udp', target, BEACON_PORT, frame.udp[2])                                   # relayed
                self.probe('forged', target, BEACON_PORT, bytes(payload), source=frame.source)         # altered
                self.probe('forged', target, BEACON_PORT, frame.udp[2], source='192.168.102.99')       # of another address
                sent += 3
        self.marked()
        dialled = [frame.target for frame in self.capture.frames()[since:]
                   if frame.source and frame.tcp and frame.tcp[3] & (SYN | ACK) == SYN and frame.target != '192.168.77.2']
        print(f'{sent} beacons relayed, altered or moved to another address: {len(dialled)} calls')
        self.assertEqual(dialled, [])   # but where Ben was last, which Ada remembers
        self.assertEqual([frame.raw for frame in self.towards_the_stranger(since)], [])
        self.up(self.ben)
        self.both_ways('afterwards')


class AnEagerFlood(test_flood.AFlood):
    """What is held open is opened anew as fast as this machine can, which ends others in turn."""
    HOW = ['eager']
    TIMES = 10


if __name__ == '__main__':
    lan.alone()
    unittest.main(verbosity=0)

"""A third computer on the home network, while two others pair, sync and stay linked: what it can read, and what it gets
out of them when it asks, replays and forges. The bridge is a hub, so it hears everything."""
import collections
import subprocess
import sys
import unittest

import lan
from attune import eventually
from test_lan import BEACON_PORT, BEACON_SIZE, OnOneNetwork

STRANGER = '192.168.77.99'

# Sends what it is told to, from inside the stranger's namespace, one job a line: what, where, port, bytes.
PROBE = """
import os, socket, struct, sys
def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data + b'\\0' * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def forged(source, target, port, payload):
    # As that other computer would have sent it: only a raw socket lets a sender name another one.
    udp = struct.pack('!HHHH', 40000, port, 8 + len(payload), 0) + payload
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, socket.inet_aton(source), socket.inet_aton(target))
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    raw.sendto(head + udp, (target, 0))
for line in sys.stdin:
    what, source, target, port, payload = line.split()
    payload = bytes.fromhex(payload.strip('-'))
    if what == 'udp':
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        one.sendto(payload, (target, int(port)))
    elif what == 'forged':
        forged(source, target, int(port), payload)
    elif what == 'tcp':
        one = socket.create_connection((target, int(port)), 5)
        one.settimeout(5)
        one.sendall(payload)
        got = b''
        try:
            while chunk := one.recv(4096):
                got += chunk
        except ConnectionResetError:
            pass
        print(got.hex() or 'nothing', flush=True)
        continue
    print('sent', flush=True)
"""


class WithAStranger(OnOneNetwork):
    def setUp(self):
        super().setUp()
        self.stranger = self.network.host('eve')
        self.stranger.plug(self.bridge, f'{STRANGER}/24')
        self.capture = self.enterContext(lan.Capture(self.stranger))
        self.prober = subprocess.Popen(self.stranger.inside([sys.executable, '-c', PROBE]), stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.prober.communicate)

    def probe(self, what, target, port, payload, source=STRANGER):
        print(what, source, target, port, payload.hex() or '-', file=self.prober.stdin, flush=True)
        return self.prober.stdout.readline().strip()

    def beacons(self, *sources):
        return [frame for frame in self.capture.frames()
                if frame.udp and frame.udp[1] == BEACON_PORT and (not sources or frame.source in sources)]

    def towards_the_stranger(self, since):
        """What anybody sent to the stranger's own address; ARP, which every computer answers, is no IP."""
        return [frame for frame in self.capture.frames()[since:] if frame.target == STRANGER]

    def listening(self, home):
        return int(home.json('status')['listening'].rsplit(':', 1)[1])

    def marked(self):
        """Until everything that was sent so far has been captured: the stranger's own datagram comes through last."""
        mark = b'that was all ' + str(len(self.capture.raw)).encode()
        self.probe('udp', '192.168.77.255', 9, mark)
        eventually(lambda: any(mark in raw for raw in list(self.capture.raw)), 'the capture is complete')


class AStrangerOnTheNetwork(WithAStranger):
    def test_what_is_captured_shows_nothing(self):
        self.pair()
        self.up(self.ada, self.ben)
        self.arrives(self.ada, self.ben, 'Unmistakable lighthouse')
        private = self.ada.json('write', 'Unspoken submarine')['id']
        self.assertTrue(private)
        self.marked()
        seen = b''.join(frame.raw for frame in self.capture.frames())
        secrets = [b'Unmistakable', b'lighthouse', b'submarine', b'Ada', b'Ben', b'laptop', b'attune',
                   str(self.ada.folder).encode(), *[word.encode() for word in self.ada.words.split() if len(word) > 5]]
        for secret in secrets:
            for form in (secret, secret.lower(), secret.upper()):
                if len(form) > 3:   # three letters turn up in noise
                    self.assertNotIn(form, seen)
        self.assertNotIn(b'Ada-laptop', seen)

        beacons = self.beacons()
        self.assertGreater(len(beacons), 3)
        self.assertEqual({len(frame.udp[2]) for frame in beacons}, {BEACON_SIZE})
        payloads = [frame.udp[2] for frame in beacons]
        self.assertEqual(len(set(payloads)), len(payloads), 'each beacon is another one')
        for at in range(BEACON_SIZE - 3):   # no four bytes twice at one place: by chance once in millions of runs
            here = collections.Counter(payload[at:at + 4] for payload in payloads)
            self.assertEqual(here.most_common(1)[0][1], 1, f'the same four bytes at {at}')
        ports = [frame.udp[0] for frame in beacons]
        self.assertGreater(len(set(ports)), len(ports) // 2, 'a beacon comes from a port of its own')

        self.only_what_is_needed(since=0)

    def only_what_is_needed(self, since):
        """Nobody is asked for a name, and nothing goes anywhere but to each other and as a beacon to this network."""
        near = ('192.168.77.1', '192.168.77.2', '192.168.77.255', 'ff02::1')
        for frame in self.capture.frames()[since:]:
            if frame.source == STRANGER or not (frame.udp or frame.tcp):
                continue
            self.assertTrue(frame.target in near or frame.target.startswith('fe80:'), frame.target)
            if frame.udp:
                self.assertEqual((frame.udp[1], len(frame.udp[2])), (BEACON_PORT, BEACON_SIZE))

    def test_the_doctor_sends_what_a_sync_sends(self):
        self.pair()
        self.marked()
        since = len(self.capture.raw)
        for command in (['doctor', '--network'], ['sync']):
            self.ada.run('--json', *command, expect=5)
            self.marked()
            self.assertTrue(any(frame.udp for frame in self.capture.frames()[since:] if frame.source == '192.168.77.1'))
            self.only_what_is_needed(since)
            self.assertEqual([frame.raw for frame in self.towards_the_stranger(since)], [])

    def test_nothing_answers_who_knocks(self):
        self.pair()
        self.up(self.ada, self.ben)
        self.both_ways('at first')
        since = len(self.capture.raw)
        knocks = [b'', b'\x00', b'GET / HTTP/1.0\r\n\r\n', b'\x00\x70' + bytes(112), bytes(range(256)) * 16]
        for home, at, tried in ((self.ada, '192.168.77.1', knocks), (self.ben, '192.168.77.2', knocks[-2:])):
            port = self.listening(home)
            for knock in tried:
                self.assertEqual(self.probe('tcp', at, port, knock), 'nothing')
            for size in (0, 1, BEACON_SIZE - 1, BEACON_SIZE, BEACON_SIZE + 1, 1400):
                for target in (at, '192.168.77.255'):
                    self.probe('udp', target, BEACON_PORT, b'\xaa' * size)
        self.marked()
        answers = self.towards_the_stranger(since)
        self.assertTrue(answers)   # the handshakes of TCP itself
        self.assertEqual([frame.raw for frame in answers if not frame.tcp], [], 'no datagram, and no word by ICMP')
        self.assertEqual([frame.tcp[2].rstrip(b'\0') for frame in answers if frame.tcp[2].rstrip(b'\0')], [])
        self.assertFalse([frame for frame in answers if frame.tcp[3] & 0x12 == 0x02], 'nobody dials the stranger')
        self.both_ways('after all of that')

    def test_replayed_and_forged_beacons_draw_nobody_to_the_stranger(self):
        self.pair()
        self.up(self.ada)
        self.ben.json('up')
        self.both_ways('at first')
        self.ben.down()   # so that ada looks for him, and would follow a trace of him
        self.marked()
        caught = [frame.udp[2] for frame in self.beacons('192.168.77.2')]
        self.assertTrue(caught)
        since = len(self.capture.raw)
        for payload in caught[:20]:
            for target in ('192.168.77.1', '192.168.77.255'):
                self.probe('udp', target, BEACON_PORT, payload)                              # its own address
                self.probe('forged', target, BEACON_PORT, payload, source='192.168.77.2')    # ben's address
                flipped = bytes([payload[0] ^ 1]) + payload[1:]
                self.probe('forged', target, BEACON_PORT, flipped, source='192.168.77.2')
        self.up(self.ben)
        self.both_ways('afterwards')   # the honest way still works; and all that ada would do she has done by now
        self.marked()
        self.assertEqual([frame.raw for frame in self.towards_the_stranger(since)], [])

    def test_a_replay_from_bens_address_after_a_restart_makes_ada_call_that_address_at_most(self):
        self.pair()
        self.up(self.ben)
        eventually(lambda: self.beacons('192.168.77.2'), 'ben says where he is')
        self.marked()
        payload = self.beacons('192.168.77.2')[-1].udp[2]
        self.ben.down()
        self.ada.json('up')   # has heard none of these: the replay is the first for her
        since = len(self.capture.raw)
        self.probe('forged', '192.168.77.255', BEACON_PORT, payload, source='192.168.77.2')
        self.probe('udp', '192.168.77.255', BEACON_PORT, payload)
        self.up(self.ben)
        self.both_ways('afterwards')
        self.marked()
        self.assertEqual([frame.raw for frame in self.towards_the_stranger(since)], [])
        dialled = {frame.target for frame in self.capture.frames()[since:]
                   if frame.source == '192.168.77.1' and frame.tcp and frame.tcp[3] & 0x12 == 0x02}
        self.assertLessEqual(dialled, {'192.168.77.2'})


if __name__ == '__main__':
    lan.alone()
    unittest.main()

"""A stranger on the home network knocks at every port of a computer: one answers, while the node is up, and the node holds no
socket but those that it needs."""
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
import unittest
from pathlib import Path

import lan
from attune import eventually
from process_memory import processes
from test_lan import BEACON_PORT, OnOneNetwork

SCAN = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tools', 'scan.py')
ALL_PORTS = 65535
ESTABLISHED, LISTENING = '01', '0A'
PATIENCE = 20   # seconds: a call of a stranger is closed within three


def address(text):
    """As the kernel writes it: words of four bytes, each the wrong way round, a colon, the port."""
    place, port = text.split(':')
    raw = b''.join(word[::-1] for (word,) in struct.iter_unpack('4s', bytes.fromhex(place)))
    printed = socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)
    return printed.removeprefix('::ffff:'), int(port, 16)


def socket_numbers(process):
    found = set()
    for file in Path(f'/proc/{process}/fd').iterdir():
        try:
            number = re.fullmatch(r'socket:\[(\d+)\]', os.readlink(file))
        except FileNotFoundError:   # it was closed meanwhile
            continue
        found |= {number[1]} if number else set()
    return found


class EveryPort(OnOneNetwork):
    def setUp(self):
        super().setUp()
        self.stranger = self.network.host('eve')
        self.stranger.plug(self.bridge, '192.168.77.99/24')
        self.held = set(), set()

    def expect_open(self, at, ports):
        began = time.monotonic()
        done = subprocess.run(self.stranger.inside([sys.executable, '-B', SCAN, at]), capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        print(f'{at}: {ALL_PORTS} ports tried within {time.monotonic() - began:.1f} s, {len(found["open"])} open', flush=True)
        self.assertEqual(found, {'open': ports, 'refused': ALL_PORTS - len(ports), 'other': {}})

    def sockets(self, home):
        """What the node of a home holds: (PROTOCOL, OWN ADDRESS, OTHER ADDRESS, STATE) of each socket of TCP and UDP; and the
        numbers of those that are neither such nor local ones, nor for asking the kernel."""
        node, = processes(home)
        held = socket_numbers(node)
        inet, local = set(), set()
        for protocol in ('tcp', 'tcp6', 'udp', 'udp6'):
            for line in Path(f'/proc/{node}/net/{protocol}').read_text().splitlines()[1:]:
                words = line.split()
                if words[9] in held:
                    held.remove(words[9])
                    inet.add((protocol[:3], address(words[1]), address(words[2]), words[3]))
        for kind, column in (('unix', 6), ('netlink', 9)):
            lines = Path(f'/proc/{node}/net/{kind}').read_text().splitlines()[1:]
            local |= {words[column] for line in lines if (words := line.split())[column] in held}
        return inet, held - local

    def holds_what_it_needs(self, home, port, partner):
        inet, unknown = self.sockets(home)
        nobody = {'0.0.0.0', '::'}
        listeners = {one for one in inet if one[0] == 'tcp' and one[1][0] in nobody and one[1][1] == port and one[3] == LISTENING}
        ears = {one for one in inet if one[0] == 'udp' and one[1][0] in nobody and one[1][1] == BEACON_PORT}
        links = {one for one in inet if one[0] == 'tcp' and one[2][0] in partner and one[3] == ESTABLISHED}
        self.held = inet, unknown
        return (len(listeners), len(ears), len(links)) == (1, 1, 1) and inet == listeners | ears | links and not unknown

    def expect_own_sockets_alone(self, home, port, partner):
        try:   # a beacon that is sent, and a call that is closed, has a socket of its own for a moment
            eventually(lambda: self.holds_what_it_needs(home, port, partner), 'a listener, an ear, a link and nothing else', PATIENCE)
        finally:
            print(f'{home.name}\'s node holds', *sorted(self.held[0]), *self.held[1], flush=True)

    def test_one_is_open_and_nothing_else_is_held(self):
        self.pair()
        self.up(self.ada, self.ben)
        self.both_ways('at first')
        ports = {home: int(home.json('status')['listening'].rsplit(':', 1)[1]) for home in (self.ada, self.ben)}
        places = {self.ada: {'192.168.77.1', self.ada.host.link_local()}, self.ben: {'192.168.77.2', self.ben.host.link_local()}}
        for home, other in ((self.ada, self.ben), (self.ben, self.ada)):
            self.expect_own_sockets_alone(home, ports[home], places[other])
        self.expect_open('192.168.77.1', [ports[self.ada]])
        self.expect_open(f'{self.ada.host.link_local()}%eth0', [ports[self.ada]])
        self.expect_own_sockets_alone(self.ada, ports[self.ada], places[self.ben])
        self.both_ways('after all of that')
        self.ada.run('down')
        self.expect_open('192.168.77.1', [])


if __name__ == '__main__':
    lan.alone()
    unittest.main()

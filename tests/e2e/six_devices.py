"""Two persons with three devices each, as computers of their own: they move between networks, stop, and have wrong clocks.

In network namespaces (lan.py), with nobody else there; the devices find each other by their beacons alone.
"""
import mmap
import os
import struct
import time
from dataclasses import dataclass

import lan
from attune import Failed, eventually, resident_mib

PAGE = 4096


class Shared:
    """A number that programs of one device share with the test by a file."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(PAGE))
        with path.open('r+b') as file:
            self.page = mmap.mmap(file.fileno(), PAGE)

    @property
    def number(self):
        return struct.unpack('=q', self.page[:8])[0]

    @number.setter
    def number(self, value):
        self.page[:8] = struct.pack('=q', value)


class Clock(Shared):
    """The calendar clock of one device, that can be put forward and back while its programs run."""

    def put_off(self, seconds):
        self.number = seconds

    @property
    def off(self):
        return self.number


@dataclass
class Size:
    """Of a node; memory in MiB."""
    when: float
    process: int
    resident: float
    heap: float     # in use, at the lowest since the last look


class Device:
    def __init__(self, crowd, person, name, number):
        self.crowd, self.person, self.name = crowd, person, name
        self.label = f'{person}-{name}'
        self.host = crowd.network.host(f'd{number}')
        self.address = f'192.168.77.{number}'
        self.host.plug(crowd.bridges[0], f'{self.address}/24', ipv6=False)
        self.home = crowd.homes.new(self.label, init=False)
        self.home.host = self.host
        self.clock = Clock(self.home.folder / 'clock')
        self.heap = Shared(self.home.folder / 'heap')
        self.home.environment.update(LD_PRELOAD=f'{os.environ["ATTUNE_OTHER_CLOCK"]}:{os.environ["ATTUNE_HEAP"]}',
                                     ATTUNE_CLOCK_FILE=str(self.clock.path))
        self.node = self.listening = None
        self.sizes = []      # of each look at its node

    def begin(self):
        """As the first device of its person."""
        answer = self.home.json('init', '--name', self.person, '--device', self.name, '--unlock-cost', 'interactive')
        self.home.keep_words(answer['words'])

    def restore(self, words, *peers):
        self.home.keep_words(words)
        self.home.json('restore', '--device', self.name, '--unlock-cost', 'interactive',
                       *[part for peer in peers for part in ('--peer', peer.place)])

    @property
    def place(self):
        return f'{self.address}:{self.listening.rsplit(":", 1)[1]}'

    def start(self):
        if self.node is None:
            self.home.environment['ATTUNE_HEAP_USE'] = str(self.heap.path)   # the node's, and no command's
            self.node = self.home.start('node')
            del self.home.environment['ATTUNE_HEAP_USE']
            first = self.node.line()
            if first is None:
                self.node.end()
            self.listening = first['listening']

    def kill(self):
        if self.node:
            self.node.kill()
            self.node = None

    def move(self, bridge):
        lan.ip('link', 'set', f'{self.host.name}0', 'master', bridge)

    def look_at_size(self, moment):
        if self.node:
            pid, heap = self.node.process.pid, self.heap.number / 2**20
            self.heap.number = 0
            if heap:
                self.sizes.append(Size(moment, pid, resident_mib(pid), heap))


class Crowd:
    """`devices`: those that count, three of each person; `lost`: those that were removed and go on all the same."""

    PERSONS = ('Ada', 'Ben')
    NAMES = ('laptop', 'phone', 'tablet')

    def __init__(self, network, homes):
        self.network, self.homes = network, homes
        self.bridges = [network.bridge(name) for name in ('home', 'cafe', 'away')]
        self.devices, self.lost, self.made = [], [], 0
        for person in self.PERSONS:
            self.add(person, self.NAMES[0]).begin()
        self.pair(*self.devices)
        for device in self.devices:
            device.start()
        for first in list(self.devices):
            for name in self.NAMES[1:]:
                device = self.add(first.person, name)
                device.restore(first.home.words, first)
                device.start()

    def add(self, person, name):
        self.made += 1
        device = Device(self, person, name, self.made)
        self.devices.append(device)
        return device

    @staticmethod
    def pair(one, other):
        showing = one.home.start('pair')
        try:
            first = showing.line()
            other.home.json('pair', first['code'])
            showing.end()
        finally:
            if showing.process.returncode is None:
                showing.kill()

    def of(self, person):
        return [device for device in self.devices if device.person == person]

    def come_home(self, *devices):
        """On one network, with clocks that are right and nodes that run."""
        for device in devices:
            device.move(self.bridges[0])
            device.clock.put_off(0)
            device.start()

    def lose(self, device, remover):
        """Removes one device, and makes another in its place."""
        self.come_home(remover, *self.of(remover.person))
        remover.home.json('device', 'revoke', device.name)
        self.devices.remove(device)
        self.lost.append(device)
        new = self.add(device.person, f'{device.name.split("-")[0]}-{self.made}')
        new.restore(remover.home.words, remover)
        new.start()
        return new

    def level(self, seconds):
        """Until all devices of a person hold as many entries as the others, nothing waits, and both sides the same shared
        ones; how long it took. Nobody is asked to sync: they must find each other."""
        began = time.monotonic()

        def held():
            return [[device.home.json('status').get('entries', 0) for device in self.of(person)] for person in self.PERSONS]

        def are_level():
            return all(len(set(each)) == 1 for each in held()) and len({self.shared_count(person) for person in self.PERSONS}) == 1
        try:
            eventually(are_level, 'all devices hold the same', seconds)
        except Failed as failed:
            raise Failed(f'after {seconds} s: {held()}') from failed
        return time.monotonic() - began

    def shared_count(self, person):
        return len(self.of(person)[0].home.json('list', '--shared', '-n', 0)['entries'])

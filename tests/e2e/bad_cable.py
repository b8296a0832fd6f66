"""A cable between two hosts of lan.py that loses, delays, narrows and breaks, the same way for the same seed: kernels
without netem are common. Each end is a TAP device, an Ethernet interface whose frames this program hands on.

What becomes of the n-th frame of a direction is drawn from the seed, the direction and n alone, and so is how many bytes
a cable carries before it is pulled. What the two hosts send, and when, is theirs.
"""
import ctypes
import fcntl
import heapq
import os
import random
import selectors
import struct
import threading
import time
from dataclasses import dataclass

from lan import ip

CLONE_NEWNET = 0x40000000
TUNSETIFF, TUNSETCARRIER = 0x400454ca, 0x400454e2
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
ETHERNET = 14          # a frame's header, which is not part of the MTU
LARGEST = 65536
LEAST_OF_IPV6 = 1280   # bytes of MTU


@dataclass(frozen=True)
class Faults:
    loss: float = 0.0          # of each frame, 0 to 1
    delay: float = 0.0         # seconds, each way
    rate: float = 0.0          # bytes a second, each way; 0: as fast as this program
    queue: int = 32 * 1024     # bytes that wait their turn in a direction; more is dropped, as routers do
    mtu: int = 1500
    pulls: int = 0             # how many times the cable is pulled ...
    carries: tuple = (0, 0)    # ... after so many bytes, both ways together, drawn between these two,
    apart: float = 0.0         # ... and for so many seconds


class Fate:
    """When each frame of one direction arrives, if it does. Pure: time is handed in."""

    def __init__(self, faults, seed, direction):
        self.faults, self.chance = faults, random.Random(f'{seed} {direction}')
        self.free = 0.0        # when the line is done with what was sent before

    def arrival(self, size, now):
        """None: never."""
        lost = self.chance.random() < self.faults.loss   # drawn for each frame, whatever becomes of it
        if size > self.faults.mtu + ETHERNET or (self.free - now) * self.faults.rate > self.faults.queue:
            return None
        if self.faults.rate:
            self.free = max(self.free, now) + size / self.faults.rate
        if lost:
            return None
        return (self.free if self.faults.rate else now) + self.faults.delay


def pulls(faults, seed):
    """After how many bytes the cable is pulled, time after time."""
    chance = random.Random(f'{seed} pulls')
    return [chance.randint(*faults.carries) for _ in range(faults.pulls)]


def tap(name, namespace=None):
    """A new interface of that name, in that namespace or in this program's, as a file whose reads and writes are frames."""
    opened = []

    def make():
        if namespace:
            with open(namespace, 'rb') as of_host:   # of this thread alone
                if ctypes.CDLL(None, use_errno=True).setns(of_host.fileno(), CLONE_NEWNET):
                    return
        device = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack('16sH14x', name.encode(), IFF_TAP | IFF_NO_PI))
        opened.append(device)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if not opened:
        raise OSError(f'no TAP device {name}')
    return opened[0]


class Link:
    """with Link(host, other, seed) as link: the cable, without faults; link.suffer(faults) begins with these, anew. It is
    eth0 of the one and of the other host, or goes from the one to a bridge, if `other` is the name of one."""

    def __init__(self, host, other, seed):
        self.bridge = other if isinstance(other, str) else None
        self.hosts, self.seed = [host] if self.bridge else [host, other], seed
        self.lock = threading.Lock()
        self.ending = False

    def __enter__(self):
        self.ends = [self.end_at(host) for host in self.hosts]
        if self.bridge:
            self.ends.append(tap(port := f'{self.hosts[0].name}-far'))
            ip('link', 'set', port, 'master', self.bridge, 'up')
        self.woken, self.wake = os.pipe()
        self.suffer(Faults())
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        os.write(self.wake, b'.')
        self.thread.join()
        for end in (*self.ends, self.wake, self.woken):
            os.close(end)

    @staticmethod
    def end_at(host):
        end = tap('eth0', f'/run/netns/{host.name}')
        host.sysctl('ipv6.conf.eth0.accept_dad', 0)
        host.ip('link', 'set', 'eth0', 'up')
        return end

    def suffer(self, faults):
        for host in self.hosts:
            host.sysctl('ipv6.conf.eth0.disable_ipv6', 0 if faults.mtu >= LEAST_OF_IPV6 else 1)
            host.ip('link', 'set', 'eth0', 'mtu', faults.mtu)
        with self.lock:
            self.faults = faults
            self.fates = [Fate(faults, self.seed, direction) for direction in range(2)]
            self.pulls = pulls(faults, self.seed)
            self.under_way = []           # (when it arrives, its number, the end that sent it, frame)
            self.passed = self.lost = self.pulled = 0   # frames, frames, times
            self.carried = self.since = 0  # bytes: all of them, and since the cable was plugged in
            self.plug()

    def plug(self):
        self.apart_until = None
        self.carrier(1)

    def pull(self):
        """Nothing arrives any more, what was under way neither, and both hosts see it."""
        self.under_way.clear()
        self.pulled, self.since = self.pulled + 1, 0
        self.apart_until = time.monotonic() + self.faults.apart
        self.carrier(0)

    def carrier(self, on):
        for end in self.ends:
            fcntl.ioctl(end, TUNSETCARRIER, struct.pack('I', on))

    def run(self):
        with selectors.DefaultSelector() as waiting:
            for place, end in enumerate(self.ends):
                waiting.register(end, selectors.EVENT_READ, place)
            waiting.register(self.woken, selectors.EVENT_READ, None)
            while not self.ending:
                for key, _ in waiting.select(self.patience()):
                    if key.data is not None:
                        self.take(key.data)
                self.deliver()

    def patience(self):
        with self.lock:
            due = [self.under_way[0][0]] if self.under_way else []
            if self.apart_until is not None:
                due.append(self.apart_until)
            return max(0.0, min(due) - time.monotonic()) if due else None

    def take(self, end):
        """All that this host has sent."""
        with self.lock:
            while (frame := self.read(end)) is not None:
                now = time.monotonic()
                if self.apart_until is not None:
                    continue
                arrives = self.fates[end].arrival(len(frame), now)
                if arrives is None:
                    self.lost += 1
                else:
                    self.passed += 1
                    heapq.heappush(self.under_way, (arrives, self.passed, end, frame))

    def read(self, end):
        try:
            return os.read(self.ends[end], LARGEST)
        except BlockingIOError:
            return None

    def deliver(self):
        with self.lock:
            now = time.monotonic()
            if self.apart_until is not None and self.apart_until <= now:
                self.plug()
            while self.under_way and self.under_way[0][0] <= now:
                _, _, end, frame = heapq.heappop(self.under_way)
                os.write(self.ends[1 - end], frame)
                self.carried += len(frame)
                self.since += len(frame)
                if self.pulled < len(self.pulls) and self.since >= self.pulls[self.pulled]:
                    self.pull()

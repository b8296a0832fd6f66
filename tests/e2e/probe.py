"""Somebody who knocks at ports and takes the time: what they see of each connection, and how well that tells two apart."""
import json
import subprocess
import sys

# What is seen of one connection. Times in seconds; a FIN is 0, a reset 1. The last is what a delay that is drawn in whole
# milliseconds leaves as it is.
FEATURES = ('until it is taken', 'until it is closed', 'bytes heard', 'how it is closed', 'close time mod 1 ms')

# Each line in: number, host, port, what to say in hex. Each line out: the number and what was seen, when it is over.
KNOCKER = """
import json, select, socket, sys, time
poll, knocks = select.epoll(), {}
poll.register(0, select.EPOLLIN)
rest, ended = b'', False
import os
while not ended or knocks:
    for descriptor, events in poll.poll(1.0):
        now = time.monotonic()
        if descriptor == 0:
            chunk = os.read(0, 65536)
            if not chunk:
                ended = True
                poll.unregister(0)
            rest += chunk
            *lines, rest = rest.split(b'\\n')
            for line in lines:
                number, host, port, said = line.decode().split()
                one = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
                began = time.monotonic()
                one.connect_ex((host, int(port)))
                knocks[one.fileno()] = [one, int(number), bytes.fromhex(said.strip('-')), began, None, 0]
                poll.register(one, select.EPOLLOUT)
            continue
        knock = knocks[descriptor]
        one = knock[0]
        if knock[4] is None:
            knock[4] = now
            if knock[2] and not events & (select.EPOLLERR | select.EPOLLHUP):
                one.send(knock[2])
            poll.modify(descriptor, select.EPOLLIN)
            continue
        try:
            heard = len(one.recv(65536))
            knock[5] += heard
            if heard:
                continue
            reset = 0
        except OSError:
            reset = 1
        print(json.dumps([knock[1], knock[4] - knock[3], now - knock[4], knock[5], reset]), flush=True)
        del knocks[descriptor]
        one.close()
"""


class Knocker:
    """with Knocker(host) as knocker: knocks at ports from there, some at a time."""

    def __init__(self, host, at_once):
        self.host, self.at_once = host, at_once

    def __enter__(self):
        self.process = subprocess.Popen(self.host.inside([sys.executable, '-c', KNOCKER]), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def seen(self, knocks):
        """(host, port, what is said) each; the features of each connection, in the order of the knocks."""
        seen, begun = {}, 0
        while len(seen) < len(knocks):
            while begun < len(knocks) and begun - len(seen) < self.at_once:
                host, port, said = knocks[begun]
                print(begun, host, port, said.hex() or '-', file=self.process.stdin, flush=True)
                begun += 1
            number, *features = json.loads(self.process.stdout.readline())
            seen[number] = [*features, features[1] % 0.001]
        return [seen[number] for number in range(len(knocks))]


def area_under_curve(some, others):
    """How often a random one of `some` is larger than a random one of `others`, ties half: 0.5 cannot tell them apart.
    The better of both directions, as a classifier would take it."""
    both = sorted([(value, 0) for value in some] + [(value, 1) for value in others])
    ranks, place = 0.0, 0
    while place < len(both):
        end = place
        while end < len(both) and both[end][0] == both[place][0]:
            end += 1
        ranks += (place + end + 1) / 2 * sum(1 for _, which in both[place:end] if which == 0)
        place = end
    area = (ranks - len(some) * (len(some) + 1) / 2) / (len(some) * len(others))
    return max(area, 1 - area)

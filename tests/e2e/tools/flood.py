"""A stranger who keeps a port busy: flood.py HOST PORT HELD RATE [eager]

Holds HELD idle connections, opening anew what is closed, and opens others, RATE of both together a second, which it
leaves open until they are closed, too. Eager: what is held is opened anew at once, as fast as this machine can. For each
line that it reads it prints, as JSON, what happened so far.
"""
import json
import resource
import select
import socket
import sys
import time

MOST_OPEN = 3000
TICK = 0.002   # seconds


class Flood:
    def __init__(self, target, held, rate, eager):
        self.target, self.rate, self.eager = target, rate, eager
        self.poll = select.epoll()
        self.open = {}             # by descriptor: (socket, whether it is one of those that are held)
        self.missing = held        # of those
        self.counts = {'connected': 0, 'closed': 0, 'heard': 0}   # connections, connections, bytes
        self.began, self.tried = time.monotonic(), 0

    def connect(self, held):
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        one.connect_ex(self.target)
        self.open[one.fileno()] = (one, held)
        self.poll.register(one, select.EPOLLOUT)

    def happened(self, descriptor, events):
        one, held = self.open[descriptor]
        if events == select.EPOLLOUT:
            self.counts['connected'] += 1
            self.poll.modify(descriptor, select.EPOLLIN)
            return
        try:
            self.counts['heard'] += len(one.recv(4096))
        except OSError:
            pass   # closed in a less orderly way
        self.counts['closed'] += 1
        del self.open[descriptor]
        one.close()
        if held and self.eager:
            self.connect(True)
        elif held:
            self.missing += 1

    def run(self):
        self.poll.register(sys.stdin, select.EPOLLIN)
        while True:
            seconds = time.monotonic() - self.began
            while self.tried < seconds * self.rate:
                self.tried += 1
                if len(self.open) < MOST_OPEN:
                    self.connect(self.missing > 0)
                    self.missing -= self.missing > 0
            for descriptor, events in self.poll.poll(TICK, 1000):
                if descriptor != sys.stdin.fileno():
                    self.happened(descriptor, events)
                elif not sys.stdin.readline():
                    return
                else:
                    print(json.dumps({**self.counts, 'open': len(self.open), 'seconds': seconds}), flush=True)


if __name__ == '__main__':
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    Flood((sys.argv[1], int(sys.argv[2])), int(sys.argv[3]), int(sys.argv[4]), 'eager' in sys.argv).run()

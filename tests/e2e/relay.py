"""What stands between two nodes in a test, and hands their bytes on as it is told to."""
import selectors
import socket
import threading


class Relay:
    """Listens on a port of its own and hands bytes on to `target`, as `plan` says for each connection:
    cut_after: bytes in both directions together, after which both sides are closed (None: never)
    stall_after: bytes after which nothing is handed on any more, and both sides stay open
    piece: at most so many bytes at once"""

    def __init__(self, target):
        host, port = target.rsplit(':', 1)
        self.target = (host, int(port))
        self.plan = {}
        self.carried = 0       # bytes, all connections
        self.connections = 0
        self.ending = False
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.address = f'127.0.0.1:{self.listener.getsockname()[1]}'
        self.wake, self.woken = socket.socketpair()
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def close(self):
        self.ending = True
        self.wake.close()
        for thread in self.threads:
            thread.join()
        self.woken.close()

    def accept(self):
        with self.listener, selectors.DefaultSelector() as waiting:
            waiting.register(self.listener, selectors.EVENT_READ)
            waiting.register(self.woken, selectors.EVENT_READ)
            while not self.ending:
                waiting.select()
                if self.ending:
                    return
                near, _ = self.listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self.carry, args=(near, dict(self.plan)))
                self.threads.append(thread)
                thread.start()

    def carry(self, near, plan):
        with near, selectors.DefaultSelector() as waiting:
            try:
                far = socket.create_connection(self.target, 10)
            except OSError:
                return
            for end in (near, far):   # what lies in a buffer of the relay's own when it cuts has not arrived
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
            with far:
                waiting.register(near, selectors.EVENT_READ, far)
                waiting.register(far, selectors.EVENT_READ, near)
                waiting.register(self.woken, selectors.EVENT_READ)
                left = plan.get('cut_after', plan.get('stall_after'))
                while not self.ending:
                    for key, _ in waiting.select():
                        if key.data is None:
                            return
                        try:
                            chunk = key.fileobj.recv(min(plan.get('piece', 65536), left if left is not None else 65536))
                            if not chunk:
                                return
                            key.data.sendall(chunk)
                        except OSError:
                            return
                        self.carried += len(chunk)
                        if left is not None:
                            left -= len(chunk)
                            if left == 0 and 'cut_after' in plan:
                                return
                            if left == 0:
                                waiting.unregister(near), waiting.unregister(far)
                                break


class AlteringRelay(Relay):
    """Changes one bit of the byte at `place` of what goes to the target."""

    def __init__(self, target, place):
        self.place = place
        super().__init__(target)

    def carry(self, near, plan):
        with near, selectors.DefaultSelector() as waiting, socket.create_connection(self.target, 10) as far:
            waiting.register(near, selectors.EVENT_READ, far)
            waiting.register(far, selectors.EVENT_READ, near)
            waiting.register(self.woken, selectors.EVENT_READ)
            sent = 0
            while not self.ending:
                for key, _ in waiting.select():
                    if key.data is None:
                        return
                    try:
                        chunk = bytearray(key.fileobj.recv(65536))
                        if not chunk:
                            return
                        if key.data is far:
                            if sent <= self.place < sent + len(chunk):
                                chunk[self.place - sent] ^= 1
                            sent += len(chunk)
                        key.data.sendall(chunk)
                    except OSError:
                        return


class MessageRelay(Relay):
    """Hands on whole messages, with their 2 bytes of length, and counts them by who sent them, all connections together:
    'joiner' is who dials. With `stop`, a sender and a number from 0, that message is not handed on: the processes in
    `victims` are killed, all connections are closed, and nobody gets through any more. Nothing moves before go()."""

    def __init__(self, target, stop=None):
        self.stop = stop
        self.victims = []
        self.passed = {'joiner': 0, 'shower': 0}
        self.broken = threading.Event()
        self.ready = threading.Event()
        self.order = threading.Lock()
        super().__init__(target)

    def go(self, *victims):
        self.victims = victims
        self.ready.set()

    def close(self):
        self.ready.set()
        super().close()

    def break_off(self):
        self.broken.set()
        for process in self.victims:
            process.kill()
            process.wait()
        self.ending = True
        self.wake.close()

    def hand_on(self, sender, received, to):
        """Every whole message of what was received; False: it broke off."""
        while len(received) >= 2 and len(received) >= (size := 2 + int.from_bytes(received[:2], 'big')):
            with self.order:
                if self.ending:
                    return False
                if self.stop == (sender, self.passed[sender]):
                    self.break_off()
                    return False
                self.passed[sender] += 1
                to.sendall(received[:size])
            del received[:size]
        return True

    def carry(self, near, plan):
        self.ready.wait()
        with near, selectors.DefaultSelector() as waiting:
            try:
                far = socket.create_connection(self.target, 10)
            except OSError:
                return
            with far:
                waiting.register(near, selectors.EVENT_READ, ('joiner', bytearray(), far))
                waiting.register(far, selectors.EVENT_READ, ('shower', bytearray(), near))
                waiting.register(self.woken, selectors.EVENT_READ)
                open_ends = 2
                while open_ends > 0 and not self.ending:
                    for key, _ in waiting.select():
                        if key.data is None:
                            return
                        sender, received, to = key.data
                        try:
                            chunk = key.fileobj.recv(65536)
                            received += chunk
                            if not self.hand_on(sender, received, to):
                                return
                            if not chunk:
                                waiting.unregister(key.fileobj)
                                open_ends -= 1
                                to.shutdown(socket.SHUT_WR)
                        except OSError:
                            return

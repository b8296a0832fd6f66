"""The stage of scripts/demo-story: what is printed, what is checked, and where the two people's computers stand."""
import os
import re
import selectors
import shlex
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'tests' / 'e2e'))
import lan  # noqa: E402
from attune import PATIENCE, Failed, Homes, eventually  # noqa: E402, F401

TERMINAL = sys.stdout.isatty()
checks = 0
chapters = 0


def styled(code, text):
    return f'\033[{code}m{text}\033[0m' if TERMINAL else text


def chapter(title):
    global chapters
    chapters += 1
    title = f'{chapters}. {title}'
    print(f'\n{styled("1", title)}\n{styled("1", "-" * len(title))}')


def say(text):
    print(styled('3', text), flush=True)


def check(what, holds):
    """One promise of the story; the demo ends at the first that does not hold."""
    global checks
    if not holds:
        raise Failed(f'this should hold, and does not: {what}')
    checks += 1
    print(f'    {styled("32", "ok")} {what}', flush=True)


def check_soon(what, holds):
    eventually(holds, f'this should hold, and does not: {what}')
    check(what, True)


def show_command(home, command, typed=''):
    shown = [os.path.basename(word) if os.sep in str(word) else str(word) for word in command]
    given = f'echo {shlex.quote(typed)} | ' if typed else ''
    print(f'\n{styled("36", home.name.lower() + "$")} {given}{styled("1", shlex.join(["attune", *shown]))}', flush=True)


def show_output(text):
    if not text:
        return
    for line in text.rstrip('\n').split('\n'):
        print(f'    {line}'.rstrip(), flush=True)


def arguments(command):
    return [*(['--color', 'always'] if TERMINAL else []), *map(str, command)]


def plays(home, *command, typed='', expect=0):
    """A command as a person sees it: what it printed. None: it may end with any exit code."""
    show_command(home, command, typed)
    done = subprocess.run(home.program(arguments(command)), input=f'{typed}\n' if typed else '', text=True, env=home.environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)
    show_output(done.stdout)
    if expect is not None and done.returncode != expect:
        raise Failed(f'attune {shlex.join(map(str, command))} ended with {done.returncode}, not with {expect}')
    return done.stdout


def screen_of(home, what):
    print(f'\n{styled("36", home.name.lower())}  ({what})', flush=True)


class Screen:
    """A command that stays open on a screen: what it prints is shown when it is waited for."""

    def __init__(self, home, *command):
        self.home, self.command = home, command
        show_command(home, command)
        self.process = subprocess.Popen(home.program(arguments(command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env=home.environment)
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(self.process.stdout, selectors.EVENT_READ)
        self.rest = b''

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.waiting.close()
        self.process.stdout.close()

    def line(self, until):
        while b'\n' not in self.rest:
            if not self.waiting.select(max(0.0, until - time.monotonic())):
                raise Failed(f'attune {self.command[0]} said nothing more')
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                raise Failed(f'attune {self.command[0]} ended with {self.process.wait()}')
            self.rest += chunk
        line, self.rest = self.rest.split(b'\n', 1)
        return line.decode()

    def wait_for(self, pattern):
        """Shows lines until one matches; the match."""
        until = time.monotonic() + PATIENCE
        while True:
            line = self.line(until)
            show_output(line)
            found = re.search(pattern, re.sub(r'\033\[[0-9;]*m', '', line))
            if found:
                return found


class HomeNetwork:
    """Computers on one network, made of network namespaces: no address is ever named, and no packet leaves this computer."""

    def __init__(self):
        self.network, self.used = lan.Network(), 0

    def __enter__(self):
        self.network.__enter__()
        self.bridge = self.network.bridge()
        return self

    def __exit__(self, *what):
        self.network.__exit__(*what)

    def free_address(self):
        self.used += 1
        return f'192.168.77.{self.used}'

    def seat(self, home, computer):
        home.host = self.network.host(computer)
        home.host.plug(self.bridge, f'{self.free_address()}/24')

    def loses(self, home):
        self.network.hosts.pop(home.host.name).remove()

    def moves(self, home):
        home.host.ip('address', 'flush', 'dev', 'eth0', 'scope', 'global')
        address = self.free_address()
        home.host.ip('address', 'add', f'{address}/24', 'dev', 'eth0')
        return address

    # Options: of somebody who waits to be called, of one who calls these, and of a node, which does both.
    def waiting(self):
        return []

    def towards(self, *_):
        return []

    def staying(self, *_):
        return []


class Loopback:
    """All in one computer, for where namespaces are not allowed: each is told where the others are."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def seat(self, home, computer):
        pass

    def loses(self, home):
        pass

    def waiting(self):
        return ['--no-discovery', '--listen', '127.0.0.1:0']

    def towards(self, *others):
        return ['--no-discovery', *self.peers(others)]

    def staying(self, *others):
        return [*self.waiting(), *self.peers(others)]

    @staticmethod
    def peers(others):
        return [word for other in others for word in ('--peer', other.json('status')['listening'])]


def ids(entries):
    return {entry['id'] for entry in entries}


def found(home, *words):
    return ids(home.json('search', *words)['entries'])


def listed(home, *options):
    return ids(home.json('list', '-n', 0, *options)['entries'])


def newest(home):
    return home.json('list', '-n', 1)['entries'][0]['id']


def short(identifier):
    return identifier[:8]


def healthy(home):
    return not home.json('doctor').get('problems')


def where():
    """A network of our own, where that is allowed; this program is started again for it."""
    wanted = '--loopback' in sys.argv[1:]
    if not wanted and lan.enter():
        say('Two people, each at a computer of their own, on one home network. The computers are network namespaces in this\n'
            'one: no packet leaves it. Nobody names an address.')
        return HomeNetwork()
    if not wanted:
        say('Network namespaces are not allowed here, so no home network can be made of them.')
    say('This is played on loopback, where each must be told the address of the other. On a home network they find each\n'
        'other: --listen, --peer and --no-discovery are not needed there.')
    return Loopback()


def devices(home):
    return {device['name']: device['status'] for device in home.json('device', 'list')['devices']}

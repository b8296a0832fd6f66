"""The real program, driven as a person would: for the tests beside this file and for bench/run.

A Home is one person's device: a folder of its own with its own HOME, runtime folder, passphrase and words. Nothing here
waits by the clock; everything waits for a line, for the end of a process, or gives up after PATIENCE seconds.
"""
import copy
import json
import os
import selectors
import subprocess
import tempfile
import time
from pathlib import Path

BINARY = os.environ.get('ATTUNE_BINARY', 'attune')
PATIENCE = float(os.environ.get('ATTUNE_PATIENCE', '120'))


# What would look for others on the network; with these values behind them, the next word is no command.
LOOKS = ('up', 'node', 'sync', 'pair', 'restore', 'device revoke')
VALUED = ('--home', '--color', '--passphrase-file', '--new-passphrase-file', '--words-file')


def quiet(command):
    """The same command, but nothing of it leaves loopback: tests outside a network of their own send no beacon."""
    words = iter(enumerate(command))
    for place, word in words:
        if word in VALUED:
            next(words, None)
        elif isinstance(word, bytes) or not word.startswith('-'):
            if word == 'device' and 'revoke' in command[place + 1:]:
                place = command.index('revoke', place + 1)
                word = 'device revoke'
            looks = (word in LOOKS or (word == 'doctor' and '--network' in command)) and '--no-discovery' not in command
            return [*command[:place + 1], *(['--no-discovery'] if looks else []), *command[place + 1:]]
    return command


class Failed(AssertionError):
    """A command ended otherwise than it should."""


def eventually(holds, what, patience=None, pause=0.02):
    """Asks again until it holds: for what another process does, and nobody reports here."""
    until = time.monotonic() + (patience or PATIENCE)
    while not holds():
        if time.monotonic() > until:
            raise Failed(what)
        time.sleep(pause)


def resident_mib(pid):
    """The memory that a process holds now."""
    for line in Path(f'/proc/{pid}/status').read_text(encoding='ascii').splitlines():
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) / 1024
    return 0.0


class Result:
    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        """The error document that --json prints on standard error."""
        return json.loads(self.err.strip().splitlines()[-1])['error']

    def __str__(self):
        typed = ' '.join(str(part)[:200] for part in self.command)
        return f'attune {typed} -> {self.code}\n--- out\n{self.out[:2000]}\n--- err\n{self.err[:2000]}'


class Running:
    """A command that prints one JSON document a line while it runs: pair, watch, node."""

    def __init__(self, command, process):
        self.command, self.process = command, process
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(process.stdout, selectors.EVENT_READ)
        self.rest = b''

    def line(self, patience=None):
        """The next document; None at the end."""
        until = time.monotonic() + (patience or PATIENCE)
        while b'\n' not in self.rest:
            if not self.waiting.select(max(0.0, until - time.monotonic())):
                self.kill()
                raise Failed(f'attune {" ".join(self.command)}: no line in time')
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                return None
            self.rest += chunk
        line, self.rest = self.rest.split(b'\n', 1)
        return json.loads(line)

    def end(self, expect=0):
        """Waits for the end; the documents that were not read yet."""
        documents = []
        while (document := self.line()) is not None:
            documents.append(document)
        code = self.process.wait(PATIENCE)
        error = self.process.stderr.read().decode()
        self.close()
        if expect is not None and code != expect:
            raise Failed(str(Result(self.command, code, json.dumps(documents), error)))
        return documents

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close()

    def close(self):
        self.waiting.close()
        self.process.stdout.close()
        self.process.stderr.close()


class Home:
    def __init__(self, folder, name, passphrase='correct horse battery'):
        self.name = name
        self.folder = Path(folder) / name.lower()
        self.path = self.folder / 'home'
        self.words = None
        self.host = None  # a tests/e2e/lan.py Host that this person sits at
        (self.folder / 'run').mkdir(parents=True, mode=0o700)
        self.passphrase_file = self.folder / 'passphrase'
        self.passphrase_file.write_text(passphrase + '\n')
        self.passphrase_file.chmod(0o600)
        self.words_file = self.folder / 'words'
        self.environment = {
            'PATH': '/usr/bin:/bin', 'LANG': 'C.UTF-8', 'TZ': 'UTC', 'HOME': str(self.folder),
            'XDG_RUNTIME_DIR': str(self.folder / 'run'), 'ATTUNE_HOME': str(self.path),
            'ATTUNE_PASSPHRASE_FILE': str(self.passphrase_file),
        }
        for kept in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS'):
            if kept in os.environ:
                self.environment[kept] = os.environ[kept]

    def program(self, command):
        """The whole command line of one command of this person."""
        return self.host.inside([BINARY, *command]) if self.host else [BINARY, *quiet(command)]

    def start(self, *command):
        """A command that goes on while the test does something else; always with --json."""
        command = ['--json', *map(str, command)]
        process = subprocess.Popen(self.program(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment)
        return Running(command, process)

    def run(self, *command, stdin='', expect=0):
        """One command to its end, without a terminal. `stdin`: text or bytes. `expect`: its exit code; None: any."""
        command = [part if isinstance(part, bytes) else str(part) for part in command]
        typed = stdin if isinstance(stdin, bytes) else stdin.encode()
        done = subprocess.run(self.program(command), input=typed, capture_output=True, env=self.environment,
                              timeout=PATIENCE, check=False)
        result = Result(command, done.returncode, done.stdout.decode(), done.stderr.decode())
        if expect is not None and result.code != expect:
            raise Failed(f'expected {expect}: {result}')
        return result

    def json(self, *command, stdin='', expect=0):
        return self.run('--json', *command, stdin=stdin, expect=expect).json

    def fails(self, code, *command, stdin=''):
        """The command must end with that exit code; its error document."""
        return self.run('--json', *command, stdin=stdin, expect=code).error

    def without(self, *variables):
        """The same home in an environment that lacks these variables."""
        other = copy.copy(self)
        other.environment = {name: value for name, value in self.environment.items() if name not in variables}
        return other

    def with_clock_off(self, seconds):
        """The same home on a computer whose calendar clock is off by that much."""
        other = self.without()
        other.environment.update(LD_PRELOAD=os.environ['ATTUNE_OTHER_CLOCK'], ATTUNE_CLOCK_OFF=str(seconds))
        if 'ASAN_OPTIONS' in other.environment:
            other.environment['ASAN_OPTIONS'] += ':verify_asan_link_order=0'
        return other

    def file(self, name, content):
        """A file of this person outside of the home."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def tree(self):
        """Every file of the home with its content and mode: what must be the same after a command that was refused."""
        if not self.path.exists():
            return None
        return {str(path.relative_to(self.path)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b'')
                for path in self.path.rglob('*')}

    def entries(self):
        """All that list shows, newest first."""
        return self.json('list', '-n', 0)['entries']

    def init(self):
        answer = self.json('init', '--name', self.name, '--device', f'{self.name}-laptop', '--unlock-cost', 'interactive')
        self.keep_words(answer['words'])
        return answer

    def keep_words(self, words):
        self.words = words
        self.words_file.touch(mode=0o600)
        self.words_file.write_text(words + '\n')
        self.environment['ATTUNE_WORDS_FILE'] = str(self.words_file)

    def up(self, *options):
        """A node on a port of loopback that the system draws; HOST:PORT."""
        return self.json('up', '--listen', '127.0.0.1:0', '--no-discovery', *options)['listening']

    def down(self):
        self.run('down')


def pair(one, other):
    """Pairs two homes over loopback; what each of them printed at the end."""
    showing = one.start('pair', '--listen', '127.0.0.1:0')
    try:
        first = showing.line()
        if first is None:
            showing.end()
        joined = other.json('pair', first['code'], '--peer', first['listening'])
        shown = showing.end()[-1]
    finally:
        if showing.process.returncode is None:
            showing.kill()
    return shown, joined


class Homes:
    """with Homes() as homes: ada = homes.new('Ada'). Stops every node that is left, removes every folder."""

    def __init__(self, folder=None):
        self.temporary = tempfile.TemporaryDirectory(prefix='attune-', dir=folder)
        self.homes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for home in self.homes:
            if home.path.exists():
                home.run('down', expect=None)
        self.temporary.cleanup()

    def new(self, name, init=True):
        home = Home(self.temporary.name, name)
        self.homes.append(home)
        if init:
            home.init()
        return home

    def couple(self):
        ada, ben = self.new('Ada'), self.new('Ben')
        pair(ada, ben)
        return ada, ben

"""No network and no file by surprise: every command of a life of two people is followed with strace. It calls nobody but the
others' addresses and the broadcast of the network it is in, asks no name server, writes nowhere but in its home, its
runtime folder and the files that were named, and reads nothing else but what a program needs to run."""
import re
import subprocess
import unittest
from pathlib import Path

import lan
import system_calls
from attune import BINARY, PATIENCE, Failed, Homes, eventually
from needs import not_run

BEACON_PORT = 29417
CONTROL = r'/proc/self/fd/\d+/ctl'   # the socket in the runtime folder
# What may be read outside of the home, and why.
READ = [
    r'/etc/ld\.so\.(cache|preload)', r'/(usr/)?lib(64)?/.*\.so[.0-9a-z]*', re.escape(BINARY),   # the program and its libraries
    r'/usr/share/zoneinfo(/.*)?', r'/etc/(localtime|timezone)',                                    # time zones
    r'/dev/(null|urandom)', r'/proc/self/exe', CONTROL,                        # up runs itself again
]
SOCKETS = [r'AF_UNIX, .*', r'AF_INET6?, SOCK_(DGRAM, IPPROTO_UDP|STREAM, IPPROTO_TCP)', r'AF_NETLINK, .*, NETLINK_ROUTE']


def any_of(patterns):
    return re.compile(f'^(?:{"|".join(patterns)})$')


class Followed(unittest.TestCase):
    def setUp(self):
        self.network = self.enterContext(lan.Network())
        self.homes = self.enterContext(Homes())
        self.bridge = self.network.bridge()
        self.trace = system_calls.Trace(Path(self.homes.temporary.name) / 'trace')
        self.people, self.named = [], []

    def person(self, name, address):
        home = self.homes.new(name, init=False)
        home.host = self.network.host(name.lower())
        home.host.plug(self.bridge, f'{address}/24')
        program = home.program
        home.program = lambda command: self.followed(program(command))
        self.people.append(home)
        return home

    def followed(self, command):
        at = command.index(BINARY)
        return [*command[:at], *self.trace.around(command[at:])]

    def file(self, home, name):
        """A file that a command is going to be told to read or write."""
        self.named.append(str(home.folder / name))
        return home.folder / name

    def up(self, home):
        """Whoever follows a node has its output open, so that it cannot be waited for: it goes to a file."""
        with open(home.folder / 'up', 'w+b') as answer:
            done = subprocess.run(home.program(['--json', 'up']), stdin=subprocess.DEVNULL, stdout=answer, stderr=answer,
                                  env=home.environment, timeout=PATIENCE, check=False)
            if done.returncode != 0:
                raise Failed((home.folder / 'up').read_text())

    # What is its own: the home, what stands beside it while it is made, and where its socket is.
    def own(self):
        for home in self.people:
            yield re.escape(str(home.path)) + r'(\.new|\.new\.lock|\.old)?(/.*)?'
            yield re.escape(str(home.folder / 'run' / 'attune')) + '(/.*)?'
        for name in self.named:
            yield re.escape(name) + r'(\.attune-new)?(/.*)?'

    def secrets(self):
        """Read, and not written; the folders are opened to make a new name in them durable."""
        for home in self.people:
            yield from (re.escape(str(path)) for path in (home.passphrase_file, home.words_file, home.folder))

    def expect_own_files_alone(self, calls):
        may_change = any_of([*self.own(), '/dev/null'])
        may_read = any_of([*self.own(), *self.secrets(), *READ])
        changed = read = 0
        for call in calls:
            for path in call.paths():
                self.assertTrue(path.startswith('/'), f'a path that depends on where it was called: {call}')
                if call.changes():
                    changed += 1
                    self.assertRegex(path, may_change, f'writes by surprise: {call}')
                else:
                    read += 1
                    self.assertRegex(path, may_read, f'reads by surprise: {call}')
        return changed, read

    def expect_known_addresses_alone(self, calls):
        hosts = {f'192.168.77.{1 + n}' for n in range(len(self.people))} | {home.host.link_local() for home in self.people}
        sent = 0
        for call in calls:
            for address, port in call.addresses():
                sent += 1
                if port == BEACON_PORT:
                    self.assertIn(address, {'192.168.77.255', '127.255.255.255', 'ff02::1'}, call)
                else:
                    self.assertIn(address, hosts, call)
                self.assertNotEqual(port, 53, call)
            for path in call.local_sockets():
                self.assertRegex(path, any_of([CONTROL]), call)
            if call.name == 'socket':
                self.assertRegex(call.arguments, any_of(SOCKETS), call)
        return sent

    def test_a_life_of_two_people(self):
        ada, ben = self.person('Ada', '192.168.77.1'), self.person('Ben', '192.168.77.2')
        for home in (ada, ben):
            home.init()
        self.they_pair(ada, ben)
        self.they_live(ada, ben)
        self.they_keep_copies(ada, ben)
        calls = self.trace.calls()
        changed, read = self.expect_own_files_alone(calls)
        sent = self.expect_known_addresses_alone(calls)
        self.assertGreater(min(changed, read), 300, 'too little was seen')
        self.assertGreater(sent, 20, 'nothing was sent that could be seen')
        print(f'{self.trace.count} commands, {len(calls)} calls: {changed} changes of files, {read} looks, {sent} sendings; '
              'none by surprise', flush=True)

    def they_pair(self, ada, ben):
        showing = ada.start('pair')
        self.addCleanup(showing.kill)
        ben.json('pair', showing.line()['code'])
        showing.end()

    def they_live(self, ada, ben):
        ada.json('config', 'hints', 'off')
        for home in (ada, ben):
            self.up(home)
        entry = ada.json('write', 'hello', '--shared', '--title', 'first', '--mood', 'glad:4')['id']
        eventually(lambda: ben.entries(), 'the entry arrives')
        ada.json('edit', entry, 'hello again')
        ada.json('share', ada.json('write', 'private')['id'])
        for command in (['list'], ['search', 'hello'], ['show', entry], [], ['trends'], ['status'], ['device', 'list'],
                        ['doctor'], ['doctor', '--network'], ['sync']):
            ben.json(*command)
        ada.json('erase', entry)
        eventually(lambda: ada.json('show', entry).get('erase_confirmed') is True, 'Ben\'s side confirms')
        for home in (ada, ben):
            home.run('lock')
        ada.json('write', 'without a node', '--shared')
        adas, bens = ada.start('sync'), ben.start('sync')
        adas.end()
        bens.end()

    def they_keep_copies(self, ada, ben):
        backup, parcel, texts = self.file(ada, 'backup.age'), self.file(ada, 'parcel'), self.file(ada, 'texts')
        ada.json('backup', 'create', backup)
        ada.json('backup', 'verify', backup)
        ada.json('sync', '--to-file', parcel)
        ben.json('sync', '--from-file', parcel)
        ada.run('export', texts, '--format', 'markdown')
        ada.json('doctor')
        desk = self.person('Desk', '192.168.77.3')
        desk.keep_words(ada.words)
        self.named.append(str(backup))
        self.up(ada)
        desk.json('restore', backup, '--device', 'desk', '--unlock-cost', 'interactive')
        desk.json('sync')
        ada.run('device', 'revoke', 'desk')
        ada.run('lock')
        desk.json('wipe')

    def test_the_follower_sees_a_name_that_is_looked_up(self):
        """Only where a name was given: and so that silence above means something."""
        ada = self.person('Ada', '192.168.77.1')
        ada.init()
        ada.run('sync', '--peer', 'nowhere.invalid:1', expect=None)
        looked = {path for call in self.trace.calls() for path in call.paths()}
        self.assertTrue(looked & {'/etc/resolv.conf', '/etc/nsswitch.conf', '/etc/hosts'}, looked)


if __name__ == '__main__':
    if not system_calls.possible():
        not_run('strace is lacking')
    lan.alone()
    unittest.main()

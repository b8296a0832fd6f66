"""No network and no file by surprise: every command of a life of two people is followed with strace, and that life has every
command that the program has. It calls nobody but the others' addresses and the broadcast of the network it is in, asks no
name server, takes no port but its own, writes nowhere but in its home, its runtime folder and the files that were named, and
reads nothing else but what a program needs to run."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import lan
import system_calls
from attune import BINARY, PATIENCE, Failed, Homes, eventually
from needs import not_run
from test_prompts import PASSPHRASE, Terminal

BEACON_PORT = 29417
# What may be read outside of the home, and why.
READ = [
    r'/etc/ld\.so\.(cache|preload)', r'/(usr/)?lib(64)?/.*\.so[.0-9a-z]*', re.escape(BINARY),   # the program and its libraries
    r'/usr/share/zoneinfo(/.*)?', r'/etc/(localtime|timezone)',                                    # time zones
    r'/dev/(null|urandom)', r'/proc/self/exe',                                                     # up runs itself again
    r'(/usr)?/bin/sh',                                                                             # which runs an editor
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
        self.people, self.named, self.called, self.ports = [], [], set(), set()

    def person(self, name, address):
        home = self.homes.new(name, init=False)
        home.runtime = tempfile.mkdtemp(dir='/run')   # in memory, as an editor's file has to be
        home.environment['XDG_RUNTIME_DIR'] = home.runtime
        home.host = self.network.host(name.lower())
        home.host.plug(self.bridge, f'{address}/24')
        program = home.program
        home.program = lambda command: self.followed(program(command))
        self.people.append(home)
        return home

    def followed(self, command):
        at = command.index(BINARY)
        self.called.add(tuple(word for word in command[at + 1:] if not word.startswith('-'))[:2])
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
            answer.seek(0)
            self.ports.add(int(json.load(answer)['listening'].rsplit(':', 1)[1]))

    # What is its own: the home, what stands beside it while it is made, where its socket is, and an editor's file.
    def own(self):
        for home in self.people:
            yield re.escape(str(home.path)) + r'(\.new|\.new\.lock|\.old)?(/.*)?'
            yield re.escape(home.runtime) + r'/attune(-\w{6})?(/.*)?'
        for name in self.named:
            yield re.escape(name) + r'(\.attune-new)?(/.*)?'

    def secrets(self):
        """Read, and not written; the folders are opened to make a new name in them durable."""
        for home in self.people:
            yield from (re.escape(str(path)) for path in (home.passphrase_file, home.words_file, home.folder, home.runtime))

    def expect_own_files_alone(self, calls):
        may_change = any_of([*self.own(), '/dev/null'])
        may_read = any_of([*self.own(), *self.secrets(), *READ])
        above = {str(folder) for name in self.named for folder in Path(name).parents}
        changed = read = 0
        for call in calls:
            for path in call.paths():
                if call.name == 'readlink' and path in above:   # where the file really is that was named
                    continue
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
            if call.name == 'socket':
                self.assertRegex(call.arguments, any_of(SOCKETS), call)
        return sent

    def expect_own_sockets_alone(self, calls):
        """What it takes for itself: the one in its runtime folder, the port of its node, that of beacons, and else none in
        particular."""
        control = any_of([re.escape(home.runtime) + '/attune/[0-9a-f]+/ctl' for home in self.people])
        here = {'::', '0.0.0.0', '127.0.0.1', *(f'192.168.77.{1 + n}' for n in range(len(self.people))),
                *(home.host.link_local() for home in self.people)}
        taken = []
        for call in calls:
            for path in call.local_sockets():
                self.assertRegex(path, control, call)
            for address, port in call.bound():
                taken.append(port)
                self.assertIn(address, here, call)
            if call.name == 'bind':
                self.assertTrue(call.local_sockets() or call.bound() or 'sa_family=AF_NETLINK' in call.arguments, call)
        nodes = set(taken) - {0, BEACON_PORT}
        self.assertLessEqual(self.ports, nodes)
        self.assertEqual(len(nodes), len(self.people), 'each has one and remembers it')
        return len(taken)

    def test_a_life_of_two_people(self):
        ada, ben = self.person('Ada', '192.168.77.1'), self.person('Ben', '192.168.77.2')
        for home in (ada, ben):
            home.init()
        self.they_pair(ada, ben)
        self.they_live(ada, ben)
        self.they_keep_copies(ada, ben)
        self.they_part(ada, ben)
        self.expect_that_no_command_is_left_out()
        calls = self.trace.calls()
        self.expect_that_an_editor_was_seen(ada, calls)
        changed, read = self.expect_own_files_alone(calls)
        sent, taken = self.expect_known_addresses_alone(calls), self.expect_own_sockets_alone(calls)
        self.assertGreater(min(changed, read), 300, 'too little was seen')
        self.assertGreater(min(sent, taken), 20, 'nothing was sent that could be seen')
        print(f'{self.trace.count} commands, {len(calls)} calls: {changed} changes of files, {read} looks, {sent} sendings, '
              f'{taken} ports taken; none by surprise', flush=True)

    def they_pair(self, ada, ben):
        showing = ada.start('pair')
        self.addCleanup(showing.kill)
        ben.json('pair', showing.line()['code'])
        showing.end()

    def they_live(self, ada, ben):
        ada.json('config', 'hints', 'off')
        for home in (ada, ben):
            self.up(home)
        watching = ben.start('watch')
        self.addCleanup(watching.kill)
        watching.line()
        entry = ada.json('write', 'hello', '--shared', '--title', 'first', '--mood', 'glad:4')['id']
        eventually(lambda: ben.entries(), 'the entry arrives')
        ada.json('edit', entry, 'hello again')
        ada.json('share', ada.json('write', 'private')['id'])
        for command in (['list'], ['search', 'hello'], ['show', entry], [], ['trends'], ['status'], ['device', 'list'],
                        ['doctor'], ['doctor', '--network'], ['sync']):
            ben.json(*command)
        self.they_answer(ada, ben, entry)
        self.they_agree(ada, ben)
        self.she_uses_an_editor(ada)
        ada.json('erase', entry)
        eventually(lambda: ada.json('show', entry).get('erase_confirmed') is True, 'Ben\'s side confirms')
        watching.kill()
        ada.run('lock')
        ben.run('down')
        ada.json('write', 'without a node', '--shared')
        adas, bens = ada.start('sync'), ben.start('sync')
        adas.end()
        bens.end()

    def they_answer(self, ada, ben, entry):
        ben.json('respond', entry, '--reflect', 'you say hello')
        limit = ada.json('boundary', 'state', 'no calls at night')['id']
        ben.json('sync')
        ada.json('respond', entry, '--understood')
        ben.json('boundary', 'acknowledge', limit)
        ben.json('boundary', 'ask', limit, 'and in the morning?')
        for command in (['revise', limit, 'no calls after ten'], ['list'], ['show', limit], ['lift', limit]):
            ada.json('boundary', *command)
        begun = ada.json('checkin', '--mood', 'calm:4', '--wish', 'a walk')['id']
        ada.json('checkin', 'list')
        ada.json('checkin', 'show', begun)
        ben.json('pause', 'a walk', '--for', '1h')
        ben.json('resume')

    def they_agree(self, ada, ben):
        daily, once, never = (ada.json('agreement', 'propose', *words)['id'] for words in (
            ['We say good night', '--every', 'day at 00:00'], ['We travel', '--every', '2090-01-01 at 12:00'], ['We run']))
        ben.json('sync')
        for command in (['accept', daily], ['accept', once], ['decline', never]):
            ben.json('agreement', *command)
        ben.json('sync')
        for command in (['kept', daily], ['missed', daily], ['moved', once, '--to', '2090-01-03'], ['amend', daily, 'We say it'],
                        ['list'], ['show', daily], ['due'], ['withdraw', daily]):
            ada.json('agreement', *command)

    def she_uses_an_editor(self, ada):
        code, shown = Terminal(ada, 'write', EDITOR='f() { echo typed > "$1"; echo more > "$1.swp"; }; f').end()
        self.assertEqual(code, 0, shown)
        self.assertEqual(ada.entries()[0]['body'], 'typed')
        self.assertEqual(os.listdir(ada.runtime), ['attune'], 'nothing of it is left')

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

    def they_part(self, ada, ben):
        old = self.file(ada, 'jrnl')
        old.write_text('[2013-06-09 15:39] A walk.\nalong the river\n')
        ada.json('import', old, '--from', 'jrnl')
        changed = self.file(ada, 'changed')
        changed.write_text(PASSPHRASE + ' indeed\n')
        ada.json('passphrase', '--new-passphrase-file', changed)
        ada.passphrase_file.write_text(changed.read_text())
        ada.run('backup', 'identity')
        ada.run('completion', 'bash')
        node = ben.start('node')
        self.addCleanup(node.kill)
        self.ports.add(int(node.line()['listening'].rsplit(':', 1)[1]))
        self.up(ada)
        ada.json('sync')
        self.assertTrue(ada.json('leave', '--tell')['told'])
        ada.run('down')
        node.process.send_signal(signal.SIGTERM)
        node.end()

    @classmethod
    def commands(cls, *so_far):
        """All that the program has, as its own help tells."""
        shown = subprocess.run([BINARY, *so_far, '--help'], capture_output=True, text=True, check=True).stdout
        names = re.findall(r'^  (\S+)', shown.partition('\nSubcommands:\n')[2].partition('\n\n')[0], re.MULTILINE)
        by_itself = {so_far} if not names or '[SUBCOMMAND]' in shown else set()
        return by_itself.union(*(cls.commands(*so_far, name) for name in names))

    def expect_that_no_command_is_left_out(self):
        commands = self.commands()
        self.assertGreater(len(commands), 40)
        self.assertEqual(commands - {one if one in commands else one[:1] for one in self.called}, set())

    def expect_that_an_editor_was_seen(self, home, calls):
        written = [path for call in calls if call.changes() for path in call.paths()]
        for name in ('entry.md', 'entry.md.swp'):
            self.assertTrue(any(re.fullmatch(re.escape(home.runtime) + rf'/attune-\w{{6}}/{name}', path) for path in written), name)

    def test_the_follower_sees_a_socket_that_gets_a_name_and_a_call_that_never_ends(self):
        folder = Path(self.homes.temporary.name)
        os.mkfifo(folder / 'fifo')
        surprise = 'import socket, sys\nsocket.socket(socket.AF_UNIX).bind(sys.argv[1] + "/socket")\nopen(sys.argv[1] + "/fifo", "w")'
        process = subprocess.Popen(self.trace.around([sys.executable, '-S', '-c', surprise, str(folder)]))
        eventually(lambda: any('/fifo' in file.read_text() for file in self.trace.folder.iterdir()), 'it waits for a reader')
        process.kill()
        process.wait()
        changed = {path for call in self.trace.calls() if call.changes() for path in call.paths()}
        self.assertLessEqual({str(folder / 'socket'), str(folder / 'fifo')}, changed)

    def test_the_follower_sees_a_name_that_is_looked_up(self):
        """Only where a name was given: and so that silence above means something."""
        ada = self.person('Ada', '192.168.77.1')
        ada.init()
        ada.run('sync', '--peer', 'nowhere.invalid:1', expect=None)
        looked = {path for call in self.trace.calls() for path in call.paths()}
        self.assertTrue(looked & {'/etc/resolv.conf', '/etc/nsswitch.conf', '/etc/hosts'}, looked)


class WhatStraceSays(unittest.TestCase):
    def told(self, *lines):
        return [(call.name, call.changes(), call.paths()) for call in system_calls.understood(lines)]

    def test_a_call_that_was_cut_off_counts_as_made(self):
        begun = 'openat(AT_FDCWD</>, "/surprise", O_WRONLY|O_CREAT <unfinished ...>'
        made = ('openat', True, ['/surprise'])
        self.assertEqual(self.told(begun, '+++ killed by SIGKILL +++'), [made])
        self.assertEqual(self.told(begun), [made])
        self.assertEqual(self.told(begun, '<... openat resumed>, 0666) = 3</surprise>'), [made])
        self.assertEqual(self.told(begun, 'unlink("/surprise") = 0'), [made, ('unlink', True, ['/surprise'])])

    def test_what_is_not_understood_is_said(self):
        for line in ('<... openat resumed>) = 3', 'openat(AT_FDCWD</>, "/surprise"', 'something else'):
            with self.subTest(line=line), self.assertRaises(AssertionError):
                self.told('unlink("/surprise" <unfinished ...>', line)

    def test_a_directory_that_was_opened_stands_before_what_is_named_in_it(self):
        opened = 'openat(AT_FDCWD</>, "/run/here", O_RDONLY|O_DIRECTORY) = 7</run/here>'
        self.assertEqual(self.told('unlinkat(7</run/here>, "entry", 0) = 0', 'unlinkat(AT_FDCWD</>, "entry", 0) = 0'),
                         [('unlinkat', True, ['/run/here/entry']), ('unlinkat', True, ['entry'])])
        bind = 'bind(8<socket:[1]>, {sa_family=AF_UNIX, sun_path="/proc/self/fd/7/ctl"}, 22) = 0'
        self.assertEqual(self.told(opened, bind)[1], ('bind', True, ['/run/here/ctl']))
        self.assertEqual(self.told(bind), [('bind', True, ['/proc/self/fd/7/ctl'])])


if __name__ == '__main__':
    if not system_calls.possible():
        not_run('strace is lacking')
    lan.alone()
    unittest.main()

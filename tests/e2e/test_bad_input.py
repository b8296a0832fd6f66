"""Wrong, oversized, cut and binary input at every door: an error with its code and exit code, in time, and nothing that
was there before is other than it was."""
import json
import os
import random
import resource
import signal
import socket
import stat
import subprocess
import unittest
from pathlib import Path

from attune import BINARY, Homes, eventually

SEED = int(os.environ.get('ATTUNE_SEED', '20261120'))
KNOWN = {'usage': 2, 'wrong_passphrase': 3, 'wrong_words': 3, 'not_found': 4, 'ambiguous': 4, 'no_home': 4, 'not_paired': 5,
         'unreachable': 5, 'damaged': 6, 'tampered': 6, 'wrong_code': 1, 'refused': 1, 'exists': 1, 'busy': 1, 'disk': 1,
         'incompatible': 1, 'peer_misbehaved': 1}   # internal is a bug, never an answer to input


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.homes = cls.enterClassContext(Homes())
        cls.ada, cls.ben = cls.homes.couple()
        cls.entry = cls.ada.json('write', 'what must stay', '--shared', '--title', 'T')['id']
        cls.backup = cls.ada.folder / 'backup.age'
        cls.ada.json('backup', 'create', cls.backup)
        cls.chance = random.Random(SEED)

    def refused(self, home, *command, stdin='', codes=None):
        """A known error with its exit code, one document, nothing on standard output."""
        result = home.run('--json', *command, stdin=stdin, expect=None)
        self.assertNotEqual(result.code, 0, result)
        self.assertEqual(result.out, '', result)
        documents = [line for line in result.err.splitlines() if line]
        self.assertEqual(len(documents), 1, f'one document and nothing else: {result}')
        error = json.loads(documents[0])['error']
        self.assertIn(error['code'], codes or KNOWN, result)
        self.assertEqual(result.code, KNOWN[error['code']], result)
        return error

    def unchanged(self, home):
        """A context in which no file of the home may change."""
        test = self

        class Same:
            def __enter__(self):
                self.before = home.tree()

            def __exit__(self, kind, *_):
                if kind is None:
                    test.assertEqual(home.tree(), self.before)

        return Same()

    def garbage(self, size):
        return self.chance.randbytes(size)

    def test_passphrase_files(self):
        with self.unchanged(self.ada):
            for name, content in {'binary': self.garbage(64), 'zeros': b'\0' * 64, 'empty': b'', 'newline': b'\n', 'long': b'x' * 5000,
                                  'huge': self.garbage(10_000_000), 'almost': b'correct horse batter', 'bom': b'\xef\xbb\xbfcorrect horse battery\n',
                                  'space': b'correct horse battery \n'}.items():
                with self.subTest(name=name):
                    self.refused(self.ada, '--passphrase-file', self.ada.file('pp-' + name, content), 'list', codes=('usage', 'wrong_passphrase'))
                    self.refused(self.ada, '--passphrase-file', '-', 'list', stdin=content, codes=('usage', 'wrong_passphrase'))
            for path in ('/dev/null', '/no/such/file', str(self.ada.folder), '', '/dev/zero'):
                with self.subTest(path=path):
                    if path:
                        self.refused(self.ada, '--passphrase-file', path, 'list')

    def test_words_files(self):
        other = self.homes.new('Words', init=False)
        words = self.ada.words.split()
        for name, content in {'binary': self.garbage(300), 'zeros': b'\0' * 300, 'empty': b'', 'huge': b'abandon ' * 1_000_000,
                              'long word': b'a' * 100_000, 'cut': ' '.join([*words[:23], words[23][:2]]).encode(), 'reversed': ' '.join(reversed(words)).encode(),
                              'same word': b'zoo ' * 24, 'numbers': b'1 2 3', 'accents': ' '.join(words).replace('a', 'ä').replace('e', 'é').encode(),
                              'nul': ' '.join(words).encode() + b'\0'}.items():
            with self.subTest(name=name):
                other.keep_words('')
                other.words_file.write_bytes(content)
                for command in (['backup', 'verify', self.backup], ['restore', self.backup, '--unlock-cost', 'interactive'], ['backup', 'identity']):
                    self.refused(other, *command, codes=('wrong_words', 'usage'))
                self.assertFalse(other.path.exists())

    def test_backup_files(self):
        other = self.homes.new('Backup', init=False)
        other.keep_words(self.ada.words)
        whole = self.backup.read_bytes()
        header_end = whole.index(b'\n--- ') + 1
        cases = {'empty': b'', 'binary': self.garbage(5000), 'text': b'hello\n' * 100, 'only the first line': whole[:whole.index(b'\n') + 1],
                 'header without end': whole[:header_end], 'endless line': b'age-encryption.org/v1\n-> ' + b'x' * 5_000_000,
                 'endless header': b'age-encryption.org/v1\n' + b'-> X25519 abc\nabc\n' * 200_000,
                 'header and garbage': whole[:header_end + 60] + self.garbage(70_000), 'zeros behind': whole + b'\0' * 1000,
                 'a zip bomb of stanzas': b'age-encryption.org/v1\n' + b'-> scrypt ' + b'A' * 22 + b' 63\n' + b'A' * 43 + b'\n--- ' + b'A' * 43 + b'\n' + self.garbage(100)}
        for name, content in cases.items():
            with self.subTest(name=name):
                file = other.file('bad.age', content)
                for command in (['backup', 'verify', file], ['restore', file, '--unlock-cost', 'interactive']):
                    self.refused(other, *command, codes=('damaged', 'tampered', 'wrong_words', 'incompatible'))
                self.assertFalse(other.path.exists())
        for path in ('/no/such/file', other.folder, '/dev/null'):
            with self.subTest(path=path):
                self.refused(other, 'backup', 'verify', path)
                self.refused(other, 'restore', path, '--unlock-cost', 'interactive')
                self.assertFalse(other.path.exists())

    def test_places_for_a_backup(self):
        before = self.backup.read_bytes()
        self.refused(self.ada, 'backup', 'create', self.backup, codes=('exists',))
        self.assertEqual(self.backup.read_bytes(), before)
        for path in (self.ada.folder, self.ada.folder / 'none' / 'b.age', '/dev/full', '/proc/b.age', ''):
            with self.subTest(path=str(path)):
                self.refused(self.ada, 'backup', 'create', path, codes=('exists', 'disk', 'usage', 'not_found'))
        link = self.ada.folder / 'link.age'
        os.symlink(self.ada.folder / 'elsewhere.age', link)
        self.refused(self.ada, 'backup', 'create', link)
        self.assertFalse((self.ada.folder / 'elsewhere.age').exists())
        self.assertEqual(self.ada.json('backup', 'verify', self.backup)['entries'], 1)

    def test_homes_that_are_none(self):
        """A folder, a file or a link under the name of a home is left as it is."""
        folder = self.ada.folder / 'folder'
        folder.mkdir()
        (folder / 'diary.txt').write_text('mine')
        file = self.ada.file('file', 'a file')
        link = self.ada.folder / 'link'
        os.symlink('/no/such/place', link)
        for home in (folder, file, link, Path('/dev/null'), Path('/proc/self'), file / 'below'):
            with self.subTest(home=home.name):
                for command in (['status'], ['write', 'x'], ['wipe']):
                    self.refused(self.ada, '--home', home, *command)
                self.refused(self.ada, '--home', home, 'init', '--name', 'x', '--unlock-cost', 'interactive')
        self.assertEqual((folder / 'diary.txt').read_text(), 'mine')
        self.assertEqual([path.name for path in folder.iterdir()], ['diary.txt'])
        self.assertEqual(file.read_text(), 'a file')
        self.assertTrue(link.is_symlink())

    def test_a_home_that_others_may_enter_is_said(self):
        """Somebody opened it to others: refused or put right, never silently used."""
        home = self.homes.new('Open')
        home.path.chmod(0o777)
        result = home.run('--json', 'status', expect=None)
        if result.code == 0:
            self.assertEqual(stat.S_IMODE(home.path.stat().st_mode) & 0o077, 0, 'used while others could write to it')
        else:
            self.assertIn(json.loads(result.err)['error']['code'], KNOWN)

    def test_arguments_of_any_bytes(self):
        """Seeded garbage for every command: always an error that is known, never a change, never `internal`."""
        self.ada.up()
        try:
            before = self.ada.entries()
            commands = (['show'], ['edit', self.entry, '--title'], ['share'], ['erase'], ['list', '--tag'], ['list', '--kind'], ['list', '--since'],
                        ['list', '--before'], ['list', '-n'], ['write', 'x', '--at'], ['write', 'x', '--mood'], ['write', 'x', '--kind'],
                        ['sync', '--peer'], ['pair'], ['pair', '--peer'], ['backup', 'verify'], ['init', '--name'], ['--color'], [])
            for command in commands:
                for size in (7, 100_000):
                    typed = bytes(byte for byte in self.garbage(size) if byte) + b'\xff'
                    with self.subTest(command=command, size=size):
                        self.refused(self.ada, *command, b'x' + typed)
            self.assertEqual(self.ada.entries(), before)
            self.assertEqual(self.ada.json('status')['node'], 'running')
        finally:
            self.ada.down()

    def test_oversized_arguments(self):
        self.ada.up()
        try:
            before = self.ada.entries()
            long = 'x' * 130_000   # the most that the kernel takes as one argument is 131,072
            for command in (['show', long], ['write', 'x', '--title', long], ['write', 'x', '--tag', long], ['write', 'x', '--mood', long + ':3'],
                            ['write', 'x', '--kind', long], ['write', 'x', '--at', long], ['edit', self.entry, '--title', long], ['list', '--before', long],
                            ['list', '--since', long], ['sync', '--peer', long], ['sync', '--peer', long + ':1'], ['pair', long], ['list', '-n', '9' * 1000],
                            ['write', 'x', *[part for n in range(2000) for part in ('--tag', str(n))]], ['init', '--name', long], [long]):
                with self.subTest(command=[str(part)[:20] for part in command][:4]):
                    self.refused(self.ada, *command)
            self.assertEqual(self.ada.entries(), before)
        finally:
            self.ada.down()

    def test_a_search_of_any_size_ends(self):
        self.ada.up()
        try:
            for words in (['x' * 100_000], ['wort'] * 5000, ['\u0301' * 30_000], ['what', 'must'] * 1000):
                result = self.ada.run('--json', 'search', *words, expect=None)
                self.assertIn(result.code, (0, 2), result)
        finally:
            self.ada.down()

    def test_the_control_socket_takes_no_garbage(self):
        self.ada.up()
        try:
            control = next(path for path in (self.ada.folder / 'run').rglob('*') if stat.S_ISSOCK(path.stat().st_mode))
            for content in (b'', b'\0', self.garbage(10), b'\xff' * 4 + self.garbage(100), b'\x7f\xff\xff\xff', b'\0\0\0\x05hello',
                            self.garbage(100_000), b'GET / HTTP/1.1\r\n\r\n'):
                with self.subTest(content=content[:8]), socket.socket(socket.AF_UNIX) as other:
                    other.settimeout(60)
                    other.connect(str(control))
                    try:
                        other.sendall(content)
                        other.shutdown(socket.SHUT_WR)
                        while other.recv(65536):
                            pass
                    except (BrokenPipeError, ConnectionResetError):
                        pass
            silent = [socket.socket(socket.AF_UNIX) for _ in range(100)]   # say nothing, stay
            for other in silent:
                other.setblocking(False)
                other.connect_ex(str(control))
            self.assertEqual(self.ada.json('show', self.entry)['body'], 'what must stay')
            for other in silent:
                other.close()
        finally:
            self.ada.down()

    def test_text_that_is_no_text_is_not_printed_by_the_node(self):
        """The library that reads messages would warn about it on standard error."""
        running = self.ada.start('node', '--listen', '127.0.0.1:0', '--no-discovery')
        self.addCleanup(running.kill)
        running.line()
        control = next(path for path in (self.ada.folder / 'run').rglob('*') if stat.S_ISSOCK(path.stat().st_mode))
        with socket.socket(socket.AF_UNIX) as other:
            other.settimeout(60)
            other.connect(str(control))
            other.sendall(b'\0\0\0\x06' b'\x12\x04\x0a\x02\xff\xfe')    # a Request: write { text: ff fe }
            self.assertEqual(other.recv(1), b'')
        running.process.send_signal(signal.SIGTERM)
        self.assertEqual(running.process.wait(60), 0)
        self.assertEqual(running.process.stderr.read(), b'')

    def test_the_port_takes_no_garbage(self):
        host, port = self.ada.up().split(':')
        try:
            for size in (1, 48, 96, 100, 255, 256, 1000, 65_537, 1_000_000):
                with self.subTest(size=size), socket.create_connection((host, int(port)), 30) as other:
                    other.settimeout(60)
                    try:
                        other.sendall(self.garbage(size))
                        self.assertEqual(other.recv(100), b'', 'not a byte for a stranger')
                    except (BrokenPipeError, ConnectionResetError):
                        pass
            self.ben.json('sync', '--peer', f'{host}:{port}')
            self.assertEqual(self.ada.json('show', self.entry)['body'], 'what must stay')
        finally:
            self.ada.down()

    def test_a_peer_that_is_no_attune_is_unreachable(self):
        with socket.create_server(('127.0.0.1', 0)) as server:
            address = f'127.0.0.1:{server.getsockname()[1]}'
            for content in (b'', b'HTTP/1.1 400 Bad Request\r\n\r\n', self.garbage(100_000), b'\xff\xff' + self.garbage(65_535)):
                with self.subTest(content=content[:8]):
                    syncing = subprocess.Popen([BINARY, '--json', 'sync', '--peer', address], env=self.ada.environment,
                                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    server.settimeout(0.2)
                    while syncing.poll() is None:   # it may try more than once
                        try:
                            near, _ = server.accept()
                            with near:
                                near.sendall(content)
                        except (TimeoutError, BrokenPipeError, ConnectionResetError):
                            pass
                    out, error = syncing.communicate(timeout=100)
                    self.assertEqual(out, b'')
                    self.assertIn(json.loads(error)['error']['code'], ('unreachable', 'peer_misbehaved'))

    def test_a_disk_that_is_full_loses_nothing(self):
        """Files may not grow beyond a size: what was refused is not there, what was saved is."""
        home = self.homes.new('Full')
        home.json('write', 'before')

        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        done = subprocess.run([BINARY, '--json', 'write'], input=b'y' * 900_000, env=home.environment, capture_output=True,
                              preexec_fn=little_room, check=False, timeout=100)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b'')
        if done.returncode > 0:
            self.assertEqual(json.loads(done.stderr)['error']['code'], 'disk')
        self.assertEqual([entry['body'] for entry in home.entries()], ['before'])
        home.json('write', 'after')
        self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_standard_output_that_is_closed_or_full_is_no_success(self):
        entries = len(self.ada.entries())
        with open('/dev/full', 'wb') as full:
            for command in (['list'], ['show', self.entry], ['--json', 'status']):
                with self.subTest(command=command):
                    done = subprocess.run([BINARY, *command], env=self.ada.environment, stdout=full, stderr=subprocess.PIPE, check=False, timeout=100)
                    self.assertNotEqual(done.returncode, 0, 'what nobody got was not shown')
            unseen = self.homes.new('Unseen', init=False)
            init = [BINARY, 'init', '--name', 'Unseen']
            done = subprocess.run(init, env=unseen.environment, stdout=full, stderr=subprocess.PIPE, check=False, timeout=100)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertFalse(unseen.path.exists(), 'nobody has seen its words')
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, 'wb') as nobody:
            done = subprocess.run([BINARY, 'list'], env=self.ada.environment, stdout=nobody, stderr=subprocess.PIPE, check=False, timeout=100)
            self.assertNotIn(b'terminate', done.stderr)
        self.assertEqual(len(self.ada.entries()), entries)

    def test_closed_standard_streams_do_not_become_files_of_the_store(self):
        """With 0, 1 and 2 closed the first file opened would be one of them, and a message would land in it."""
        home = self.homes.new('Streams')
        subprocess.run(['/bin/sh', '-c', f'exec {BINARY} write "no streams" <&- >&- 2>&-'], env=home.environment, check=False, timeout=100)
        subprocess.run(['/bin/sh', '-c', f'exec {BINARY} frobnicate <&- >&- 2>&-'], env=home.environment, check=False, timeout=100)
        self.assertEqual(home.json('doctor').get('problems', []), [])
        home.up()
        eventually(lambda: home.json('status')['node'] == 'running', 'it still opens')
        home.down()


if __name__ == '__main__':
    unittest.main()

"""A byte that is other than it was written is found, said with the file's name and exit code 6, and nothing is made worse;
when it is put right again, all is there."""
import os
import shutil
import unittest

from attune import Homes, eventually, pair


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 0x40
    write_in_place(path, content)


def write_in_place(path, content):
    """The same inode, as a failing disk or a patient thief would leave it."""
    with open(path, 'r+b') as file:
        file.write(content)
        file.truncate()


def places(size):
    """First, last, and some between."""
    return sorted({0, 1, size // 4, size // 2, size * 3 // 4, size - 2, size - 1} & set(range(size)))


def in_closing_frame(path, place):
    """Behind everything that was ever said to be saved: docs/store-format.md, section 1."""
    return (path.suffix == '.log' or path.name.startswith('MANIFEST')) and place >= path.stat().st_size - 100


class Damage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        homes = cls.enterClassContext(Homes())
        cls.homes = homes
        cls.ada, cls.ben = homes.couple()
        at = cls.ada.up()
        cls.ben.up('--peer', at)
        cls.ada.json('write', '--shared', stdin='a long text ' * 10_000)
        gone = cls.ada.json('write', 'erased later', '--shared')['id']
        cls.ben.json('write', 'from Ben', '--shared')
        eventually(lambda: len(cls.ada.entries()) == len(cls.ben.entries()) == 3, 'in sync')
        cls.ada.json('erase', gone)   # which compacts, so that there are tables
        eventually(lambda: cls.ada.json('show', gone).get('erase_confirmed') is True, 'erased')
        cls.ada.json('write', 'last of all')
        cls.wanted = cls.ada.entries()
        for home in (cls.ada, cls.ben):
            home.down()
        cls.tree = cls.ada.tree()   # closed cleanly, with a log that is not empty

    def setUp(self):
        self.put_back()   # every command that opens the store writes to it

    def assert_refused(self, path, *command, codes=('damaged', 'tampered')):
        result = self.ada.run('--json', *command, expect=None)
        self.assertEqual(result.code, 6, result)
        self.assertIn(result.error['code'], codes)
        self.assertIn(str(path), result.error['message'], 'the file is named')
        self.assertEqual(result.out, '')

    def test_the_vault(self):
        vault = self.ada.path / 'vault'
        whole = vault.read_bytes()
        self.addCleanup(write_in_place, vault, whole)
        for place in places(len(whole)):
            with self.subTest(place=place):
                flip(vault, place)
                self.assert_refused(vault, 'list')
                write_in_place(vault, whole)
        for content in (b'', whole[:1], whole[:-1], whole[:len(whole) // 2], whole + b'\0', os.urandom(len(whole)), b'\0' * len(whole)):
            with self.subTest(size=len(content)):
                write_in_place(vault, content)
                self.assert_refused(vault, 'list')
                self.assert_refused(vault, 'up', '--listen', '127.0.0.1:0', '--no-discovery')
        write_in_place(vault, whole)
        self.assertEqual(self.ada.entries(), self.wanted)

    def test_a_vault_that_asks_for_all_memory_is_refused_before_it_gets_it(self):
        vault = self.ada.path / 'vault'
        whole = vault.read_bytes()
        self.addCleanup(write_in_place, vault, whole)
        for place in range(0, 64):   # wherever the cost stands
            content = bytearray(whole)
            content[place:place + 4] = b'\xff\xff\xff\xff'
            if bytes(content) == whole:
                continue
            write_in_place(vault, content)
            result = self.ada.run('--json', 'status', expect=None)
            self.assertIn(result.error['code'], ('damaged', 'tampered', 'incompatible'), place)

    def test_every_file_of_the_store(self):
        store = self.ada.path / 'store'
        files = [path for path in store.iterdir() if path.stat().st_size > 0]
        self.assertGreaterEqual(len(files), 3, files)
        found = {path.suffix or path.name.split('-')[0] for path in files}
        self.assertLessEqual({'CURRENT', 'MANIFEST'}, found)
        for file in files:
            whole = file.read_bytes()
            for place in places(len(whole)):
                with self.subTest(file=file.name, place=place):
                    flip(file, place)
                    try:
                        self.found_by_doctor(file, lossless=in_closing_frame(file, place))
                    finally:
                        self.put_back()
        self.assertEqual(self.ada.entries(), self.wanted)

    def found_by_doctor(self, file, lossless):
        """Refused at once, or listed by doctor: either way with exit code 6 and the file's name. Where nothing can be
        lost, silence will do, if nothing is lost."""
        result = self.ada.run('--json', 'doctor', expect=None)
        if lossless and result.code == 0:
            self.assertEqual(self.ada.entries(), self.wanted)
            return
        self.assertEqual(result.code, 6, result)
        self.assertIn(str(file.parent), result.out + result.err, 'the place is named')
        self.assertIn(file.name, result.out + result.err, 'the file is named')

    def put_back(self):
        """Store and heads as they were; the inodes of the rest stay."""
        shutil.rmtree(self.ada.path / 'store')
        (self.ada.path / 'store').mkdir(mode=0o700)
        for name, (mode, content) in self.tree.items():
            if name.startswith('store/') or name == 'heads':
                path = self.ada.path / name
                path.write_bytes(content)
                path.chmod(mode & 0o777)

    def test_a_store_file_that_is_missing_cut_or_another(self):
        store = self.ada.path / 'store'
        files = sorted(path for path in store.iterdir() if path.stat().st_size > 0)
        for file in files:
            whole, other = file.read_bytes(), next(other.read_bytes() for other in files if other != file)
            for what, change in (('missing', lambda f=file: f.unlink()),
                                 ('empty', lambda f=file: write_in_place(f, b'')),
                                 ('cut', lambda f=file, w=whole: write_in_place(f, w[:-1])),
                                 ('half', lambda f=file, w=whole: write_in_place(f, w[:len(w) // 2])),
                                 ('another', lambda f=file, o=other: write_in_place(f, o)),
                                 ('garbage', lambda f=file, w=whole: write_in_place(f, os.urandom(len(w))))):
                with self.subTest(file=file.name, what=what):
                    try:
                        change()
                        self.found_by_doctor(file, lossless=what == 'cut')
                    finally:
                        self.put_back()

    def test_a_manifest_that_is_cut_after_a_session_that_only_read_loses_nothing_unnoticed(self):
        """Then the log is empty and vouches for nothing: the manifest alone says what there is."""
        self.ada.json('list')
        manifest = next((self.ada.path / 'store').glob('MANIFEST-*'))
        closed = {path: path.read_bytes() for path in (self.ada.path / 'store').iterdir()}
        whole = closed[manifest]
        for size in range(len(whole) - 1, 0, -37):
            with self.subTest(size=size, of=len(whole)):
                write_in_place(manifest, whole[:size])
                result = self.ada.run('--json', 'list', '-n', '0', expect=None)
                if result.code == 0:
                    self.assertEqual(result.json['entries'], self.wanted)
                    self.assertEqual(self.ada.json('doctor')['problems'], [])
                else:
                    self.assertEqual(result.code, 6, result)
            shutil.rmtree(self.ada.path / 'store')
            (self.ada.path / 'store').mkdir(mode=0o700)
            for path, content in closed.items():
                path.touch(mode=0o600)
                path.write_bytes(content)

    def test_an_older_store_put_back_is_noticed_and_loses_nothing_new(self):
        """The store of yesterday under the heads of today: the logs start anew; what only the partner has comes back."""
        home, partner = self.homes.new('Carol'), self.homes.new('Dora')
        pair(home, partner)
        at = partner.up()
        home.json('write', 'before the copy', '--shared')
        home.json('sync', '--peer', at)
        old = {name: value for name, value in home.tree().items() if name.startswith('store/') and (home.path / name).is_file()}
        late = home.json('write', 'after the copy', '--shared')['id']
        home.json('sync', '--peer', at)
        shutil.rmtree(home.path / 'store')
        (home.path / 'store').mkdir(mode=0o700)
        for name, (mode, content) in old.items():
            (home.path / name).write_bytes(content)
            (home.path / name).chmod(mode & 0o777)
        new = home.json('write', 'after the rollback', '--shared')['id']
        home.json('sync', '--peer', at)
        for entry in (late, new):
            self.assertEqual(home.json('show', entry), home.json('show', entry))
            self.assertTrue(partner.json('show', entry)['body'])
        self.assertEqual([e['id'] for e in home.entries()], [e['id'] for e in partner.entries()])
        self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_a_copied_home_and_its_original_can_both_go_on(self):
        home, partner = self.homes.new('Emma'), self.homes.new('Fritz')
        pair(home, partner)
        at = partner.up()
        home.json('write', 'before', '--shared')
        copied = self.homes.new('Copy', init=False)
        shutil.copytree(home.path, copied.path, copy_function=shutil.copy2)
        one = home.json('write', 'from the original', '--shared')['id']
        other = copied.json('write', 'from the copy', '--shared')['id']
        for turn in (home, copied, home, copied):
            turn.json('sync', '--peer', at)
        wanted = {entry['id'] for entry in partner.entries()}
        self.assertLessEqual({one, other}, wanted)
        self.assertEqual(len(wanted), 3)
        for side in (home, copied, partner):
            self.assertEqual({entry['id'] for entry in side.entries()}, wanted)
            self.assertEqual(side.json('doctor').get('problems', []), [])

    def test_a_backup(self):
        backup = self.ada.folder / 'backup.age'
        created = self.ada.json('backup', 'create', backup)
        whole = backup.read_bytes()
        other = self.homes.new('Other', init=False)
        other.keep_words(self.ada.words)
        step = max(1, len(whole) // 40)
        stanza = range(whole.index(b'\n-> ') + 1, whole.index(b'\n---') + 1)   # says whose it is
        for place in sorted({*range(0, len(whole), step), *range(0, 200, 9), len(whole) - 1}):
            with self.subTest(place=place):
                flip(backup, place)
                result = other.run('--json', 'backup', 'verify', backup, expect=None)
                self.assertIn(result.code, (3, 6) if place in stanza else (6,), result)
                if result.code == 6:
                    self.assertIn(str(backup), result.error['message'], 'the file is named')
                write_in_place(backup, whole)
        for content in (b'', whole[:10], whole[:len(whole) // 2], whole[:-1], whole + b'x', whole + whole, os.urandom(5000)):
            with self.subTest(size=len(content)):
                write_in_place(backup, content)
                for command in (['backup', 'verify', backup], ['restore', backup, '--unlock-cost', 'interactive']):
                    result = other.run('--json', *command, expect=None)
                    self.assertEqual(result.code, 6, result)
                    self.assertIn(result.error['code'], ('damaged', 'tampered'))
                    self.assertIn(str(backup), result.error['message'], 'the file is named')
                    self.assertNotIn('doctor', result.error['hint'], 'doctor knows nothing of a backup')
                self.assertFalse(other.path.exists())
                self.assertEqual([path.name for path in other.folder.iterdir() if 'home' in path.name], [], 'nothing half done is left')
        write_in_place(backup, whole)
        self.assertEqual(other.json('backup', 'verify', backup), created)


if __name__ == '__main__':
    unittest.main()

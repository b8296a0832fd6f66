"""Each call to the file system fails while two sync, by the network or by file, and while entries are erased or brought along.
It never crashes, says what is wrong, is done whole or not at all, and both are level once they meet on a disk that is sound."""
import unittest

from acknowledged import Kept, as_export
from attune import Homes
from failing import EACH, Sweep

KINDS = ('write', 'sync')
if EACH:
    KINDS += ('open', 'read', 'short', 'truncate', 'mode', 'close', 'look', 'list', 'lock', 'rename', 'unlink', 'flip')
CODES = {'short': (0,), 'flip': (0, 1, 6)}
ERRORS = {'flip': ('busy', 'damaged', 'tampered')}


class FailingTogether(Sweep):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        self.saved = {self.ada.json('write', '--shared', 'from the beginning')['id']}
        self.address = self.ben.up()
        self.ada.json('sync', '--peer', self.address)

    def each_kind(self, prepare, *command):
        for kind in KINDS:
            for nth, result in self.each(self.ada, kind, 1, *command, prepare=prepare):
                with self.subTest(kind=kind, nth=nth):
                    self.assert_ended_well(self.ada, result, codes=CODES.get(kind, (0, 1)))
                    if result.code != 0:
                        self.assertIn(result.error['code'], ERRORS.get(kind, ('disk',)))   # nobody else is blamed
                yield result

    def write(self, home):
        self.saved.add(home.json('write', '--shared', 'something new')['id'])

    def assert_level(self, also=()):
        self.ada.json('sync', '--peer', self.address)
        for home in (self.ada, self.ben):
            self.assertEqual({entry['id'] for entry in home.entries()} - set(also), self.saved, home.name)
        self.assertEqual(self.ada.json('status')['waiting'], 0)

    def assert_sound(self):
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('doctor').get('problems', []), [], home.name)

    def test_a_sync(self):
        """Both have something for the other."""
        for result in self.each_kind(lambda: [self.write(home) for home in (self.ada, self.ben)], 'sync', '--peer', self.address):
            if result.code == 0:
                self.assertEqual({entry['id'] for entry in self.ada.entries()}, self.saved)
            self.assert_level()
        self.assert_sound()

    def test_a_sync_that_is_carried_there(self):
        """What was made is whole, whatever was said of it."""
        file = self.ada.folder / 'home-carried'

        def prepare():
            file.unlink(missing_ok=True)
            self.write(self.ada)

        for result in self.each_kind(prepare, 'sync', '--to-file', file):
            self.assertTrue(file.exists() or result.code != 0, result)
            if file.exists():
                self.ben.json('sync', '--from-file', file)
                self.assertEqual({entry['id'] for entry in self.ben.entries()}, self.saved)
            self.assert_level()
        self.assert_sound()

    def test_a_sync_that_was_carried_here(self):
        file = self.ada.folder / 'home-carried'

        def prepare():
            file.unlink(missing_ok=True)
            self.write(self.ben)
            self.ben.json('sync', '--to-file', file)

        for result in self.each_kind(prepare, 'sync', '--from-file', file):
            if result.code == 0:
                self.assertEqual({entry['id'] for entry in self.ada.entries()}, self.saved)
            self.assert_level()
        self.assert_sound()

    def test_an_erasure(self):
        erased = []

        def prepare():
            erased.append(self.ada.json('write', '--shared', 'regretted')['id'])
            self.ada.json('sync', '--peer', self.address)   # Ben has it, too

        for result in self.each_kind(prepare, 'erase', lambda: erased[-1]):
            here = {entry['id'] for entry in self.ada.entries()}
            self.assertTrue(erased[-1] not in here or result.code != 0, result)
            if erased[-1] in here:
                self.ada.json('erase', erased[-1])
            self.assert_level()
        self.assert_sound()

    def test_what_is_brought_along(self):
        """All of a file's entries or none."""
        kept, file = Kept(), self.ada.folder / 'home-brought.json'
        for result in self.each_kind(lambda: file.write_text(as_export([kept.new('Ada', True) for _ in range(3)])), 'import', file,
                                     '--from', 'json', '--shared'):
            brought = {entry['id'] for entry in self.ada.entries()} - self.saved
            self.assertIn(len(brought), (3,) if result.code == 0 else (0, 3), result)
            self.saved |= brought
            self.assert_level()
        self.assert_sound()


if __name__ == '__main__':
    unittest.main()

"""Each call to the file system fails while something is done that is done once: a home begun, given another passphrase, backed
up, restored, wiped. It is done whole or not at all, and says which."""
import shutil
import unittest

from attune import Homes
from failing import Sweep


class FailingOnce(Sweep):
    KINDS = ('write', 'short', 'sync', 'open', 'truncate', 'mode', 'close', 'look', 'list', 'lock', 'mkdir', 'rmdir', 'rename',
             'overwrite', 'unlink', 'read', 'flip')
    # A vault that reads otherwise the second time was changed meanwhile, for all that one can know.
    CODES = {'short': (0,), 'flip': (0, 1, 6)}

    def setUp(self):
        self.homes = self.enterContext(Homes())

    def each_kind(self, home, prepare, *command, never):
        """What the command gave for each failing call of it. `never`: the kinds of which it makes none."""
        for kind in self.KINDS:
            for nth, result in self.each(home, kind, 2, *command, prepare=prepare, none=kind in never):
                with self.subTest(kind=kind, nth=nth):
                    self.assert_ended_well(home, result, codes=self.CODES.get(kind, (0, 1)))
                yield result

    def test_a_home_that_could_not_be_made_is_not_there_and_can_be_made(self):
        home = self.homes.new('Ada', init=False)
        for result in self.each_kind(home, lambda: shutil.rmtree(home.path, ignore_errors=True),
                                     'init', '--name', 'Ada', '--unlock-cost', 'interactive', never=('overwrite',)):
            self.assert_new_or_not_there(home, result)
        shutil.rmtree(home.path, ignore_errors=True)
        home.init()
        self.assertEqual(home.entries(), [])

    def assert_new_or_not_there(self, home, result):
        self.assertEqual((home.path / 'vault').exists(), result.code == 0, result)
        left = {path.name for path in home.folder.iterdir()} - {'home', 'run', 'passphrase', 'count', 'words', 'home-backup.age'}
        self.assertEqual(left - {'home.new', 'home.new.lock'}, set(), result)

    def test_a_home_that_could_not_be_restored_is_not_there_and_can_be_restored(self):
        ada, home = self.homes.new('Ada'), self.homes.new('Again', init=False)
        ada.json('write', 'kept')
        home.keep_words(ada.words)
        backup = home.folder / 'home-backup.age'   # by its name one of the files whose calls fail
        ada.json('backup', 'create', backup)
        restore = ('restore', backup, '--unlock-cost', 'interactive')
        for result in self.each_kind(home, lambda: shutil.rmtree(home.path, ignore_errors=True), *restore, never=('overwrite',)):
            self.assert_new_or_not_there(home, result)
            if result.code == 0:
                self.assert_holds(home, 1)
        shutil.rmtree(home.path, ignore_errors=True)
        home.json(*restore)
        self.assert_holds(home, 1)

    def test_one_of_two_passphrases_opens_it_and_an_error_says_which(self):
        home = self.homes.new('Ada')
        new = home.file('new', 'a new passphrase\n')
        vault = home.path / 'vault'
        whole = vault.read_bytes()
        for result in self.each_kind(home, lambda: vault.write_bytes(whole), 'passphrase', '--new-passphrase-file', new,
                                     never=('list', 'mkdir', 'rmdir', 'unlink')):
            by_new = home.run('--passphrase-file', new, 'status', expect=None)
            by_old = home.run('status', expect=None)
            self.assertEqual({by_new.code, by_old.code}, {0, 3}, result)
            if result.code == 0 or by_new.code == 0:
                self.assertTrue(result.code == 0 or 'new passphrase' in result.error['message'], result)

    def test_a_backup_is_there_whole_or_not_at_all(self):
        home = self.homes.new('Ada')
        home.json('write', 'kept')
        backup = home.folder / 'home-backup.age'
        for result in self.each_kind(home, lambda: backup.unlink(missing_ok=True), 'backup', 'create', backup,
                                     never=('overwrite', 'mkdir', 'rmdir')):
            self.assertTrue(result.code != 0 or backup.exists())
            if backup.exists():
                self.assertEqual(home.json('backup', 'verify', backup)['entries'], 1)
            self.assertEqual([path.name for path in home.folder.glob('*.attune-new')], [])
            self.assert_holds(home, 1)

    def test_a_wipe_that_failed_can_be_done_again(self):
        home = self.homes.new('Ada')
        kept = home.folder / 'kept'
        shutil.copytree(home.path, kept)

        def put_back():
            shutil.rmtree(home.path, ignore_errors=True)
            shutil.copytree(kept, home.path)

        for result in self.each_kind(home, put_back, 'wipe', '--yes', never=('write', 'short', 'truncate', 'mode', 'mkdir', 'rename', 'read', 'flip')):
            if result.code == 0:
                self.assertFalse((home.path / 'vault').exists(), result)
            elif (home.path / 'vault').exists():
                home.json('wipe', '--yes')
            self.assertEqual(home.fails(4, 'wipe', '--yes')['code'], 'no_home')
        home.init()
        self.assertEqual(home.entries(), [])


if __name__ == '__main__':
    unittest.main()

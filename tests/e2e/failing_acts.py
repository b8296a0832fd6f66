"""What is done once while some call fails: a home begun, given another passphrase, backed up, restored, wiped. It is done whole
or not at all, and says which, unless it ends at once."""
import shutil

from attune import Homes

INTERACTIVE = ('--unlock-cost', 'interactive')


class Acts:
    """The tests of a Sweep, which says what fails."""
    KINDS = ()
    NEVER = {}              # act -> the kinds of which it makes no call
    MOST = {}               # kind -> so many of them without ATTUNE_FAIL_EACH, else 2
    CODES = {}              # kind -> how an act may end, else with success or an error
    MAY_ABORT = ()          # kinds
    ENDS_AT_ONCE = False    # without undoing anything or saying how far it came: what is there is as a crash leaves it

    def setUp(self):
        self.homes = self.enterContext(Homes())

    def each_kind(self, home, prepare, act, *command):
        """What the command gave for each failing call of it."""
        for kind in self.KINDS:
            for nth, result in self.each(home, kind, self.MOST.get(kind, 2), act, *command, prepare=prepare,
                                         none=kind in self.NEVER.get(act, ()), begun=kind == 'memory'):
                with self.subTest(kind=kind, nth=nth):
                    self.assert_ended_well(home, result, codes=self.CODES.get(kind, (0, 1)), may_abort=kind in self.MAY_ABORT)
                yield result

    def test_a_home_that_could_not_be_made_is_not_there_and_can_be_made(self):
        home = self.homes.new('Ada', init=False)
        for result in self.each_kind(home, lambda: shutil.rmtree(home.path, ignore_errors=True), 'init', '--name', 'Ada',
                                     *INTERACTIVE):
            self.assert_new_or_not_there(home, result, 0)
        shutil.rmtree(home.path, ignore_errors=True)
        home.init()
        self.assert_holds(home, 0)

    def test_a_home_that_could_not_be_restored_is_not_there_and_can_be_restored(self):
        ada, home = self.homes.new('Ada'), self.homes.new('Again', init=False)
        ada.json('write', 'kept')
        home.keep_words(ada.words)
        backup = home.folder / 'home-backup.age'   # by its name one of the files whose calls fail
        ada.json('backup', 'create', backup)
        restore = ('restore', backup, *INTERACTIVE)
        for result in self.each_kind(home, lambda: shutil.rmtree(home.path, ignore_errors=True), *restore):
            self.assert_new_or_not_there(home, result, 1)
        shutil.rmtree(home.path, ignore_errors=True)
        home.json(*restore)
        self.assert_holds(home, 1)

    def assert_new_or_not_there(self, home, result, entries):
        there = (home.path / 'vault').exists()
        self.assertTrue(there == (result.code == 0) or (there and self.ENDS_AT_ONCE), result)
        left = {path.name for path in home.folder.iterdir()} - {'home', 'run', 'passphrase', 'count', 'words', 'home-backup.age'}
        self.assertEqual(left - {'home.new', 'home.new.lock'}, set(), result)
        if there:
            self.assert_holds(home, entries)

    def test_one_of_two_passphrases_opens_it_and_an_error_says_which(self):
        home = self.homes.new('Ada')
        new = home.file('new', 'a new passphrase\n')
        vault = home.path / 'vault'
        whole = vault.read_bytes()
        for result in self.each_kind(home, lambda: vault.write_bytes(whole), 'passphrase', '--new-passphrase-file', new):
            by_new = home.run('--passphrase-file', new, 'status', expect=None)
            by_old = home.run('status', expect=None)
            self.assertEqual({by_new.code, by_old.code}, {0, 3}, result)
            self.assertTrue(by_new.code == 0 or result.code != 0, result)
            if by_new.code == 0 and result.code != 0 and not self.ENDS_AT_ONCE:
                self.assertIn('new passphrase', result.error['message'])

    def test_a_backup_is_there_whole_or_not_at_all(self):
        home = self.homes.new('Ada')
        home.json('write', 'kept')
        backup = home.folder / 'home-backup.age'
        for result in self.each_kind(home, lambda: backup.unlink(missing_ok=True), 'backup', 'create', backup):
            self.assertTrue(result.code != 0 or backup.exists())
            if backup.exists():
                self.assertEqual(home.json('backup', 'verify', backup)['entries'], 1)
            if not self.ENDS_AT_ONCE:
                self.assertEqual([path.name for path in home.folder.glob('*.attune-new')], [])
            self.assert_holds(home, 1)

    def test_a_wipe_that_failed_can_be_done_again(self):
        home = self.homes.new('Ada')
        kept = home.folder / 'kept'
        shutil.copytree(home.path, kept)

        def put_back():
            shutil.rmtree(home.path, ignore_errors=True)
            shutil.copytree(kept, home.path)

        for result in self.each_kind(home, put_back, 'wipe', '--yes'):
            if result.code == 0:
                self.assertFalse((home.path / 'vault').exists(), result)
            elif (home.path / 'vault').exists():
                home.json('wipe', '--yes')
            self.assertEqual(home.fails(4, 'wipe', '--yes')['code'], 'no_home')
        home.init()
        self.assert_holds(home, 0)

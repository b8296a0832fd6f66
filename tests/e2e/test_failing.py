"""The n-th call of the real program fails: an allocation, a draw of randomness, a lock of memory, a call to the file
system. It never crashes, says what is wrong, and nothing that it called saved is lost.

With ATTUNE_FAIL_EACH=1, as scripts/prove runs it, all points are tried, and of the many allocations a thousand."""
import os
import shutil
import signal
import unittest

from attune import Homes

EACH = os.environ.get('ATTUNE_FAIL_EACH') == '1'
NO_SPACE = 28
# The C++ runtime's and libsodium's way to end: no core is written (tests/e2e/test_thief.py), and nothing half done is on the disk.
ABORTED = -signal.SIGABRT


def failing(home, kind, nth, error=5):
    """The same person on a computer where that call fails."""
    other = home.without()
    other.environment.update(LD_PRELOAD=os.environ['ATTUNE_FAILING'], ATTUNE_FAIL=f'{kind}:{nth}:{error}',
                             ATTUNE_FAIL_COUNT=str(home.folder / 'count'))
    if 'ASAN_OPTIONS' in other.environment:
        other.environment['ASAN_OPTIONS'] += ':verify_asan_link_order=0'
    return other


def count(home, kind, *command, **how):
    counting = home.folder / 'count'
    counting.unlink(missing_ok=True)
    failing(home, kind, 0).run(*command, **how)
    return int(counting.read_text())


def spread(total, most):
    """Numbers of calls to fail: all of them, or so many of them."""
    step = max(1, total // most)
    return range(1 + (0 if EACH else step // 2), total + 1, step)


class Failing(unittest.TestCase):
    points = 0

    @classmethod
    def setUpClass(cls):
        cls.homes = cls.enterClassContext(Homes())
        cls.home = cls.homes.new('Ada')
        cls.saved = {cls.home.json('write', f'before {n}')['id'] for n in range(2)}
        cls.tried = 0

    @classmethod
    def tearDownClass(cls):
        print(f'{cls.points} points')

    def assert_ended_well(self, result, *, may_abort=False):
        """Success, or an error in words; an abort where nothing can be said any more."""
        self.assertIn(result.code, (0, 1, 6) + ((ABORTED, 127) if may_abort else ()), result)
        if result.code in (1, 6):
            self.assertIn('"error"', result.err, result)
        type(self).points += 1

    def assert_nothing_lost(self):
        here = {entry['id'] for entry in self.home.entries()}
        self.assertLessEqual(self.saved, here)
        self.assertLessEqual(len(here), len(self.saved) + self.tried)

    def sweep(self, kind, most, error=5, may_abort=False):
        """Writes an entry on a computer where a call fails, for one call after the other."""
        type(self).tried += 1   # the one that is counted
        for nth in spread(count(self.home, kind, 'write', 'counted'), 10 ** 6 if EACH and kind != 'memory' else most):
            with self.subTest(kind=kind, nth=nth, error=error):
                type(self).tried += 1
                result = failing(self.home, kind, nth, error).run('--json', 'write', f'{kind} {nth}', expect=None)
                self.assert_ended_well(result, may_abort=may_abort)
                if result.code == 0:
                    self.saved.add(result.json['id'])
                self.assert_nothing_lost()
        self.assertEqual(self.home.json('doctor').get('problems', []), [])

    def test_memory(self):
        self.sweep('memory', 1000 if EACH else 15, may_abort=True)

    def test_randomness(self):
        """libsodium draws it, and ends the process where the system gives none."""
        self.sweep('random', 8, may_abort=True)

    def test_locked_memory(self):
        """A refusal is noted by doctor, and nothing else: a journal that does not open helps nobody."""
        self.sweep('mlock', 4)
        noted = failing(self.home, 'mlock', '1+').json('doctor')
        self.assertTrue(any('lock' in note for note in noted['notes']), noted)

    def test_guard_pages(self):
        self.sweep('mprotect', 6, may_abort=True)

    def test_a_write_that_finds_no_room_or_fails(self):
        self.sweep('write', 8, NO_SPACE)
        self.sweep('write', 4)

    def test_saving(self):
        self.sweep('sync', 8)

    def test_opening_and_reading(self):
        self.sweep('open', 8)
        self.sweep('read', 6)

    def test_after_a_failed_save_a_node_writes_nothing_any_more_and_says_so(self):
        on_a_bad_disk = failing(self.home, 'sync', 12)
        on_a_bad_disk.up()
        failed = None
        while failed is None:
            type(self).tried += 1
            result = self.home.run('--json', 'write', 'on a bad disk', expect=None)
            if result.code == 0:
                self.saved.add(result.json['id'])
            else:
                failed = result.error
        self.assertEqual(failed['code'], 'disk')
        before = {name: content for name, (_, content) in self.home.tree().items() if not name.startswith('run/')}
        for command in (['write', 'later'], ['config', 'hints', 'off']):
            error = self.home.fails(1, *command)
            self.assertEqual(error['code'], 'disk')
            self.assertIn('nothing is written any more', error['message'])
            self.assertIn('attune down', error['hint'])
        self.assert_nothing_lost()   # what can be read is still read
        self.home.down()
        after = {name: content for name, (_, content) in self.home.tree().items() if not name.startswith('run/')}
        self.assertEqual(after, before)
        self.assert_nothing_lost()
        self.saved.add(self.home.json('write', 'on a good disk')['id'])
        self.assert_nothing_lost()

    def test_renaming_and_removing(self):
        self.sweep('rename', 4)
        self.sweep('unlink', 4)


class FailingOnce(unittest.TestCase):
    """What is done once: begun, given another passphrase, backed up, wiped."""
    KINDS = ('write', 'sync', 'open', 'rename', 'unlink', 'read')
    points = 0

    def setUp(self):
        self.homes = self.enterContext(Homes())

    @classmethod
    def tearDownClass(cls):
        print(f'{cls.points} points')

    def each(self, home, prepare, most, *command):
        """(kind, what it gave) for each failing call of the command; `prepare` makes the state that it begins in."""
        for kind in self.KINDS:
            prepare()
            for nth in spread(count(home, kind, *command), 10 ** 6 if EACH else most):
                prepare()
                with self.subTest(kind=kind, nth=nth):
                    result = failing(home, kind, nth, NO_SPACE if kind == 'write' else 5).run('--json', *command, expect=None)
                    self.assertIn(result.code, (0, 1, 6), result)
                    if result.code != 0:
                        self.assertTrue(result.error['message'], result)
                    type(self).points += 1
                    yield result

    def test_a_home_that_could_not_be_made_is_not_there_and_can_be_made(self):
        home = self.homes.new('Ada', init=False)
        for result in self.each(home, lambda: shutil.rmtree(home.path, ignore_errors=True), 3,
                                'init', '--name', 'Ada', '--unlock-cost', 'interactive'):
            self.assertEqual((home.path / 'vault').exists(), result.code == 0, result)
            left = {path.name for path in home.folder.iterdir()} - {'home', 'run', 'passphrase', 'count'}
            self.assertEqual(left - {'home.new', 'home.new.lock'}, set(), result)
        shutil.rmtree(home.path, ignore_errors=True)
        home.init()
        self.assertEqual(home.entries(), [])

    def test_one_of_two_passphrases_opens_it_and_an_error_says_which(self):
        home = self.homes.new('Ada')
        new = home.file('new', 'a new passphrase\n')
        vault = home.path / 'vault'
        whole = vault.read_bytes()
        for result in self.each(home, lambda: vault.write_bytes(whole), 3, 'passphrase', '--new-passphrase-file', new):
            by_new = home.run('--passphrase-file', new, 'status', expect=None)
            by_old = home.run('status', expect=None)
            self.assertEqual({by_new.code, by_old.code}, {0, 3}, result)
            if result.code == 0 or by_new.code == 0:
                self.assertTrue(result.code == 0 or 'new passphrase' in result.error['message'], result)

    def test_a_backup_is_there_whole_or_not_at_all(self):
        home = self.homes.new('Ada')
        home.json('write', 'kept')
        backup = home.folder / 'home-backup.age'
        for result in self.each(home, lambda: backup.unlink(missing_ok=True), 3, 'backup', 'create', backup):
            self.assertTrue(result.code != 0 or backup.exists())
            if backup.exists():
                self.assertEqual(home.json('backup', 'verify', backup)['entries'], 1)
            self.assertEqual([path.name for path in home.folder.glob('*.attune-new')], [])
        self.assertEqual(len(home.entries()), 1)


if __name__ == '__main__':
    unittest.main()

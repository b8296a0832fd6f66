"""The n-th allocation of the real program fails, or page, or lock, or draw of randomness. Where it cannot go on it ends at
once, and nothing that it called saved is lost."""
import unittest

from attune import Homes
from failing import ABORTED, EACH, Sweep, WritingSweep, failing


class Failing(WritingSweep):
    @classmethod
    def setUpClass(cls):
        cls.setUpHome(cls.enterClassContext(Homes()).new('Ada'))

    def test_allocations(self):
        """Whoever allocates, the person is told. Before main() there is nobody to tell them."""
        codes = self.sweep('memory', 15, look_each=25 if EACH else 1, may_abort=True)
        aborted, told = ([nth for nth, code in codes.items() if code in ends] for ends in (ABORTED, (1,)))
        self.assertLess(max(aborted), min(told))

    def test_frames_of_coroutines(self):
        """They alone are allocated in this way."""
        self.sweep('aligned', 20)

    def test_pages(self):
        """libsodium's own, and Argon2's."""
        self.sweep('mmap', 6, may_abort=True)

    def test_guard_pages(self):
        self.sweep('mprotect', 6, may_abort=True)

    def test_randomness(self):
        """libsodium draws it, and ends the process where the system gives none."""
        self.sweep('random', 8, may_abort=True)

    def test_locked_memory(self):
        """A refusal is noted by doctor, and nothing else: a journal that does not open helps nobody."""
        self.sweep('mlock', 4, codes=(0,))
        noted = failing(self.home, 'mlock', '1+').json('doctor')
        self.assertTrue(any('lock' in note for note in noted['notes']), noted)


class FailingOnce(Sweep):
    """As a crash would leave it, at any point."""
    KINDS = ('mmap', 'mprotect', 'random')

    def test_one_of_two_passphrases_opens_it(self):
        home = self.enterContext(Homes()).new('Ada')
        new = home.file('new', 'a new passphrase\n')
        vault = home.path / 'vault'
        whole = vault.read_bytes()
        for kind in self.KINDS:
            for nth, result in self.each(home, kind, 2, 'passphrase', '--new-passphrase-file', new,
                                         prepare=lambda: vault.write_bytes(whole)):
                with self.subTest(kind=kind, nth=nth):
                    self.assert_ended_well(home, result, may_abort=True)
                    by_new = home.run('--passphrase-file', new, 'status', expect=None)
                    by_old = home.run('status', expect=None)
                    self.assertEqual({by_new.code, by_old.code}, {0, 3}, result)
                    self.assertTrue(result.code != 0 or by_new.code == 0, result)

    def test_a_backup_is_there_whole_or_not_at_all(self):
        home = self.enterContext(Homes()).new('Ada')
        home.json('write', 'kept')
        backup = home.folder / 'home-backup.age'
        for kind in self.KINDS:
            for nth, result in self.each(home, kind, 2, 'backup', 'create', backup,
                                         prepare=lambda: backup.unlink(missing_ok=True)):
                with self.subTest(kind=kind, nth=nth):
                    self.assert_ended_well(home, result, may_abort=True)
                    self.assertTrue(result.code != 0 or backup.exists())
                    if backup.exists():
                        self.assertEqual(home.json('backup', 'verify', backup)['entries'], 1)
                    self.assert_holds(home, 1)


if __name__ == '__main__':
    unittest.main()

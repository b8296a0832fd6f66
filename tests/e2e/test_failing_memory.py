"""The n-th allocation of the real program fails, or page, or lock, or draw of randomness. Where it cannot go on it ends at
once, and nothing that it called saved is lost."""
import unittest

from attune import Homes
from failing import ABORTED, EACH, Sweep, WritingSweep, failing
from failing_acts import Acts


class Failing(WritingSweep):
    @classmethod
    def setUpClass(cls):
        cls.setUpHome(cls.enterClassContext(Homes()).new('Ada'))

    def test_allocations(self):
        """Whoever allocates, the person is told. Before main() there is nobody to tell them."""
        codes = self.sweep('memory', 5, look_each=25 if EACH else 1, may_abort=True)
        if not EACH:   # most of those were before main()
            codes |= self.sweep('memory', 10, begun=True)
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


class FailingOnce(Acts, Sweep):
    KINDS = ('memory', 'aligned', 'mmap', 'mprotect', 'random', 'mlock')
    NEVER = {'init': ('aligned',), 'restore': ('aligned',), 'passphrase': ('aligned',),
             'wipe': ('aligned', 'mmap', 'mprotect', 'mlock')}
    MOST = dict.fromkeys(KINDS, 1) | {'memory': 3}
    CODES = {'mlock': (0,)}
    MAY_ABORT = ('mmap', 'mprotect', 'random')
    ENDS_AT_ONCE = True


if __name__ == '__main__':
    unittest.main()

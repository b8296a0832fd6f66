"""A computer on which the n-th call of one kind fails (tools/failing.cc), and sweeps over all n.

With ATTUNE_FAIL_EACH=1, as scripts/prove runs it, one call after the other fails until a run ends in which none was
reached; else some of the calls that a first run counts."""
import itertools
import os
import signal
import unittest

EACH = os.environ.get('ATTUNE_FAIL_EACH') == '1'
BROKEN, NO_SPACE = 5, 28   # EIO, ENOSPC
# The C++ runtime's and libsodium's way to end: no core is written (tests/e2e/test_thief.py), and nothing half done is on
# the disk. 127 is the loader's.
ABORTED = (-signal.SIGABRT, 127)


def failing(home, kind, nth, error=BROKEN):
    """The same person on a computer where that call fails."""
    other = home.without()
    other.environment.update(LD_PRELOAD=os.environ['ATTUNE_FAILING'], ATTUNE_FAIL=f'{kind}:{nth}:{error}',
                             ATTUNE_FAIL_COUNT=str(home.folder / 'count'))
    if 'ASAN_OPTIONS' in other.environment:
        other.environment['ASAN_OPTIONS'] += ':verify_asan_link_order=0'
    return other


def spread(total, most):
    """So many numbers of calls, evenly, or all of them where there are not more."""
    count = min(total, most)
    return [1 + (2 * i + 1) * total // (2 * count) for i in range(count)]


def calls_of(home, kind, *command):
    """How many calls of that kind a command makes where none fails."""
    counting = home.folder / 'count'
    counting.unlink(missing_ok=True)
    failing(home, kind, 0).run('--json', *command)
    return int(counting.read_text())


class Sweep(unittest.TestCase):
    """Says its points in a line that scripts/prove adds up."""
    points = 0

    @classmethod
    def tearDownClass(cls):
        if cls.points:
            print(f'fault points: {cls.points}')

    def each(self, home, kind, most, *command, prepare=lambda: None, none=False, begun=False):
        """(n, what the command gave where the n-th call of that kind fails); `most` of them without ATTUNE_FAIL_EACH.
        `prepare` makes the state that it begins in; a part of the command that can be called says itself after that. Fails
        where there was none: a sweep of nothing shows nothing. `none`: where there was one, since the command makes no such
        call. `begun`: only of the calls after those that every command begins with."""
        after = calls_of(home, kind, '--version') if begun else 0
        for error in (NO_SPACE, BROKEN) if kind == 'write' else (BROKEN,):
            before = self.points
            yield from self.each_with(error, home, kind, most, command, prepare, after)
            self.assertEqual(self.points == before, none, f'{self.points - before} calls of {kind} failed in {command[0]}')

    def each_with(self, error, home, kind, most, command, prepare, after):
        counting = home.folder / 'count'

        def run(nth):
            prepare()
            counting.unlink(missing_ok=True)
            parts = (part() if callable(part) else part for part in command)
            return failing(home, kind, nth, error).run('--json', *parts, expect=None)

        if EACH:
            numbers = itertools.count(after + 1)
        else:
            yield 0, run(0)
            numbers = (after + nth for nth in spread(int(counting.read_text()) - after, most))
        for nth in numbers:
            result = run(nth)
            if kind in ('memory', 'aligned') and result.code == 1:
                self.assertIn('all that was said to be saved is there', result.err)   # main.cc says it, and nobody later
            none_failed = counting.exists() and int(counting.read_text()) < nth   # an abort leaves no count
            type(self).points += not none_failed
            if none_failed and result.code != 0:
                raise AssertionError(f'nothing failed, and yet: {result}')   # would go on without end
            yield nth, result
            if EACH and none_failed:
                return

    def assert_ended_well(self, home, result, codes=(0, 1), may_abort=False):
        """Success, or an error in words; an abort where nothing can be said any more."""
        self.assertIn(result.code, codes + (ABORTED if may_abort else ()), result)
        if result.code in (1, 6):
            self.assertIn('"error"', result.err, result)
        if result.code == 6:
            self.assertIn(str(home.folder), result.error['message'], 'the damaged file is named')

    def assert_holds(self, home, entries):
        """Also lets the store put its files together. Where each run's last calls fail, which do that, the next run would
        have a file more and so some calls more, without end."""
        self.assertEqual(len(home.entries()), entries)


class WritingSweep(Sweep):
    """A home in which one entry after the other is written."""

    @classmethod
    def setUpHome(cls, home):
        cls.home = home
        cls.saved = {home.json('write', f'before {n}')['id'] for n in range(2)}
        cls.tried = 0

    def assert_nothing_lost(self):
        here = {entry['id'] for entry in self.home.entries()}
        self.assertLessEqual(self.saved, here)
        self.assertLessEqual(len(here), len(self.saved) + self.tried)

    def sweep(self, kind, most, look_each=1, begun=False, **ends):
        """Gives how each run ended. `look_each`: after so many runs what is there is looked at."""
        codes = {}
        for nth, result in self.each(self.home, kind, most, 'write', kind, begun=begun):
            with self.subTest(kind=kind, nth=nth):
                type(self).tried += 1
                codes[nth] = result.code
                self.assert_ended_well(self.home, result, **ends)
                if result.code == 0:
                    self.saved.add(result.json['id'])
                if nth % look_each == 0:
                    self.assert_nothing_lost()
        self.assert_nothing_lost()
        self.assertEqual(self.home.json('doctor').get('problems', []), [])
        return codes

"""Two people whose programs are killed (SIGKILL) at random moments of whatever they do, again and again.

After each kill the home opens, holds all that was said to be done, and `doctor` finds nothing; now and then both sides sync
and then hold the same. Moments and acts are drawn from one seed, but how far a program has come by then is up to the machine.
"""
import contextlib
import os
import random
import shutil
import subprocess
from collections import Counter

from acknowledged import Act, Kept
from attune import Failed, Homes, eventually


def done_before(process, seconds):
    """Waits at most so long. Whether it came to its end."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.poll() is not None


def store_is_open(process):
    """Whether it has come so far that it holds a store: what comes before is mostly the work on the passphrase."""
    folder = f'/proc/{process.pid}/fd'
    try:
        return process.poll() is not None or any(
            os.readlink(f'{folder}/{fd}').endswith('/store/LOCK') for fd in os.listdir(folder))
    except OSError:   # a file that it closed meanwhile, or its end
        return False


class Moments:
    """When to kill: at random within the time that an act takes here, which is learnt from whether the last ones were over.
    Counts those that were hit in the midst of it, and those that were not."""

    FIRST_GUESS = 0.05

    def __init__(self, seed, longest=()):
        self.chance, self.longest = random.Random(seed), dict(longest)
        self.hit, self.missed = Counter(), Counter()

    def wait(self, process, kind, opens):
        """Until such a moment. `opens`: it opens a store itself."""
        early = opens and self.chance.random() < 0.25
        if opens and not early:
            eventually(lambda: store_is_open(process), f'{kind}: it opens its store', pause=0.002)
        longest = self.longest.setdefault((kind, early), self.FIRST_GUESS)
        over = done_before(process, self.chance.uniform(0, longest))
        self.longest[kind, early] = longest * (0.75 if over else 1.1)   # three of four are hit, in the long run
        (self.missed if over else self.hit)[kind] += 1


class TwoPeople:
    """A couple, what they were told, and what is done to their programs; killable_acts.py says at what."""

    def __init__(self, seed, moments):
        self.seed, self.chance, self.moments = seed, random.Random(seed), moments
        self.kept, self.homes, self.nodes = Kept(), Homes(), {}
        self.number = 0         # of the kill
        self.since_level = 0    # kills

    def __enter__(self):
        self.homes.__enter__()
        self.ada, self.ben = self.pair = self.homes.couple()
        return self

    def __exit__(self, *what):
        for _, node in self.nodes.values():
            node.kill()
        return self.homes.__exit__(*what)

    def kill_at(self, kind):
        """One kill, and all that must hold afterwards."""
        self.number += 1
        self.since_level += 1
        try:
            getattr(self, f'kill_at_{kind}')()
            if self.since_level == 10:
                self.level()
        except (AssertionError, subprocess.TimeoutExpired, OSError, ValueError) as fault:
            raise Failed(f'seed {self.seed}, kill {self.number}, {kind}: {fault}') from fault

    # --- what it is made of ------------------------------------------------------------------------------------------------

    def check(self, that, what):
        if not that:
            raise Failed(what)

    def up(self, home):
        """A node that runs there from now on, linked with the other one's where that runs; its address."""
        if home not in self.nodes:
            peers = [part for address, _ in self.nodes.values() for part in ('--peer', address)]
            node = home.start('node', '--listen', '127.0.0.1:0', *peers)
            first = node.line()
            if first is None:
                node.end()
            self.nodes[home] = first['listening'], node
        return self.nodes[home][0]

    def down(self, home):
        if home in self.nodes:
            _, node = self.nodes.pop(home)
            node.process.terminate()
            node.end()

    def done(self, act):
        self.check(act.end(), act)

    def kill_command(self, kind, act, opens=True):
        """Kills a command under way. Whether it had said that it is done."""
        self.moments.wait(act.process, kind, opens)
        act.process.kill()
        return act.end()

    def kill_node(self, kind, home, act, opens=False):
        """Kills the node of this home while a command is under way, which may be another home's."""
        self.moments.wait(act.process, kind, opens)
        self.nodes.pop(home)[1].kill()
        return act.end()

    @staticmethod
    def begin(home, *command):
        return Act(home, [str(part) for part in command], '', lambda answer: None)

    def assert_sound(self, home, of=None):
        """It opens, holds what it must, and doctor finds nothing."""
        self.up(home)   # which stays: unlocking is most of the work
        entries = home.entries()
        faults = list(self.kept.faults(home.name, entries, of or (home.name,)))
        self.check(not faults, f'{home.name}: ' + '; '.join(faults[:10]))
        problems = home.json('doctor').get('problems', [])
        self.check(not problems, f'{home.name}: doctor: {problems}')
        return entries

    def level(self):
        """Both sync, and hold the same."""
        self.up(self.ada)
        self.ada.json('sync', '--peer', self.up(self.ben))
        one, other = ([(entry['id'], entry['body']) for entry in self.assert_sound(home, of=('Ada', 'Ben')) if entry['shared']]
                      for home in self.pair)
        self.check(one == other, 'they differ after a sync')
        self.since_level = 0

    def some_change(self, home):
        known, kind = self.kept.to_change(home.name), self.chance.random()
        if known and kind < 0.2:
            return self.kept.edit(home, self.chance.choice(known))
        if known and kind < 0.3:
            return self.kept.erase(home, self.chance.choice(known))
        return self.kept.write(home, home.name, self.chance.random() < 0.7)

    def fresh(self, words=None):
        home = self.homes.new(f'other{self.number}', init=False)
        if words:
            home.keep_words(words)
        return home

    def forget(self, home):
        self.homes.homes.remove(home)
        shutil.rmtree(home.folder)

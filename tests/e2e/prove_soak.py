"""A long life: two persons, three devices each, partitions, kills, clocks that jump, erasures, removed devices. At the end all
six hold the same, `doctor` finds nothing, and the memory of no node has grown.

  scripts/prove soak [MINUTES]     ATTUNE_SEED=N for another life
"""
import contextlib
import os
import random
import subprocess
import sys
import time

import lan
from acknowledged import Kept
from attune import Failed, Homes
from six_devices import Crowd

SEED = int(os.environ.get('ATTUNE_SEED', '20261121'))
ENTRIES_A_MINUTE = 100_000 / 60
MOST_AT_ONCE = 500
MOST_OF_AN_ACT = 0.15   # seconds
# Seconds from one such event to the next, on average.
EVENTS = {'kill': 12, 'move': 15, 'jump': 20, 'propose': 30, 'look': 20, 'lose': 300, 'size': 10}
# What a store takes by its limits (src/storage/store.cc) and the program's own pages; and what the heap may have in use
# more at its lowest in the last sixth than in the second: indexes of 100,000 entries.
MOST_RESIDENT, MOST_MORE = 64, 4   # MiB
JUMPS = (30, 80, 600, 86_400, 30 * 86_400)


class Soak:
    def __init__(self, crowd, minutes):
        self.crowd, self.seconds = crowd, minutes * 60
        self.chance = random.Random(SEED)
        self.kept = Kept(one_writer=False)
        self.counts = dict.fromkeys(('write', 'edit', 'erase', 'import', 'broken off', *EVENTS), 0)
        self.made_on = {}       # device -> texts written there
        self.erased_on = {}     # device -> texts erased there
        self.withdrawn = set()  # agreements, said to be withdrawn
        self.accepted = set()   # agreements that somebody tried to accept
        self.started = time.monotonic()
        self.due = {event: self.gap(event) for event in EVENTS}
        self.back = {}          # device -> when its node is started again
        self.steady = [device for device in crowd.devices if device.name == Crowd.NAMES[0]]   # never killed, never lost

    def now(self):
        return time.monotonic() - self.started

    def gap(self, event):
        return EVENTS[event] if event == 'size' else self.chance.expovariate(1 / EVENTS[event])

    def run(self):
        while self.now() < self.seconds or len(self.kept.texts) < self.seconds / 60 * ENTRIES_A_MINUTE:
            for event, due in self.due.items():
                if self.now() >= due:
                    getattr(self, event)()
                    self.counts[event] += 1
                    self.due[event] = self.now() + self.gap(event)
            for device, when in list(self.back.items()):
                if self.now() >= when:
                    del self.back[device]
                    device.start()
            device = self.chance.choice(self.crowd.devices)
            self.end(device, *self.begin(device))

    # --- what a person does ---------------------------------------------------------------------------------------------

    def begin(self, device):
        """Some change under way."""
        home, person, shared = device.home, device.person, self.chance.random() < 0.6
        owed = self.now() * ENTRIES_A_MINUTE / 60 - len(self.kept.texts)
        if owed > MOST_AT_ONCE / 2:
            before = len(self.kept.texts)
            act = self.kept.bring(home, person, shared, min(MOST_AT_ONCE, int(owed)))
            return 'import', act, list(self.kept.texts.values())[before:]
        kind = self.chance.random()
        known = self.some_to_change(device) if kind < 0.3 else None
        if known and kind < 0.15:
            return 'edit', self.kept.edit(home, known), []
        if known:
            self.erased_on.setdefault(device, []).append(known)
            return 'erase', self.kept.erase(home, known), []
        act = self.kept.write(home, person, shared, 'and a few words more')
        return 'write', act, [next(reversed(self.kept.texts.values()))]

    def some_to_change(self, device):
        texts = [text for text in self.made_on.get(device, [])[-300:] if text.id and not text.erasing]
        return self.chance.choice(texts) if texts else None

    def end(self, device, kind, act, texts, killed=False):
        self.made_on.setdefault(device, []).extend(texts)
        if act.end():
            self.counts[kind] += 1
        elif killed:
            self.counts['broken off'] += 1
        else:
            raise Failed(f'on {device.label}: {act}')

    # --- what happens to them --------------------------------------------------------------------------------------------

    def kill(self):
        victims = [device for device in self.crowd.devices if device.node and device not in self.steady]
        if not victims:
            return
        device = self.chance.choice(victims)
        under_way = self.begin(device)
        with contextlib.suppress(subprocess.TimeoutExpired):
            under_way[1].process.wait(self.chance.uniform(0, MOST_OF_AN_ACT))
        device.kill()
        self.end(device, *under_way, killed=True)
        self.back[device] = self.now() + self.chance.uniform(0, 20)

    def move(self):
        self.chance.choice(self.crowd.devices).move(self.chance.choice(self.crowd.bridges))

    def jump(self):
        device = self.chance.choice(self.crowd.devices)
        off = 0 if device.clock.off else self.chance.choice(JUMPS) * self.chance.choice((-1, 1))
        device.clock.put_off(off)

    def lose(self):
        device = self.chance.choice([device for device in self.crowd.devices if device not in self.steady])
        remover = next(one for one in self.steady if one.person == device.person)
        self.back.pop(device, None)
        device.start()
        for one in self.crowd.of(device.person):
            self.back.pop(one, None)
        self.crowd.lose(device, remover)
        there = {entry['body'].split(' ', 1)[0] for entry in remover.home.entries()}
        for text in self.made_on.pop(device, []):
            text.sure = text.sure and text.word in there   # what had not left it may be lost with it
        for text in self.erased_on.pop(device, []):
            text.erased = text.erased and text.word not in there
        for shared in (True, False):
            act = self.kept.write(device.home, device.person, shared, 'made up')
            act.end()
            text = next(reversed(self.kept.texts.values()))
            text.void, text.sure = True, False

    def propose(self):
        """Somebody proposes, accepts or withdraws; what was withdrawn is never in force again."""
        device = self.chance.choice(self.crowd.devices)
        listed = device.home.json('agreement', 'list')['agreements']
        waiting = [one for one in listed if one['status'] == 'proposed']
        standing = [one for one in listed if one['status'] == 'in_force']
        kind = self.chance.random()
        if waiting and kind < 0.5:
            chosen = self.chance.choice(waiting)['id']
            self.accepted.add(chosen)
            device.home.run('agreement', 'accept', chosen, expect=None)   # one's own words are not for oneself to accept
        elif standing and kind < 0.8:
            chosen = self.chance.choice(standing)['id']
            done = device.home.run('--json', 'agreement', 'withdraw', chosen, expect=None)
            if done.code != 0 and 'it was withdrawn already' not in done.err:   # it came while one was looking
                raise Failed(str(done))
            self.withdrawn.add(chosen)
        else:
            device.home.json('agreement', 'propose', f'we try number {len(self.accepted)} at {self.now():.0f}')

    def look(self):
        """At what one device shows just now: not everything has come, but nothing that must not."""
        device = self.chance.choice(self.crowd.devices)
        self.assert_sound(device, device.home.json('list', '-n', 200)['entries'], of=())

    def size(self):
        for device in self.crowd.devices:
            device.look_at_size(self.now())

    # --- at the end ------------------------------------------------------------------------------------------------------

    def assert_sound(self, device, entries, of):
        faults = list(self.kept.faults(device.person, entries, of))
        if faults:
            raise Failed(f'{device.label}: {len(faults)} faults, seed {SEED}\n' + '\n'.join(faults[:20]))

    def finish(self):
        self.crowd.come_home(*self.crowd.devices)
        print(f'level after {self.crowd.level(900):.1f} s', flush=True)
        self.size()
        shown = {}
        for device in self.crowd.devices:
            entries = device.home.entries()
            self.assert_sound(device, entries, of=Crowd.PERSONS)
            shown.setdefault('shared', {})[device.label] = sorted(facts(entry) for entry in entries if entry.get('shared'))
            shown.setdefault(device.person, {})[device.label] = sorted(facts(entry) for entry in entries)
            agreements = device.home.json('agreement', 'list', '--all')['agreements']
            shown.setdefault('agreements', {})[device.label] = sorted((one['id'], one['status']) for one in agreements)
            for one in agreements:
                if one['status'] == 'in_force' and (one['id'] in self.withdrawn or one['id'] not in self.accepted):
                    raise Failed(f'{device.label}: agreement {one["id"]} is in force')
        for what, by_device in shown.items():
            first = next(iter(by_device.values()))
            for label, facts_there in by_device.items():
                if facts_there != first:
                    raise Failed(f'{what}: {label} shows something else, seed {SEED}: '
                                 f'{[one for one in facts_there if one not in first][:5]}')
        for device in self.crowd.devices:
            device.home.run('down')
            device.node.end()
            problems = device.home.json('doctor')['problems']
            if problems:
                raise Failed(f'{device.label}: doctor: {problems}')
        print(f'all six hold the same: {len(shown["shared"][self.steady[0].label])} shared entries, '
              f'{" and ".join(str(len(shown[person][one.label])) for person, one in zip(Crowd.PERSONS, self.steady))} in all, '
              f'{len(shown["agreements"][self.steady[0].label])} agreements; doctor finds nothing', flush=True)

    def assert_it_was_one(self):
        """Nothing that this is about was left out, and the nodes that were never ended have not grown all the time."""
        if self.seconds < 10 * 60:
            return
        never = [what for what, count in self.counts.items() if not count]
        if never:
            raise Failed(f'this never happened: {never}, seed {SEED}')
        for device in self.steady:
            most, (early, late) = max(size.resident for size in device.sizes), self.lows(device)
            if early is None or late is None:
                raise Failed(f'{device.label} was not looked at in the second or the last sixth, seed {SEED}')
            if most > MOST_RESIDENT or late - early > MOST_MORE:
                raise Failed(f'{device.label} took {most:.1f} MiB, and {late - early:.1f} MiB more in the end, seed {SEED}')

    def lows(self, device):
        """The least that a node that was never ended had in use, in the second and the last sixth of it all; None where nobody
        looked."""
        sixth = self.now() / 6
        return [min((size.heap for size in device.sizes if number * sixth <= size.when <= (number + 1) * sixth), default=None)
                for number in (1, 5)]

    def report(self):
        print(f'seed {SEED}, {self.now() / 60:.1f} minutes, {len(self.kept.texts)} entries begun: '
              + ', '.join(f'{count} {what}' for what, count in self.counts.items()), flush=True)
        print('memory of each node in MiB: resident at the start, the end, the most; of the heap in use the least, the same')
        for device in [*self.crowd.devices, *self.crowd.lost]:
            resident, heap = [size.resident for size in device.sizes], [size.heap for size in device.sizes]
            if resident:
                print(f'  {device.label:14} {resident[0]:6.1f} {resident[-1]:6.1f} {max(resident):6.1f}  '
                      f'{heap[0]:6.1f} {heap[-1]:6.1f} {max(heap):6.1f}')
        for device in self.steady:
            if None not in (lows := self.lows(device)):
                print(f'  {device.label}: at its lowest {lows[0]:.1f} in the second sixth, {lows[1]:.1f} in the last')
        sys.stdout.flush()


def facts(entry):
    """What must be the same wherever it is shown."""
    return entry['id'], entry['body'], bool(entry.get('edited')), entry['at'], entry['written_at']


def soak_for(minutes):
    with lan.Network() as network, Homes() as homes:
        soak = Soak(Crowd(network, homes), minutes)
        try:
            soak.run()
            soak.finish()
            soak.assert_it_was_one()
        finally:
            soak.report()


if __name__ == '__main__':
    lan.alone()
    soak_for(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)

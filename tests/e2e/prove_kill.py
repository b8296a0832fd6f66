"""kill -9 at random moments, until so many programs were killed in the midst of something: scripts/prove kill, or this with COUNT.

Lives of a few dozen kills each, two at a time. ATTUNE_SEED=N for others, or to begin with the one that failed.
"""
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

from attune import Failed
from killable_acts import Life
from killing import Moments

SEED = int(os.environ.get('ATTUNE_SEED', '20261121'))
AT_ONCE = 2
FULL = 2000
LEAST = 10   # of each kind, of so many: the rarest are drawn some 70 times, and hit three times of four
KILLS_A_LIFE = 60   # so that homes stay small
# How often each kind is drawn.
WEIGHTS = {'write': 16, 'alone': 10, 'bring': 6, 'erase': 6, 'sync': 10, 'node_at_a_sync': 6, 'stop': 4, 'open': 4, 'backup': 8,
           'restore': 8, 'begin': 4, 'revoke': 6, 'passphrase': 4, 'pair': 4, 'carry': 3, 'take': 3, 'wipe': 4}


def live(seed, longest):
    """One life; how often a program of each kind was hit and was not, and what was learnt of how long they take."""
    moments, chance = Moments(seed, longest), random.Random(seed)
    with Life(seed, moments) as life:
        while moments.hit.total() < KILLS_A_LIFE:
            life.kill_at(*chance.choices(list(WEIGHTS), WEIGHTS.values()))
        life.level()
    return moments.hit, moments.missed, moments.longest


def main():
    wanted, began = int(sys.argv[1]) if len(sys.argv) > 1 else FULL, time.monotonic()
    hit, missed, longest, lives, begun = Counter(), Counter(), {}, 0, AT_ONCE
    with ProcessPoolExecutor(AT_ONCE) as pool:
        under_way = {pool.submit(live, SEED + number, longest) for number in range(AT_ONCE)}
        while under_way:
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for one in ended:
                hits, misses, longest = one.result()
                hit, missed, lives = hit + hits, missed + misses, lives + 1
                print(f'{hit.total()} killed in {lives} lives, {(time.monotonic() - began) / 60:.1f} minutes', flush=True)
                if hit.total() + KILLS_A_LIFE * len(under_way) < wanted:
                    under_way.add(pool.submit(live, SEED + begun, longest))
                    begun += 1
    print(f'{hit.total()} programs killed in the midst of what they did, {missed.total()} more just after it; seeds from {SEED} on; '
          'nothing lost that was said to be done, nothing refused, nothing half done, both sides level, doctor clean')
    for kind in WEIGHTS:
        print(f'  {kind:15} {hit[kind]:5}')
    rare = [kind for kind in Life.KINDS if hit[kind] < LEAST]
    if wanted >= FULL and rare:
        raise Failed(f'killed less than {LEAST} times in the midst of {", ".join(rare)}; missed: {dict(missed)}')


if __name__ == '__main__':
    main()

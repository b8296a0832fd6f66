"""kill -9 at seeded moments while both write and sync: what was said to be saved is there afterwards, once, on both sides."""
import os
import random
import subprocess
import unittest

from attune import BINARY, Failed, Homes, eventually

SEED = int(os.environ.get('ATTUNE_SEED', '20261120'))
KILLS = 20


class Writer:
    """Writes on one home and remembers what the program said about it."""

    def __init__(self, home, chance):
        self.home, self.chance = home, chance
        self.texts = {}      # acknowledged: id -> the texts it may have now
        self.erased = set()  # acknowledged
        self.doubtful = set()
        self.number = 0

    def command(self):
        self.number += 1
        text = f'{self.home.name} wrote number {self.number}'
        kind = self.chance.random()
        known = [entry for entry in self.texts if entry not in self.erased | self.doubtful]
        if known and kind < 0.15:
            return ['edit', self.chance.choice(known), text], text
        if known and kind < 0.25:
            return ['erase', self.chance.choice(known)], None
        return ['write', '--shared', text], text

    def begin(self):
        """Starts a command without waiting for its end."""
        self.asked, self.text = self.command()
        self.process = subprocess.Popen([BINARY, '--json', *self.asked], env=self.home.environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self):
        """Its answer counts only if it said that it was done."""
        out, _ = self.process.communicate(timeout=60)
        done = self.process.returncode == 0 and b'"id"' in out
        verb, *rest = self.asked
        if verb == 'write' and done:
            self.texts[out.decode().split('"id":"')[1][:32]] = {self.text}
        elif verb == 'edit':
            self.texts[rest[0]] = {self.text} if done else self.texts[rest[0]] | {self.text}
        elif verb == 'erase' and done:
            self.erased.add(rest[0])
        elif verb == 'erase':
            self.doubtful.add(rest[0])

    def write(self):
        self.begin()
        self.end()


class Crash(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(SEED)
        self.homes = self.enterContext(Homes())
        self.pair = self.homes.couple()
        self.writers = [Writer(home, self.chance) for home in self.pair]
        self.nodes = {}
        self.addCleanup(self.stop)

    def start(self, home, *peers):
        node = home.start('node', '--listen', '127.0.0.1:0', '--no-discovery', *[part for peer in peers for part in ('--peer', peer)])
        first = node.line()
        if first is None:
            node.end()
        self.nodes[home] = node
        return first['listening']

    def stop(self):
        for node in self.nodes.values():
            node.kill()
        self.nodes = {}

    def within(self, process, milliseconds):
        """Until it ends, at most so long."""
        try:
            process.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            pass

    def assert_all_there(self):
        for writer in self.writers:
            for home in self.pair:
                shown = {entry['id']: entry for entry in home.entries()}
                for entry, texts in writer.texts.items():
                    if entry in writer.erased:
                        self.assertNotIn(entry, shown)
                    elif entry not in writer.doubtful or entry in shown:
                        self.assertIn(entry, shown, f'{writer.home.name}\'s {texts} is lost at {home.name}, seed {SEED}')
                        self.assertIn(shown[entry]['body'], texts)
        for home in self.pair:
            bodies = [entry['body'] for entry in home.entries()]
            self.assertEqual(len(bodies), len(set(bodies)), f'something is there twice, seed {SEED}')
            self.assertEqual(home.json('doctor').get('problems', []), [], f'seed {SEED}')
        one, other = ([(e['id'], e['body']) for e in home.entries()] for home in self.pair)
        self.assertEqual(one, other)

    def level(self, address):
        """Syncs until both sides have the same; a few tries, because a session may be on its way."""
        eventually(lambda: self.pair[0].run('sync', '--peer', address, expect=None).code == 0, 'a sync is done')
        eventually(lambda: [e['id'] for e in self.pair[0].entries()] == [e['id'] for e in self.pair[1].entries()], 'both are level')

    def test_nodes_that_are_killed_while_they_write_and_sync(self):
        addresses = {home: self.start(home) for home in self.pair}
        for kill in range(KILLS):
            victim = self.chance.choice(self.pair)
            other = self.pair[0] if victim is self.pair[1] else self.pair[1]
            other.run('--json', 'sync', '--peer', addresses[victim], expect=None)
            for _ in range(self.chance.randrange(3)):
                for writer in self.writers:
                    writer.write()
            for writer in self.writers:
                writer.begin()
            self.within(self.writers[self.pair.index(victim)].process, self.chance.uniform(0, 40))
            self.nodes.pop(victim).kill()
            for writer in self.writers:
                writer.end()
            addresses[victim] = self.start(victim, addresses[other])
        self.level(addresses[self.pair[1]])
        self.assert_all_there()
        self.assertGreater(sum(len(writer.texts) for writer in self.writers), KILLS)

    def test_commands_that_are_killed_without_a_node(self):
        writer = self.writers[0]
        for kill in range(KILLS):
            writer.begin()
            self.within(writer.process, self.chance.uniform(0, 400))
            writer.process.kill()
            writer.end()
        for _ in range(KILLS):   # on a slow machine none of those that were killed may have come to its end
            writer.write()
        self.assertGreater(len(writer.texts), 2)
        self.level(self.start(self.pair[1]))
        self.assert_all_there()

    def test_a_sync_that_is_killed_is_taken_up_again(self):
        ada, ben = self.pair
        ada.up()
        for n in range(60):
            ada.json('write', '--shared', stdin=f'number {n} ' + 'x' * 20_000)
        ada.down()
        address = self.start(ben)
        for kill in range(KILLS // 2):
            process = subprocess.Popen([BINARY, '--json', 'sync', '--peer', address], env=ada.environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.within(process, self.chance.uniform(100, 500))
            process.kill()
            process.wait()
            if kill % 3 == 2:
                self.nodes.pop(ben).kill()
                address = self.start(ben)
        self.level(address)
        self.assertEqual(len(ben.entries()), 60)
        self.assert_all_there()

    def test_an_init_or_restore_that_is_killed_leaves_all_or_nothing(self):
        ada = self.pair[0]
        entry = ada.json('write', 'in the backup')['id']
        backup = ada.folder / 'backup.age'
        ada.json('backup', 'create', backup)
        for kill in range(KILLS):
            home = self.homes.new(f'New{kill}', init=False)
            home.keep_words(ada.words)
            command = (['init', '--name', 'New'] if kill % 2 else ['restore', '--no-discovery', str(backup)]) + ['--unlock-cost', 'interactive']
            process = subprocess.Popen([BINARY, '--json', *command], env=home.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.within(process, self.chance.uniform(50, 400))
            process.kill()
            process.wait()
            with self.subTest(kill=kill, command=command[0]):
                result = home.run('--json', 'doctor', expect=None)
                if result.code == 4:
                    home.json(*command)
                else:
                    self.assertEqual(result.code, 0, result)
                self.assertEqual(home.json('doctor').get('problems', []), [])
                if command[0] == 'restore':
                    self.assertEqual(home.json('show', entry)['body'], 'in the backup')
                leftovers = [path.name for path in home.folder.iterdir()]
                self.assertEqual(sorted(leftovers), ['home', 'passphrase', 'run', 'words'], 'nothing half done is left')

    def test_a_backup_that_is_killed_never_appears_unfinished(self):
        ada = self.pair[0]
        ada.up()
        for n in range(20):
            ada.json('write', stdin=f'number {n} ' + os.urandom(50_000).hex())
        ada.down()
        for kill in range(KILLS // 2):
            backup = ada.folder / f'backup-{kill}.age'
            process = subprocess.Popen([BINARY, '--json', 'backup', 'create', str(backup)], env=ada.environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.within(process, self.chance.uniform(100, 500))
            process.kill()
            process.wait()
            if backup.exists():
                self.assertEqual(ada.json('backup', 'verify', backup)['entries'], 20)
        self.assertEqual(ada.json('doctor').get('problems', []), [])


if __name__ == '__main__':
    unittest.main()

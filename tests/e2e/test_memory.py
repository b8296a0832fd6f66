"""What a running node's memory holds, and what is left of it: the passphrase, the words and what comes from them never; of
texts no more copies than the store itself keeps; nothing of what was erased; after `lock` no process at all. And what
would carry memory elsewhere: core dumps, and other processes of the same user."""
import os
import resource
import signal
import subprocess
import unittest

import lan
import needs
from attune import BINARY, PATIENCE, Failed, Homes, eventually, pair
from process_memory import SEEN, counted, processes, root_secrets
from store import keys

PASSPHRASE = 'zanzibar-passphrase'
NOBODY = 65534
# The store's own: what was written last and is in no table yet, pages of tables and blocks of them.
MOST_COPIES = 4


def tearDownModule():
    print(f'memory of processes was looked through {SEEN["times"]} times, {SEEN["bytes"] >> 20} MiB in all, for up to '
          f'{SEEN["strings"]} strings at once')


class Memory(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.new('Adalberta'), self.homes.new('Benvolio')   # found nowhere by chance
        pair(self.ada, self.ben)
        for home in (self.ada, self.ben):
            new = home.file('new', PASSPHRASE + '\n')
            new.chmod(0o600)
            home.run('passphrase', '--new-passphrase-file', new)
            home.passphrase_file.write_text(PASSPHRASE + '\n')
        self.ben.up('--peer', self.ada.up())

    def node_of(self, home):
        found = processes(home)
        self.assertEqual(len(found), 1, home.name)
        return found[0]

    def copies(self, home, *texts):
        return counted(self.node_of(home), {text: text.encode() for text in texts})

    def arrives(self, entry):
        eventually(lambda: self.ben.run('show', entry, expect=None).code == 0, f'{entry} reaches Ben')

    def write(self, *words):
        entry = self.ada.json('write', *words, '--shared')['id']
        self.arrives(entry)
        return entry

    def secrets(self, home):
        words = home.words.split()
        needles = {'passphrase': PASSPHRASE.encode(), **root_secrets(home.words)}
        needles |= {f'words {n}': ' '.join(words[n:n + 2]).encode() for n in range(23)}
        return needles

    def expect_no_secrets(self, when):
        for home in (self.ada, self.ben):
            found = {name: count for name, count in counted(self.node_of(home), self.secrets(home)).items() if count}
            self.assertEqual(found, {}, f'{home.name}, {when}')

    def test_passphrase_words_and_root_keys_are_in_no_node_at_any_moment(self):
        self.expect_no_secrets('just up')
        self.write('kept-canary')
        self.assertGreater(self.copies(self.ada, 'kept-canary')['kept-canary'], 0, 'what is looked at is not what it works with')
        backup = self.ada.folder / 'backup.age'
        self.ada.run('backup', 'create', backup)
        self.ada.run('backup', 'verify', backup)
        self.expect_no_secrets('after a backup')
        at = self.ada.json('status')['listening']
        lost = self.homes.new('Lost', init=False)
        lost.keep_words(self.ada.words)
        lost.run('restore', backup, '--device', 'lost', '--peer', at, '--unlock-cost', 'interactive')
        lost.run('sync', '--peer', at)
        self.ada.run('device', 'revoke', 'lost')
        eventually(lambda: self.ada.json('status').get('waiting', 0) == 0, 'Ben knows')
        self.expect_no_secrets('after a revocation')

    def read_all(self, entry, times):
        for home in (self.ada, self.ben):
            for _ in range(times):
                home.run('list')
                home.run('search', 'zigzag')
                home.run('show', entry)

    def test_no_reading_leaves_a_copy_behind(self):
        entry = self.write('zephyr-text', '--title', 'zenith-title')
        self.ada.run('edit', entry, 'zigzag-edit')
        eventually(lambda: self.ben.json('show', entry).get('body') == 'zigzag-edit', 'the edit arrives')
        self.read_all(entry, 1)
        before = [self.copies(home, 'zenith-title', 'zigzag-edit') for home in (self.ada, self.ben)]
        self.read_all(entry, 10)
        self.ada.run('backup', 'create', self.ada.folder / 'backup.age')
        for home, texts in zip((self.ada, self.ben), before, strict=True):
            self.ada.run('export', home.folder / 'export', '--format', 'json')
            self.assertLessEqual(texts['zigzag-edit'], MOST_COPIES, home.name)
            for text, count in self.copies(home, *texts).items():
                self.assertLessEqual(count, texts[text], f'{text} at {home.name}')

    def test_no_session_leaves_a_text_or_a_name_on_the_stack(self):
        watching = self.ben.start('watch')   # asked once; each further question would wipe the stack by itself
        self.addCleanup(watching.kill)
        self.assertEqual(watching.line(), {'event': 'ready'})
        for number in range(5):
            self.ada.run('write', f'zephyr-{number}', '--title', f'zenith-{number}', '--tag', f'zircon-{number}', '--shared')
            shown = watching.line()['entry']
            self.assertEqual((shown['body'], shown['title']), (f'zephyr-{number}', f'zenith-{number}'))
        texts = {text: text.encode() for text in ('zephyr-', 'zenith-', 'zircon-', *(home.name for home in (self.ada, self.ben)))}
        for home in (self.ada, self.ben):
            [node] = [process for process in processes(home) if process != watching.process.pid]
            own = str(home.path)
            self.assertGreater(counted(node, {own: own.encode()}, '[stack]')[own], 0, 'its environment stands there')
            self.assertGreater(counted(node, texts)['zephyr-'], 0, 'what is looked for is what it works with')
            eventually(lambda node=node: not any(counted(node, texts, '[stack]').values()),   # it may still be about to wipe it
                       f'a stack of {home.name} without texts and names', patience=10)

    def test_what_was_erased_is_gone_from_both_nodes_memories(self):
        kept = self.write('kept-canary')
        doomed = self.write('first-doomed', '--title', 'title-doomed')
        self.ada.run('edit', doomed, 'second-doomed')
        eventually(lambda: self.ben.json('show', doomed).get('body') == 'second-doomed', 'the edit arrives')
        for home in (self.ada, self.ben):
            home.run('list')
            home.run('search', 'doomed')
            home.run('show', doomed)
        self.ada.run('erase', doomed)
        eventually(lambda: self.ada.json('show', doomed).get('erase_confirmed') is True, 'Ben\'s side confirms')
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('show', kept)['body'], 'kept-canary')
            found = self.copies(home, 'kept-canary', 'first-doomed', 'second-doomed', 'title-doomed')
            self.assertGreater(found.pop('kept-canary'), 0)
            self.assertEqual(found, {'first-doomed': 0, 'second-doomed': 0, 'title-doomed': 0}, home.name)

    def test_after_lock_no_process_is_left_that_could_hold_anything(self):
        self.write('kept-canary')
        own = {'text': b'private-canary'}
        self.ada.run('write', 'private-canary', '--title', 'private-canary')
        self.assertGreater(counted(self.node_of(self.ada), own)['text'], 0, 'what is looked for is what it works with')
        watching = self.ada.start('watch')
        self.assertEqual(watching.line(), {'event': 'ready'})
        self.ada.run('lock')
        watching.end()
        self.assertEqual(processes(self.ada), [])
        self.assertEqual(len(processes(self.ben)), 1)   # what would have been found
        for number, (name, key) in enumerate(sorted(keys(self.ada, 'device key', 'store key', 'self key', 'key of seals'))):
            if 'couple' not in name:   # those Ben holds as well
                own[f'{name}, {number}'] = key
        for process in processes_but_ours():
            found = counted(process, self.secrets(self.ada) | own)
            self.assertEqual({name for name, count in found.items() if count}, set(), process)


def processes_but_ours():
    """All of them: this test runs in a /proc of its own."""
    return [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]


def as_nobody(command, **more):
    return subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, timeout=PATIENCE, check=False,
                          **more)


class Elsewhere(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())

    def dumped(self, process):
        os.kill(process.pid, signal.SIGSEGV)
        status = os.waitpid(process.pid, 0)[1]
        process.returncode = -os.WTERMSIG(status)
        self.assertEqual(process.returncode, -signal.SIGSEGV)
        return os.WCOREDUMP(status)

    def test_a_crash_leaves_no_core_dump_where_another_program_would(self):
        home = self.homes.new('Ada')
        most = resource.getrlimit(resource.RLIMIT_CORE)[1]

        def started(command):
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=home.environment, cwd=home.folder,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)))
            self.addCleanup(process.stdout.close)
            return process, process.stdout.readline()

        other, _ = started(['sh', '-c', 'echo up; exec sleep 100'])
        if not self.dumped(other):
            needs.skip(self, 'this system writes no core dumps at all')
        node, line = started(home.program(['--json', 'node', '--listen', '127.0.0.1:0', '--no-discovery']))
        self.assertIn(b'listening', line)
        self.assertFalse(self.dumped(node))

    def test_another_program_of_the_same_user_cannot_look_into_a_node(self):
        try:
            if as_nobody(['true']).returncode != 0:
                needs.skip(self, 'no second user here')
        except (PermissionError, OSError) as error:
            needs.skip(self, f'no second user here: {error}')
        home = self.homes.new('Ada', init=False)
        os.chmod(self.homes.temporary.name, 0o755)
        for path in (home.folder, *home.folder.rglob('*')):
            os.chown(path, NOBODY, NOBODY)
        for command in (['init', '--name', 'Ada', '--unlock-cost', 'interactive'], ['up', '--listen', '127.0.0.1:0', '--no-discovery']):
            done = as_nobody([BINARY, *command], env=home.environment)
            if done.returncode != 0:
                raise Failed(done.stderr.decode())
        try:
            [node] = processes(home)
            for secret in ('mem', 'environ', 'maps'):
                self.assertNotEqual(as_nobody(['cat', f'/proc/{node}/{secret}']).returncode, 0, secret)
        finally:
            as_nobody([BINARY, 'down'], env=home.environment)


if __name__ == '__main__':
    lan.alone()
    lan.ip('link', 'set', 'lo', 'up')
    unittest.main()

"""Who takes the computer, its disk or its backup reads nothing: no text, title, tag, name, word, passphrase or key, from the
words or held by a home, stands in any byte of a home, its runtime folder or its file names, and nobody but the owner may open
a file."""
import base64
import os
import unittest
from pathlib import Path

from attune import Homes, eventually, pair
from process_memory import root_secrets
from store import READ_STORE, keys

PASSPHRASE = 'zanzibar-passphrase'
CANARIES = {
    'name': 'Zacharias', 'partner': 'Zoraida', 'device': 'zinnia-device', 'title': 'zenith-title', 'text': 'zephyr-text ümlaut',
    'edited': 'zigzag-edit', 'private': 'zodiac-private', 'tag': 'zirconia-tag', 'mood': 'zestful', 'shared': 'zucchini-shared',
    'erased': 'zeppelin-erased', 'answer': 'zither-answer', 'passphrase': PASSPHRASE,
}


HELD = ('device key', 'store key', 'self key', 'key of own channels', 'key of seals', 'key of backups', 'key of own beacons',
        'key of own parcels')
SHARED = ("couple's key", "key of a couple's channels", "key of a couple's beacons", "key of a couple's parcels")


def spellings(text):
    """The ways in which a text could stand there and still be read."""
    raw = text.encode()
    for form in {text, text.lower(), text.upper(), text.casefold()}:
        yield from (form.encode(), form.encode('utf-16-le'), form.encode('utf-16-be'), form.encode().hex().encode())
    yield raw[::-1]
    yield from base64_of(raw)


def base64_of(raw):
    """At each place in a stream."""
    for cut in range(3):
        whole = len(raw[cut:]) // 3 * 3
        yield base64.b64encode(raw[cut:cut + whole])


def forms(key):
    yield from (key, key[::-1], key.hex().encode(), key.hex().upper().encode(), *base64_of(key))


SEEN = {'files': 0, 'bytes': 0, 'strings': 0}


def tearDownModule():
    print(f'looked through {SEEN["files"]} files and names, {SEEN["bytes"] >> 10} KiB, for up to {SEEN["strings"]} strings at once')


class Thief(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada = self.homes.new('Zacharias', init=False)
        self.ben = self.homes.new('Zoraida', init=False)
        for home in (self.ada, self.ben):
            home.passphrase_file.write_text(PASSPHRASE + '\n')
            home.environment['TMPDIR'] = str(home.folder / 'run')   # looked through as the runtime folder is
            answer = home.json('init', '--name', home.name, '--device', CANARIES['device'], '--unlock-cost', 'interactive')
            home.keep_words(answer['words'])
        self.ids, self.held = [], set()
        self.learn_keys(HELD, self.ada, self.ben)

    def learn_keys(self, kinds, *homes):
        """What these homes hold now is looked for from here on."""
        for home in homes:
            self.held |= keys(home, *kinds)

    def needles(self):
        needles = {(what, form) for what, text in CANARIES.items() for form in spellings(text)}
        for home in (self.ada, self.ben):
            words = home.words.split()
            needles |= {('words', ' '.join(words[n:n + 2]).encode()) for n in range(23)}
            for what, secret in root_secrets(home.words).items():
                needles |= {(what, form) for form in forms(secret)}
        needles |= {(what, form) for what, key in self.held for form in forms(key)}
        for printed in self.ids:
            needles |= {('id', printed.encode()), ('id', bytes.fromhex(printed))}
        check = self.ada.json('status').get('check')
        if check:
            needles |= {('check words', form.encode()) for form in (check, check.replace(' ', '-'))}
        return needles

    def look(self, when):
        """At every byte that lies there for the taking."""
        needles = self.needles()
        for home in (self.ada, self.ben):
            places = [*home.path.rglob('*'), *(home.folder / 'run').rglob('*')]
            self.assertGreater(len(places), 5)
            for path in places:
                self.look_at(path.name.encode(), needles, f'the name {path}', when)
                try:
                    mode, content = path.lstat().st_mode, path.read_bytes() if path.is_file() else b''
                except FileNotFoundError:   # a compaction took it away meanwhile
                    continue
                self.assertEqual(mode & 0o077, 0, f'{path} is open to others, {when}')
                self.look_at(content, needles, path, when)
            self.assertEqual(home.path.stat().st_mode & 0o077, 0)

    def look_at(self, content, needles, where, when):
        SEEN['files'] += 1
        SEEN['bytes'] += len(content)
        SEEN['strings'] = max(SEEN['strings'], len(needles))
        for what, needle in needles:
            self.assertNotIn(needle, content, f'{what} stands in {where}, {when}')

    def look_at_processes(self, *homes):
        """Arguments and environment of every process of these homes, as ps shows them."""
        found = 0
        secrets = [PASSPHRASE.encode(), *(home.words.encode() for home in homes), *(form for _, key in self.held for form in forms(key))]
        for process in Path('/proc').glob('[0-9]*'):
            try:
                environment, arguments = (process / 'environ').read_bytes(), (process / 'cmdline').read_bytes()
                limits = (process / 'limits').read_text()
            except OSError:
                continue
            if not any(str(home.path).encode() in environment + arguments for home in homes) or b'attune' not in arguments:
                continue
            found += 1
            for secret in secrets:
                self.assertNotIn(secret, environment + arguments)
            core = next(line for line in limits.splitlines() if line.startswith('Max core file size'))
            self.assertEqual(core.split()[4], '0', 'a crash would write keys to the disk')
        self.assertEqual(found, len(homes))

    def keep(self, answer):
        self.ids.append(answer['id'])
        return answer['id']

    def test_nothing_can_be_read_at_any_moment_of_a_life(self):
        self.look('after init')
        pair(self.ada, self.ben)
        self.learn_keys(HELD + SHARED, self.ada, self.ben)
        self.look('after pairing')
        private = self.keep(self.ada.json('write', CANARIES['private'], '--title', CANARIES['title']))
        entry = self.keep(self.ada.json('write', CANARIES['text'], '--shared', '--title', CANARIES['title'], '--tag', CANARIES['tag'],
                                        '--mood', CANARIES['mood'] + ':4'))
        doomed = self.keep(self.ada.json('write', CANARIES['erased'], '--shared'))
        self.look('after writing')
        self.ben.up('--peer', self.ada.up())
        answer = self.keep(self.ben.json('write', CANARIES['answer'], '--shared'))
        eventually(lambda: self.ada.run('show', answer, expect=None).code == 0
                   and self.ben.run('show', doomed, expect=None).code == 0, 'both are in sync')
        self.look('with the nodes up, after a sync')
        self.look_at_processes(self.ada, self.ben)
        self.ada.json('edit', entry, CANARIES['edited'])
        self.keep(self.ada.json('share', private))
        self.ada.json('erase', doomed)
        eventually(lambda: self.ada.json('show', doomed).get('erase_confirmed') is True, 'erased')
        self.look('after edit, share and erase')
        backup = self.ada.folder / 'backup.age'
        self.ada.json('backup', 'create', backup)
        self.look_at(backup.read_bytes(), self.needles(), 'the backup', 'after backup create')
        self.assertEqual(backup.stat().st_mode & 0o077, 0, 'the backup is open to others')
        self.ada.json('backup', 'verify', backup)
        for home in (self.ada, self.ben):
            home.json('doctor')
            home.json('list')
            home.json('search', CANARIES['tag'])
            home.down()
        self.look('with the nodes down')
        other = self.homes.new('Again', init=False)
        other.keep_words(self.ada.words)
        other.json('restore', backup, '--unlock-cost', 'interactive')
        self.learn_keys(HELD, other)
        self.ada = other
        self.look('after a restore')

    def test_the_size_of_what_lies_there_does_not_follow_each_word(self):
        """Pages and padding: an entry of one word and one of twenty look alike in the vault and the backup."""
        for text in ('yes', 'twenty words and ' * 5):
            home = self.homes.new(f'Size{len(text)}')
            home.json('write', text)
            home.json('backup', 'create', home.folder / 'backup.age')
        one, other = self.homes.homes[-2:]
        self.assertEqual((one.folder / 'backup.age').stat().st_size, (other.folder / 'backup.age').stat().st_size)
        self.assertEqual((one.path / 'vault').stat().st_size, (other.path / 'vault').stat().st_size)

    def test_writing_leaves_no_file_beside_the_home(self):
        self.ada.json('write', stdin=CANARIES['text'])
        leftovers = [path for path in self.ada.folder.rglob('*') if path.is_file() and not path.is_relative_to(self.ada.path)]
        self.assertEqual({path.name for path in leftovers}, {'passphrase', 'words'})


if __name__ == '__main__':
    if not READ_STORE:
        raise SystemExit('ATTUNE_READ_STORE names no program')
    os.umask(0)   # a careless umask must not open what is for its owner alone
    unittest.main()

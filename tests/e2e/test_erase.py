"""What was erased is gone from both disks: looked for in the plaintext of every file of both stores, with the persons'
own keys, after erasing, syncing and compacting."""
import subprocess
import unittest

from attune import PATIENCE, Homes, eventually
from store import READ_STORE, plaintext


class Erased(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        self.addCleanup(self.down)

    def up(self):
        self.ada_at = self.ada.up()
        self.ben.up('--peer', self.ada_at)

    def down(self):
        for home in (self.ada, self.ben):
            if home.path.exists():
                home.run('down')

    def assert_gone(self, *texts):
        """From both stores; what is kept beside is still there, so that an empty answer cannot pass."""
        self.down()
        for home in (self.ada, self.ben):
            content = plaintext(home).lower()
            self.assertIn(b'kept-canary', content, f'{home.name}: the reader reads nothing')
            for text in texts:
                self.assertNotIn(text.lower().encode(), content, f'{home.name} still holds {text}')
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def arrived(self, entry):
        eventually(lambda: self.ben.run('show', entry, expect=None).code == 0, f'{entry} reaches Ben')

    def confirmed(self, entry):
        eventually(lambda: self.ada.json('show', entry).get('erase_confirmed') is True, 'Ben\'s side confirms')

    def test_the_reader_sees_what_is_not_erased(self):
        self.ada.json('write', 'plainly-there', '--title', 'title-there', '--tag', 'tag-there')
        content = plaintext(self.ada)
        for text in (b'plainly-there', b'title-there', b'tag-there'):
            self.assertIn(text, content)

    def test_a_shared_entry_with_all_its_versions(self):
        self.up()
        self.ada.json('write', 'kept-canary', '--shared')
        entry = self.ada.json('write', 'first-canary', '--shared', '--title', 'title-canary', '--tag', 'tag-canary', '--mood', 'mood-canary:3')['id']
        self.arrived(entry)
        self.ada.json('edit', entry, 'second-canary')
        self.ada.json('edit', entry, 'third-canary', '--title', 'other-canary')
        self.ada.json('erase', entry)
        self.confirmed(entry)
        self.assert_gone('first-canary', 'second-canary', 'third-canary', 'title-canary', 'other-canary', 'tag-canary', 'mood-canary')

    def test_a_private_entry_that_was_shared(self):
        self.up()
        self.ada.json('write', 'kept-canary', '--shared')
        private = self.ada.json('write', 'draft-canary')['id']
        self.ada.json('edit', private, 'private-canary')
        shared = self.ada.json('share', private)['id']
        self.arrived(shared)
        self.ada.json('erase', private)
        self.confirmed(shared)
        self.assert_gone('draft-canary', 'private-canary')

    def test_a_private_entry_without_a_node_and_without_a_partner_near(self):
        for home in (self.ada, self.ben):
            home.json('write', 'kept-canary')
        entry = self.ada.json('write', 'alone-canary')['id']
        self.ada.json('erase', entry)
        self.assert_gone('alone-canary')

    def test_an_erase_while_the_partner_is_away_takes_hold_when_they_are_back(self):
        self.up()
        self.ada.json('write', 'kept-canary', '--shared')
        entry = self.ada.json('write', 'away-canary', '--shared')['id']
        self.arrived(entry)
        self.ben.down()
        self.ada.json('erase', entry)
        self.assertFalse(self.ada.json('show', entry)['erase_confirmed'])
        self.assertIn(b'away-canary', plaintext(self.ben))
        self.ben.up('--peer', self.ada_at)
        self.confirmed(entry)
        self.assert_gone('away-canary')

    def test_an_edit_leaves_nothing_of_the_old_text_at_the_partner(self):
        self.up()
        self.ada.json('write', 'kept-canary', '--shared')
        entry = self.ada.json('write', 'before-canary', '--shared')['id']
        self.arrived(entry)
        self.ada.json('edit', entry, 'after-canary')
        eventually(lambda: self.ben.json('show', entry).get('body') == 'after-canary', 'the edit reaches Ben')
        eventually(lambda: self.ada.json('status').get('waiting', 0) == 0, 'Ben\'s side confirms')
        self.down()
        self.assertNotIn(b'before-canary', plaintext(self.ben))
        self.assertEqual(self.ada.json('show', entry)['versions'][0]['body'], 'before-canary')

    def test_many_entries_between_others_in_a_store_of_several_tables(self):
        self.up()
        self.ada.json('write', 'kept-canary', '--shared')
        doomed = []
        for n in range(40):
            self.ada.json('write', '--shared', stdin=f'filler {n} ' + 'lorem ipsum ' * 20_000)
            doomed.append(self.ada.json('write', f'doomed-canary-{n}', '--shared')['id'])
        self.arrived(doomed[-1])
        for entry in doomed:
            self.ada.json('erase', entry)
        for entry in doomed:
            self.confirmed(entry)
        self.assert_gone('doomed-canary')

    def test_an_erased_entry_stays_away_when_a_backup_that_holds_it_is_restored(self):
        self.up()
        self.ada.json('write', 'kept-canary', '--shared')
        entry = self.ada.json('write', 'backup-canary', '--shared')['id']
        self.arrived(entry)
        backup = self.ada.folder / 'ada.age'
        self.ada.json('backup', 'create', backup)
        self.ada.json('erase', entry)
        self.confirmed(entry)
        self.ada.json('wipe')
        self.ada.json('restore', backup, '--peer', self.ben.json('status')['listening'], '--unlock-cost', 'interactive')
        self.assertTrue(self.ada.json('show', entry)['erased'])
        self.assert_gone('backup-canary')


def contents_of_backup(home):
    """Everything that a new backup holds, opened by the tools that the guide names."""
    backup, identity = home.folder / 'new.age', home.folder / 'identity'
    home.run('backup', 'create', backup)
    identity.write_text(home.run('backup', 'identity').out)
    opened = subprocess.run(['age', '-d', '-i', identity, backup], capture_output=True, timeout=PATIENCE, check=True).stdout
    backup.unlink()
    return subprocess.run(['zstd', '-d', '-c'], input=opened, capture_output=True, timeout=PATIENCE, check=True).stdout


class FourDevices(unittest.TestCase):
    """Two people with two computers each: once all have synced, the text is on no disk and in no new backup."""

    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        self.all = [self.ada, self.second(self.ada), self.ben, self.second(self.ben)]

    def second(self, first):
        backup = first.folder / 'backup.age'
        first.run('backup', 'create', backup)
        other = self.homes.new(f'{first.name}-phone', init=False)
        other.keep_words(first.words)
        other.run('restore', backup, '--device', 'phone', '--unlock-cost', 'interactive')
        return other

    def all_sync(self):
        """Each with the one that writes."""
        at = self.ada.up()
        for home in self.all[1:]:
            home.run('sync', '--peer', at)
        self.ada.down()

    def test_an_erased_text_is_in_no_file_and_in_no_new_backup_of_any(self):
        self.all_sync()
        self.ada.run('write', 'kept-canary', '--shared')
        private = self.ada.json('write', 'draft-canary')['id']
        entry = self.ada.json('write', 'first-canary', '--shared', '--title', 'title-canary', '--tag', 'tag-canary')['id']
        self.all_sync()
        self.ada.run('edit', entry, 'second-canary')
        shared = self.ada.json('share', private)['id']
        self.all_sync()
        for home in self.all:
            self.assertIn(b'second-canary', plaintext(home), home.name)
            self.assertIn(b'draft-canary', contents_of_backup(home), home.name)
        self.ada.run('erase', entry)
        self.ada.run('erase', private)
        self.all_sync()
        for erased in (entry, shared):
            self.assertTrue(self.ada.json('show', erased)['erase_confirmed'])
        for home in self.all:
            for what, content in (('files', plaintext(home)), ('new backup', contents_of_backup(home))):
                self.assertIn(b'kept-canary', content, f'{home.name}: nothing is read')
                for text in ('first-canary', 'second-canary', 'title-canary', 'tag-canary', 'draft-canary'):
                    self.assertEqual(content.count(text.encode()), 0, f'{text} in the {what} of {home.name}')
            self.assertEqual(home.json('doctor').get('problems', []), [])


if __name__ == '__main__':
    if not READ_STORE:
        raise SystemExit('ATTUNE_READ_STORE names no program')
    unittest.main()

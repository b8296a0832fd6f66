"""One story from the first word to a restored device, told through --json: what scripts/demo shows to people."""
import shutil
import unittest

from attune import Homes, eventually, pair


def ids(entries):
    return [entry['id'] for entry in entries]


class Story(unittest.TestCase):
    def setUp(self):
        homes = Homes()
        self.enterContext(homes)
        self.ada, self.ben = homes.new('Ada', init=False), homes.new('Ben', init=False)
        for home in (self.ada, self.ben):
            answer = home.init()
            self.assertEqual((answer['name'], answer['device']), (home.name, f'{home.name}-laptop'))
            self.assertEqual(len(answer['words'].split(' ')), 24)

    def soon(self, what, holds):
        eventually(holds, what)

    def listed(self, home, *options):
        return ids(home.json('list', '-n', 0, *options)['entries'])

    def found(self, home, *words):
        return ids(home.json('search', *words)['entries'])

    def healthy(self, *homes):
        for home in homes:
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_the_whole_story(self):
        self.pairs()
        self.syncs_live()
        self.edits()
        self.shares_a_private_entry()
        self.erases_from_both_disks()
        self.backs_up()
        self.goes_on()
        self.loses_the_device_and_restores_it()
        self.goes_on_with_the_new_device()
        self.locks()

    def pairs(self):
        before = self.ada.json('status')
        self.assertFalse(before.get('paired'))
        self.assertEqual(before.get('partner', ''), '')
        shown, joined = pair(self.ada, self.ben)
        self.assertEqual((shown['paired_with'], joined['paired_with']), ('Ben', 'Ada'))
        self.assertEqual(shown['check'], joined['check'])
        self.assertEqual(len(shown['check'].split()), 3)
        for home, partner in ((self.ada, 'Ben'), (self.ben, 'Ada')):
            status = home.json('status')
            self.assertTrue(status['paired'])
            self.assertEqual((status['partner'], status['check'], status['node']), (partner, shown['check'], 'stopped'))

    def syncs_live(self):
        self.private = self.ada.json('write', 'Only mine: the café on Sunday', '--title', 'Draft', '--mood', 'anxious:3',
                                     '--tag', 'us', '--tag', 'later')['id']
        self.walk = self.ada.json('write', '--shared', '--kind', 'gratitude', stdin='Thank you for the walk')['id']
        self.ada_at = self.ada.up()
        self.ben_at = self.ben.up('--peer', self.ada_at)
        self.soon('the shared entry reaches Ben', lambda: self.listed(self.ben) == [self.walk])
        self.assertEqual(self.listed(self.ada, '--private'), [self.private])
        self.assertEqual(self.found(self.ben, 'café'), [])
        self.window = self.ben.start('watch')
        self.addCleanup(self.window.kill)
        self.assertEqual(self.window.line(), {'event': 'ready'})
        self.evenings = self.ada.json('write', 'An evening without phones', '--shared', '--kind', 'need')['id']
        event = self.event('entry')
        self.assertEqual((event['id'], event['author'], event.get('mine', False)), (self.evenings, 'Ada', False))
        answer = self.ben.json('write', 'Thursday?', '--shared')['id']
        self.soon('and the other way', lambda: answer in self.listed(self.ada))
        self.soon('nothing waits', lambda: self.ada.json('status').get('waiting', 0) == 0)
        self.ben_wrote = answer

    def event(self, kind):
        """The next event of that kind; others may come before it."""
        while (document := self.window.line()) is not None:
            if document['event'] == kind:
                return document['entry']
        self.fail(f'watch ended without {kind}')

    def edits(self):
        self.ada.json('edit', self.evenings[:8], 'One evening a week without phones', '--title', 'Evenings')
        event = self.event('edited')
        self.assertEqual((event['id'], event['title'], event['edited']), (self.evenings, 'Evenings', True))
        mine, partners = self.ada.json('show', self.evenings), self.ben.json('show', self.evenings)
        self.assertEqual(mine['body'], partners['body'])
        self.assertEqual([version['body'] for version in mine['versions']], ['An evening without phones'])
        self.assertEqual(partners.get('versions', []), [])
        self.assertEqual(self.found(self.ben, 'ONE', 'evenings'), [self.evenings])

    def shares_a_private_entry(self):
        self.shared = self.ada.json('share', self.private)['id']
        self.assertNotEqual(self.shared, self.private)
        self.assertEqual(self.ada.json('share', self.private)['id'], self.shared)
        self.soon('it reaches Ben', lambda: self.shared in self.listed(self.ben))
        arrived = self.ben.json('show', self.shared)
        self.assertEqual((arrived['title'], arrived['mood'], arrived['tags']),
                         ('Draft', {'word': 'anxious', 'level': 3}, ['us', 'later']))
        self.assertEqual(self.ben.fails(4, 'show', self.private)['code'], 'not_found')
        self.assertEqual(self.ada.json('show', self.private)['id'], self.shared)
        self.assertEqual(self.found(self.ada, 'cafe'), [self.shared])

    def erases_from_both_disks(self):
        self.ada.json('erase', self.shared)
        self.assertEqual(self.event('erased')['id'], self.shared)
        self.soon('Ben confirms it', lambda: self.ada.json('show', self.shared).get('erase_confirmed') is True)
        self.is_erased(self.shared, self.ada, self.ben)
        self.assertTrue(self.ada.json('show', self.private)['erased'])
        self.healthy(self.ada, self.ben)

    def is_erased(self, entry, *homes):
        for home in homes:
            shown = home.json('show', entry)
            self.assertTrue(shown['erased'])
            self.assertNotIn('body', shown)
            self.assertEqual((shown.get('title', ''), shown.get('tags', []), shown.get('versions', [])), ('', [], []))
            self.assertNotIn(entry, self.listed(home))

    def backs_up(self):
        self.backup = self.ada.folder / 'ada.age'
        created = self.ada.json('backup', 'create', self.backup)
        self.assertEqual(created['bytes'], self.backup.stat().st_size)
        self.assertEqual(created['entries'], len(self.listed(self.ada)))
        self.assertEqual(self.ada.json('backup', 'verify', self.backup), created)
        self.assertNotEqual(self.ada.json('status').get('last_backup', ''), '')

    def goes_on(self):
        self.lost = self.ada.json('write', 'private, and after the backup')['id']
        self.later = [self.ada.json('write', 'Soup, no phones', '--shared')['id'],
                      self.ben.json('write', 'It was good', '--shared')['id']]
        self.ada.json('erase', self.walk)
        self.soon('all of it is on the other side', lambda: self.later[1] in self.listed(self.ada)
                  and self.later[0] in self.listed(self.ben)
                  and self.ada.json('show', self.walk).get('erase_confirmed') is True)

    def loses_the_device_and_restores_it(self):
        before = {home: home.json('show', self.evenings) for home in (self.ada, self.ben)}
        self.ada.json('wipe')
        self.assertEqual(self.ada.fails(4, 'status')['code'], 'no_home')
        answer = self.ada.json('restore', self.backup, '--device', 'new', '--peer', self.ben_at, '--unlock-cost', 'interactive')
        self.assertEqual((answer['name'], answer['device']), ('Ada', 'new'))
        self.soon('the later entries come back from Ben', lambda: set(self.later) <= set(self.listed(self.ada)))
        self.assertEqual(self.listed(self.ada), self.listed(self.ben))
        self.assertEqual(self.ada.json('show', self.evenings), before[self.ada])
        self.assertEqual(self.ben.json('show', self.evenings), before[self.ben])
        self.is_erased(self.shared, self.ada, self.ben)
        self.is_erased(self.walk, self.ada, self.ben)
        self.assertEqual(self.found(self.ada, 'walk') + self.found(self.ada, 'cafe'), [])
        self.assertEqual(self.ada.fails(4, 'show', self.lost)['code'], 'not_found')
        status = self.ada.json('status')
        self.assertEqual((status['partner'], status['check']), ('Ben', self.ben.json('status')['check']))

    def goes_on_with_the_new_device(self):
        self.ada_at = self.ada.up('--peer', self.ben_at)
        self.window = self.ben.start('watch')
        self.addCleanup(self.window.kill)
        self.assertEqual(self.window.line(), {'event': 'ready'})
        new = self.ada.json('write', 'from the new device', '--shared')['id']
        self.assertEqual(self.event('entry')['id'], new)
        self.ada.json('edit', self.evenings, 'Two evenings')
        self.assertEqual(self.event('edited')['body'], 'Two evenings')
        back = self.ben.json('write', 'to the new device', '--shared')['id']
        self.soon('and the other way', lambda: back in self.listed(self.ada))
        self.healthy(self.ada, self.ben)

    def locks(self):
        for home in (self.ada, self.ben):
            home.json('lock')
            self.assertEqual(home.json('status')['node'], 'stopped')
            self.healthy(home)
        self.assertEqual(self.listed(self.ada), self.listed(self.ben))


if __name__ == '__main__':
    unittest.main()

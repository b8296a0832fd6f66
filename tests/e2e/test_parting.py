"""leave, somebody new, the same one again, and partners who come back with the same words or with new ones."""
import unittest

from attune import Homes, pair


class Parting(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        self.kept = self.ada.json('write', 'from ada', '--shared')['id']
        self.ben.json('write', 'from ben', '--shared')
        self.sync(self.ada, self.ben)

    def sync(self, one, other):
        listening = one.up()
        other.json('sync', '--peer', listening)
        one.down()

    def texts(self, home, *options):
        return sorted(entry['body'] for entry in home.json('list', '-n', 0, *options)['entries'])

    def assert_alone(self, home):
        status = home.json('status')
        self.assertEqual((status['paired'], status.get('partner', ''), status.get('check', '')), (False, '', ''))
        self.assertEqual(status.get('peers', []), [])
        self.assertEqual(home.fails(5, 'write', 'to whom?', '--shared')['code'], 'not_paired')
        self.assertEqual(home.fails(5, 'share', self.mine(home))['code'], 'not_paired')

    def mine(self, home):
        return home.json('write', 'for myself')['id']

    def test_leaving_needs_nobody_and_each_keeps_what_they_had(self):
        answer = self.ada.json('leave')
        self.assertEqual((answer['left'], answer.get('told', False), answer.get('unaware', [])), ('Ben', False, []))
        self.assert_alone(self.ada)
        self.assertEqual(self.texts(self.ada, '--by', 'partner'), ['from ben'])
        self.assertEqual(self.ada.fails(5, 'leave')['code'], 'not_paired')
        status = self.ben.json('status')
        self.assertEqual((status['partner'], status.get('partner_left', False)), ('Ada', False))
        self.ada.json('edit', self.kept, 'from ada, edited')
        self.ada.json('erase', self.kept)
        self.assertEqual(self.texts(self.ben, '--shared'), ['from ada', 'from ben'])
        self.assertEqual(self.ada.json('doctor').get('problems', []), [])

    def test_a_running_node_lets_go_at_once_and_looks_like_one_that_is_offline(self):
        listening = self.ada.up()
        self.ben.up('--peer', listening)
        self.ben.json('sync', '--peer', listening)
        self.ada.json('leave')
        self.ben.json('write', 'too late', '--shared')
        self.assertEqual(self.ben.fails(5, 'sync', '--peer', listening)['code'], 'unreachable')
        self.assertNotIn('too late', self.texts(self.ada))
        self.assertFalse(self.ben.json('status').get('partner_left', False))

    def test_a_partner_in_reach_is_told_and_calls_no_more(self):
        listening = self.ben.up()
        self.ada.json('sync', '--peer', listening)
        watching = self.ben.start('watch')
        self.addCleanup(watching.kill)
        self.assertEqual(watching.line()['event'], 'ready')
        self.assertTrue(self.ada.json('leave', '--tell')['told'])
        self.assertEqual(watching.line(), {'event': 'left', 'name': 'Ada'})
        status = self.ben.json('status')
        self.assertEqual((status['paired'], status['partner'], status['partner_left']), (True, 'Ada', True))
        self.assert_alone(self.ada)
        self.ben.down()
        self.assertTrue(self.ben.json('status')['partner_left'])

    def test_nobody_in_reach_is_not_told_and_left_all_the_same(self):
        self.assertFalse(self.ada.json('leave', '--tell').get('told', False))
        self.assert_alone(self.ada)

    def test_somebody_new_gets_nothing_of_before(self):
        eve = self.homes.new('Eve')
        self.ada.json('leave')
        shown, joined = pair(self.ada, eve)
        self.assertEqual(shown['check'], joined['check'])
        self.assertEqual(self.texts(eve), [])
        self.ada.json('write', 'for eve', '--shared')
        anew = self.ada.json('share', self.kept)['id']
        self.assertNotEqual(anew, self.kept)
        self.assertEqual(self.ada.json('share', self.kept)['id'], anew)
        self.sync(self.ada, eve)
        self.assertEqual(self.texts(eve), ['for eve', 'from ada'])
        self.assertIn('from ben', self.texts(self.ada))
        theirs = {entry['body']: entry.get('author', '') for entry in self.ada.entries() if not entry.get('mine')}
        self.assertEqual(theirs, {'from ben': 'Ben'})
        self.assertIn('by Ben', self.ada.run('list', '--by', 'partner').out)
        self.assertEqual(self.texts(self.ben), ['from ada', 'from ben'])
        self.ada.json('erase', anew)
        self.sync(self.ada, eve)
        self.assertEqual(self.texts(eve), ['for eve'])
        for home in (self.ada, eve):
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_the_same_one_again_goes_on_where_it_was(self):
        self.ada.json('leave')
        private = self.mine(self.ada)
        self.ben.json('write', 'while apart', '--shared')
        for showing, joining in ((self.ben, self.ada), (self.ada, self.ben)):
            pair(showing, joining)
            self.assertEqual(self.texts(self.ada, '--by', 'partner'), ['from ben', 'while apart'])
        self.assertEqual(self.texts(self.ben), ['from ada', 'from ben', 'while apart'])
        self.assertFalse(self.ada.json('show', private).get('shared', False))
        self.ada.json('write', 'together again', '--shared')
        self.sync(self.ben, self.ada)
        self.assertIn('together again', self.texts(self.ben))

    def test_a_partner_with_the_same_words_gets_everything_of_the_two_back(self):
        self.ben.json('write', 'never shared')
        again = self.homes.new('Again', init=False)
        again.keep_words(self.ben.words)
        again.json('restore', '--unlock-cost', 'interactive')
        shown, _ = pair(self.ada, again)
        self.assertEqual(shown['paired_with'], 'Ben')
        self.assertEqual(self.texts(again), ['from ada', 'from ben'])
        self.assertEqual(self.texts(again, '--by', 'me'), ['from ben'])
        again.json('write', 'from a new device', '--shared')
        self.sync(self.ada, again)
        self.assertEqual(self.texts(self.ada, '--by', 'partner'), ['from a new device', 'from ben'])
        self.assertEqual(again.json('doctor').get('problems', []), [])

    def test_a_partner_who_began_anew_is_somebody_else_until_one_leaves(self):
        new = self.homes.new('Benjamin')
        screen = new.start('pair', '--listen', '127.0.0.1:0')
        self.addCleanup(screen.kill)
        first = screen.line()
        error = self.ada.fails(1, 'pair', first['code'], '--peer', first['listening'])
        self.assertEqual(error['code'], 'refused')
        self.assertIn('attune leave', error['hint'])
        self.ada.json('leave')
        joined = self.ada.json('pair', first['code'], '--peer', first['listening'])  # the code has outlived it
        self.assertEqual(screen.end()[-1]['check'], joined['check'])
        self.assertEqual(self.texts(new), [])

    def test_own_devices_hear_of_it_and_those_that_have_not_are_named(self):
        phone = self.homes.new('Phone', init=False)
        phone.keep_words(self.ada.words)
        listening = self.ada.up()
        phone.json('restore', '--unlock-cost', 'interactive', '--device', 'phone', '--peer', listening)
        phone.json('sync', '--peer', listening)
        self.assertTrue(phone.json('status')['paired'])
        self.assertEqual(self.ada.json('leave')['unaware'], ['phone'])
        phone.json('sync', '--peer', listening)
        self.assertFalse(phone.json('status')['paired'])
        self.assertEqual(phone.fails(5, 'write', 'to whom?', '--shared')['code'], 'not_paired')

    def test_it_is_in_backups_and_an_older_one_asks_first(self):
        older, newer = self.ada.folder / 'older.age', self.ada.folder / 'newer.age'
        self.ada.json('backup', 'create', older)
        self.ada.json('leave')
        self.ada.json('backup', 'create', newer)
        for file, paired in ((newer, False), (older, True)):
            other = self.homes.new(file.stem, init=False)
            other.keep_words(self.ada.words)
            other.json('restore', file, '--no-partner', '--unlock-cost', 'interactive')
            self.assertEqual(other.json('status')['paired'], paired)

    def test_somebody_who_refused_and_a_killed_screen_leave_nobody_to_share_with(self):
        mia, otto = self.homes.new('Mia'), self.homes.new('Otto')
        screen = mia.start('pair', '--listen', '127.0.0.1:0')
        self.addCleanup(screen.kill)
        first = screen.line()
        self.assertEqual(self.ben.fails(1, 'pair', first['code'], '--peer', first['listening'])['code'], 'refused')
        screen.kill()
        self.assertEqual(mia.fails(5, 'write', 'x', '--shared')['code'], 'not_paired')
        pair(otto, mia)
        mia.json('write', 'for otto', '--shared')
        self.sync(otto, mia)
        self.assertEqual(self.texts(otto), ['for otto'])


if __name__ == '__main__':
    unittest.main()

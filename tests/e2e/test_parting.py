"""leave, somebody new, the same one again, and partners who come back with the same words or with new ones."""
import hashlib
import socket
import unittest

from attune import Homes, eventually, pair
from store import READ_STORE, identity, plaintext


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

    def told(self):
        """Ben has heard that Ada left. Where he remembers her node, which is down now, as his is."""
        ada_at = self.ada.up()
        self.ben.up('--peer', ada_at)
        self.ben.json('sync', '--peer', ada_at)
        self.assertTrue(self.ada.json('leave', '--tell')['told'])
        self.ben.down()
        self.ada.down()
        return ada_at

    def test_who_was_told_calls_nobody_and_says_so(self):
        ada_at = self.told()
        with socket.create_server(('127.0.0.1', int(ada_at.rsplit(':', 1)[1]))) as called:
            called.setblocking(False)
            for node in (False, True):
                if node:
                    self.ben.up()
                for sync in (['sync'], ['sync', '--peer', ada_at]):
                    error = self.ben.fails(5, *sync)
                    self.assertEqual((error['code'], error['message']),
                                     ('not_paired', 'your partner has left: nothing goes to them or comes from them any more'))
            self.assertRaises(BlockingIOError, called.accept)

    def test_own_devices_still_sync_and_are_told_that_the_partner_left(self):
        self.told()
        phone = self.homes.new('Phone', init=False)
        phone.keep_words(self.ben.words)
        listening = self.ben.up()
        phone.json('restore', '--unlock-cost', 'interactive', '--device', 'phone', '--peer', listening)
        self.ben.down()
        for sync in (['sync', '--peer', phone.up()], ['sync']):
            done = self.ben.run(*sync)
            self.assertIn('1 device reached', done.out)
            self.assertIn('your partner has left', done.out)

    def test_what_is_shared_with_one_who_left_promises_nothing_and_comes_when_they_are_back(self):
        self.told()
        private = self.mine(self.ben)
        file = self.ben.file('old.md', '[2024-01-02 10:00] imported\n')
        for command, start in ((['write', 'when she is back', '--shared'], 'saved '), (['share', private], 'shared as '),
                               (['import', file, '--from', 'jrnl', '--shared'], '1 entry imported, shared')):
            done = self.ben.run(*command)
            self.assertTrue(done.out.startswith(start), done)
            self.assertNotIn('your partner', done.out)
            self.assertIn('stays here', done.err)
        self.assertEqual(set(self.ben.json('write', 'no more fields', '--shared')), {'id'})
        pair(self.ada, self.ben)
        self.assertFalse(self.ben.json('status').get('partner_left', False))
        self.assertIn('when she is back', self.texts(self.ada))
        self.assertIn('shared with your partner', self.ben.run('write', 'together', '--shared').out)

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

    def test_nothing_of_before_is_on_the_disk_of_somebody_new(self):
        """Neither a text, nor a name, nor anything that the former partner's keys or that couple are named by."""
        mia, before, eve = self.homes.new('Mia'), self.homes.new('Benedikt-of-before'), self.homes.new('Eve')
        pair(mia, before)
        mia.json('write', 'mia-to-benedikt', '--shared')
        before.json('write', 'benedikt-to-mia', '--shared')
        self.sync(mia, before)
        mia.json('leave')
        pair(mia, eve)
        mia.json('write', 'mia-to-eve', '--shared')
        self.sync(mia, eve)
        roots = [identity(home)['root'] for home in (mia, before)]
        couple = hashlib.blake2b(b'attune couple v1\0' + b''.join(sorted(roots)), digest_size=32).digest()
        old = {'texts': b'to-benedikt', 'his texts': b'benedikt-to', 'name': b'Benedikt-of-before', 'root': roots[1],
               'device': identity(before)['device'], 'couple': couple}
        at_mia, at_eve = plaintext(mia), plaintext(eve)
        for new in (b'mia-to-eve', roots[0]):
            self.assertIn(new, at_eve)
        for what, name in old.items():
            with self.subTest(what=what):
                self.assertIn(name, at_mia, 'or the test looks for the wrong thing')
                for written in (name, name.hex().encode(), name.hex().upper().encode()):
                    self.assertNotIn(written, at_eve)

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

    def test_a_partner_comes_back_with_the_same_words_while_the_other_ones_node_runs(self):
        old = self.ben.up()
        self.ada.up('--peer', old)
        self.ada.json('write', 'before it was lost', '--shared')
        eventually(lambda: 'before it was lost' in self.texts(self.ben), 'the nodes are linked')
        self.ben.json('write', 'private, and lost')
        self.ben.down()
        self.ben.json('wipe')
        self.ben.json('restore', '--unlock-cost', 'interactive', '--no-discovery')
        self.assertEqual(self.texts(self.ben), [])
        shown, joined = pair(self.ada, self.ben)
        self.assertEqual((shown['check'], shown['paired_with']), (joined['check'], 'Ben'))
        before = ['before it was lost', 'from ada', 'from ben']
        self.assertEqual(self.texts(self.ben), before)
        self.ben.up('--peer', self.ada.json('status')['listening'])
        self.ada.json('write', 'ada goes on', '--shared')
        self.ben.json('write', 'ben goes on', '--shared')
        for home in (self.ada, self.ben):
            eventually(lambda: len(self.texts(home)) == 5, 'what is new is pushed')   # noqa: B023
            self.assertEqual(self.texts(home), sorted([*before, 'ada goes on', 'ben goes on']))
            self.assertEqual(home.json('doctor').get('problems', []), [])
        self.assertEqual(self.texts(self.ben, '--by', 'me'), ['ben goes on', 'from ben'])

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
    if not READ_STORE:
        raise SystemExit('ATTUNE_READ_STORE names no program')
    unittest.main()

"""Check-ins: both answer before either sees, whichever device is there; what is taken back is gone from both disks."""
import unittest

from attune import Homes, eventually
from store import READ_STORE, plaintext
from test_prompts import PASSPHRASE, Terminal


class CheckIns(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()

    def meet(self, one, other):
        """Two syncs: what the first one brought is answered in the second."""
        at = other.up()
        for _ in range(2):
            one.json('sync', '--peer', at)
        other.down()

    def answer(self, home, text, *more):
        return home.json('checkin', '--mood', 'calm:4', '--closeness', '3', '--appreciated', text, *more)['id']

    def only(self, home):
        found = home.json('checkin', 'list')['checkins']
        self.assertEqual(len(found), 1)
        return found[0]

    def texts(self, home):
        one = self.only(home)
        return tuple(one[side]['appreciated'] if side in one else None for side in ('mine', 'partners'))

    def assert_sound(self):
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def in_that_order(self, first, second):
        begun = self.answer(first, 'first-canary', '--hard', 'hard-canary', '--wish', 'a walk', '--text', 'and so on')
        self.assertEqual(len(begun), 32)
        one = self.only(first)
        self.assertEqual((one['id'], one['status'], one['revealed']), (begun, 'waits_for_partner', False))
        self.assertNotIn('partners', one)
        self.meet(first, second)
        one = self.only(second)
        self.assertEqual((one['id'], one['status'], one['revealed']), (begun, 'waits_for_me', False))
        self.assertNotIn('mine', one)
        self.assertNotIn('partners', one)
        self.assertNotIn(b'canary', plaintext(second))
        self.assertEqual(second.json('checkin', '--text', 'second-canary')['id'], begun)
        self.assertNotIn('partners', self.only(second))
        self.meet(first, second)
        for home in (first, second):
            one = home.json('checkin', 'show', begun[:8])
            self.assertEqual((one['status'], one['revealed']), ('open', True))
            self.assertNotIn('mismatch', one)
            self.assertEqual([line['what'] for line in one['history']], ['answered', 'answered'])
        seen = self.only(second)['partners']
        self.assertEqual(seen, {'mood': {'word': 'calm', 'level': 4}, 'closeness': 3, 'appreciated': 'first-canary',
                                'hard': 'hard-canary', 'wish': 'a walk', 'text': 'and so on'})
        self.assertEqual(self.only(first)['partners']['text'], 'second-canary')
        self.assertIn('first-canary', second.run('checkin', 'show', begun).out)
        self.assert_sound()

    def test_ada_begins(self):
        self.in_that_order(self.ada, self.ben)

    def test_ben_begins(self):
        self.in_that_order(self.ben, self.ada)

    def test_begun_by_both_on_one_day_it_is_one(self):
        self.assertEqual(self.answer(self.ada, 'of Ada'), self.answer(self.ben, 'of Ben'))
        self.meet(self.ada, self.ben)
        self.assertEqual(self.texts(self.ada), ('of Ada', 'of Ben'))
        self.assertEqual(self.texts(self.ben), ('of Ben', 'of Ada'))

    def test_another_own_device_opens_while_the_one_that_answered_is_off(self):
        self.answer(self.ada, 'of Ada')
        at = self.ada.up()
        phone = self.homes.new('ada-phone', init=False)
        phone.keep_words(self.ada.words)
        phone.json('restore', '--device', 'phone', '--unlock-cost', 'interactive', '--peer', at)
        self.ben.json('sync', '--peer', at)
        self.ada.down()
        self.answer(self.ben, 'of Ben')
        self.meet(phone, self.ben)
        self.assertEqual(self.texts(self.ben), ('of Ben', 'of Ada'))
        self.assertEqual(self.texts(phone), ('of Ada', 'of Ben'))
        # The first one comes back to find it open, and tells nothing twice.
        self.meet(self.ada, phone)
        self.meet(self.ada, self.ben)
        for home in (self.ada, phone):
            self.assertEqual(self.texts(home), ('of Ada', 'of Ben'))
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_a_connection_that_ends_between_loses_nothing(self):
        self.answer(self.ada, 'of Ada')
        self.meet(self.ada, self.ben)
        self.answer(self.ben, 'of Ben')
        # Ben's half comes alone, in a file; Ada's stays behind until they meet.
        way = self.ada.folder / 'half'
        self.ben.json('sync', '--to-file', way, '--for', 'partner')
        self.ada.json('sync', '--from-file', way)
        self.assertEqual(self.texts(self.ada), ('of Ada', 'of Ben'))
        self.assertEqual((self.texts(self.ben), self.only(self.ben)['status']), (('of Ben', None), 'opening'))
        self.meet(self.ada, self.ben)
        self.assertEqual(self.texts(self.ben), ('of Ben', 'of Ada'))

    def test_between_two_nodes_that_run_it_opens_by_itself_and_is_told(self):
        at = self.ada.up()
        self.ben.up('--peer', at)
        watching = self.ben.start('watch')
        try:
            self.assertEqual(watching.line()['event'], 'ready')
            self.answer(self.ada, 'of Ada')
            told = watching.line()
            self.assertEqual((told['event'], told['checkin']['status']), ('checkin', 'waits_for_me'))
            self.answer(self.ben, 'of Ben')
            while not told['checkin']['revealed']:
                told = watching.line()
            self.assertEqual(told['checkin']['partners']['appreciated'], 'of Ada')
        finally:
            watching.kill()
        eventually(lambda: self.only(self.ada)['revealed'], 'it opens at Ada\'s')

    def test_taken_back_before_it_was_opened_it_stays_closed_for_both(self):
        begun = self.answer(self.ada, 'taken-canary', '--wish', 'wish-canary')
        self.meet(self.ada, self.ben)
        self.assertEqual(self.ada.json('erase', begun[:6])['id'], begun)
        self.answer(self.ben, 'kept-by-ben')   # who has not heard of it
        self.meet(self.ada, self.ben)
        for home in (self.ada, self.ben):
            one = self.only(home)
            self.assertEqual((one['status'], one['revealed']), ('closed', False))
            self.assertNotIn('partners', one)
            self.assertNotIn(b'canary', plaintext(home))
        self.assertIn(b'kept-by-ben', plaintext(self.ben))
        self.assertEqual(self.ada.fails(1, 'checkin', '--wish', 'again')['code'], 'refused')
        self.assert_sound()

    def test_who_has_heard_that_it_was_taken_back_answers_it_no_more(self):
        begun = self.answer(self.ada, 'taken-canary')
        self.ada.json('erase', begun)
        self.assertNotIn(b'canary', plaintext(self.ada))
        self.meet(self.ada, self.ben)
        self.assertEqual(self.only(self.ben)['status'], 'closed')
        self.assertEqual(self.ben.fails(1, 'checkin', '--wish', 'a walk')['code'], 'refused')
        self.assertNotIn('mine', self.only(self.ben))

    def test_taken_back_afterwards_it_is_gone_from_both_disks(self):
        begun = self.answer(self.ada, 'taken-canary')
        self.meet(self.ada, self.ben)
        self.answer(self.ben, 'kept-by-ben')
        self.meet(self.ada, self.ben)
        self.assertIn(b'taken-canary', plaintext(self.ben))
        self.assertEqual(self.ben.json('checkin', 'show', begun)['partners']['appreciated'], 'taken-canary')
        self.ada.json('erase', begun)
        self.assertFalse(self.only(self.ada)['erase_confirmed'])
        self.meet(self.ada, self.ben)
        self.assertTrue(self.only(self.ada)['erase_confirmed'])
        self.assertTrue(self.only(self.ben)['partners_erased'])
        self.assertEqual(self.texts(self.ada), (None, 'kept-by-ben'))
        self.assertEqual(self.texts(self.ben), ('kept-by-ben', None))
        for home in (self.ada, self.ben):
            self.assertIn(b'kept-by-ben', plaintext(home))
            self.assertNotIn(b'taken-canary', plaintext(home))
        self.assert_sound()

    def test_at_a_terminal_every_question_may_be_left_out_but_not_all_of_them(self):
        def screen(*typed):
            terminal = Terminal(self.ada, '--color', 'never', 'checkin')
            terminal.answer('passphrase: ', PASSPHRASE)
            for question, answer in zip(('own words', 'mood', 'close you feel', 'appreciated', 'hard', 'would like'), typed):
                terminal.answer(question, answer)
            return terminal.end()
        code, shown = screen('', '', '', '', '', '')
        self.assertEqual(code, 2, shown)
        self.assertEqual(self.ada.json('checkin', 'list')['checkins'], [])
        code, shown = screen('', '', '2', 'that you called', '', '')
        self.assertEqual(code, 0, shown)
        mine = self.only(self.ada)['mine']
        self.assertNotIn('mood', mine)
        self.assertEqual((mine['closeness'], mine['appreciated'], mine['hard']), (2, 'that you called', ''))
        # One a day: said before anybody types answers in vain.
        terminal = Terminal(self.ada, 'checkin')
        terminal.answer('passphrase: ', PASSPHRASE)
        self.assertEqual(terminal.end()[0], 1)

    def test_wrong_use_is_said_and_changes_nothing(self):
        self.assertEqual(self.ada.fails(2, 'checkin')['code'], 'usage')
        for wrong in (['--mood', 'calm'], ['--mood', 'calm:6'], ['--closeness', '0'], ['--closeness', '6'],
                      ['--closeness', 'near'], ['--wish', ' '], ['--hard', 'x' * 16385], ['--appreciated', b'\xff']):
            self.assertEqual(self.ada.fails(2, 'checkin', *wrong)['code'], 'usage', wrong)
        self.assertEqual(self.ada.fails(2, 'checkin', '--wish', 'a walk', 'list')['code'], 'usage')
        self.assertEqual(self.ada.fails(2, 'checkin', 'lists')['code'], 'usage')
        self.assertEqual(self.ada.fails(4, 'checkin', 'show', 'ffff')['code'], 'not_found')
        self.assertEqual(self.ada.json('checkin', 'list')['checkins'], [])
        begun = self.answer(self.ada, 'of Ada')
        self.assertEqual(self.ada.fails(1, 'checkin', '--wish', 'one more')['code'], 'refused')
        self.meet(self.ada, self.ben)
        self.assertEqual(self.ben.fails(1, 'erase', begun)['code'], 'refused')
        alone = self.homes.new('Cleo')
        self.assertEqual(alone.fails(5, 'checkin', '--wish', 'a walk')['code'], 'not_paired')
        self.ben.json('leave', '--yes')
        self.assertEqual(self.ben.fails(5, 'checkin', '--wish', 'a walk')['code'], 'not_paired')
        self.assertEqual(self.only(self.ben)['id'], begun)


if __name__ == '__main__':
    if not READ_STORE:
        raise SystemExit('ATTUNE_READ_STORE names no program')
    unittest.main()

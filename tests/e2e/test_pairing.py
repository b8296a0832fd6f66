"""pair: three words from one screen to the other, three tries, and nobody in between."""
import unittest

from attune import Homes, pair

CODE_WORDS = ('actor', 'album', 'alley')   # of the list; no code that is drawn here by chance is all of these


class Pairing(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.new('Ada'), self.homes.new('Ben')

    def showing(self):
        screen = self.ada.start('pair', '--listen', '127.0.0.1:0')
        self.addCleanup(screen.kill)
        first = screen.line()
        self.assertIsNotNone(first)
        self.assertRegex(first['code'], r'^[a-z]+([ -])[a-z]+\1[a-z]+$')
        self.assertRegex(first['listening'], r'^127\.0\.0\.1:\d+$')
        return screen, first['code'].replace('-', ' '), first['listening']

    def assert_paired(self, screen, joined):
        shown = screen.end()[-1]
        self.assertEqual((shown['paired_with'], joined['paired_with']), ('Ben', 'Ada'))
        self.assertEqual(shown['check'], joined['check'])

    def assert_strangers(self):
        for home in (self.ada, self.ben):
            status = home.json('status')
            self.assertEqual((status['paired'], status.get('partner', ''), status.get('check', '')), (False, '', ''))

    def test_the_first_sync_is_done_when_it_ends(self):
        screen, code, listening = self.showing()
        self.assert_paired(screen, self.ben.json('pair', code, '--peer', listening))
        for home in (self.ada, self.ben):
            self.assertEqual(len(home.json('status')['peers']), 1)

    def test_a_code_is_read_as_people_type_it(self):
        for spell in (lambda a, b, c: [a, b, c], lambda a, b, c: [f'{a}-{b}-{c}'], lambda a, b, c: [f'{a} {b} {c}'.upper()],
                      lambda a, b, c: [a[:4], b[:4].upper(), c[:4]], lambda a, b, c: [f'  {a}  {b}-{c} ']):
            screen, code, listening = self.showing()
            typed = spell(*code.split())
            with self.subTest(typed=typed):
                self.assert_paired(screen, self.ben.json('pair', *typed, '--peer', listening))
            for home in (self.ada, self.ben):
                home.json('wipe')
                home.init()

    def test_three_wrong_codes_end_the_code_and_the_right_one_comes_too_late(self):
        screen, code, listening = self.showing()
        for _ in range(3):
            self.assertEqual(self.ben.fails(1, 'pair', *CODE_WORDS, '--peer', listening)['code'], 'wrong_code')
        result = self.ben.run('--json', 'pair', code, '--peer', listening, expect=None)
        self.assertIn(result.error['code'], ('wrong_code', 'unreachable'), result)
        screen.end(expect=1)
        self.assert_strangers()

    def test_after_two_wrong_codes_the_right_one_still_pairs(self):
        screen, code, listening = self.showing()
        for _ in range(2):
            self.assertEqual(self.ben.fails(1, 'pair', *CODE_WORDS, '--peer', listening)['code'], 'wrong_code')
        self.assert_paired(screen, self.ben.json('pair', code, '--peer', listening))

    def test_a_word_that_is_not_in_the_list_costs_no_try(self):
        screen, code, listening = self.showing()
        words = code.split()
        for typed in (['xylophonic', *words[1:]], words[:2], [*words, words[0]], [words[0][:3], *words[1:]], [''], ['\x1b', *words[1:]],
                      ['x' * 100_000, *words[1:]], [b'\xff', *words[1:]]):
            with self.subTest(typed=str(typed)[:60]):
                self.assertEqual(self.ben.fails(2, 'pair', *typed, '--peer', listening)['code'], 'usage')
        self.assert_paired(screen, self.ben.json('pair', code, '--peer', listening))

    def test_a_code_is_good_for_one_couple(self):
        screen, code, listening = self.showing()
        self.assert_paired(screen, self.ben.json('pair', code, '--peer', listening))
        eve = self.homes.new('Eve')
        self.assertEqual(eve.fails(5, 'pair', code, '--peer', listening)['code'], 'unreachable')
        self.assertFalse(eve.json('status')['paired'])

    def test_who_is_paired_leaves_first_before_pairing_with_somebody_else(self):
        pair(self.ada, self.ben)
        eve = self.homes.new('Eve')
        check = self.ben.json('status')['check']
        screen = eve.start('pair', '--listen', '127.0.0.1:0')
        self.addCleanup(screen.kill)
        first = screen.line()
        self.assertEqual(self.ben.fails(1, 'pair', first['code'], '--peer', first['listening'])['code'], 'refused')
        self.assertEqual((self.ben.json('status')['partner'], self.ben.json('status')['check']), ('Ada', check))
        screen.kill()
        self.assertFalse(eve.json('status')['paired'])
        self.ben.up('--peer', self.ada.up())
        self.ada.json('write', 'still a couple', '--shared')
        self.ada.json('sync')

    def test_nobody_pairs_with_themselves(self):
        other = self.homes.new('Again', init=False)
        other.keep_words(self.ada.words)
        other.json('restore', '--unlock-cost', 'interactive')
        screen, code, listening = self.showing()
        result = other.run('--json', 'pair', code, '--peer', listening, expect=1)
        self.assertEqual(result.error['code'], 'refused')
        screen.end(expect=None)
        self.assert_strangers()

    def test_nobody_there_is_unreachable(self):
        screen, code, listening = self.showing()
        screen.kill()
        self.assertEqual(self.ben.fails(5, 'pair', code, '--peer', listening)['code'], 'unreachable')

    def test_the_options_of_one_side_are_refused_at_the_other(self):
        self.assertEqual(self.ben.fails(2, 'pair', *CODE_WORDS, '--listen', '127.0.0.1:0')['code'], 'usage')
        self.assertEqual(self.ben.fails(2, 'pair', '--peer', '127.0.0.1:1')['code'], 'usage')
        self.assertEqual(self.ben.fails(2, 'pair', '--listen', 'nonsense')['code'], 'usage')

    def test_pairing_goes_through_the_nodes_that_run(self):
        for home in (self.ada, self.ben):
            home.up()
        shown, joined = pair(self.ada, self.ben)
        self.assertEqual(shown['check'], joined['check'])
        self.assertEqual(self.ada.json('status')['node'], 'running')
        self.assertEqual(self.ada.json('status')['partner'], 'Ben')

    def test_a_screen_that_is_closed_in_between_leaves_no_couple_and_the_next_code_works(self):
        screen, _, _ = self.showing()
        screen.kill()
        self.assert_strangers()
        shown, joined = pair(self.ada, self.ben)
        self.assertEqual(shown['check'], joined['check'])


if __name__ == '__main__':
    unittest.main()

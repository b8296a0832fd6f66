"""attune without a command: what came since one last looked, at this device; what stands; what comes next."""
import subprocess
import unittest

from attune import Homes


class Today(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()

    def sync(self):
        at = self.ben.up()
        self.ada.json('sync', '--peer', at)
        self.ben.down()

    def arrived(self, home):
        return [entry['id'] for entry in home.json().get('arrived', [])]

    def news(self, home):
        return [(one['about'], one['act']['by'], one['act']['what']) for one in home.json().get('news', [])]

    def test_what_came_is_told_once_and_only_here(self):
        entry = self.ben.json('write', '--shared', stdin='hello')['id']
        self.ben.json('write', stdin='private')
        own = self.ada.json('write', '--shared', stdin='of Ada')['id']
        self.sync()
        self.assertEqual(self.arrived(self.ada), [entry])
        self.assertEqual(self.arrived(self.ada), [])
        self.assertEqual(self.arrived(self.ben), [own])
        # Nothing of it went anywhere.
        before = self.ben.json('doctor')['records']
        self.sync()
        self.assertEqual(self.ben.json('doctor')['records'], before)

    def test_what_was_said_and_done_is_news(self):
        entry = self.ada.json('write', '--shared', stdin='of Ada')['id']
        limit = self.ada.json('boundary', 'state', 'no calls')['id']
        self.sync()
        self.ben.json('respond', entry, '--thanks')
        self.ben.json('boundary', 'acknowledge', limit)
        self.sync()
        self.assertEqual(sorted(self.news(self.ada)), [('boundary', 'Ben', 'acknowledged'), ('entry', 'Ben', 'thanked')])
        self.assertEqual(self.news(self.ada), [])

    def test_words_are_those_that_an_act_speaks_of(self):
        limit = self.ada.json('boundary', 'state', 'no shouting')['id']
        agreement = self.ada.json('agreement', 'propose', 'we cook')['id']
        self.sync()
        self.ben.json('boundary', 'acknowledge', limit)
        self.ben.json('agreement', 'decline', agreement)
        self.ada.json('boundary', 'revise', limit, 'no shouting, and never leave the house')
        self.ada.json('agreement', 'amend', agreement, 'you cook every day')
        self.sync()
        news = {(one['act']['what'], one['text']) for one in self.ada.json()['news']}
        self.assertEqual(news, {('acknowledged', 'no shouting'), ('declined', 'we cook')})

    def test_whatever_ends_something_is_told_before_notes(self):
        agreement = self.ada.json('agreement', 'propose', 'we cook')['id']
        self.sync()
        self.ben.json('agreement', 'accept', agreement)
        self.ben.json('agreement', 'withdraw', agreement, '--why', 'no more')
        for i in range(14):
            self.ben.json('write', '--shared', stdin=f'note {i}')
        self.sync()
        today = self.ada.json()
        self.assertEqual(len(today['arrived']), 12)
        self.assertTrue(today['more_arrived'])
        self.assertEqual([one['act']['what'] for one in today['news']], ['withdrew', 'accepted'])
        self.assertNotIn('seen', today)

    def test_a_check_in_that_opened_is_news(self):
        self.ada.json('checkin', '--mood', 'calm:4')
        self.sync()
        self.ben.json('checkin', '--mood', 'tired:2')
        self.sync()
        self.assertEqual(self.news(self.ada), [('checkin', 'Ben', 'answered it')])

    def test_what_could_not_be_printed_was_not_seen(self):
        entry = self.ben.json('write', '--shared', stdin='hello')['id']
        self.sync()
        with open('/dev/full', 'w') as full:
            subprocess.run(self.ada.program([]), stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.DEVNULL,
                           env=self.ada.environment, check=False)
        self.assertEqual(self.arrived(self.ada), [entry])

    def test_what_was_erased_before_one_looked_is_not_shown(self):
        entry = self.ben.json('write', '--shared', stdin='a secret')['id']
        self.sync()
        self.ben.json('erase', entry)
        self.sync()
        shown = self.ada.run()
        self.assertNotIn('secret', shown.out)
        self.assertEqual(shown.code, 0)

    def test_before_there_is_anything_it_says_what_to_do(self):
        self.assertIn('Nothing new', self.ada.run().out)
        stranger = self.homes.new('Eve', init=False)
        self.assertEqual(stranger.run(expect=4).out, '')
        self.assertEqual(stranger.fails(4)['code'], 'no_home')
        self.assertEqual(self.ada.run('--bogus', expect=2).out, '')

    def test_a_check_in_that_waits_is_no_reproach(self):
        self.ben.json('checkin', '--mood', 'calm:4')
        self.sync()
        self.assertEqual(len(self.ada.json()['checkins']), 1)
        self.assertIn('if you want to', self.ada.run().out)
        self.ada.json('checkin', '--mood', 'calm:3')
        self.assertEqual(self.ada.json().get('checkins', []), [])


if __name__ == '__main__':
    unittest.main()

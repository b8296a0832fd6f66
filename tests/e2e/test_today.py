"""attune without a command: what came since one last looked, at this device; what stands; what comes next."""
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

"""attune config: a small, closed list of settings that the home keeps."""
import unittest

from attune import Homes


class Config(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.home = self.homes.new('Ada')

    def settings(self, *command):
        return {one['name']: (one['value'], one['is_set']) for one in self.home.json('config', *command)['settings']}

    def test_lists_shows_changes_and_goes_back(self):
        usual = {'discovery': ('on', False), 'hints': ('on', False), 'listen': ('', False), 'lock-after': ('off', False)}
        self.assertEqual(self.settings(), usual)
        self.assertEqual(self.settings('lock-after', '20m'), {'lock-after': ('20m', True)})
        self.assertEqual(self.settings('lock-after'), {'lock-after': ('20m', True)})
        self.assertEqual(self.home.run('config', 'lock-after').out, '20m\n')
        self.assertEqual(self.settings()['discovery'], ('on', False))
        self.settings('discovery', 'off')
        self.assertIn('off', self.home.run('config').out)
        self.settings('discovery', '')
        self.settings('lock-after', '')
        self.assertEqual(self.settings(), usual)

    def test_what_it_does_not_know_is_wrong_usage_and_changes_nothing(self):
        before = self.settings()
        for command in (['colour'], ['colour', 'red'], ['discovery', 'maybe'], ['listen', 'nowhere'],
                        ['lock-after', 'soon'], ['lock-after', '20m', 'and more']):
            with self.subTest(command=command):
                self.assertEqual(self.home.fails(2, 'config', *command)['code'], 'usage')
        self.assertEqual(self.settings(), before)

    def test_a_node_heeds_them_and_the_command_line_goes_before(self):
        self.settings('listen', '127.0.0.1:0')
        self.settings('lock-after', '1s')
        self.settings('discovery', 'off')
        node = self.home.start('node')
        first, last = node.end()
        self.assertTrue(first['listening'].startswith('127.0.0.1:'), first)
        self.assertEqual(last['event'], 'stopped')
        self.home.json('up', '--lock-after', 'off')
        self.assertEqual(self.settings('lock-after'), {'lock-after': ('1s', True)})
        self.assertEqual(self.home.json('status')['node'], 'running')

    def test_no_plaintext_of_them_stands_in_the_home(self):
        self.settings('listen', '127.0.0.1:43210')
        for _, content in self.home.tree().values():
            self.assertNotIn(b'43210', content)


if __name__ == '__main__':
    unittest.main()

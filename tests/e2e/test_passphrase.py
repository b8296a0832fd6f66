"""attune passphrase: another one from now on, with and without a node."""
import unittest

from attune import Homes


class Changing(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.home = self.homes.new('Ada')
        self.old = self.home.file('old', self.home.passphrase_file.read_text())
        self.new = self.home.file('new', 'a new passphrase\n')
        self.entry = self.home.json('write', 'kept')['id']

    def change(self, *more):
        return self.home.json('passphrase', '--passphrase-file', self.old, '--new-passphrase-file', self.new, *more)

    def only_the_new_one_opens(self):
        self.assertEqual(self.home.fails(3, '--passphrase-file', self.old, 'status')['code'], 'wrong_passphrase')
        self.assertEqual(self.home.json('--passphrase-file', self.new, 'show', self.entry)['body'], 'kept')
        self.assertEqual(self.home.json('--passphrase-file', self.new, 'doctor').get('problems', []), [])

    def test_the_new_one_opens_the_journal_and_the_old_one_does_not(self):
        before = (self.home.path / 'vault').read_bytes()
        self.assertEqual(self.change(), {})
        self.only_the_new_one_opens()
        after = (self.home.path / 'vault').read_bytes()
        self.assertEqual(before[8:24], after[8:24])   # version and cost
        self.assertFalse(list(self.home.path.glob('vault.new')))

    def test_a_running_node_goes_on_and_the_next_one_needs_the_new_one(self):
        self.home.up()
        self.change()
        self.home.json('write', 'through the node')
        self.assertEqual(self.home.json('status')['node'], 'running')
        self.home.down()
        self.assertEqual(self.home.fails(3, 'up', '--listen', '127.0.0.1:0')['code'], 'wrong_passphrase')
        self.only_the_new_one_opens()

    def test_a_wrong_one_is_exit_three_and_changes_nothing(self):
        before = self.home.tree()
        wrong = self.home.file('wrong', 'not this one\n')
        error = self.home.fails(3, 'passphrase', '--passphrase-file', wrong, '--new-passphrase-file', self.new)
        self.assertEqual(error['code'], 'wrong_passphrase')
        self.assertEqual(self.home.tree(), before)

    def test_a_new_one_that_is_lacking_or_short_changes_nothing(self):
        before = self.home.tree()
        short = self.home.file('short', 'seven77\n')
        for more in ([], ['--new-passphrase-file', short], ['--new-passphrase-file', self.home.folder / 'none']):
            with self.subTest(more=more):
                self.assertEqual(self.home.fails(2, 'passphrase', *more)['code'], 'usage')
        self.assertEqual(self.home.tree(), before)

    def test_without_a_home_it_says_so(self):
        self.assertEqual(self.home.fails(4, '--home', self.home.folder / 'none', 'passphrase')['code'], 'no_home')


if __name__ == '__main__':
    unittest.main()

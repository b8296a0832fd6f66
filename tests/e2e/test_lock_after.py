"""up and node --lock-after: the node ends by itself when nobody asks for anything."""
import unittest

from attune import Homes

NODE = ('node', '--listen', '127.0.0.1:0', '--no-discovery')


class LockAfter(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.home = self.homes.new('Ada')

    def test_the_node_ends_cleanly_and_the_next_command_needs_the_passphrase(self):
        node = self.home.start(*NODE, '--lock-after', '1s')
        self.assertEqual([document['event'] for document in node.end()], ['listening', 'stopped'])
        bare = self.home.without('ATTUNE_PASSPHRASE_FILE')
        self.assertEqual(bare.fails(2, 'status')['code'], 'usage')
        self.assertEqual(self.home.json('status')['node'], 'stopped')

    def test_in_the_background_too_and_a_watch_ends_with_it(self):
        self.home.up('--lock-after', '1s')
        watching = self.home.start('watch')
        self.assertEqual([document['event'] for document in watching.end()], ['ready'])
        self.assertEqual(self.home.json('status')['node'], 'stopped')

    def test_off_is_never_and_what_is_no_time_is_wrong_usage(self):
        self.home.up('--lock-after', 'off')
        self.assertEqual(self.home.json('status')['node'], 'running')
        self.home.down()
        for time in ('0m', 'soon', '5', '31d', '-1m'):
            for command in ('up', 'node'):
                with self.subTest(time=time, command=command):
                    self.assertEqual(self.home.fails(2, command, f'--lock-after={time}')['code'], 'usage')
        self.assertEqual(self.home.json('status')['node'], 'stopped')


if __name__ == '__main__':
    unittest.main()

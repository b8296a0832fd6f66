"""The program starts, says which one it is, and refuses what it does not know."""
import os
import unittest

from attune import Homes


class Version(unittest.TestCase):
    def test_names_the_program_and_its_version(self):
        with Homes() as homes:
            home = homes.new('Ada', init=False)
            self.assertIn(os.environ['ATTUNE_VERSION'], home.run('--version').out)
            self.assertFalse(home.path.exists(), 'asking for the version makes no home')

    def test_an_unknown_command_is_wrong_usage_and_prints_no_result(self):
        with Homes() as homes:
            result = homes.new('Ada', init=False).run('no-such-command', expect=2)
            self.assertEqual(result.out, '')
            self.assertNotEqual(result.err, '')


if __name__ == '__main__':
    unittest.main()

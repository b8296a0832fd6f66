"""The n-th call of the real program to the file system fails, or reads what does not stand there, while entry after entry is
written. It never crashes, says what is wrong, and nothing that it called saved is lost."""
import unittest

from attune import Homes
from failing import WritingSweep, failing


class Failing(WritingSweep):
    @classmethod
    def setUpClass(cls):
        cls.setUpHome(cls.enterClassContext(Homes()).new('Ada'))

    def test_a_write_that_finds_no_room_or_a_broken_disk(self):
        self.sweep('write', 8)

    def test_a_short_write_is_gone_on_with(self):
        self.sweep('short', 4, codes=(0,))

    def test_saving(self):
        self.sweep('sync', 8)

    def test_opening_and_locking(self):
        self.sweep('open', 8)
        self.sweep('truncate', 2)
        self.sweep('mode', 2)
        self.sweep('look', 4)
        self.sweep('list', 3)
        self.sweep('lock', 2)

    def test_closing(self):
        self.sweep('close', 4)

    def test_reading(self):
        self.sweep('read', 6)

    def test_a_wrong_bit_is_found_or_harmless(self):
        self.sweep('flip', 6, codes=(0, 6))

    def test_renaming_and_removing(self):
        self.sweep('rename', 4)
        self.sweep('unlink', 4)

    def test_after_a_failed_save_a_node_writes_nothing_any_more_and_says_so(self):
        on_a_bad_disk = failing(self.home, 'sync', 12)
        on_a_bad_disk.up()
        failed = None
        while failed is None:
            type(self).tried += 1
            result = self.home.run('--json', 'write', 'on a bad disk', expect=None)
            if result.code == 0:
                self.saved.add(result.json['id'])
            else:
                failed = result.error
        self.assertEqual(failed['code'], 'disk')
        before = {name: content for name, (_, content) in self.home.tree().items() if not name.startswith('run/')}
        for command in (['write', 'later'], ['config', 'hints', 'off']):
            error = self.home.fails(1, *command)
            self.assertEqual(error['code'], 'disk')
            self.assertIn('nothing is written any more', error['message'])
            self.assertIn('attune down', error['hint'])
        self.assert_nothing_lost()   # what can be read is still read
        self.home.down()
        after = {name: content for name, (_, content) in self.home.tree().items() if not name.startswith('run/')}
        self.assertEqual(after, before)
        self.assert_nothing_lost()
        self.saved.add(self.home.json('write', 'on a good disk')['id'])
        self.assert_nothing_lost()


if __name__ == '__main__':
    unittest.main()

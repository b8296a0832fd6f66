"""Two persons whose devices never share a network once they are paired: what a session would say travels in files."""
import stat
import unittest

from attune import Homes


class Files(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        self.count = 0

    @staticmethod
    def bodies(home):
        return sorted(entry['body'] for entry in home.entries())

    @staticmethod
    def write(home, text, *options):
        return home.json('write', *options, stdin=text)['id']

    def made(self, home, *options):
        self.count += 1
        file = home.folder / f'file-{self.count}'
        self.sent = home.json('sync', '--to-file', file, *options)['sent']
        return file

    def carry(self, one, other, *options):
        """A file from one to the other; how many records were new there."""
        return other.json('sync', '--from-file', self.made(one, *options))['received']

    def rounds(self):
        first = self.write(self.ada, 'ada one', '--shared')
        self.write(self.ada, 'ada private')
        self.write(self.ben, 'ben one', '--shared')
        self.assertEqual(self.carry(self.ada, self.ben), 1)
        self.assertEqual(self.carry(self.ben, self.ada), 1)
        self.assertEqual(self.ada.json('status')['waiting'], 0)

        erased = self.write(self.ada, 'ada two, to be erased', '--shared')
        self.ada.run('edit', first, 'ada one, edited')
        to_ben, to_ada = self.made(self.ada), self.made(self.ben)  # they cross
        self.ben.json('sync', '--from-file', to_ben)
        self.ada.json('sync', '--from-file', to_ada)
        self.assertEqual(self.bodies(self.ben), ['ada one, edited', 'ada two, to be erased', 'ben one'])

        self.ada.run('erase', erased)
        self.made(self.ada)  # lost on the way
        self.write(self.ben, 'ben two', '--shared')
        self.carry(self.ada, self.ben)
        self.carry(self.ben, self.ada)
        self.assertEqual(self.bodies(self.ben), ['ada one, edited', 'ben one', 'ben two'])
        self.assertEqual(self.bodies(self.ada), ['ada one, edited', 'ada private', 'ben one', 'ben two'])

        # Once more, and the old one after the new one: nothing changes, and what was erased stays so.
        self.assertEqual(self.ben.json('sync', '--from-file', to_ben)['received'], 0)
        self.assertEqual(self.bodies(self.ben), ['ada one, edited', 'ben one', 'ben two'])
        self.assertEqual(self.ben.json('status')['waiting'], 1)  # nobody told Ben yet that his second one has come
        self.carry(self.ada, self.ben)
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('doctor').get('problems', []), [])
            self.assertEqual(home.json('status')['waiting'], 0)

    def test_several_rounds_both_ways_end_equal(self):
        self.rounds()

    def test_so_they_do_with_running_nodes_that_cannot_meet(self):
        self.ada.up()
        self.ben.up()
        self.rounds()

    def test_a_device_of_ones_own_is_filled_by_files_alone(self):
        self.write(self.ada, 'private')
        self.write(self.ada, 'shared', '--shared')
        phone = self.homes.new('phone', init=False)
        phone.keep_words(self.ada.words)
        phone.json('restore', '--device', 'phone', '--unlock-cost', 'interactive')
        # The laptop has never heard of the phone: the phone has to say first that it is there.
        early = phone.run('sync', '--from-file', self.made(self.ada, '--for', 'self'))
        self.assertIn('did not know this one', early.out)
        self.assertEqual(self.bodies(phone), [])
        self.assertEqual(self.carry(phone, self.ada, '--for', 'self'), 1)  # its name
        self.assertGreater(self.carry(self.ada, phone, '--for', 'self'), 0)
        self.assertEqual(self.bodies(phone), ['private', 'shared'])
        self.assertEqual(phone.json('status')['partner'], 'Ben')
        # With that the phone is a device like any other, for the partner, too.
        self.write(phone, 'from the phone', '--shared')
        self.carry(phone, self.ben)
        self.assertEqual(self.bodies(self.ben), ['from the phone', 'shared'])
        self.carry(phone, self.ada, '--for', 'self')
        self.assertEqual(self.bodies(self.ada), ['from the phone', 'private', 'shared'])

    def test_a_file_is_for_its_owner_alone_and_is_never_written_over(self):
        self.write(self.ada, 'shared', '--shared')
        file = self.made(self.ada)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        before = file.read_bytes()
        self.assertNotIn(b'shared', before)
        self.assertEqual(self.ada.fails(1, 'sync', '--to-file', file)['code'], 'exists')
        self.assertEqual(file.read_bytes(), before)
        self.assertEqual(list(self.ada.folder.glob('*.attune-new')), [])

    def test_one_that_is_damaged_or_for_somebody_else_changes_nothing(self):
        self.write(self.ada, 'shared', '--shared')
        whole = self.made(self.ada).read_bytes()
        middle = len(whole) - 20_000
        altered = bytes([whole[middle] ^ 1])   # never what stood there
        bad = {'cut': whole[:-1], 'short': whole[:-16384], 'empty': b'', 'altered': whole[:middle] + altered + whole[middle + 1:],
               'foreign': b'some text\n' * 5000}
        for name, content in bad.items():
            with self.subTest(name=name):
                error = self.ben.fails(6, 'sync', '--from-file', self.ben.file(name, content))
                self.assertEqual(error['code'], 'damaged')
                self.assertIn(name, error['message'])
        self.assertEqual(self.ben.fails(4, 'sync', '--from-file', self.ben.folder / 'none')['code'], 'not_found')
        eve = self.homes.new('Eve')
        for_ben = eve.file('for-ben', whole)
        self.assertEqual(eve.fails(6, 'sync', '--from-file', for_ben)['code'], 'damaged')
        self.assertEqual(self.ada.fails(1, 'sync', '--from-file', for_ben)['code'], 'refused')
        self.assertEqual(self.bodies(self.ben), [])
        self.ben.json('sync', '--from-file', self.ben.file('whole', whole))
        self.assertEqual(self.bodies(self.ben), ['shared'])

    def test_without_a_partner_there_is_nobody_to_make_one_for(self):
        eve = self.homes.new('Eve')
        self.assertEqual(eve.fails(5, 'sync', '--to-file', eve.folder / 'x', '--for', 'partner')['code'], 'not_paired')
        self.assertFalse((eve.folder / 'x').exists())
        eve.json('sync', '--to-file', eve.folder / 'x')  # for devices of her own

    def test_what_does_not_go_together_is_wrong_usage(self):
        for options in (['--to-file', 'a', '--from-file', 'b'], ['--for', 'self'], ['--to-file', ''],
                        ['--to-file', 'a', '--for', 'both'], ['--from-file', 'a', '--peer', '127.0.0.1:1'],
                        ['--from-file', 'a', '--for', 'self']):
            with self.subTest(options=options):
                self.assertEqual(self.ada.fails(2, 'sync', *options)['code'], 'usage')


if __name__ == '__main__':
    unittest.main()

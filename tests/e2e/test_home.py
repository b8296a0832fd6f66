"""Homes, passphrases and words: how a journal begins, opens, refuses and ends."""
import stat
import unittest

from attune import Homes

INIT = ('init', '--name', 'Ada', '--unlock-cost', 'interactive')


class Beginning(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.home = self.homes.new('Ada', init=False)

    def refused(self, exit_code, code, *command, stdin='', home=None):
        """That answer, nothing on standard output, and no home."""
        result = (home or self.home).run('--json', *command, stdin=stdin, expect=exit_code)
        self.assertEqual(result.error['code'], code, result)
        self.assertTrue(result.error['message'])
        self.assertEqual(result.out, '')
        self.assertFalse(self.home.path.exists(), result)

    def test_a_second_init_changes_nothing(self):
        self.home.init()
        before = self.home.tree()
        self.assertEqual(self.home.fails(1, *INIT)['code'], 'exists')
        self.assertEqual(self.home.tree(), before)

    def test_everything_in_a_home_is_for_its_owner_alone(self):
        self.home.init()
        for path in (self.home.path, *self.home.path.rglob('*')):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)

    def test_without_a_home_every_command_says_so(self):
        for command in (['status'], ['write', 'x'], ['list'], ['show', 'abcd'], ['search', 'x'], ['edit', 'abcd', 'x'],
                        ['share', 'abcd'], ['erase', 'abcd'], ['up'], ['node'], ['sync'], ['watch'], ['doctor'], ['wipe'],
                        ['pair'], ['pair', 'coin', 'visit', 'wonder'], ['backup', 'create', self.home.folder / 'b']):
            with self.subTest(command=command):
                self.refused(4, 'no_home', *command)

    def test_a_name_is_needed_and_has_limits(self):
        self.refused(2, 'usage', 'init')
        for place, name in enumerate(('', ' ', 'a' * 10_000, 'Ada\nBen', '\x1b[31mAda', b'Ada\xff')):
            with self.subTest(name=name[:20]):
                other = self.homes.new(f'Other{place}', init=False)
                self.assertEqual(other.fails(2, 'init', '--name', name, '--unlock-cost', 'interactive')['code'], 'usage')
                self.assertFalse(other.path.exists())

    def test_an_unlock_cost_that_does_not_exist_is_wrong_usage(self):
        self.refused(2, 'usage', 'init', '--name', 'Ada', '--unlock-cost', 'free')

    def test_a_passphrase_has_at_least_eight_characters(self):
        for passphrase in ('', '1234567', 'ä' * 7):
            with self.subTest(passphrase=passphrase):
                self.home.passphrase_file.write_text(passphrase + '\n')
                self.refused(2, 'usage', *INIT)
        self.home.passphrase_file.write_text('ä' * 8)
        self.home.json(*INIT)

    def test_without_a_terminal_a_missing_passphrase_is_an_error_and_no_hang(self):
        self.refused(2, 'usage', *INIT, home=self.home.without('ATTUNE_PASSPHRASE_FILE'))

    def test_a_passphrase_file_that_is_no_file_is_an_error(self):
        for path in (self.home.folder / 'none', self.home.folder):
            with self.subTest(path=path):
                result = self.home.run('--json', '--passphrase-file', path, *INIT, expect=None)
                self.assertIn(result.code, (1, 2, 4), result)
                self.assertFalse(self.home.path.exists())


class Opening(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.homes = cls.enterClassContext(Homes())
        cls.home = cls.homes.new('Ada')
        cls.bare = cls.home.without('ATTUNE_PASSPHRASE_FILE')
        cls.passphrase = cls.home.passphrase_file.read_text()

    def test_a_wrong_passphrase_is_said_and_changes_nothing(self):
        before = self.home.tree()
        wrong = self.home.file('wrong', 'correct horse batteri\n')
        for command in (['status'], ['write', 'x'], ['list'], ['doctor'], ['up', '--listen', '127.0.0.1:0'], ['node', '--listen', '127.0.0.1:0'],
                        ['backup', 'create', self.home.folder / 'b'], ['sync'], ['pair']):
            with self.subTest(command=command):
                self.assertEqual(self.home.fails(3, '--passphrase-file', wrong, *command)['code'], 'wrong_passphrase')
        self.assertEqual(self.home.tree(), before)
        self.assertFalse((self.home.folder / 'b').exists())

    def test_the_passphrase_comes_from_an_option_before_or_after_the_command_or_from_standard_input(self):
        path = self.home.passphrase_file
        self.bare.json('--passphrase-file', path, 'status')
        self.bare.json('status', '--passphrase-file', path)
        self.bare.json('status', f'--passphrase-file={path}')
        self.bare.json('status', '--passphrase-file', '-', stdin=self.passphrase)
        self.bare.json('status', '--passphrase-file', '-', stdin=self.passphrase.strip())

    def test_an_option_beats_the_environment(self):
        wrong = self.home.file('wrong-one', 'no such passphrase\n')
        other = self.home.without()
        other.environment['ATTUNE_PASSPHRASE_FILE'] = str(wrong)
        self.assertEqual(other.fails(3, 'status')['code'], 'wrong_passphrase')
        other.json('status', '--passphrase-file', self.home.passphrase_file)

    def test_standard_input_cannot_be_two_things(self):
        before = self.home.tree()
        for command in (['--passphrase-file', '-', '--words-file', '-', 'backup', 'verify', 'x'],
                        ['--passphrase-file', '-', 'write']):
            with self.subTest(command=command):
                result = self.bare.run('--json', *command, stdin=self.passphrase + 'and a text', expect=2)
                self.assertEqual(result.error['code'], 'usage')
        self.assertEqual(self.home.tree(), before)

    def test_without_a_terminal_what_is_missing_is_an_error_and_no_hang(self):
        for command in (['status'], ['write', 'x'], ['up'], ['node'], ['pair']):
            with self.subTest(command=command):
                self.assertEqual(self.bare.fails(2, *command)['code'], 'usage')
        wordless = self.home.without('ATTUNE_WORDS_FILE')
        for command in (['backup', 'verify', __file__], ['backup', 'identity'], ['--home', self.home.folder / 'x', 'restore']):
            with self.subTest(command=command):
                self.assertEqual(wordless.fails(2, *command)['code'], 'usage')

    def test_home_stands_in_an_option_in_the_environment_or_in_the_usual_place(self):
        other = self.home.without('ATTUNE_HOME')
        self.assertEqual(other.fails(4, 'status')['code'], 'no_home')
        self.assertEqual(other.json('--home', self.home.path, 'status')['name'], 'Ada')
        self.assertEqual(other.json('status', '--home', self.home.path)['name'], 'Ada')
        other.environment['XDG_DATA_HOME'] = str(self.home.folder / 'data')
        other.json('init', '--name', 'Eve', '--unlock-cost', 'interactive')
        self.assertTrue((self.home.folder / 'data' / 'attune').is_dir())
        self.assertEqual(other.json('status')['name'], 'Eve')
        self.assertEqual(self.home.json('status')['name'], 'Ada')

    def test_an_error_is_two_short_lines_or_one_document(self):
        result = self.home.run('show', 'abcd', expect=4)
        self.assertEqual(result.out, '')
        lines = result.err.splitlines()
        self.assertEqual(len(lines), 2, result)
        self.assertTrue(lines[0].startswith('attune: error: ') and lines[1].startswith('attune: hint: '), result)
        result = self.home.run('--json', 'show', 'abcd', expect=4)
        self.assertEqual(result.out, '')
        self.assertEqual(set(result.error), {'code', 'message', 'hint'})

    def test_unknown_options_commands_and_arguments_are_wrong_usage(self):
        for command in (['frobnicate'], ['list', '--frobnicate'], ['show'], ['show', 'abcd', 'efgh'], ['search'],
                        ['backup'], ['backup', 'frobnicate'], ['list', '-n', '-1'], ['list', '-n', 'many'], ['--color', 'green', 'list'],
                        ['list', '--by', 'nobody'], ['list', '--shared', '--private']):
            with self.subTest(command=command):
                self.assertEqual(self.home.fails(2, *command)['code'], 'usage')

    def test_wipe_leaves_nothing_and_says_so_the_second_time(self):
        other = self.homes.new('Wiped')
        other.json('wipe', '--yes')
        self.assertFalse(other.path.exists())
        self.assertEqual(other.fails(4, 'wipe')['code'], 'no_home')


class Restoring(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.homes = cls.enterClassContext(Homes())
        cls.ada = cls.homes.new('Ada')
        cls.entry = cls.ada.json('write', 'kept in a backup', '--title', 'T', '--tag', 'a', '--mood', 'calm:4')['id']
        cls.backup = cls.ada.folder / 'ada.age'
        cls.created = cls.ada.json('backup', 'create', cls.backup)

    def new_device(self, name):
        other = self.homes.new(name, init=False)
        other.keep_words(self.ada.words)
        return other

    def test_the_same_entries_come_back_on_a_new_device(self):
        other = self.new_device('Again')
        answer = other.json('restore', self.backup, '--device', 'second', '--unlock-cost', 'interactive')
        self.assertEqual((answer['name'], answer['device'], answer['entries']), ('Ada', 'second', 1))
        self.assertEqual(other.json('show', self.entry), self.ada.json('show', self.entry))
        self.assertEqual(other.json('doctor').get('problems', []), [])
        self.assertEqual(other.fails(1, 'restore', self.backup)['code'], 'exists')

    def test_words_are_read_in_any_case_and_with_any_space(self):
        other = self.new_device('Spaced')
        words = self.ada.words.split()
        other.keep_words('  ' + ' \n\t'.join(words[:12]).upper() + '\n\n  ' + '   '.join(words[12:]) + '\n\n')
        self.assertEqual(other.json('backup', 'verify', self.backup), self.created)

    def test_words_from_standard_input(self):
        other = self.new_device('Stdin')
        self.assertEqual(other.json('--words-file', '-', 'backup', 'verify', self.backup, stdin=self.ada.words), self.created)

    def test_wrong_words_are_not_a_damaged_file(self):
        other = self.new_device('Wrong')
        stranger = self.homes.new('Stranger').words
        words = self.ada.words.split()
        swapped = ' '.join([words[1], words[0], *words[2:]]) if words[0] != words[1] else ' '.join(words[1:])
        cases = {'of somebody else': stranger, 'too few': ' '.join(words[:23]), 'too many': self.ada.words + ' abandon',
                 'not in the list': ' '.join(['journal', *words[1:]]).replace('journal', 'attune'), 'nothing': ''}
        for case, typed in cases.items():
            for command in (['backup', 'verify', self.backup], ['restore', self.backup]):
                with self.subTest(case=case, command=command[0]):
                    other.keep_words(typed)
                    self.assertEqual(other.fails(3, *command)['code'], 'wrong_words')
                    self.assertFalse(other.path.exists())
        other.keep_words(swapped)   # one time in 256 the checksum cannot tell; then the file can
        self.assertEqual(other.fails(3, 'backup', 'verify', self.backup)['code'], 'wrong_words')

    def test_without_a_backup_and_without_peers_the_new_device_is_empty_and_whole(self):
        other = self.new_device('Empty')
        answer = other.json('restore', '--device', 'empty', '--unlock-cost', 'interactive')
        self.assertEqual(answer.get('entries', 0), 0)
        self.assertEqual(other.json('doctor').get('problems', []), [])


if __name__ == '__main__':
    unittest.main()

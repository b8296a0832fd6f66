"""write, edit, share, erase, show: what is said comes back as it was said, and who may do what."""
import unittest

from attune import Homes, eventually

ID = r'^[0-9a-f]{32}$'
HOSTILE = '\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnp.exe \u2066x\u2069 \u200f \x00 \r overwritten \x08\x08 \u2028 end'.replace('\x00', '')


class Entries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        homes = cls.enterClassContext(Homes())
        cls.ada, cls.ben = homes.couple()
        cls.ben.up('--peer', cls.ada.up())

    def write(self, *options, **more):
        entry = self.ada.json('write', *options, **more)['id']
        self.assertRegex(entry, ID)
        return entry

    def shared(self, *options, **more):
        """A shared entry that has reached Ben."""
        entry = self.write('--shared', *options, **more)
        eventually(lambda: self.ben.run('show', entry, expect=None).code == 0, f'{entry} reaches Ben')
        return entry

    def refused(self, exit_code, code, home, *command, stdin=''):
        """That answer, and no entry is other than it was."""
        before = home.entries()
        result = home.run('--json', *command, stdin=stdin, expect=exit_code)
        self.assertEqual(result.error['code'], code, result)
        self.assertEqual(result.out, '')
        self.assertEqual(home.entries(), before)
        return result.error

    def test_everything_said_comes_back(self):
        entry = self.write('Some *text*', '--kind', 'memory', '--title', 'A title', '--mood', 'calm:4', '--tag', 'one',
                           '--tag', 'zwei ü', '--at', '2026-11-20T21:00+01:00', '--just-listen')
        shown = self.ada.json('show', entry)
        self.assertLessEqual({
            'id': entry, 'author': 'Ada', 'mine': True, 'kind': 'memory', 'title': 'A title', 'body': 'Some *text*',
            'mood': {'word': 'calm', 'level': 4}, 'tags': ['one', 'zwei ü'], 'at': '2026-11-20T21:00:00.000+01:00',
            'just_listen': True}.items(), shown.items())
        self.assertFalse(shown.get('shared') or shown.get('edited') or shown.get('erased'))
        self.assertRegex(shown['written_at'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$')

    def test_text_comes_from_arguments_or_from_standard_input(self):
        self.assertEqual(self.ada.json('show', self.write('two', 'words'))['body'], 'two words')
        self.assertEqual(self.ada.json('show', self.write(stdin='two\nlines\n'))['body'], 'two\nlines')
        for text in ('--shared', '-n', '[a,b]', '++', '%s %n', '@file', '-'):
            with self.subTest(text=text):
                self.assertEqual(self.ada.json('show', self.write('--', text))['body'], text)

    def test_each_kind_and_no_other(self):
        for kind in ('note', 'gratitude', 'need', 'desire', 'apology', 'reassurance', 'memory', 'reflection'):
            self.assertEqual(self.ada.json('show', self.write('x', '--kind', kind))['kind'], kind)
        for kind in ('Note', 'nothing', 'not'):
            self.refused(2, 'usage', self.ada, 'write', 'x', '--kind', kind)

    def test_what_is_beyond_a_limit_is_refused_and_what_is_on_it_is_kept(self):
        mebibyte = 1 << 20
        entry = self.write(stdin='x' * mebibyte)
        self.assertEqual(len(self.ada.json('show', entry)['body']), mebibyte)
        self.ada.json('erase', entry)
        self.refused(2, 'usage', self.ada, 'write', stdin='x' * (mebibyte + 1))
        self.refused(2, 'usage', self.ada, 'write', stdin='x' * (8 * mebibyte))
        self.write('x', '--title', 't' * 1024)
        self.refused(2, 'usage', self.ada, 'write', 'x', '--title', 't' * 1025)
        tags = [part for n in range(64) for part in ('--tag', f'tag{n}')]
        self.assertEqual(len(self.ada.json('show', self.write('x', *tags))['tags']), 64)
        self.refused(2, 'usage', self.ada, 'write', 'x', *tags, '--tag', 'one more')
        self.refused(2, 'usage', self.ada, 'write', 'x', '--tag', 't' * 65)
        self.refused(2, 'usage', self.ada, 'write', 'x', '--mood', 'm' * 65 + ':3')

    def test_what_is_no_text_or_no_value_is_refused(self):
        for stdin in ('', ' \n\t\n', b'\xff\xfe not utf-8', b'half a character \xc3'):
            self.refused(2, 'usage', self.ada, 'write', stdin=stdin)
        entry = self.write('x')
        for command in (['write', b'\xff\xfe'], ['write', 'x', '--title', b'\xff'], ['write', 'x', '--tag', b'\xff'],
                        ['write', 'x', '--mood', b'\xff:3'], ['write', 'x', '--at', b'\xff'], ['edit', entry, b'\xff'],
                        ['edit', entry, '--title', b'\xff'], ['edit', entry, '--tag', b'\xff'], ['search', b'\xff'],
                        ['list', '--tag', b'\xff'], ['list', '--kind', b'\xff']):
            with self.subTest(command=command):
                self.refused(2, 'usage', self.ada, *command)
        for mood in ('calm', 'calm:0', 'calm:6', ':3', 'calm:', 'calm:3.5', 'calm:-1', 'calm:11'):
            self.refused(2, 'usage', self.ada, 'write', 'x', '--mood', mood)
        for at in ('someday', '2026-13-01', '2026-02-30', '25:00', '1969-12-31', '99999-01-01', '2026-11-20T21:00+99:00', ''):
            with self.subTest(at=at):
                if at:
                    self.refused(2, 'usage', self.ada, 'write', 'x', '--at', at)

    def test_an_edit_changes_what_is_named_and_keeps_the_rest(self):
        entry = self.write('first', '--title', 'T', '--mood', 'calm:4', '--tag', 'a')
        before = self.ada.json('show', entry)
        self.assertEqual(self.ada.json('edit', entry, 'second')['id'], entry)
        after = self.ada.json('show', entry)
        self.assertEqual({name for name in after if after.get(name) != before.get(name)}, {'body', 'edited', 'versions'})
        self.ada.json('edit', entry, '--title', 'U', '--mood', 'glad:5', '--tag', 'b', '--tag', 'c', '--at', '2026-01-02 03:04')
        last = self.ada.json('show', entry)
        self.assertEqual((last['body'], last['title'], last['mood'], last['tags'], last['at'][:16]),
                         ('second', 'U', {'word': 'glad', 'level': 5}, ['b', 'c'], '2026-01-02T03:04'))
        self.assertEqual([version['body'] for version in last['versions']], ['first', 'second'])
        self.ada.json('edit', entry, stdin='third, from standard input\n')
        self.assertEqual(self.ada.json('show', entry)['body'], 'third, from standard input')
        self.assertEqual(self.ada.json('show', entry)['at'], last['at'])

    def test_an_edit_that_is_beyond_a_limit_changes_nothing(self):
        entry = self.write('first', '--title', 'T')
        before = self.ada.json('show', entry)
        for change in (['x' * 10, '--title', 't' * 1025], ['--tag', 't' * 65], ['--mood', 'm:9'], ['--at', 'someday'], [' ']):
            self.refused(2, 'usage', self.ada, 'edit', entry, *change)
        self.refused(2, 'usage', self.ada, 'edit', entry, stdin='x' * ((1 << 20) + 1))
        self.assertEqual(self.ada.json('show', entry), before)

    def test_only_its_author_edits_shares_or_erases(self):
        entry = self.shared('Ada wrote this')
        for command in (['edit', entry, 'forged'], ['erase', entry], ['share', entry]):
            with self.subTest(command=command[0]):
                self.refused(1, 'refused', self.ben, *command)
        self.assertEqual(self.ada.json('show', entry)['body'], 'Ada wrote this')

    def test_sharing_gives_one_new_id_that_the_old_one_leads_to(self):
        private = self.write('once private', '--title', 'P', '--tag', 'p')
        count = self.ada.json('status')['entries']
        shared = self.ada.json('share', private[:10])['id']
        self.assertNotEqual(shared, private)
        self.assertEqual(self.ada.json('share', private)['id'], shared)
        self.assertEqual(self.ada.json('share', shared)['id'], shared)
        self.assertEqual(self.ada.json('status')['entries'], count)
        self.assertEqual(self.ada.json('show', private), self.ada.json('show', shared))
        listed = [entry['id'] for entry in self.ada.entries()]
        self.assertIn(shared, listed)
        self.assertNotIn(private, listed)

    def test_earlier_private_versions_never_travel(self):
        private = self.write('a draft with heat in it')
        self.ada.json('edit', private, 'a calmer text')
        shared = self.ada.json('share', private)['id']
        eventually(lambda: self.ben.run('show', shared, expect=None).code == 0, 'it reaches Ben')
        arrived = self.ben.json('show', shared)
        self.assertEqual((arrived['body'], arrived.get('versions', []), arrived.get('edited', False)), ('a calmer text', [], False))
        self.assertEqual(self.ben.json('search', 'heat')['entries'], [])

    def test_what_was_shared_does_not_tell_that_it_was_private_first(self):
        private = self.write('kept for a while')
        eventually(lambda: self.ada.json('show', self.write('later'))['written_at'] > self.ada.json('show', private)['written_at'], 'time')
        shared = self.ada.json('share', private)['id']
        eventually(lambda: self.ben.run('show', shared, expect=None).code == 0, 'it reaches Ben')
        arrived, direct = self.ben.json('show', shared), self.ben.json('show', self.shared('shared at once'))
        self.assertEqual(direct['at'], direct['written_at'])
        self.assertEqual(arrived['at'], arrived['written_at'], 'a moment before it was shared tells when it was written')

    def test_editing_either_id_of_a_shared_entry_edits_what_is_shared(self):
        private = self.write('one')
        shared = self.ada.json('share', private)['id']
        self.ada.json('edit', private, 'two')
        eventually(lambda: self.ben.run('show', shared, expect=None).code == 0 and self.ben.json('show', shared)['body'] == 'two', 'Ben')
        self.assertEqual(self.ada.json('show', shared)['body'], 'two')

    def test_erasing_either_id_erases_both_and_is_final(self):
        for first in (True, False):
            private = self.write('to be erased')
            shared = self.ada.json('share', private)['id']
            self.ada.json('erase', private if first else shared, '--yes')
            for entry in (private, shared):
                shown = self.ada.json('show', entry)
                self.assertTrue(shown['erased'])
                self.assertNotIn('body', shown)
            eventually(lambda e=shared: self.ada.json('show', e).get('erase_confirmed') is True, 'confirmed')
            self.refused(1, 'refused', self.ada, 'edit', shared, 'again')
            self.refused(1, 'refused', self.ada, 'share', private)

    def test_erasing_twice_is_no_error_and_changes_nothing(self):
        entry = self.write('x')
        self.ada.json('erase', entry)
        self.assertIn(self.ada.run('--json', 'erase', entry, expect=None).code, (0, 1))
        self.assertTrue(self.ada.json('show', entry)['erased'])

    def test_a_prefix_names_one_entry_or_is_refused(self):
        entry = self.write('named by its prefix')
        for size in (12, 16, 31, 32):
            self.assertEqual(self.ada.json('show', entry[:size])['id'], entry)
        self.assertEqual(self.ada.json('show', entry[:12].upper())['id'], entry)
        for command in (['show'], ['edit', 'x'], ['share'], ['erase'], ['list', '--before']):
            def call(prefix, command=command):
                return [command[0], *command[2:], prefix, *command[1:2]] if command[0] == 'edit' else [*command, prefix]
            with self.subTest(command=command):
                self.refused(4, 'not_found', self.ada, *call('f' * 32 if entry[0] != 'f' else '0' * 32))
                for typed in ('', 'not an id', entry + '0', 'g' * 8, '../..', '\x1b[31m'):
                    result = self.ada.run('--json', *call(typed), expect=None)
                    self.assertIn(result.error['code'], ('usage', 'not_found'), result)

    def test_a_prefix_of_two_entries_is_ambiguous(self):
        seen = {}
        for n in range(2000):   # four digits meet after about 300
            entry = self.write(f'n {n}')
            if entry[:4] in seen:
                break
            seen[entry[:4]] = entry
        other = seen[entry[:4]]
        for command in (['show', entry[:4]], ['edit', entry[:4], 'x'], ['share', entry[:4]], ['erase', entry[:4]]):
            self.refused(4, 'ambiguous', self.ada, *command)
        common = next(n for n in range(32) if entry[n] != other[n])
        self.assertEqual(self.ada.json('show', entry[:common + 1])['id'], entry)
        printed = self.ada.run('list', '-n', 0).out.split()
        self.assertIn(entry[:common + 1], printed, 'the shortest prefix that is unambiguous')
        self.assertNotIn(entry[:common], printed)

    def test_hostile_text_is_kept_and_printed_without_effect(self):
        entry = self.shared('--title', HOSTILE.replace('\r', ''), '--tag', 'x\x1b[31m\u202e', '--mood', 'm\x1b[1m:3', stdin=HOSTILE)
        self.assertEqual(self.ben.json('show', entry)['body'], HOSTILE)
        for command in (['show', entry], ['list'], ['search', 'overwritten']):
            for option in ('never', 'always'):
                result = self.ben.run('--color', option, *command)
                text = result.out.replace('\x1b[0m', '')
                for bad in ('\x1b[2J', '\x1b]', '\x07', '\x9b', '\x08', '\u202e', '\u2066', '\u2069', '\u200f', '\r', '\u2028'):
                    self.assertNotIn(bad, text, f'{bad!r} in {command}')
                if option == 'never':
                    self.assertNotIn('\x1b', text)
        with self.subTest('watch'):
            window = self.ben.start('watch')
            self.addCleanup(window.kill)
            window.line()
            self.shared('--title', 'again', stdin=HOSTILE)
            self.assertEqual(window.line()['entry']['body'], HOSTILE)


if __name__ == '__main__':
    unittest.main()

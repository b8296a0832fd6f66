"""export and import: plain text for oneself, and entries from other programs."""
import json
import stat
import unittest

from attune import Homes

DAY_ONE = {'metadata': {'version': '1.0'}, 'entries': [
    {'uuid': 'A' * 32, 'creationDate': '2017-05-01T07:30:00Z', 'timeZone': 'Europe/Berlin', 'text': '# A walk\n\nalong the river',
     'tags': ['walk'], 'starred': False},
    {'uuid': 'B' * 32, 'creationDate': '2017-05-02T07:30:00Z', 'text': ''}]}
JRNL = {'tags': {'@walk': 1}, 'entries': [
    {'title': 'A walk.', 'body': 'along the river', 'date': '2013-06-09', 'time': '15:39', 'tags': ['@walk'], 'starred': False}]}
JRNL_TEXT = '[2013-06-09 15:39] A walk.\nalong\n\nthe river\n\n[2013-06-10 08:00] A short one\n'
MARKDOWN = '# Mine\n\n## 2013-06-09 15:39 A walk\n\nalong **the** river\n\n## 2013-06-10 08:00\nanother\n'
KEPT = ('title', 'body', 'mood', 'tags', 'at', 'kind', 'just_listen', 'shared')


class Exchange(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())

    def essence(self, home):
        return [{name: entry.get(name) for name in KEPT} for entry in home.entries()]

    def export(self, home, name, format='json', *more):
        folder = home.folder / name
        answer = home.json('export', folder, '--format', format, *more)
        return answer, (folder / ('journal.json' if format == 'json' else 'journal.md')).read_text()

    def test_json_comes_back_as_it_was(self):
        ada = self.homes.new('Ada')
        ada.json('write', 'first\n\n  line "two" \\ \u2028 ünï', '--title', 'T', '--mood', 'calm:4', '--tag', 'a', '--tag', 'b',
                 '--kind', 'gratitude', '--at', '2026-11-20T21:00+01:00', '--just-listen')
        ada.json('write', 'second')
        gone = ada.json('write', 'erased text')['id']
        ada.run('erase', gone, '--yes')
        answer, text = self.export(ada, 'out')
        self.assertEqual(answer['entries'], 2)
        self.assertEqual(answer['files'], [str(ada.folder / 'out' / 'journal.json')])
        self.assertNotIn('erased text', text)
        self.assertEqual(stat.S_IMODE((ada.folder / 'out').stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE((ada.folder / 'out' / 'journal.json').stat().st_mode), 0o600)
        self.assertEqual(self.export(ada, 'again')[1], text)
        eve = self.homes.new('Eve')
        self.assertEqual(eve.json('import', ada.folder / 'out' / 'journal.json', '--from', 'json')['entries'], 2)
        self.assertEqual(self.essence(eve), self.essence(ada))
        again = eve.json('import', ada.folder / 'out' / 'journal.json', '--from', 'json')
        self.assertEqual((again.get('entries', 0), again['known']), (0, 2))
        self.assertEqual(len(eve.entries()), 2)
        self.assertEqual(eve.json('doctor').get('problems', []), [])

    def test_the_partners_texts_are_marked_and_never_imported_as_ones_own(self):
        ada, ben = self.homes.couple()
        ada.json('write', 'from ada', '--shared')
        ada.json('write', 'ada alone')
        ben.json('write', '# from ben\n<script>x</script> ![p](http://e/p.png)\n    \x1b[31mred', '--shared')
        ada_at = ada.up()
        ben.json('sync', '--peer', ada_at)
        self.assertEqual(self.export(ada, 'all')[0]['entries'], 3)
        self.assertEqual(self.export(ada, 'mine', 'json', '--only', 'mine')[0]['entries'], 2)
        answer, text = self.export(ada, 'md', 'markdown', '--only', 'shared')
        self.assertEqual(answer['entries'], 2)
        self.assertNotIn('ada alone', text)
        self.assertIn('Ben (your partner)', text)
        self.assertIn('> \\# from ben', text)
        for harm in (r'(?<!\\)<script', r'!\[p', 'http://', '\x1b'):
            self.assertNotRegex(text, harm)
        eve = self.homes.new('Eve')
        answer = eve.json('import', ada.folder / 'all' / 'journal.json', '--from', 'json')
        self.assertEqual((answer['entries'], answer['of_others']), (2, 1))
        self.assertEqual(eve.fails(2, 'import', ada.folder / 'md' / 'journal.md', '--from', 'markdown')['code'], 'usage')

    def test_a_folder_that_others_may_read_or_that_is_not_empty_is_refused(self):
        ada = self.homes.new('Ada')
        ada.json('write', 'x')
        others = ada.folder / 'others'
        others.mkdir()
        others.chmod(0o755)
        self.assertEqual(ada.fails(1, 'export', others, '--format', 'json')['code'], 'refused')
        full = ada.folder / 'full'
        full.mkdir(mode=0o700)
        (full / 'letter').write_text('kept')
        self.assertEqual(ada.fails(1, 'export', full, '--format', 'json')['code'], 'exists')
        self.export(ada, 'once')
        self.assertEqual(ada.fails(1, 'export', ada.folder / 'once', '--format', 'markdown')['code'], 'exists')
        (ada.folder / 'link').symlink_to(full)
        self.assertEqual(ada.fails(1, 'export', ada.folder / 'link', '--format', 'json')['code'], 'disk')
        self.assertEqual([path.name for path in full.iterdir()], ['letter'])
        self.assertEqual(list(others.iterdir()), [])
        for command in (['export'], ['export', 'x'], ['export', 'x', '--format', 'pdf'],
                        ['export', 'x', '--format', 'json', '--only', 'hers']):
            self.assertEqual(ada.fails(2, *command)['code'], 'usage')

    def test_other_programs_files(self):
        for number, (format, content) in enumerate((('dayone', json.dumps(DAY_ONE)), ('jrnl', json.dumps(JRNL)),
                                                    ('jrnl', JRNL_TEXT), ('markdown', MARKDOWN))):
            with self.subTest(format=format):
                home = self.homes.new(f'Home{number}')
                home.json('import', home.file('in', content), '--from', format)
                oldest = home.entries()[-1]
                self.assertEqual(oldest['title'].rstrip('.'), 'A walk')
                self.assertIn('river', oldest['body'])
                self.assertFalse(oldest.get('shared'))
                self.assertEqual(oldest['at'], {'dayone': '2017-05-01T09:30:00.000+02:00'}.get(
                    format, '2013-06-09T15:39:00.000+00:00'))

    def test_bad_input_names_its_place_and_changes_nothing(self):
        ada = self.homes.new('Ada')
        good = {'body': 'x', 'at': '2026-11-20T21:00:00+01:00'}
        whole = {'format': 'attune', 'version': 1}
        for place, format, content in (
                ('line 2', 'json', '{\n"entries": [}'), ('the file', 'json', '{}'), ('the file', 'json', '[]'),
                ('line 1', 'json', ''), ('the file', 'json', json.dumps(whole)),
                ('the file', 'json', json.dumps(whole | {'version': 2, 'entries': []})),
                ('entry 2', 'json', json.dumps(whole | {'entries': [good, good | {'at': 'soon'}]})),
                ('entry 2', 'json', json.dumps(whole | {'entries': [good, 7]})),
                ('entry 2', 'json', json.dumps(whole | {'entries': [good, good | {'title': 't' * 1025}]})),
                ('entry 2', 'json', json.dumps(whole | {'entries': [good, good | {'mood': {'word': 'calm', 'level': 9}}]})),
                ('entry 2', 'json', json.dumps(whole | {'entries': [good, good | {'kind': 'essay'}]})),
                ('entry 2', 'json', json.dumps(whole | {'entries': [good, good | {'tags': 'x'}]})),
                ('the file', 'json', '[' * 100_000), ('the file', 'dayone', b'\xff\xfe'),
                ('entry 1', 'dayone', json.dumps({'entries': [{'text': 'x'}]})),
                ('entry 1', 'jrnl', json.dumps({'entries': [{'body': 'x', 'date': '2026-02-30', 'time': '10:00'}]})),
                ('line 1', 'jrnl', 'no entry\n'), ('line 2', 'jrnl', '\n[2026-13-01 10:00] x\n'),
                ('line 3', 'markdown', '# A\n\ntext without a day\n')):
            with self.subTest(content=content[:60], format=format):
                error = ada.fails(2, 'import', ada.file('in', content), '--from', format)
                self.assertEqual(error['code'], 'usage')
                self.assertTrue(error['message'].startswith(place + ': '), error)
        self.assertEqual(ada.fails(4, 'import', ada.folder / 'none', '--from', 'json')['code'], 'not_found')
        self.assertEqual(ada.fails(5, 'import', ada.file('in', JRNL_TEXT), '--from', 'jrnl', '--shared')['code'], 'not_paired')
        self.assertEqual(ada.entries(), [])

    def test_many_go_in_batches_also_through_a_node(self):
        ada = self.homes.new('Ada')
        ada.up()
        text = ''.join(f'[2013-06-{1 + n % 28:02} {n % 24:02}:{n % 60:02}] number {n}\n' for n in range(700))
        self.assertEqual(ada.json('import', ada.file('in', text), '--from', 'jrnl')['entries'], 700)
        self.assertEqual(self.export(ada, 'out')[0]['entries'], 700)
        self.assertEqual(ada.json('import', ada.folder / 'out' / 'journal.json', '--from', 'json')['known'], 700)


if __name__ == '__main__':
    unittest.main()

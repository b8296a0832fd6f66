"""list and search: filters, dates, paging and order, against a model of what was written."""
import random
import unittest
from datetime import datetime, timedelta, timezone

from attune import Homes, eventually

KINDS = ('note', 'gratitude', 'need', 'memory')


class Listing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        homes = cls.enterClassContext(Homes())
        cls.ada, cls.ben = homes.couple()
        cls.ben.up('--peer', cls.ada.up())
        chance = random.Random(20)
        for n in range(60):
            writer = cls.ben if n % 4 == 3 else cls.ada
            at = datetime(2026, 3, 1, 12, tzinfo=timezone.utc) + timedelta(hours=chance.randrange(24 * 40))
            options = ['--kind', chance.choice(KINDS), '--title', f'number {n}', '--at', at.isoformat(timespec='seconds')]
            options += ['--tag', 'even' if n % 2 == 0 else 'odd'] + (['--tag', 'third'] if n % 3 == 0 else [])
            writer.json('write', f'text {n}', *options, *(['--shared'] if writer is cls.ben or n % 5 == 0 else []))
        eventually(lambda: len(cls.ada.entries()) == 60, 'all of Ben\'s entries reach Ada')
        cls.all = cls.ada.entries()

    def listed(self, *options):
        return self.ada.json('list', '-n', 0, *options)['entries']

    def model(self, keep):
        return [entry for entry in self.all if keep(entry)]

    def test_newest_first_by_the_moment_it_speaks_of(self):
        moments = [datetime.fromisoformat(entry['at']) for entry in self.all]
        self.assertEqual(moments, sorted(moments, reverse=True))

    def test_twenty_unless_told(self):
        self.assertEqual(self.ada.json('list')['entries'], self.all[:20])
        for n in (1, 7, 60, 1000):
            self.assertEqual(self.ada.json('list', '-n', n)['entries'], self.all[:n])
        self.assertEqual(self.ada.json('status')['entries'], 60)

    def test_each_filter_and_all_together(self):
        cases = {
            ('--by', 'me'): lambda e: e['mine'],
            ('--by', 'partner'): lambda e: not e['mine'],
            ('--shared',): lambda e: e['shared'],
            ('--private',): lambda e: not e['shared'],
            ('--kind', 'need'): lambda e: e['kind'] == 'need',
            ('--tag', 'even'): lambda e: 'even' in e['tags'],
            ('--tag', 'even', '--tag', 'third'): lambda e: {'even', 'third'} <= set(e['tags']),
            ('--since', '2026-03-10'): lambda e: e['at'] >= '2026-03-10T00:00',
            ('--until', '2026-03-10'): lambda e: e['at'] < '2026-03-11T00:00',
            ('--since', '2026-03-10', '--until', '2026-03-20'): lambda e: '2026-03-10T00:00' <= e['at'] < '2026-03-21T00:00',
            ('--until', '2026-03-10T12:00Z'): lambda e: e['at'] < '2026-03-10T12:00',
            ('--since', '2026-03-10 12:00', '--by', 'me', '--kind', 'note', '--tag', 'odd', '--private'):
                lambda e: e['at'] >= '2026-03-10T12:00' and e['mine'] and e['kind'] == 'note' and 'odd' in e['tags'] and not e['shared'],
            ('--tag', 'nothing'): lambda e: False,
            ('--since', '2027-01-01'): lambda e: False,
        }
        for options, keep in cases.items():
            with self.subTest(options=options):
                self.assertEqual(self.listed(*options), self.model(keep))

    def test_pages_that_follow_each_other_are_the_whole(self):
        for size in (1, 7, 20, 59):
            for options in ((), ('--by', 'me'), ('--tag', 'third')):
                with self.subTest(size=size, options=options):
                    pages, last = [], None
                    while page := self.ada.json('list', '-n', size, *options, *(['--before', last] if last else []))['entries']:
                        self.assertLessEqual(len(page), size)
                        pages += page
                        last = page[-1]['id']
                    self.assertEqual(pages, self.listed(*options))

    def test_nothing_is_before_the_oldest(self):
        result = self.ada.run('--json', 'list', '--before', self.all[-1]['id'])
        self.assertEqual(result.json['entries'], [])

    def test_days_group_what_people_see(self):
        text = self.ada.run('list', '-n', 0, '--since', '2026-03-10', '--until', '2026-03-12').out
        days = [line for line in text.splitlines() if line and not line.startswith(' ')]
        wanted = []
        for entry in self.model(lambda e: '2026-03-10' <= e['at'] < '2026-03-13'):
            at = datetime.fromisoformat(entry['at'])
            day = f'{at:%A}, {at.day} {at:%B %Y}'
            if day not in wanted:
                wanted.append(day)
        self.assertEqual(days, wanted)

    def test_what_is_no_filter_is_wrong_usage(self):
        for options in (['--kind', 'nothing'], ['--since', 'someday'], ['--until', '2026-02-30'], ['--by', 'Ben'], ['-n', '1.5']):
            with self.subTest(options=options):
                self.assertEqual(self.ada.fails(2, 'list', *options)['code'], 'usage')
        self.assertEqual(self.ada.fails(4, 'list', '--before', 'ffff' * 8)['code'], 'not_found')


class Dates(unittest.TestCase):
    """As people say them, in their own zone."""

    @classmethod
    def setUpClass(cls):
        homes = cls.enterClassContext(Homes())
        cls.home = homes.new('Ada')
        cls.home.up()

    def at(self, said, zone='UTC'):
        home = self.home.without()
        home.environment['TZ'] = zone
        entry = home.json('write', said, '--at', said)['id']
        return home.json('show', entry)['at']

    def test_exact_moments_keep_their_offset(self):
        for said, wanted in (('2026-11-20T21:00+01:00', '2026-11-20T21:00:00.000+01:00'),
                             ('2026-11-20T21:00:30-0330', '2026-11-20T21:00:30.000-03:30'),
                             ('2026-11-20 21:00', '2026-11-20T21:00:00.000+00:00'),
                             ('2026-11-20', '2026-11-20T12:00:00.000+00:00'),
                             ('1970-01-01T00:00Z', '1970-01-01T00:00:00.000+00:00'),
                             ('9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000+00:00')):
            with self.subTest(said=said):
                self.assertEqual(self.at(said), wanted)

    def test_a_place_has_its_own_offset_on_that_day(self):
        self.assertEqual(self.at('2026-07-01 08:00', 'Europe/Berlin'), '2026-07-01T08:00:00.000+02:00')
        self.assertEqual(self.at('2026-12-01 08:00', 'Europe/Berlin'), '2026-12-01T08:00:00.000+01:00')
        self.assertEqual(self.at('2026-12-01 08:00', 'America/St_Johns'), '2026-12-01T08:00:00.000-03:30')

    def test_words_are_relative_to_today(self):
        today = datetime.now(timezone.utc)
        for said, days in (('yesterday 21:00', 1), ('2 days ago 21:00', 2)):
            with self.subTest(said=said):
                result = self.home.run('--json', 'write', 'x', '--at', said, expect=None)
                if result.code == 0:
                    at = datetime.fromisoformat(self.home.json('show', result.json['id'])['at'])
                    self.assertIn((today.date() - at.date()).days, (days, days + 1), 'midnight may have come between')
                    self.assertEqual((at.hour, at.minute), (21, 0))
                else:
                    self.assertEqual(result.error['code'], 'usage')
        last_sunday = datetime.fromisoformat(self.at('last sunday 18:30'))
        self.assertEqual((last_sunday.weekday(), last_sunday.hour, last_sunday.minute), (6, 18, 30))
        self.assertTrue(timedelta(0) < today - last_sunday < timedelta(days=9))


class Searching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        homes = cls.enterClassContext(Homes())
        cls.ada, cls.ben = homes.couple()
        cls.ben.up('--peer', cls.ada.up())
        cls.texts = {
            'cafe': cls.ada.json('write', 'Wir saßen im Café am Fluß', '--shared')['id'],
            'river': cls.ada.json('write', 'Am Ufer, spät', '--title', 'ÜBER den Fluss', '--tag', 'Spaziergang')['id'],
            'greek': cls.ada.json('write', 'ΟΔΥΣΣΕΥΣ kam heim', '--shared')['id'],
            'decomposed': cls.ben.json('write', 'un cafe\u0301 noir', '--shared')['id'],
            'plain': cls.ben.json('write', 'nothing special; cafeteria', '--shared')['id'],
        }
        eventually(lambda: len(cls.ada.entries()) == 5 and len(cls.ben.entries()) == 4, 'all is in sync')

    def found(self, *words, home=None):
        ids = {entry_id: name for name, entry_id in self.texts.items()}
        return {ids[entry['id']] for entry in (home or self.ada).json('search', *words)['entries']}

    def test_case_and_accents_do_not_matter(self):
        for typed in ('café', 'CAFÉ', 'cafe', 'Cafe\u0301'):
            self.assertLessEqual({'cafe', 'decomposed'}, self.found(typed), typed)
        self.assertIn('river', self.found('uber'))
        self.assertIn('river', self.found('SPAT'))
        self.assertEqual(self.found('οδυσσευς'), {'greek'})
        self.assertLessEqual({'cafe', 'river'}, self.found('fluss'), 'ß is ss')

    def test_all_the_words_must_be_there_in_any_order(self):
        self.assertEqual(self.found('ufer', 'uber'), {'river'})
        self.assertEqual(self.found('ufer uber'), {'river'})
        self.assertEqual(self.found('ufer', 'noir'), set())

    def test_titles_and_tags_are_searched_too(self):
        self.assertEqual(self.found('spaziergang'), {'river'})

    def test_what_is_private_is_not_found_by_the_partner(self):
        self.assertEqual(self.found('ufer', home=self.ben), set())
        self.assertIn('cafe', self.found('cafe', home=self.ben))

    def test_newest_first_and_highlighted_only_in_colour(self):
        entries = self.ada.json('search', 'cafe')['entries']
        self.assertEqual([e['at'] for e in entries], sorted((e['at'] for e in entries), reverse=True))
        self.assertNotIn('\x1b', self.ada.run('--color', 'never', 'search', 'cafe').out)
        self.assertIn('\x1b', self.ada.run('--color', 'always', 'search', 'cafe').out)

    def test_nothing_found_is_no_error(self):
        result = self.ada.run('search', 'nowhere')
        self.assertEqual(result.out, '')
        self.assertEqual(self.ada.json('search', 'nowhere')['entries'], [])
        for typed in ('', '  '):
            self.assertEqual(self.ada.fails(2, 'search', typed)['code'], 'usage')

    def test_signs_are_no_patterns(self):
        for typed in ('.*', '%', '_', '[a-z]', '\\', "'", '(', '💔'):
            self.assertEqual(self.found(typed), set(), typed)

    def test_a_word_of_which_folding_leaves_nothing_is_in_no_entry(self):
        for typed in ('\u202e', '\u0301', '\u200b'):
            result = self.ada.run('--json', 'search', typed, expect=None)
            if result.code == 0:
                self.assertEqual(result.json['entries'], [], f'{typed!r}')
            else:
                self.assertEqual(result.error['code'], 'usage', f'{typed!r}')


if __name__ == '__main__':
    unittest.main()

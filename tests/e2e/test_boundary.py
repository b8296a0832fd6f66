"""Boundaries and pauses, seen from both sides, and acts by the wrong person."""
import datetime
import unittest

from attune import Homes


class Shared(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        self.at = self.ben.up()

    def sync(self):
        self.ada.json('sync', '--peer', self.at)

    def well(self):
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('doctor').get('problems', []), [])


class Boundary(Shared):
    def listed(self, home, *options):
        return [(one['text'], one['status']) for one in home.json('boundary', 'list', *options)['boundaries']]

    def test_it_stands_at_once_and_is_acknowledged_revised_and_lifted(self):
        text = 'No calls after 22:00 on work nights'
        boundary = self.ada.json('boundary', 'state', text, '--topic', 'time', '--review', 'in 4 weeks')['id']
        self.assertEqual(len(boundary), 32)
        self.assertEqual(self.listed(self.ada), [(text, 'stated')])
        self.sync()
        seen = self.ben.json('boundary', 'list')['boundaries'][0]
        day = datetime.date.today() + datetime.timedelta(weeks=4)
        self.assertLessEqual(abs(datetime.date.fromisoformat(seen['review_on']) - day), datetime.timedelta(days=1))
        self.assertEqual([seen[key] for key in ('id', 'owner', 'text', 'topic', 'status', 'mine')],
                         [boundary, 'Ada', text, 'time', 'stated', False])
        done = self.ben.run('boundary', 'acknowledge', boundary[:6]).out
        self.assertIn(text, done, 'whoever meant other words sees it')
        self.sync()
        self.assertEqual(self.listed(self.ada), [(text, 'acknowledged')])
        self.ada.json('boundary', 'revise', boundary, stdin='No calls after 21:00')
        self.sync()
        self.assertEqual(self.listed(self.ben), [('No calls after 21:00', 'stated')])
        self.ada.json('boundary', 'lift', boundary)
        self.sync()
        for home in (self.ada, self.ben):
            self.assertEqual(self.listed(home), [])
            self.assertEqual(self.listed(home, '--all'), [('No calls after 21:00', 'lifted')])
            history = home.json('boundary', 'show', boundary)['history']
            self.assertEqual([(line['by'], line['what']) for line in history],
                             [('Ada', 'stated'), ('Ben', 'acknowledged'), ('Ada', 'revised'), ('Ada', 'lifted')])
            self.assertIn('acknowledged', home.run('boundary', 'show', boundary).out)
        self.well()

    def test_it_is_asked_about_and_answered_with_a_response(self):
        boundary = self.ada.json('boundary', 'state', 'no photos of me', '--topic', 'photos')['id']
        self.sync()
        ask = self.ben.json('boundary', 'ask', boundary, 'also not for my mother?')['id']
        self.sync()
        self.assertEqual(len(self.ada.json('respond', ask[:8], '--reflect', 'you would like her to see us')['id']), 64)
        self.ada.json('respond', boundary, '--comfort', 'let us ask each time')
        self.assertEqual(self.ada.fails(1, 'respond', ask, '--accept')['code'], 'refused')
        self.ben.json('boundary', 'ask', boundary, 'and old ones?')
        self.sync()
        self.assertEqual(self.ada.fails(1, 'respond', boundary, '--thanks')['code'], 'refused')
        for home in (self.ada, self.ben):
            asks = home.json('boundary', 'show', boundary)['asks']
            self.assertEqual([(one['text'], [answer['kind'] for answer in one['answers']]) for one in asks],
                             [('also not for my mother?', ['reflect', 'comfort']), ('and old ones?', [])])
            self.assertIn('let us ask each time', home.run('boundary', 'show', boundary).out)
        self.assertEqual(self.listed(self.ben), [('no photos of me', 'stated')])
        self.well()

    def test_the_wrong_person_and_wrong_use_are_refused(self):
        boundary = self.ada.json('boundary', 'state', 'no shouting')['id']
        self.sync()
        for act in (('lift', boundary), ('revise', boundary, 'shouting is fine'), ('revise', boundary, '--topic', 'other')):
            self.assertEqual(self.ben.fails(1, 'boundary', *act)['code'], 'refused', act)
        for act in (('acknowledge', boundary), ('ask', boundary, 'why?')):
            self.assertEqual(self.ada.fails(1, 'boundary', *act)['code'], 'refused', act)
        for home in (self.ada, self.ben):
            refused = home.fails(1, 'erase', boundary)
            self.assertEqual(refused['code'], 'refused')
            self.assertIn('boundary lift', refused['hint'])
            self.assertIn('boundary show', home.fails(4, 'show', boundary)['hint'])
            self.assertEqual(self.listed(home), [('no shouting', 'stated')])
        for act in ('show', 'acknowledge', 'lift'):
            self.assertEqual(self.ben.fails(4, 'boundary', act, 'ffffffff')['code'], 'not_found')
        for bad in (('state', ' '), ('state', 'x', '--review', 'soon'), ('state', 'x', '--review', '2001-01-01'),
                    ('state', 'x' * 20000), ('state', 'x', '--topic', 'x' * 65), ('ask', boundary, ''), ()):
            self.assertEqual(self.ben.fails(2, 'boundary', *bad)['code'], 'usage', bad)
        self.assertEqual(self.listed(self.ben), [('no shouting', 'stated')])
        alone = self.homes.new('Eve')
        self.assertEqual(alone.fails(5, 'boundary', 'state', 'mine')['code'], 'not_paired')
        self.assertEqual(alone.json('boundary', 'list')['boundaries'], [])
        self.assertEqual(alone.fails(5, 'pause')['code'], 'not_paired')
        self.assertEqual(alone.fails(5, 'resume')['code'], 'not_paired')

    def test_who_watches_is_told(self):
        watching = self.ben.start('watch')
        self.assertEqual(watching.line()['event'], 'ready')
        self.ada.json('boundary', 'state', 'no shouting')
        pause = self.ada.json('pause', 'a walk')['id']
        self.sync()
        told = {event['event']: event for event in (watching.line(), watching.line())}
        self.assertEqual(told['boundary']['boundary']['text'], 'no shouting')
        self.assertEqual((told['pause']['pause']['id'], told['pause']['pause']['text']), (pause, 'a walk'))
        self.ada.json('resume')
        self.sync()
        self.assertIn('ended_at', watching.line()['pause'])
        watching.kill()


class Pause(Shared):
    def pauses(self, home):
        return [(one['by'], one['until']) for one in home.json('status').get('pauses', [])]

    @staticmethod
    def minutes(until):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (datetime.datetime.fromisoformat(until) - now).total_seconds() / 60

    def test_both_see_when_it_ends_and_who_called_it_changes_and_ends_it(self):
        pause = self.ada.json('pause', 'I need a walk')['id']
        self.sync()
        self.assertEqual(self.pauses(self.ada), self.pauses(self.ben))
        (by, until), = self.pauses(self.ben)
        self.assertEqual(by, 'Ada')
        self.assertTrue(15 < self.minutes(until) <= 20, until)
        self.assertEqual(self.ada.json('pause', '--for', '2h')['id'], pause)
        self.sync()
        self.assertTrue(115 < self.minutes(self.pauses(self.ben)[0][1]) <= 120)
        self.assertIn('I need a walk', self.ben.run('status').out)
        refused = self.ben.fails(1, 'resume')
        self.assertEqual(refused['code'], 'refused')
        own = self.ben.json('pause', '--for', '1d')['id']
        self.assertNotEqual(own, pause)
        self.sync()
        self.assertEqual([by for by, _ in self.pauses(self.ada)], ['Ada', 'Ben'])
        self.assertEqual(self.ada.json('resume')['id'], pause)
        self.sync()
        self.assertEqual([by for by, _ in self.pauses(self.ben)], ['Ben'])
        self.assertEqual(self.ada.fails(1, 'resume')['code'], 'refused')
        self.assertNotEqual(self.ada.json('pause', '--until', 'tomorrow')['id'], pause)
        self.well()

    def test_it_lasts_from_twenty_minutes_to_a_day(self):
        for bad in (('--for', '19m'), ('--for', '25h'), ('--for', 'long'), ('--for', '20'), ('--for', ''),
                    ('--until', 'never'), ('--until', 'in 2 days'), ('--until', 'yesterday 9:00'),
                    ('--for', '1h', '--until', '21:00'), ('x' * 2000,)):
            self.assertEqual(self.ada.fails(2, 'pause', *bad)['code'], 'usage', bad)
        self.assertEqual(self.pauses(self.ada), [])
        self.assertEqual(self.ada.fails(1, 'resume')['code'], 'refused')


if __name__ == '__main__':
    unittest.main()

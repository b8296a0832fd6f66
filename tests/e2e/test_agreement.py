"""Agreements: what both commit to, and what comes due, from both sides through two real nodes."""
import datetime
import unittest

from attune import Homes

DAY = datetime.timedelta(days=1)


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


class Agreements(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        self.at = self.ben.up()

    def sync(self):
        self.ada.json('sync', '--peer', self.at)

    def agreed(self, *options):
        agreement = self.ada.json('agreement', 'propose', 'We talk every weekend', *options)['id']
        self.sync()
        self.ben.json('agreement', 'accept', agreement)
        self.sync()
        return agreement

    def show(self, home, agreement):
        return home.json('agreement', 'show', agreement)

    def refused(self, home, *command):
        before = home.json('agreement', 'list', '--all')
        self.assertEqual(home.fails(1, 'agreement', *command)['code'], 'refused')
        self.assertEqual(home.json('agreement', 'list', '--all'), before)

    def usage(self, home, *command):
        self.assertEqual(home.fails(2, 'agreement', *command)['code'], 'usage')

    def test_it_is_in_force_only_when_both_accepted_that_very_version(self):
        agreement = self.ada.json('agreement', 'propose', 'We talk every weekend', '--every', 'week on sun at 18:00',
                                  '--review', '2030-01-01')['id']
        self.assertEqual(len(agreement), 32)
        listed = self.ada.json('agreement', 'list')['agreements'][0]
        self.assertEqual((listed['id'], listed['text'], listed['status'], listed['every'], listed['review_on']),
                         (agreement, 'We talk every weekend', 'proposed', 'week on sun at 18:00', '2030-01-01'))
        self.assertEqual(len(listed['pending']), 1)
        self.refused(self.ada, 'accept', agreement)
        self.assertEqual(self.ben.fails(4, 'agreement', 'accept', agreement)['code'], 'not_found')
        self.sync()
        self.assertEqual(self.ben.json('agreement', 'accept', listed['pending'][0]['id'][:10])['id'], agreement)
        self.refused(self.ben, 'accept', listed['pending'][0]['id'])
        self.sync()
        for home in (self.ada, self.ben):
            shown = self.show(home, agreement)
            self.assertEqual((shown['status'], shown.get('pending', [])), ('in_force', []))
            self.assertEqual([(line['what'], line['by']) for line in shown['history']],
                             [('proposed', 'Ada'), ('accepted', 'Ben')])
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_an_amendment_leaves_what_stands_until_both_accept_it(self):
        agreement = self.agreed('--every', 'week on sun at 18:00')
        version = self.ben.json('agreement', 'amend', agreement, 'We talk every second weekend')['id']
        self.assertEqual(len(version), 64)
        self.sync()
        for home in (self.ada, self.ben):
            shown = self.show(home, agreement)
            self.assertEqual((shown['status'], shown['text']), ('in_force', 'We talk every weekend'))
            self.assertEqual([one['id'] for one in shown['pending']], [version])
            self.assertEqual(shown['pending'][0]['every'], 'week on sun at 18:00')
        first = self.show(self.ada, agreement)['in_force']['id']
        self.ada.json('agreement', 'accept', agreement)
        self.sync()
        for home in (self.ada, self.ben):
            self.assertEqual(self.show(home, agreement)['text'], 'We talk every second weekend')
            self.refused(home, 'accept', first)
            self.refused(home, 'decline', first)

    def test_who_says_yes_to_one_of_two_says_to_which(self):
        agreement = self.agreed()
        one = self.ada.json('agreement', 'amend', agreement, 'every day')['id']
        other = self.ada.json('agreement', 'amend', agreement, 'every month', '--every', 'month on 1 at 9')['id']
        self.sync()
        self.assertEqual(self.ben.fails(4, 'agreement', 'accept', agreement)['code'], 'ambiguous')
        self.ben.json('agreement', 'decline', other, '--why', 'that is too seldom')
        self.ben.json('agreement', 'accept', one)
        self.sync()
        shown = self.show(self.ada, agreement)
        self.assertEqual(shown['text'], 'every day')
        self.assertEqual([stance['why'] for stance in shown['versions'][2]['declined']], ['that is too seldom'])
        self.assertIn('that is too seldom', self.ada.run('agreement', 'show', agreement).out)

    def test_a_decline_ends_a_proposal_and_a_withdrawal_everything(self):
        declined = self.ada.json('agreement', 'propose', 'We share a calendar')['id']
        withdrawn = self.agreed()
        self.ben.json('agreement', 'decline', declined)
        self.ben.json('agreement', 'withdraw', withdrawn, '--why', 'I cannot promise it')
        self.sync()
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('agreement', 'list').get('agreements', []), [])
            self.assertEqual(self.show(home, declined)['status'], 'declined')
            self.assertEqual(self.show(home, withdrawn)['status'], 'withdrawn')
            self.assertEqual(len(home.json('agreement', 'list', '--all')['agreements']), 2)
            for act in (['withdraw'], ['accept'], ['decline'], ['kept']):
                self.refused(home, act[0], withdrawn)
            self.refused(home, 'amend', withdrawn, 'once more')

    def test_both_marks_stand_side_by_side(self):
        agreement = self.agreed('--every', 'day at 23:59')
        self.ada.json('agreement', 'kept', agreement, '--note', 'a good talk')
        self.ben.json('agreement', 'missed', agreement, '--on', 'today')
        self.sync()
        for home in (self.ada, self.ben):
            marks = {mark['by']: (mark['kind'], mark['on'], mark['note']) for mark in self.show(home, agreement)['marks']}
            self.assertEqual(marks, {'Ada': ('kept', str(today()), 'a good talk'), 'Ben': ('missed', str(today()), '')})
            due = home.json('agreement', 'due')['due']
            self.assertEqual({mark['by'] for mark in due[0]['marks']}, {'Ada', 'Ben'})
            self.assertIn('a good talk', home.run('agreement', 'due').out)
        self.refused(self.ada, 'kept', agreement, '--on', str(today() + DAY))

    def test_what_is_moved_in_time_comes_on_its_new_day(self):
        tomorrow, later = today() + DAY, today() + 3 * DAY
        agreement = self.agreed('--every', f'{tomorrow} at 12:00')
        self.ada.json('agreement', 'moved', agreement, '--to', str(later))
        self.sync()
        for home in (self.ada, self.ben):
            due = home.json('agreement', 'due')['due']
            self.assertEqual([(one['on'], one['moved_to'], one['at'][:16]) for one in due],
                             [(str(tomorrow), str(later), f'{later}T12:00')])
            self.assertEqual(home.json('agreement', 'due', '--until', 'tomorrow').get('due', []), [])
        self.refused(self.ben, 'moved', agreement, '--to', str(today() - DAY))
        self.refused(self.ben, 'moved', agreement, '--to', str(later))
        self.refused(self.ben, 'kept', agreement)

    def test_the_asker_sees_the_moment_on_their_own_wall(self):
        agreement = self.ada.json('agreement', 'propose', 'We call', '--every', 'day at 12:00')['id']
        tokyo = self.ben.without()
        tokyo.environment = dict(self.ben.environment, TZ='Asia/Tokyo')
        self.sync()
        tokyo.json('agreement', 'accept', agreement)
        first = tokyo.json('agreement', 'due')['due'][0]
        self.assertEqual((first['at'][11:16], first['at'][-6:], first['zone'].split('/')[-1]), ('21:00', '+09:00', 'UTC'))

    def test_wrong_use_is_said(self):
        agreement = self.agreed()
        self.usage(self.ada, 'propose', '  ')
        self.usage(self.ada, 'propose', 'x' * 20000)
        self.usage(self.ada, 'propose', 'We talk', '--every', 'now and then')
        self.usage(self.ada, 'propose', 'We talk', '--every', 'month on 32 at 9')
        self.usage(self.ada, 'propose', 'We talk', '--review', 'someday')
        self.usage(self.ada, 'kept', agreement, '--on', '2026-02-30')
        self.usage(self.ada, 'moved', agreement)
        self.usage(self.ada, 'withdraw', agreement, '--why', 'x' * 2000)
        self.usage(self.ada, 'due', '--until', 'ever')
        self.usage(self.ada, 'show', '')
        for act in ('show', 'accept', 'decline', 'withdraw', 'kept'):
            self.assertEqual(self.ada.fails(4, 'agreement', act, 'ffffffffff')['code'], 'not_found')
        entry = self.ada.json('write', 'an entry')['id']
        boundary = self.ada.json('boundary', 'state', 'No calls after ten')['id']
        self.assertIn('attune show', self.ada.fails(4, 'agreement', 'show', entry)['hint'])
        self.assertIn('attune boundary show', self.ada.fails(4, 'agreement', 'show', boundary)['hint'])
        self.assertIn('an agreement: attune agreement show', self.ada.fails(4, 'boundary', 'show', agreement)['hint'])
        rule = self.ada.without()
        rule.environment = dict(self.ada.environment, TZ='CET-1CEST,M3.5.0,M10.5.0/3')
        self.usage(rule, 'propose', 'We talk', '--every', 'day at 9')
        rule.json('agreement', 'propose', 'We talk')
        rule.json('agreement', 'due')
        self.refused(self.ada, 'moved', agreement, '--to', 'tomorrow')

    def test_without_a_partner_there_is_nobody_to_agree_with(self):
        agreement = self.agreed()
        alone = self.homes.new('Cy')
        self.assertEqual(alone.fails(5, 'agreement', 'propose', 'I run')['code'], 'not_paired')
        self.ada.run('leave')
        self.assertEqual(self.ada.fails(5, 'agreement', 'withdraw', agreement)['code'], 'not_paired')
        self.assertEqual(self.ada.json('agreement', 'list').get('agreements', []), [])
        self.assertEqual(len(self.ada.json('agreement', 'list', '--all')['agreements']), 1)

    def test_watch_tells_of_it(self):
        watching = self.ben.start('watch')
        try:
            self.assertEqual(watching.line()['event'], 'ready')
            self.ada.json('agreement', 'propose', 'We talk')
            self.sync()
            event = watching.line()
            self.assertEqual((event['event'], event['agreement']['text']), ('agreement', 'We talk'))
        finally:
            watching.kill()


if __name__ == '__main__':
    unittest.main()

"""Trends: one's own weeks, computed from what is held here; every week has its place."""
import unittest
from datetime import datetime, timedelta, timezone

from attune import Homes


class Trends(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()
        now = datetime.now(timezone.utc)
        self.monday = now - timedelta(days=now.weekday())

    def week(self, ago):
        return (self.monday - timedelta(weeks=ago)).strftime('%Y-%m-%d')

    def test_weeks_hold_own_moods_and_gratitude_both_ways(self):
        for mood, ago in (('calm:4', 0), ('sore:1', 0), ('warm:5', 2), ('old:3', 9)):
            self.ada.json('write', '--mood', mood, '--at', self.week(ago) + 'T00:30+00:00', stdin='a note')
        self.ada.json('write', '--shared', '--kind', 'gratitude', '--at', self.week(1) + 'T12:00+00:00', stdin='thank you')
        self.ada.json('write', '--kind', 'gratitude', '--at', self.week(1) + 'T12:00+00:00', stdin='to myself')
        at = self.ben.up()
        self.ben.json('write', '--shared', '--kind', 'gratitude', '--mood', 'glad:2', '--at',
                      self.week(3) + 'T12:00+00:00', stdin='thanks to you')
        self.ada.json('sync', '--peer', at)
        self.ada.json('checkin', '--mood', 'calm:4')
        weeks = self.ada.json('trends')['weeks']
        self.assertEqual([week['monday'] for week in weeks], [self.week(ago) for ago in range(7, -1, -1)])
        by_age = weeks[::-1]
        self.assertEqual(by_age[0]['moods'], [1, 0, 0, 2, 0])
        self.assertEqual((by_age[0]['mood'], by_age[2]['mood'], by_age[1]['mood']), (3, 5, 0))
        # The partner's mood is nowhere.
        self.assertEqual(by_age[3]['moods'], [0, 0, 0, 0, 0])
        self.assertEqual([week['gratitude_given'] for week in by_age], [0, 1, 0, 0, 0, 0, 0, 0])
        self.assertEqual([week['gratitude_received'] for week in by_age], [0, 0, 0, 1, 0, 0, 0, 0])
        self.assertEqual(by_age[0]['mine'], {'kept': 0, 'missed': 0, 'moved': 0})
        self.assertEqual(len(self.ada.json('trends', '--weeks', 520)['weeks']), 520)
        self.assertEqual(self.ada.json('trends', '--weeks', 10)['weeks'][0]['moods'], [0, 0, 1, 0, 0])

    def test_what_each_of_the_two_marked_stands_side_by_side(self):
        at = self.ben.up()
        agreed = self.ada.json('agreement', 'propose', 'we walk', '--every', 'day at 00:00')['id']
        self.ada.json('sync', '--peer', at)
        self.ben.json('agreement', 'accept', agreed)
        today = datetime.now(timezone.utc).strftime('%Y-%m-%d')
        self.ada.json('sync', '--peer', at)
        self.ada.json('agreement', 'kept', agreed, '--on', today)
        self.ben.json('agreement', 'missed', agreed, '--on', today)
        self.ada.json('sync', '--peer', at)
        for home, mine, partners in ((self.ada, 'kept', 'missed'), (self.ben, 'missed', 'kept')):
            week = home.json('trends', '--weeks', 1)['weeks'][0]
            nothing = {'kept': 0, 'missed': 0, 'moved': 0}
            self.assertEqual((week['mine'], week['partners']), (nothing | {mine: 1}, nothing | {partners: 1}))

    def test_a_partner_of_before_is_no_partner_in_them(self):
        at = self.ben.up()
        agreed = self.ada.json('agreement', 'propose', 'we walk')['id']
        self.ada.json('sync', '--peer', at)
        self.ben.json('agreement', 'accept', agreed)
        self.ben.json('agreement', 'missed', agreed)
        self.ben.json('write', '--shared', '--kind', 'gratitude', stdin='thank you')
        self.ada.json('sync', '--peer', at)
        self.ada.json('agreement', 'kept', agreed)
        before = self.ada.json('trends', '--weeks', 1)['weeks'][0]
        self.assertEqual((before['partners']['missed'], before['gratitude_received']), (1, 1))
        self.ada.run('leave', '--yes')
        after = self.ada.json('trends', '--weeks', 1)['weeks'][0]
        self.assertEqual((after['partners']['missed'], after['gratitude_received']), (0, 0))
        self.assertEqual(after['mine'], before['mine'])

    def test_plots_are_of_blocks_where_the_locale_has_them_and_else_of_plain_characters(self):
        self.ada.json('write', '--mood', 'calm:4', stdin='a note')
        blocks = self.ada.run('trends').out
        self.assertIn('█', blocks)
        plain = self.ada.run('trends', '--ascii').out
        self.assertTrue(plain.isascii())
        self.assertIn('#', plain)
        other = self.ada.without('LANG')
        self.assertEqual(other.run('trends').out, plain)
        other.environment['LC_ALL'] = 'de_DE.UTF-8'
        self.assertEqual(other.run('trends').out, blocks)

    def test_wrong_use_is_said(self):
        for weeks in ('0', '521', '-1', 'x', ''):
            self.assertEqual(self.ada.fails(2, 'trends', '--weeks', weeks)['code'], 'usage', weeks)
        self.assertEqual(len(self.homes.new('Cleo').json('trends')['weeks']), 8)


if __name__ == '__main__':
    unittest.main()

"""A week of a couple's life: two real nodes, three devices, cut connections and acts at the same time in between. Each rule
is looked at from both sides, and after each day all devices show the same.

Days pass by a clock that is off: see Home.with_clock_off.
"""
import json
import unittest

from attune import Homes, eventually

DAY = 24 * 60 * 60


class Week(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.laptop, self.ben = self.homes.couple()
        self.phone = self.homes.new('Ada-phone', init=False)
        self.phone.keep_words(self.laptop.words)
        at = self.laptop.up()
        self.phone.json('restore', '--device', 'phone', '--peer', at, '--unlock-cost', 'interactive', '--no-partner')
        self.laptop.down()
        self.day = 0
        self.today()

    # --- the world

    def today(self):
        """Everybody's clock shows this day, on the same hour."""
        for name in ('laptop', 'phone', 'ben'):
            setattr(self, name, getattr(self, name).with_clock_off(self.day * DAY))

    def next_day(self):
        self.day += 1
        self.today()

    def meet(self, *pairs):
        """Each pair syncs once; all three meet where none is named. In between nobody hears of anything."""
        for one, other in pairs or ((self.laptop, self.ben), (self.phone, self.laptop), (self.phone, self.ben),
                                    (self.laptop, self.ben)):
            at = other.up()
            one.json('sync', '--peer', at)
            other.down()

    def devices(self):
        return {'laptop': self.laptop, 'phone': self.phone, 'ben': self.ben}

    def all_is_the_same(self):
        seen = {name: self.seen_at(home) for name, home in self.devices().items()}
        for name in ('phone', 'ben'):
            self.assertEqual(seen[name], seen['laptop'], name)
        for name, home in self.devices().items():
            self.assertEqual(home.json('doctor').get('problems', []), [], name)

    def seen_at(self, home):
        """What both may see, in words that are the same on both sides: whose it is by name."""
        whose = {True: home.name.split('-')[0]}
        whose[False] = 'Ben' if whose[True] == 'Ada' else 'Ada'
        def plain(value):
            if isinstance(value, dict) and 'begun_at' in value:  # a check-in: whose answers are whose
                return {'id': value['id'], 'revealed': value['revealed'],
                        'answers': {whose[True]: value.get('mine'), whose[False]: value.get('partners')}}
            if isinstance(value, dict):
                kept = {key: plain(one) for key, one in value.items() if key not in ('mine', 'history')}
                return {**kept, 'whose': whose[value['mine']]} if 'mine' in value else kept
            return [plain(one) for one in value] if isinstance(value, list) else value
        shared = {'boundaries': home.json('boundary', 'list', '--all').get('boundaries', []),
                  'agreements': home.json('agreement', 'list', '--all').get('agreements', []),
                  'checkins': home.json('checkin', 'list').get('checkins', []),
                  'entries': [home.json('show', entry['id'])
                              for entry in home.json('list', '--shared', '-n', 0)['entries']]}
        for entry in shared['entries']:
            entry.pop('versions', None)  # for their author alone
        return {kind: sorted((json.dumps(plain(one), sort_keys=True) for one in things))
                for kind, things in shared.items()}

    def boundary(self, home, identifier):
        return home.json('boundary', 'show', identifier)

    def agreement(self, home, identifier):
        return home.json('agreement', 'show', identifier)

    def refused(self, home, *command):
        before = self.seen_at(home)
        self.assertEqual(home.fails(1, *command)['code'], 'refused', command)
        self.assertEqual(self.seen_at(home), before, command)

    # --- the week

    def test_a_week(self):
        self.monday_a_boundary_is_stated_and_acknowledged()
        self.next_day()
        self.tuesday_it_is_revised_while_the_old_words_are_acknowledged()
        self.next_day()
        self.wednesday_they_agree_and_both_amend_at_once()
        self.next_day()
        self.thursday_one_accepts_what_the_other_withdraws()
        self.next_day()
        self.friday_they_check_in_apart()
        self.next_day()
        self.saturday_an_apology_and_a_pause()
        self.next_day()
        self.sunday_they_look_back()

    def monday_a_boundary_is_stated_and_acknowledged(self):
        self.limit = self.laptop.json('boundary', 'state', 'No calls after ten', '--topic', 'time')['id']
        self.daily = self.ben.json('agreement', 'propose', 'We say good night', '--every', 'day at 00:00')['id']
        self.meet()
        for act in (('lift', self.limit), ('revise', self.limit, 'Calls at any time')):
            self.refused(self.ben, 'boundary', *act)
        self.refused(self.laptop, 'boundary', 'acknowledge', self.limit)
        self.refused(self.ben, 'agreement', 'accept', self.daily)  # nobody says yes twice
        self.ben.json('boundary', 'acknowledge', self.limit)
        self.phone.json('agreement', 'accept', self.daily)
        self.meet()
        for home in self.devices().values():
            self.assertEqual(self.boundary(home, self.limit)['status'], 'acknowledged')
            self.assertEqual(self.agreement(home, self.daily)['status'], 'in_force')
        self.all_is_the_same()

    def tuesday_it_is_revised_while_the_old_words_are_acknowledged(self):
        asked = self.ben.json('boundary', 'ask', self.limit, 'Also on holidays?')['id']
        self.laptop.json('boundary', 'revise', self.limit, 'No calls after half past nine')
        self.meet()
        self.assertEqual(self.boundary(self.ben, self.limit)['status'], 'stated')  # acknowledgement starts anew
        self.phone.json('boundary', 'revise', self.limit, 'No calls after nine')
        self.laptop.json('respond', asked, '--comfort', 'Let us see then')
        self.ben.json('boundary', 'acknowledge', self.limit)  # the old words: he has not seen the new ones
        self.meet()
        for home in self.devices().values():
            shown = self.boundary(home, self.limit)
            self.assertEqual((shown['text'], shown['status']), ('No calls after nine', 'stated'))
            self.assertEqual(shown['asks'][0]['answers'][0]['text'], 'Let us see then')
        # A lift that speaks of older words leaves the boundary standing.
        self.laptop.json('boundary', 'lift', self.limit)
        self.phone.json('boundary', 'revise', self.limit, 'No calls after eight')
        self.meet()
        for home in self.devices().values():
            self.assertEqual(self.boundary(home, self.limit)['status'], 'stated')
        self.all_is_the_same()

    def wednesday_they_agree_and_both_amend_at_once(self):
        self.talk = self.laptop.json('agreement', 'propose', 'We talk on Sundays')['id']
        self.meet()
        self.ben.json('agreement', 'accept', self.talk)
        self.meet()
        bens = self.ben.json('agreement', 'amend', self.talk, 'We talk on Mondays')['id']
        adas = self.phone.json('agreement', 'amend', self.talk, 'We talk on Fridays')['id']
        self.meet()
        for home in self.devices().values():
            shown = self.agreement(home, self.talk)
            self.assertEqual((shown['status'], shown['text']), ('in_force', 'We talk on Sundays'))
            self.assertEqual({(one['id'], one['by']) for one in shown['pending']}, {(bens, 'Ben'), (adas, 'Ada')})
        self.assertEqual(self.ben.fails(4, 'agreement', 'accept', self.talk)['code'], 'ambiguous')  # which of the two?
        self.ben.json('agreement', 'accept', adas)
        self.meet()
        # The other one was proposed before what is in force now.
        newer = self.agreement(self.laptop, self.talk)
        self.assertEqual((newer['text'], newer['status']), ('We talk on Fridays', 'in_force'))
        self.all_is_the_same()

    def thursday_one_accepts_what_the_other_withdraws(self):
        version = self.laptop.json('agreement', 'amend', self.talk, 'We talk every day')['id']
        self.meet()
        self.ben.json('agreement', 'accept', version)
        self.laptop.json('agreement', 'withdraw', self.talk, '--why', 'it is too much')
        self.meet()
        for home in self.devices().values():
            self.assertEqual(self.agreement(home, self.talk)['status'], 'withdrawn')
            self.refused(home, 'agreement', 'amend', self.talk, 'We talk once more')
            self.refused(home, 'agreement', 'accept', version)
        # A decline beats an accept of the same person, whichever came first.
        quiet = self.ben.json('agreement', 'propose', 'No phones at the table')['id']
        self.meet()
        self.phone.json('agreement', 'accept', quiet)
        self.laptop.json('agreement', 'decline', quiet, '--why', 'not yet')
        self.meet()
        for home in self.devices().values():
            self.assertEqual(self.agreement(home, quiet)['status'], 'declined')
        self.all_is_the_same()

    def friday_they_check_in_apart(self):
        self.phone.json('checkin', '--mood', 'tired:2', '--hard', 'the long evenings')
        self.ben.json('checkin', '--mood', 'calm:4', '--appreciated', 'your patience')
        # The laptop hears of both, and only the phone and Ben hold answers.
        self.meet((self.laptop, self.ben))
        for home in (self.laptop, self.ben):
            for one in home.json('checkin', 'list')['checkins']:
                self.assertFalse(one.get('revealed') or one.get('partners'))
        self.meet((self.phone, self.ben), (self.phone, self.ben), (self.phone, self.laptop), (self.laptop, self.ben))
        for home in self.devices().values():
            checkins = home.json('checkin', 'list')['checkins']
            self.assertEqual(len(checkins), 1)  # begun on one evening: one
            self.assertTrue(checkins[0]['revealed'])
        self.assertEqual(self.ben.json('checkin', 'list')['checkins'][0]['partners']['hard'], 'the long evenings')
        self.refused(self.ben, 'checkin', '--mood', 'calm:5')  # one a day
        self.all_is_the_same()

    def saturday_an_apology_and_a_pause(self):
        sorry = self.ben.json('write', '--shared', '--kind', 'apology', stdin='I read your letters. I will not do it again.')['id']
        self.meet()
        self.refused(self.ben, 'respond', sorry, '--accept')
        self.laptop.json('respond', sorry, '--not-yet', 'I need time')
        self.ben.json('pause', 'to calm down', '--for', '40m')
        self.meet()
        for home in self.devices().values():
            self.assertEqual([one['by'] for one in home.json('status')['pauses']], ['Ben'])
        self.refused(self.laptop, 'resume')
        self.ben.json('resume')
        # Meanwhile he erases the apology, and she accepts it.
        self.phone.json('respond', sorry, '--accept')
        self.ben.json('erase', sorry)
        self.meet()
        for home in self.devices().values():
            self.assertEqual(home.json('status').get('pauses', []), [])
            shown = home.json('show', sorry)
            self.assertTrue(shown['erased'])
            self.assertFalse(shown.get('body') or shown.get('responses'))
        self.all_is_the_same()

    def sunday_they_look_back(self):
        self.ben.json('agreement', 'kept', self.daily)
        self.laptop.json('agreement', 'missed', self.daily, '--note', 'I fell asleep')
        self.meet()
        for home in self.devices().values():
            marks = self.agreement(home, self.daily)['marks']
            self.assertEqual({(one['by'], one['kind']) for one in marks}, {('Ben', 'kept'), ('Ada', 'missed')})
            self.assertEqual(len({one['on'] for one in marks}), 1)  # side by side, and no verdict
            self.assertTrue(home.json('agreement', 'due')['due'])
        today = self.laptop.json()
        self.assertEqual([one['id'] for one in today['boundaries']], [self.limit])
        self.assertEqual([one['id'] for one in today['agreements']], [self.daily])
        self.assertEqual(self.laptop.json().get('arrived', []), [])
        weeks = self.laptop.json('trends', '--weeks', 2)['weeks']
        self.assertEqual(sum(week['mine']['missed'] for week in weeks), 1)
        self.assertEqual(sum(week['partners']['kept'] for week in weeks), 1)
        self.assertTrue(any(week['mood'] == 2 for week in weeks))
        # In an instant, as live as ever.
        at = self.laptop.up()
        self.ben.up('--peer', at)
        note = self.laptop.json('write', '--shared', '--kind', 'gratitude', stdin='Thank you for this week')['id']
        eventually(lambda: note in [one['id'] for one in self.ben.json('list', '--by', 'partner')['entries']], 'it arrives')
        self.ben.down()
        self.laptop.down()
        self.meet()
        self.all_is_the_same()


if __name__ == '__main__':
    unittest.main()

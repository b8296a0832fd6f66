"""Several devices of one person, and one of them lost: what it wrote counts, what it does afterwards reaches nobody, and
whoever was off meanwhile finds the way back."""
import unittest

from attune import Homes, eventually


class Devices(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()

    def device(self, name, *restore, expect=0):
        """Another device of Ada's, made with her words."""
        home = self.homes.new(f'ada-{name}', init=False)
        home.keep_words(self.ada.words)
        home.answer = home.json('restore', *restore, '--device', name, '--unlock-cost', 'interactive', expect=expect)
        return home

    @staticmethod
    def bodies(home):
        return sorted(entry['body'] for entry in home.entries())

    def sees(self, home, *bodies):
        """Waits until these have come; what else is there does not matter."""
        eventually(lambda: set(bodies) <= set(self.bodies(home)), f'{bodies} did not reach {home.name}')

    @staticmethod
    def write(home, text, *options):
        return home.json('write', *options, stdin=text)['id']

    @staticmethod
    def statuses(home):
        return {one['name']: one['status'] for one in home.json('device', 'list')['devices']}

    def revoke(self, home, name, *options):
        devices = home.json('device', 'revoke', name, *options)['devices']
        self.assertIn('revoked', [one['status'] for one in devices if one['name'] == name])


class OwnDevices(Devices):
    def test_one_that_was_made_from_words_alone_learns_its_persons_name_from_another(self):
        phone = self.device('phone', '--no-partner')
        self.assertEqual(phone.answer.get('name', ''), '')
        self.assertEqual(phone.json('status').get('name', ''), '')
        written = self.write(phone, 'before it knew')
        phone.json('sync', '--peer', self.ada.up())
        self.assertEqual((phone.json('status')['name'], phone.json('show', written)['author']), ('Ada', 'Ada'))
        self.assertEqual(self.ada.json('show', written)['author'], 'Ada')

    def test_own_entries_travel_among_own_devices_and_everything_is_pushed_to_all(self):
        self.write(self.ada, 'private before')
        self.write(self.ada, 'shared before', '--shared')
        backup = self.ada.folder / 'journal.age'
        self.ada.run('backup', 'create', backup)
        self.write(self.ada, 'private after the backup')
        at_ada = self.ada.up()
        at_ben = self.ben.up('--peer', at_ada)
        phone = self.device('phone', backup, '--peer', at_ada, '--peer', at_ben)
        tablet = self.device('tablet', '--peer', at_ada)
        mine = ['private after the backup', 'private before', 'shared before']
        for home in (phone, tablet):
            self.assertEqual(self.bodies(home), mine)
            self.assertEqual(home.answer['entries'], 3)
            self.assertEqual(home.json('status')['partner'], 'Ben')
        self.assertEqual(self.statuses(self.ada), {'Ada-laptop': 'admitted', 'phone': 'admitted', 'tablet': 'admitted'})
        self.assertEqual([one['name'] for one in phone.json('device', 'list')['devices'] if one['this']], ['phone'])
        self.assertEqual(len(self.ben.json('device', 'list')['devices']), 1)

        phone.up('--peer', at_ada)
        tablet.up('--peer', at_ada)
        self.write(phone, 'private from the phone')
        self.write(tablet, 'shared from the tablet', '--shared')
        self.write(self.ben, 'shared by ben', '--shared')
        for home in (self.ada, phone, tablet):
            self.sees(home, *mine, 'private from the phone', 'shared from the tablet', 'shared by ben')
        self.sees(self.ben, 'shared before', 'shared from the tablet', 'shared by ben')
        self.assertEqual(self.bodies(self.ben), ['shared before', 'shared by ben', 'shared from the tablet'])
        for home in (self.ada, phone, tablet, self.ben):
            home.down()
            self.assertEqual(home.json('doctor')['problems'], [])

    def test_two_devices_of_one_name_can_be_told_apart(self):
        at_ada = self.ada.up()
        first = self.device('phone', '--peer', at_ada)
        other = self.homes.new('ada-second', init=False)
        other.keep_words(self.ada.words)
        made = other.json('restore', '--device', 'phone', '--unlock-cost', 'interactive', '--peer', at_ada)
        self.assertEqual(made['device'], 'phone 2')
        first.json('sync', '--peer', at_ada)
        self.assertEqual(set(self.statuses(first)), {'Ada-laptop', 'phone', 'phone 2'})


class LostDevice(Devices):
    def setUp(self):
        super().setUp()
        self.write(self.ada, 'private before')
        self.at_ada = self.ada.up()
        self.at_ben = self.ben.up('--peer', self.at_ada)
        self.lost = self.device('phone', '--peer', self.at_ada, '--peer', self.at_ben)
        self.tablet = self.device('tablet', '--peer', self.at_ada, '--peer', self.at_ben)
        self.write(self.lost, 'phone, private, before it was lost')
        self.write(self.lost, 'phone, shared, before it was lost', '--shared')
        self.lost.json('sync', '--peer', self.at_ada, '--peer', self.at_ben)

    def test_a_revoked_device_that_runs_gets_nothing_new_and_makes_nobody_believe_anything(self):
        self.lost.up('--peer', self.at_ada, '--peer', self.at_ben)
        self.write(self.ada, 'seen by the phone')
        self.sees(self.lost, 'seen by the phone')
        self.revoke(self.ada, 'phone')
        self.assertEqual(self.statuses(self.ada)['phone'], 'revoked')

        self.write(self.ada, 'private since')
        self.write(self.ada, 'shared since', '--shared')
        self.sees(self.ben, 'shared since')       # under the couple's new key
        self.write(self.ben, 'by ben since', '--shared')
        self.sees(self.ada, 'by ben since')
        self.write(self.lost, 'made up later, private')
        self.write(self.lost, 'made up later, shared', '--shared')
        for address in (self.at_ada, self.at_ben):
            self.lost.down()
            error = self.lost.fails(5, 'sync', '--peer', address)
            self.assertEqual(error['code'], 'unreachable')
            self.assertIn('removed from your devices', error['hint'])   # nobody tells it; it may ask elsewhere
        for body in ('private since', 'shared since', 'by ben since'):
            self.assertNotIn(body, self.bodies(self.lost))
        for home in (self.ada, self.ben):
            self.assertFalse([body for body in self.bodies(home) if body.startswith('made up')])
            self.assertIn('phone, shared, before it was lost', self.bodies(home))
        self.assertIn('phone, private, before it was lost', self.bodies(self.ada))

    def test_who_was_off_meanwhile_gets_the_keys_and_everything(self):
        self.revoke(self.ada, 'phone')
        self.write(self.ada, 'private since')
        self.write(self.ada, 'shared since', '--shared')
        self.sees(self.ben, 'shared since')
        self.tablet.json('sync', '--peer', self.at_ada)
        self.assertEqual(self.bodies(self.tablet), self.bodies(self.ada))
        self.assertEqual(self.statuses(self.tablet)['phone'], 'revoked')
        self.write(self.tablet, 'shared by the tablet since', '--shared')
        self.tablet.json('sync', '--peer', self.at_ben)
        self.sees(self.ben, 'shared by the tablet since')
        self.tablet.up('--peer', self.at_ada)
        self.write(self.ada, 'pushed')
        self.sees(self.tablet, 'pushed')

    def test_what_a_revoked_device_told_one_that_did_not_know_yet_has_no_effect(self):
        self.revoke(self.ada, 'phone')
        self.write(self.ada, 'shared since', '--shared')
        self.sees(self.ben, 'shared since')
        for home in (self.ada, self.ben):   # nobody who knows is in reach
            home.down()
        self.write(self.lost, 'made up later, private')
        self.write(self.lost, 'made up later, shared', '--shared')
        at_tablet = self.tablet.up()
        self.lost.json('sync', '--peer', at_tablet)
        self.assertIn('made up later, private', self.bodies(self.tablet))
        self.tablet.down()
        at_ada = self.ada.up()
        at_ben = self.ben.up('--peer', at_ada)
        self.tablet.json('sync', '--peer', at_ada)
        self.tablet.json('sync', '--peer', at_ben)
        for home in (self.ada, self.ben, self.tablet):
            self.assertFalse([body for body in self.bodies(home) if body.startswith('made up')], home.name)
            self.assertIn('phone, shared, before it was lost', self.bodies(home))
        for home in (self.ada, self.ben, self.tablet):
            home.down()
            self.assertEqual(home.json('doctor')['problems'], [])

    def test_since_takes_back_what_came_after_a_moment(self):
        before = self.ada.entries()
        self.assertIn('phone, private, before it was lost', [entry['body'] for entry in before])
        self.revoke(self.ada, 'phone', '--since', '2001-01-01')
        self.assertNotIn('phone, private, before it was lost', self.bodies(self.ada))
        self.assertIn('private before', self.bodies(self.ada))
        eventually(lambda: 'phone, shared, before it was lost' not in self.bodies(self.ben), 'Ben still shows it')

    def test_without_the_new_key_in_reach_the_words_are_asked_for_once(self):
        self.revoke(self.ada, 'phone')
        self.write(self.ada, 'shared since', '--shared')
        self.sees(self.ben, 'shared since')
        desk = self.device('desk', '--peer', self.at_ada, '--peer', self.at_ben)
        self.ada.down()   # nobody who has the key is up
        wordless = self.tablet.without('ATTUNE_WORDS_FILE')
        wordless.json('sync', '--peer', self.at_ben)   # the revoke comes by way of the partner
        self.assertNotIn('shared since', self.bodies(self.tablet))   # Ben might have made it up: it bears the new key's seal
        status = self.tablet.run('status').out
        self.assertIn('needs your 24 words once', status)
        self.assertNotIn('different records', status)
        self.write(desk, 'private at the desk')
        at_desk = desk.up()
        # The desk was made with the words after the revoke, so it has the key and hands it over.
        wordless.json('sync', '--peer', at_desk)
        self.assertIn('private at the desk', self.bodies(self.tablet))
        self.assertIn('shared since', self.bodies(self.tablet))
        self.assertNotIn('needs your 24 words', self.tablet.run('status').out)

    def test_two_revokes_made_apart_are_told_and_settled_by_one_more(self):
        self.revoke(self.ada, 'phone')
        self.ada.down()
        self.ben.down()
        self.revoke(self.tablet, 'phone')
        at_ada = self.ada.up()
        self.tablet.json('sync', '--peer', at_ada)
        for home in (self.ada, self.tablet):
            self.assertIn('two places', home.run('status').out)
            self.assertIn('two places', home.run('device', 'list').out)
            self.assertTrue([note for note in home.json('doctor')['notes'] if 'two places' in note])
        self.revoke(self.tablet, 'phone')
        self.tablet.json('sync', '--peer', at_ada)
        for home in (self.ada, self.tablet):
            self.assertNotIn('two places', home.run('status').out)
        self.write(self.ada, 'since both')
        self.tablet.json('sync', '--peer', at_ada)
        self.assertIn('since both', self.bodies(self.tablet))


class RestoreAndRefusals(Devices):
    def test_a_backup_from_before_a_revoke_finds_its_keys(self):
        backup = self.ada.folder / 'journal.age'
        at_ada = self.ada.up()
        at_ben = self.ben.up('--peer', at_ada)
        self.device('phone', '--peer', at_ada, '--peer', at_ben)
        self.write(self.ada, 'before')
        self.ada.run('backup', 'create', backup)
        self.revoke(self.ada, 'phone')
        self.write(self.ada, 'since', '--shared')
        self.sees(self.ben, 'since')
        new = self.device('new', backup, '--peer', at_ada)
        self.assertEqual(self.bodies(new), ['before', 'since'])
        by_partner = self.device('other', backup, '--peer', at_ben)
        self.assertEqual(self.bodies(by_partner), ['before', 'since'])
        self.write(by_partner, 'private on the other')
        by_partner.without('ATTUNE_WORDS_FILE').json('sync', '--peer', at_ada)
        self.sees(self.ada, 'private on the other')
        self.assertEqual(self.statuses(new)['phone'], 'revoked')

    def test_what_is_refused_changes_nothing(self):
        at_ada = self.ada.up()
        self.device('phone', '--peer', at_ada)
        before = self.statuses(self.ada)
        self.assertEqual(self.ada.fails(4, 'device', 'revoke', 'nothing')['code'], 'not_found')
        self.assertEqual(self.ada.fails(2, 'device', 'revoke', 'Ada-laptop')['code'], 'usage')
        self.assertEqual(self.ada.fails(2, 'device', 'revoke')['code'], 'usage')
        self.assertEqual(self.ada.fails(2, 'device', 'revoke', 'phone', '--since', 'never')['code'], 'usage')
        self.assertEqual(self.ada.fails(3, '--words-file', self.ben.words_file, 'device', 'revoke', 'phone')['code'],
                         'wrong_words')
        self.assertEqual(self.ada.without('ATTUNE_WORDS_FILE').fails(2, 'device', 'revoke', 'phone')['code'], 'usage')
        self.assertEqual(self.statuses(self.ada), before)


if __name__ == '__main__':
    unittest.main()

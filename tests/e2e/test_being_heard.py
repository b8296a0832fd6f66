"""Being heard: what two people say to each other about an entry, seen from both sides, and acts by the wrong person."""
import unittest

from attune import Homes


class BeingHeard(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()

    def sync(self):
        self.ada.json('sync', '--peer', self.at)

    def up(self):
        self.at = self.ben.up()

    def said(self, home, entry):
        return [(one['kind'], one.get('text', ''), one['mine']) for one in home.json('show', entry).get('responses', [])]

    def test_a_reflection_is_heard_by_its_authors_word_alone(self):
        self.up()
        entry = self.ada.json('write', '--shared', stdin='I felt alone on sunday')['id']
        self.sync()
        reflection = self.ben.json('respond', entry, '--reflect', 'you missed me on sunday')['id']
        self.assertEqual(len(reflection), 64)
        self.ben.fails(1, 'respond', entry, '--understood')
        self.sync()
        self.assertEqual(self.said(self.ada, entry), [('reflect', 'you missed me on sunday', False)])
        self.assertNotIn('heard', self.ada.run('list').out)
        # Not quite takes back, understood gives; by the reflection's id or the entry's.
        self.ada.json('respond', reflection[:8], '--not-quite', 'rather that nobody called')
        self.sync()
        self.assertNotIn('heard', self.ben.run('list').out)
        self.ada.json('respond', entry, '--understood')
        self.sync()
        for home in (self.ada, self.ben):
            self.assertIn('heard', home.run('list').out)
            self.assertEqual(len(self.said(home, entry)), 3)
            self.assertEqual(home.json('doctor').get('problems', []), [])

    def test_an_apology_is_accepted_by_the_one_it_is_for_and_not_yet_is_an_answer(self):
        self.up()
        entry = self.ben.json('write', '--shared', '--kind', 'apology', stdin='I read your letters')['id']
        note = self.ben.json('write', '--shared', stdin='a note')['id']
        self.sync()
        self.assertEqual(self.ben.fails(1, 'respond', entry, '--accept')['code'], 'refused')
        self.assertEqual(self.ada.fails(1, 'respond', note, '--accept')['code'], 'refused')
        self.ada.json('respond', entry, '--not-yet', 'I need time')
        self.ada.json('respond', entry, '--not-yet')
        self.ada.json('respond', entry, '--accept')
        self.sync()
        self.assertEqual(self.said(self.ben, entry),
                         [('not_yet', 'I need time', False), ('not_yet', '', False), ('accept', '', False)])

    def test_who_accepts_an_apology_that_was_changed_is_shown_what_it_says_now(self):
        self.up()
        kept = self.ben.json('write', '--shared', '--kind', 'apology', stdin='I read your letters')['id']
        changed = self.ben.json('write', '--shared', '--kind', 'apology', stdin='I was late')['id']
        self.ben.run('edit', changed, 'I was late, and so were you')
        self.sync()
        self.assertIn('  I was late, and so were you\n', self.ada.run('respond', changed, '--accept').out)
        self.assertNotIn('letters', self.ada.run('respond', kept, '--accept').out)

    def test_who_asks_just_to_be_listened_to_is_offered_comfort_and_thanks(self):
        self.up()
        entry = self.ada.json('write', '--shared', '--just-listen', stdin='it was a long day')['id']
        self.sync()
        self.assertEqual(self.ben.fails(1, 'respond', entry, '--reflect', 'so you want')['code'], 'refused')
        self.ben.json('respond', entry, '--comfort', 'I am here')
        self.ben.json('respond', entry, '--thanks')
        self.sync()
        self.assertEqual([kind for kind, _, _ in self.said(self.ada, entry)], ['comfort', 'thanks'])

    def test_responses_go_with_the_entry_that_is_erased(self):
        self.up()
        entry = self.ada.json('write', '--shared', stdin='a secret of mine')['id']
        self.sync()
        self.ben.json('respond', entry, '--reflect', 'your secret is')
        self.sync()
        self.ada.json('erase', entry)
        self.sync()
        for home in (self.ada, self.ben):
            self.assertEqual(self.said(home, entry), [])
            self.assertEqual(home.fails(1, 'respond', entry, '--thanks')['code'], 'refused')

    def test_wrong_use_is_said(self):
        private = self.ada.json('write', stdin='mine')['id']
        self.assertEqual(self.ada.fails(1, 'respond', private, '--thanks')['code'], 'refused')
        self.assertEqual(self.ada.fails(2, 'respond', private)['code'], 'usage')
        self.assertEqual(self.ada.fails(2, 'respond', private, '--thanks', '--accept')['code'], 'usage')
        self.assertEqual(self.ada.fails(4, 'respond', 'ffffffff', '--thanks')['code'], 'not_found')
        shared = self.ben.json('write', '--shared', stdin='of Ben')['id']
        self.up()
        self.sync()
        self.assertEqual(self.ada.fails(2, 'respond', shared, '--comfort', '  ')['code'], 'usage')


if __name__ == '__main__':
    unittest.main()

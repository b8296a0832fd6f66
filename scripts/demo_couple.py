"""The second act of scripts/demo-story: what two people say to each other, agree on, and keep."""
from demo_stage import chapter, check, check_soon, listed, newest, plays, say, short


def one(home, group, **facts):
    """The one thing that a list shows with these facts; None: there is none, or more than one."""
    command, key = {'boundary': (['boundary', 'list', '--all'], 'boundaries'),
                    'agreement': (['agreement', 'list', '--all'], 'agreements'),
                    'checkin': (['checkin', 'list'], 'checkins')}[group]
    matching = [thing for thing in home.json(*command).get(key, [])
                if all(thing.get(name) == value for name, value in facts.items())]
    return matching[0] if len(matching) == 1 else None


def being_heard(ada, ben):
    chapter('Being heard')
    say('Ada writes what hurt. Ben says what he hears, in his own words; whether that is it, she alone can say.')
    plays(ada, 'write', '--shared', '--title', 'Sunday', typed='When you did not call I felt small. I would like to know when you are late.')
    entry = newest(ada)
    check_soon('it is on Ben\'s side', lambda: entry in listed(ben))
    plays(ben, 'respond', short(entry), '--reflect', 'What I hear is that you were angry.')
    check_soon('his words are on hers', lambda: ada.json('show', entry).get('responses'))
    plays(ada, 'respond', short(entry), '--not-quite', 'Not angry. Small, and not important.')
    check_soon('she is not said to be heard', lambda: len(ben.json('show', entry).get('responses', [])) == 2)
    plays(ben, 'respond', short(entry), '--reflect', 'You felt small, because it seemed that you do not matter to me.')
    check_soon('he has tried once more', lambda: len(ada.json('show', entry).get('responses', [])) == 3)
    reflection = ada.json('show', entry)['responses'][-1]['id']
    check('nobody can say for her that she was heard', ben.fails(1, 'respond', reflection, '--understood')['code'] == 'refused')
    plays(ada, 'respond', short(reflection), '--understood')
    check_soon('now it says so, on both sides', lambda: all('heard' in home.run('list').out for home in (ada, ben)))
    plays(ben, 'show', short(entry))


def a_boundary(ada, ben):
    chapter('A boundary: one person\'s limit, and nobody\'s to grant')
    plays(ada, 'boundary', 'state', 'No calls from work after ten in the evening', '--topic', 'time')
    check('it stands from that moment', one(ada, 'boundary', status='stated') is not None)
    check_soon('Ben sees it', lambda: one(ben, 'boundary', status='stated') is not None)
    identifier = one(ada, 'boundary')['id']
    plays(ben, 'boundary', 'lift', short(identifier), expect=1)
    check('only its owner lifts it', one(ada, 'boundary')['status'] == 'stated')
    plays(ben, 'boundary', 'acknowledge', short(identifier))
    check_soon('he has acknowledged it', lambda: one(ada, 'boundary', status='acknowledged') is not None)
    plays(ada, 'boundary', 'revise', short(identifier), 'No calls from work after nine in the evening')
    check_soon('other words want a new acknowledgement', lambda: one(ben, 'boundary', status='stated') is not None)
    plays(ben, 'boundary', 'show', short(identifier))


def an_agreement(ada, ben):
    chapter('An agreement: in force when both have said yes to the very same words')
    plays(ben, 'agreement', 'propose', 'We talk, phones away', '--every', 'week on sun at 18:00')
    check_soon('Ada sees a proposal, and it binds nobody', lambda: one(ada, 'agreement', status='proposed') is not None)
    identifier = one(ada, 'agreement')['id']
    plays(ada, 'agreement', 'accept', short(identifier))
    check_soon('it is in force on both sides',
               lambda: all(one(home, 'agreement', status='in_force') for home in (ada, ben)))
    plays(ada, 'agreement', 'due')
    plays(ada, 'agreement', 'amend', short(identifier), 'We talk, phones away, and walk')
    check_soon('a change waits, and what both said yes to stands',
               lambda: one(ben, 'agreement', status='in_force') and one(ben, 'agreement').get('pending')
               and one(ben, 'agreement')['text'] == 'We talk, phones away')
    plays(ben, 'agreement', 'accept', short(identifier))
    check_soon('both have said yes to the new words', lambda: all(
        one(home, 'agreement')['text'] == 'We talk, phones away, and walk' for home in (ada, ben)))
    plays(ada, 'agreement', 'withdraw', short(identifier), '--why', 'Sundays are too much for me now')
    check('either ends it at once, and nobody has to agree', one(ada, 'agreement')['status'] == 'withdrawn')
    check_soon('and so it is on the other side', lambda: one(ben, 'agreement', status='withdrawn') is not None)
    check('nothing brings it back', ben.fails(1, 'agreement', 'amend', identifier, 'again')['code'] == 'refused')
    plays(ben, 'agreement', 'show', short(identifier))


def a_check_in(ada, ben):
    chapter('A check-in: both answer before either sees')
    plays(ada, 'checkin', '--mood', 'tired:2', '--closeness', '3', '--appreciated', 'that you asked once more',
          '--wish', 'an evening without plans')
    check_soon('Ben knows that there is one', lambda: one(ben, 'checkin') is not None)
    check('and sees none of it', not one(ben, 'checkin').get('partners') and not one(ben, 'checkin').get('revealed'))
    plays(ben, 'checkin', '--mood', 'hopeful:4', '--closeness', '4', '--hard', 'to find the words')
    check_soon('now both see both', lambda: all(one(home, 'checkin', revealed=True) for home in (ada, ben)))
    check('as they were given', one(ben, 'checkin')['partners']['wish'] == 'an evening without plans')
    plays(ben, 'checkin', 'list')


def a_pause(ada, ben):
    chapter('A pause, with the moment of return agreed')
    plays(ben, 'pause', 'I need to walk', '--for', '30m')
    check_soon('Ada sees until when', lambda: ada.json('status').get('pauses'))
    plays(ada, 'resume', expect=1)
    check('only who called it ends it', len(ada.json('status')['pauses']) == 1)
    plays(ben, 'resume')
    check_soon('it is over on both sides', lambda: not ada.json('status').get('pauses'))


def today_and_trends(ada, ben):
    chapter('Today, and the weeks')
    say('One calm screen: what came, what stands, what comes next. Nothing on it counts what somebody did not do.')
    plays(ada)
    check('what came is told once', not ada.json().get('arrived'))
    plays(ben)
    say('\nOne\'s own weeks, computed here and sent to nobody.')
    plays(ada, 'trends', '--weeks', '4')
    check('her mood of the check-in is in it', any(week.get('mood') for week in ada.json('trends', '--weeks', '4')['weeks']))


def second_act(ada, ben):
    being_heard(ada, ben)
    a_boundary(ada, ben)
    an_agreement(ada, ben)
    a_check_in(ada, ben)
    a_pause(ada, ben)
    today_and_trends(ada, ben)

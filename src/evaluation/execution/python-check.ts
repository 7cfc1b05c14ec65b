/**
 * Python of the process that holds the check: runs the tests of a doc against what the program defined, which it reaches only by
 * asking. Nothing of the program is ever executed here, so no trick of its own can make a test pass; what comes back is plain data.
 */
import { VALUES } from './python-values.ts';

export const CHECK_SIDE = `${VALUES}
MODULES = {
    'bisect', 'calendar', 'cmath', 'collections', 'copy', 'datetime', 'decimal', 'fractions', 'functools', 'hashlib', 'heapq',
    'itertools', 'json', 'math', 'numbers', 'operator', 'random', 're', 'statistics', 'string', 'sys', 'time', 'typing', 'numpy',
}

def main():
    source, sink = quiet()

    def serve(what, number, args, kwargs):
        """Only functions that the check itself handed over can be called."""
        if what != 'call' or number not in peer.kept:
            raise TypeError('there is no such function')
        result = peer.kept[number](*[unpack(arg, find) for arg in args], **{name: unpack(value, find) for name, value in kwargs.items()})
        return {'value': pack(result, hand_over)}

    peer = Peer(source, sink, serve)

    def hand_over(value):
        if type(value) is Remote:
            return {'m': object.__getattribute__(value, '_number')}
        if callable(value):
            return peer.keep(value)
        raise TypeError('a %s of the check cannot be handed to the program' % type(value).__name__)

    def ask(what, remote, *parts):
        reply = peer.ask(what, object.__getattribute__(remote, '_number'), *parts)
        if 'raised' in reply:
            raise error_of(reply['raised'])
        return reply

    def value_of(what, remote, *parts):
        return unpack(ask(what, remote, *[pack(part, hand_over) for part in parts])['value'], find)

    class Remote:
        """Something of the program that is no plain data. It is equal to nothing but to others of the program."""
        __slots__ = ('_number',)

        def __init__(self, number):
            object.__setattr__(self, '_number', number)

        def __call__(self, *args, **kwargs):
            reply = ask('call', self, [pack(arg, hand_over) for arg in args], {name: pack(value, hand_over) for name, value in kwargs.items()})
            for at, packed in reply.get('changed', {}).items():
                become(args[int(at)], unpack(packed, find))
            return unpack(reply['value'], find)

        def __getattr__(self, name):
            if name.startswith('__'):
                raise AttributeError(name)
            return value_of('get', self, name)

        def __setattr__(self, name, value):
            value_of('set', self, name, value)

        def __getitem__(self, key):
            return value_of('item', self, key)

        def __setitem__(self, key, value):
            value_of('put', self, key, value)

        def __bool__(self):
            return True

        def __len__(self):
            return int(value_of('length', self))

        def __iter__(self):
            remote = value_of('iterate', self)
            if type(remote) is not Remote:
                return iter(remote)
            return steps(remote)

        def __next__(self):
            reply = value_of('next', self)
            if not reply:
                raise StopIteration
            return reply['value']

        def __str__(self):
            return str(value_of('text', self))

        def __repr__(self):
            return str(value_of('shown', self))

        def __eq__(self, other):
            return bool(value_of('same', self, other)) if type(other) is Remote else False

        def __lt__(self, other):
            if type(other) is not Remote:
                return NotImplemented
            return bool(value_of('less', self, other))

        def __hash__(self):
            return object.__getattribute__(self, '_number')

    def steps(remote):
        while True:
            reply = value_of('next', remote)
            if not reply:
                return
            yield reply['value']

    def find(tag, number):
        if tag == 'm' and number in peer.kept:
            return peer.kept[number]
        if tag == 'o' and isinstance(number, int):
            return Remote(number)
        peer.lose('the program sent what makes no sense')

    peer.send({'hello': True})
    check = peer.receive()
    space = {'__name__': '__main__', '__builtins__': builtins}
    try:
        if check['prelude']:
            exec(compile(check['prelude'], 'prelude', 'exec'), space)
        tests = compile(check['text'], 'check', 'exec')
    except Exception as error:
        return {'verdict': 'unusable', 'detail': type(error).__name__ + ': ' + str(error)[:300]}
    try:
        ready = peer.receive()
        if 'broken' in ready:
            return {'verdict': 'failed', 'detail': str(ready['broken'])[:300]}
        for name, module in ready['modules']:
            if module in MODULES and name not in space:
                space[name] = __import__(module)
        for name, packed in ready['defined'].items():
            # The program's own idea of abs() or len() is not the check's.
            if not hasattr(builtins, name):
                space[name] = unpack(packed, find)
        exec(tests, space)
    except Broken as error:
        return {'verdict': 'ended', 'detail': str(error)}
    except BaseException as error:
        detail = type(error).__name__ + (': ' + str(error)[:300] if str(error) else '')
        return {'verdict': 'failed', 'detail': detail}
    if peer.is_lost:
        return {'verdict': 'ended', 'detail': 'the program ended before its tests'}
    return {'verdict': 'passed', 'detail': ''}

def become(own, now):
    if isinstance(own, (list, bytearray)):
        own[:] = now
    elif isinstance(own, (dict, set)):
        own.clear()
        own.update(now)

def error_of(raised):
    kind = getattr(builtins, str(raised[0]), None)
    return kind(raised[1]) if isinstance(kind, type) and issubclass(kind, BaseException) else Exception(raised[1])

import os
verdict = {'verdict': 'ended', 'detail': ''}
channel = os.dup(1)
try:
    verdict = main()
except Broken as error:
    verdict = {'verdict': 'ended', 'detail': str(error)}
os.write(channel, b'!' + json.dumps(verdict).encode('ascii') + b'\\n')
`;

/** Python of the process that holds the program: runs it, then does with what it defined whatever the check asks. */
import { VALUES } from './python-values.ts';

export const PROGRAM_SIDE = `${VALUES}
def main():
    source, sink = quiet()
    peer = Peer(source, sink, None)
    peer.send({'hello': True})
    program = peer.receive()
    space = {'__name__': '__main__', '__builtins__': builtins}

    class Back:
        """A function of the check's, handed to the program."""
        def __init__(self, number):
            self.number = number

        def __call__(self, *args, **kwargs):
            reply = peer.ask('call', self.number, [pack(arg, peer.keep) for arg in args],
                             {name: pack(value, peer.keep) for name, value in kwargs.items()})
            if 'raised' in reply:
                raise error_of(reply['raised'])
            return unpack(reply['value'], find)

    def find(tag, number):
        return peer.kept[number] if tag == 'm' else Back(number)

    def mutable(values):
        return [json.dumps(pack(value, peer.keep)) if isinstance(value, (list, dict, set, bytearray)) else None
                for value in values]

    def serve(what, number, *rest):
        value = peer.kept.get(number)
        if what == 'call':
            args = [unpack(arg, find) for arg in rest[0]]
            before = mutable(args)
            result = value(*args, **{name: unpack(item, find) for name, item in rest[1].items()})
            reply = {'value': pack(result, peer.keep)}
            # What it did to its arguments it did to the check's own.
            changed = {at: pack(arg, peer.keep) for at, (arg, was) in enumerate(zip(args, before))
                       if was is not None and json.dumps(pack(arg, peer.keep)) != was}
            return {**reply, 'changed': changed} if changed else reply
        parts = [unpack(item, find) for item in rest]
        if what == 'get':
            return {'value': pack(getattr(value, *parts), peer.keep)}
        if what == 'set':
            setattr(value, *parts)
            return {'value': None}
        return {'value': pack(OPERATIONS[what](value, *parts), peer.keep)}

    peer.serve = serve
    try:
        exec(compile(program['text'], 'program', 'exec'), space)
    except Exception as error:
        return peer.send({'broken': type(error).__name__ + ': ' + str(error)[:500]})
    names = program['names'] or [name for name in space if not name.startswith('__')]
    defined = {}
    for name in names:
        if name not in space or isinstance(space[name], type(sys)):
            continue
        try:
            defined[name] = pack(space[name], peer.keep)
        except (RecursionError, MemoryError):
            pass
    modules = [] if program['names'] else [[name, value.__name__] for name, value in space.items() if isinstance(value, type(sys)) and not name.startswith('__')]
    peer.send({'defined': defined, 'modules': modules})
    while True:
        message = peer.receive()
        peer.answer(message['ask'])

def error_of(raised):
    kind = getattr(builtins, raised[0], None)
    return kind(raised[1]) if isinstance(kind, type) and issubclass(kind, BaseException) else Exception(raised[1])

def next_of(value):
    try:
        return {'value': next(value)}
    except StopIteration:
        return {}

import operator
OPERATIONS = {
    'item': operator.getitem, 'put': operator.setitem, 'length': len, 'iterate': iter, 'next': next_of,
    'text': str, 'shown': repr, 'same': operator.eq, 'less': operator.lt,
}

try:
    main()
except Broken:
    pass
`;

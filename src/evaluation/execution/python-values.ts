/**
 * Python of both processes of an execution: how values go from one to the other. Plain data are copied with their exact types (a
 * subclass comes as its base, so nothing of the program's own decides what is equal to what); everything else stays where it is
 * and is named by a number.
 */
export const VALUES = `
import builtins, json, sys

LONGEST = 1 << 25
DEEPEST = 150

class Broken(BaseException):
    """The other side is gone, or says what makes no sense."""

class Peer:
    def __init__(self, source, sink, serve):
        self.source, self.sink, self.serve = source, sink, serve
        self.kept, self.numbers = {}, {}
        self.is_lost = False

    def keep(self, value):
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.kept) + 1
            self.kept[number] = value
        return {'o': number}

    def send(self, message):
        line = json.dumps(message, allow_nan=True).encode('ascii')
        if len(line) > LONGEST:
            raise OverflowError('a value is too large to be handed over')
        self.sink.write(line + b'\\n')
        self.sink.flush()

    def receive(self):
        line = self.source.readline(LONGEST + 2)
        if not line.endswith(b'\\n'):
            self.lose('the program ended before its tests' if line == b'' else 'a value is too large to be handed over')
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            self.lose('the program sent what makes no sense')

    def lose(self, why):
        self.is_lost = True
        raise Broken(why)

    def ask(self, *request):
        """Until the answer comes, the other side may ask back."""
        self.send({'ask': list(request)})
        while True:
            message = self.receive()
            if not isinstance(message, dict):
                self.lose('the program sent what makes no sense')
            if 'ask' in message:
                self.answer(message['ask'])
            else:
                return message

    def answer(self, request):
        try:
            reply = self.serve(*request)
        except Broken:
            raise
        except Exception as error:
            reply = {'raised': [type(error).__name__, str(error)[:500]]}
        except BaseException as error:
            reply = {'raised': [type(error).__name__, '']}
        try:
            self.send(reply)
        except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
            self.send({'raised': [type(error).__name__, str(error)[:500]]})

TIMES = (('datetime', 'datetime'), ('datetime', 'date'), ('datetime', 'time'))
KEYS, ITEMS = type({}.keys()), type({}.items())

def pack(value, keep, depth=0):
    if value is None or value is True or value is False:
        return value
    if depth > DEEPEST:
        raise RecursionError('a value is nested too deeply to be handed over')
    kind = type(value)
    inner = lambda items: [pack(item, keep, depth + 1) for item in items]
    if kind is str or kind is int or kind is float:
        return value if kind is not int or -(1 << 62) < value < 1 << 62 else {'i': hex(value)}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return pack(int.__add__(value, 0), keep, depth)
    if isinstance(value, float):
        return float.__add__(value, 0.0)
    if isinstance(value, list):
        return {'l': inner(list.__iter__(value))}
    if isinstance(value, tuple):
        return {'t': inner(tuple.__iter__(value))}
    if isinstance(value, dict):
        return {'d': [[pack(key, keep, depth + 1), pack(dict.__getitem__(value, key), keep, depth + 1)] for key in dict.__iter__(value)]}
    if isinstance(value, set):
        return {'s': inner(set.__iter__(value))}
    if isinstance(value, frozenset):
        return {'z': inner(frozenset.__iter__(value))}
    if kind is KEYS:
        return {'s': inner(value)}
    if kind is ITEMS:
        return {'s': inner(value)}
    if isinstance(value, (bytes, bytearray)):
        return {'b' if isinstance(value, bytes) else 'a': bytes(memoryview(value)).hex()}
    if kind is complex:
        return {'c': [value.real, value.imag]}
    if kind is range:
        return {'r': [pack(part, keep) for part in (value.start, value.stop, value.step)]}
    # Compared by name, so that nothing is imported for most programs' sake.
    name = (kind.__module__, kind.__name__)
    if name == ('collections', 'deque'):
        return {'q': inner(value)}
    if name in (('decimal', 'Decimal'), ('fractions', 'Fraction')):
        return {'n': [name[1], str(value)]}
    if name == ('datetime', 'timedelta'):
        return {'td': [value.days, value.seconds, value.microseconds]}
    if name in TIMES and getattr(value, 'tzinfo', None) is None:
        return {'at': [name[1], value.isoformat()]}
    if isinstance(value, type) and getattr(builtins, value.__name__, None) is value:
        return {'k': value.__name__}
    scalar = getattr(value, 'item', None) if name[0] == 'numpy' and getattr(value, 'ndim', None) == 0 else None
    if scalar is not None:
        return pack(scalar(), keep, depth + 1)
    return keep(value)

def unpack(packed, find):
    """@param find the object of a number of this side's ('m') or the other side's ('o')"""
    if packed is None or isinstance(packed, (bool, int, float, str)):
        return packed
    (tag, content), = packed.items()
    inner = lambda: [unpack(item, find) for item in content]
    if tag == 'l':
        return inner()
    if tag == 't':
        return tuple(inner())
    if tag == 'd':
        return {unpack(key, find): unpack(item, find) for key, item in content}
    if tag == 's':
        return set(inner())
    if tag == 'z':
        return frozenset(inner())
    if tag == 'i':
        return int(content, 16)
    if tag == 'b':
        return bytes.fromhex(content)
    if tag == 'a':
        return bytearray.fromhex(content)
    if tag == 'c':
        return complex(*content)
    if tag == 'r':
        return range(*inner())
    if tag == 'q':
        import collections
        return collections.deque(inner())
    if tag == 'n':
        import decimal, fractions
        return {'Decimal': decimal.Decimal, 'Fraction': fractions.Fraction}[content[0]](content[1])
    if tag == 'td':
        import datetime
        return datetime.timedelta(*content)
    if tag == 'at':
        import datetime
        return {'datetime': datetime.datetime, 'date': datetime.date, 'time': datetime.time}[content[0]].fromisoformat(content[1])
    if tag == 'k':
        kind = getattr(builtins, content)
        if isinstance(kind, type):
            return kind
    return find(tag, content)

def quiet():
    """What programs print goes nowhere; the channel is ours alone."""
    import os
    source, sink = os.fdopen(os.dup(0), 'rb'), os.fdopen(os.dup(1), 'wb')
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    if hasattr(sys, 'set_int_max_str_digits'):
        sys.set_int_max_str_digits(0)
    return source, sink
`;

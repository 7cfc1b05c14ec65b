/** A Python program that tries, inside of a sandbox, what must not work there. */

export interface ProbeReply {
  /** What worked though it must not. */
  readonly open: readonly string[];
}

/** Reads what it must not find from stdin, as JSON. */
export const PROBE = `
import ctypes, json, os, socket, sys

host = json.load(sys.stdin)
open_ = []

def must_fail(what, action):
    try:
        worked = action()
    except BaseException:
        return
    if worked is not False:
        open_.append(what)

def status(name):
    for line in open('/proc/self/status'):
        if line.startswith(name + ':'):
            return line.split()[1]

def fork_beyond_the_limit():
    children = []
    try:
        for _ in range(host['processes'] + 1):
            pid = os.fork()
            if pid == 0:
                while True:
                    os.read(pause, 1)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, 9)

def fill_the_disk():
    for number in range(64):
        with open('/tmp/%d' % number, 'wb') as file:
            file.write(b'x' * 1000000)

libc = ctypes.CDLL(None, use_errno=True)
pause, _ = os.pipe()
must_fail('the system can be written to', lambda: open('/usr/libra-was-here', 'w'))
must_fail('its root can be written to', lambda: open('/libra-was-here', 'w'))
must_fail('the home directory can be read', lambda: len(os.listdir(host['home'])) > 0)
must_fail('the working directory can be read', lambda: len(os.listdir(host['cwd'])) > 0 and not host['cwd'] == '/')
must_fail('the environment is seen', lambda: any(name in os.environ for name in host['env'] if name.startswith('LIBRA_')))
must_fail('there is a network', lambda: any(name != 'lo' for _, name in socket.if_nameindex()))
must_fail('other processes are seen', lambda: sum(name.isdigit() for name in os.listdir('/proc')) > 4)
must_fail('it has capabilities', lambda: int(status('CapEff'), 16) != 0 or int(status('CapBnd'), 16) != 0)
must_fail('it may gain privileges', lambda: status('NoNewPrivs') != '1')
must_fail('it may open namespaces of its own', lambda: libc.unshare(0x10000000) == 0)
must_fail('memory is not limited', lambda: bytearray(2 * host['memory']))
must_fail('files are not limited', fill_the_disk)
must_fail('processes are not limited', fork_beyond_the_limit)
print(json.dumps({'open': open_}))
`;
